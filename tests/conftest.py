"""Each worker is a machine of its own: traders it starts lock their account there only (I23)."""

import os
import tempfile

os.environ["PROGRAMDATA"] = tempfile.mkdtemp(prefix="machine-")

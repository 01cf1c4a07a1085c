"""Each worker is a machine of its own: traders it starts lock their account there only (I23)."""

import os
import tempfile

import pytest

os.environ["PROGRAMDATA"] = tempfile.mkdtemp(prefix="machine-")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than cores: supervisors and kills are waited for, not computed."""
    del config
    return (os.cpu_count() or 1) + 1

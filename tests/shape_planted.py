"""Snippets that each lint must complain about, and others that it must let pass."""

from __future__ import annotations

import shape_lints as lints
import shape_lints_domain as domain
from shape_lints import Lint

LIVE, RULE, TOOL = "bot/live/planted.py", "bot/rules/planted.py", "tools/planted.py"

BAD: dict[str, tuple[Lint, str, str]] = {
    "long function": (lints.long_functions, LIVE, "def f():\n" + "    x = 1\n" * 40),
    "long verb": (lints.long_functions, "bot/cli/x.py", "def f(\n):\n" + "    x = 1\n" * 41),
    "star import": (lints.unreadable_imports, LIVE, "from time import *"),
    "computed import": (
        lints.unreadable_imports,
        LIVE,
        "import importlib\nimportlib.import_module('Meta' + 'Trader5')",
    ),
    "import by a name bound twice": (
        lints.unreadable_imports,
        LIVE,
        "import importlib\nX = 'a'\nX = 'MetaTrader5'\nimportlib.import_module(X)",
    ),
    "hidden import": (lints.unreadable_imports, LIVE, "f = __import__"),
    "terminal package": (lints.terminal_package_outside_cli, LIVE, "import MetaTrader5 as mt5"),
    "terminal package, from": (
        lints.terminal_package_outside_cli,
        LIVE,
        "from MetaTrader5 import order_send",
    ),
    "terminal package, by call": (
        lints.terminal_package_outside_cli,
        "bot/adapters/planted.py",
        "from importlib import import_module as take\ntake('MetaTrader5')",
    ),
    "terminal package, by a constant": (
        lints.terminal_package_outside_cli,
        LIVE,
        "import importlib\nNAME = 'MetaTrader5'\nimportlib.import_module(NAME)",
    ),
    "terminal package in tools": (
        lints.terminal_package_outside_cli,
        "tools/planted.py",
        "def f():\n    import MetaTrader5",
    ),
    "tools from below": (lints.tools_outside_cli, LIVE, "from tools.lock import main"),
    "Any": (lints.any_in_rules, RULE, "from typing import Any"),
    "Any by attribute": (lints.any_in_rules, RULE, "import typing as t\nx: t.Any = 1"),
    "time.time": (lints.clock_reads, LIVE, "import time\ntime.time()"),
    "time, renamed": (lints.clock_reads, LIVE, "import time as t\nt.time()"),
    "time, handed on": (lints.clock_reads, LIVE, "import time\nread = time.time"),
    "time, aliased": (lints.clock_reads, LIVE, "import time\nt = time\nt.time()"),
    "time, from": (lints.clock_reads, LIVE, "from time import sleep as nap\nnap(1)"),
    "time, getattr": (lints.clock_reads, LIVE, "import time\ngetattr(time, 'time')()"),
    "monotonic": (lints.clock_reads, "bot/adapters/json_store.py", "import time\ntime.monotonic()"),
    "datetime.now": (
        lints.clock_reads,
        LIVE,
        "from datetime import UTC, datetime as dt\ndt.now(UTC)",
    ),
    "datetime.utcnow": (lints.clock_reads, LIVE, "import datetime\ndatetime.datetime.utcnow()"),
    "date.today": (lints.clock_reads, LIVE, "from datetime import date\ndate.today()"),
    "pandas clock": (lints.clock_reads, LIVE, "import pandas as pd\npd.Timestamp.now('UTC')"),
    "random": (lints.chance, LIVE, "import random"),
    "random, from": (lints.chance, LIVE, "from random import gauss"),
    "random, a tool's": (lints.chance, TOOL, "import random\nrandom.random()"),
    "random, a tool's, from": (lints.chance, TOOL, "from random import gauss"),
    "random, without a seed": (lints.chance, TOOL, "import random\nrandom.Random()"),
    "uuid": (lints.chance, LIVE, "import uuid\nuuid.uuid4()"),
    "urandom": (lints.chance, LIVE, "from os import urandom\nurandom(8)"),
    "numpy's global generator": (lints.chance, LIVE, "import numpy as np\nnp.random.normal()"),
    "unseeded generator": (lints.chance, LIVE, "import numpy as np\nnp.random.default_rng()"),
    "None as seed": (
        lints.chance,
        LIVE,
        "from numpy.random import default_rng\ndefault_rng(None)",
    ),
    "naive constructor": (
        lints.naive_datetimes,
        LIVE,
        "from datetime import datetime\ndatetime(2025, 1, 2)",
    ),
    "naive stamp": (
        lints.naive_datetimes,
        LIVE,
        "import datetime as d\nd.datetime.fromtimestamp(0)",
    ),
    "explicitly naive stamp": (
        lints.naive_datetimes,
        LIVE,
        "from datetime import datetime\ndatetime.fromtimestamp(0, tz=None)",
    ),
    "naive utc stamp": (
        lints.naive_datetimes,
        LIVE,
        "from datetime import datetime\ndatetime.utcfromtimestamp(0)",
    ),
    "naive text": (
        lints.naive_datetimes,
        LIVE,
        "from datetime import datetime\ndatetime.strptime('1', '%d')",
    ),
    "zone thrown away": (lints.naive_datetimes, LIVE, "moment.replace(tzinfo=None)"),
    "print": (lints.prints, LIVE, "print('x')"),
    "print, handed on": (lints.prints, "tools/planted.py", "say = print"),
    "bare except": (lints.broad_excepts, LIVE, "try:\n    f()\nexcept:\n    pass"),
    "broad except": (lints.broad_excepts, LIVE, "try:\n    f()\nexcept Exception:\n    pass"),
    "broad in a tuple": (
        lints.broad_excepts,
        LIVE,
        "try:\n    f()\nexcept (OSError, BaseException) as e:\n    pass",
    ),
    "broad suppress": (
        lints.broad_excepts,
        LIVE,
        "from contextlib import suppress\nwith suppress(Exception):\n    f()",
    ),
    "pickle": (lints.unsafe_readers, LIVE, "import pickle"),
    "pickle, from": (lints.unsafe_readers, LIVE, "from pickle import load"),
    "pandas pickle": (lints.unsafe_readers, LIVE, "import pandas as pd\npd.read_pickle('x')"),
    "eval": (lints.unsafe_readers, LIVE, "eval('1')"),
    "exec": (lints.unsafe_readers, "bot/cli/planted.py", "run = exec"),
    "yaml.load": (lints.unsafe_readers, LIVE, "import yaml\nyaml.load(x, Loader=yaml.Loader)"),
    "allow_pickle": (lints.unsafe_readers, LIVE, "import numpy as np\nnp.load(f, allow_pickle=1)"),
    "shell": (
        lints.unsafe_readers,
        "tools/planted.py",
        "import subprocess\nsubprocess.run('x', shell=True)",
    ),
    "os.system": (lints.unsafe_readers, LIVE, "from os import system\nsystem('x')"),
    "compiled rules on disk": (lints.unsafe_readers, "bot/backtest/x.py", "njit(cache=True)(f)"),
    "global": (lints.global_state, LIVE, "def f():\n    global x\n    x = 1"),
    "unmarked rule": (domain.unmarked_rules, RULE, "def f():\n    return 1"),
    "unmarked private rule": (domain.unmarked_rules, RULE, "def _f():\n    return 1"),
    "rule marked by another": (
        domain.unmarked_rules,
        RULE,
        "from other import rule\n@rule\ndef f():\n    return 1",
    ),
    "f-string in a rule": (domain.rules_that_cannot_compile, RULE, "f'{x}'"),
    "_replace in a rule": (domain.rules_that_cannot_compile, RULE, "x._replace(a=1)"),
    "raising rule": (domain.raising_rules, RULE, "def f():\n    raise ValueError"),
    "login": (domain.login_calls, "bot/adapters/mt5_client.py", "self._terminal.login(1)"),
    "retrying loop": (domain.retries_of_sends, LIVE, "from tenacity import retry"),
    "retried send": (
        domain.retries_of_sends,
        "bot/adapters/planted.py",
        "import tenacity\nterminal.order_send(x)",
    ),
}

GOOD: dict[str, tuple[Lint, str, str]] = {
    "forty lines": (lints.long_functions, LIVE, "def f():\n" + "    x = 1\n" * 39),
    "a verb with many options": (
        lints.long_functions,
        "bot/cli/x.py",
        "def f(\n    a=1,\n    b=2,\n):\n" + "    x = 1\n" * 40,
    ),
    "lazy terminal import": (
        lints.terminal_package_outside_cli,
        "bot/cli/run.py",
        "def f():\n    import MetaTrader5",
    ),
    "the clock itself": (lints.clock_reads, lints.CLOCK_FILE, "import time\ntime.time()"),
    "an attribute called time": (lints.clock_reads, LIVE, "tick.time"),
    "a tool's seeded": (lints.chance, TOOL, "import random\nrandom.Random(7).random()"),
    "seeded": (lints.chance, LIVE, "import numpy as np\nnp.random.Generator(np.random.PCG64(7))"),
    "aware": (
        lints.naive_datetimes,
        LIVE,
        "from datetime import UTC, datetime\ndatetime(2025, 1, 2, tzinfo=UTC)\n"
        "datetime.fromtimestamp(0, UTC)\ndatetime.strptime(x, '%d %z')",
    ),
    "print in the command line": (lints.prints, "bot/cli/run.py", "print('x')"),
    "named excepts": (
        lints.broad_excepts,
        LIVE,
        "try:\n    f()\nexcept (OSError, ValueError):\n    pass",
    ),
    "refused pickles": (lints.unsafe_readers, LIVE, "np.load(f, allow_pickle=False)"),
    "safe yaml": (lints.unsafe_readers, LIVE, "import yaml\nyaml.safe_load(x)"),
    "marked rule": (
        domain.unmarked_rules,
        RULE,
        "from bot.rules._rule import rule\n@rule\ndef f():\n    return 1",
    ),
    "functions elsewhere": (domain.unmarked_rules, LIVE, "def f():\n    return 1"),
    "the simulator's own login": (domain.login_calls, "bot/simulator/x.py", "self.login(1)"),
    "retried reads": (
        domain.retries_of_sends,
        "bot/adapters/planted.py",
        "import tenacity\nterminal.positions_get()",
    ),
}

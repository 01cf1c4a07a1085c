"""Research needs more packages than trading does; says which are missing, and how to get them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from typing import Final

from bot.errors import BotError

WALKING: Final = ("numba", "llvmlite", "platformdirs", "pyarrow")
REPORTING: Final = ("empyrical", "jinja2", "plotly", "scipy")
CHANCES: Final = ("scipy", "statsmodels", "arch", "plotly", "jinja2")


class MissingExtraError(BotError):
    """A package of the research extra is not installed."""


def need(packages: Iterable[str]) -> None:
    """Raise `MissingExtraError` naming every one of `packages` that is not installed."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        message = (
            f"this verb needs {', '.join(missing)}, which trading does not: "
            'pip install "challenge-bot[research]"'
        )
        raise MissingExtraError(message)

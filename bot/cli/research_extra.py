"""Says how to install what research needs, before anything heavy is imported."""

from __future__ import annotations

from importlib.util import find_spec

from bot.errors import ParamsError

_NEEDED = ("numba", "pyarrow", "platformdirs", "scipy", "statsmodels", "arch", "plotly", "jinja2")


def needs_research(modules: tuple[str, ...] = _NEEDED) -> None:
    """Raise `ParamsError` naming what is missing and the command that installs it."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        message = (
            f"this verb needs {', '.join(missing)}, which is not installed; "
            'install it with: pip install "challenge-bot[research]"'
        )
        raise ParamsError(message)

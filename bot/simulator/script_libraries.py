"""What "now" is for numpy and pandas, which ask the host where a script cannot see it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ExtensionFileLoader
from types import ModuleType
from typing import Final, cast

import numpy as np

from bot.simulator.script_clock import ScriptClock
from bot.simulator.script_dates import stand_in
from bot.simulator.script_patches import Patches

_PANDAS_STAMPS: Final = "pandas._libs.tslibs.timestamps"
_NOW_WORDS: Final = ("now", "today")
_Call = Callable[..., object]


def patch_libraries(patches: Patches, clock: ScriptClock, real_dates: dict[str, type]) -> None:
    """Both libraries follow `clock`, whether they are there already or a script imports them."""
    _patch_extension_imports(patches, clock, real_dates)
    _patch_pandas(patches, clock, sys.modules.get(_PANDAS_STAMPS))
    patches.put(np, "datetime64", _numpy_stamp(clock))


def _numpy_stamp(clock: ScriptClock) -> type:
    """`numpy.datetime64`, to which the words "now" and "today" mean the simulated moment."""
    real = cast(Callable[..., np.datetime64], np.datetime64)

    def new(cls: type, *args: object, **kwargs: object) -> object:
        del cls
        if not _is_now(args[:1]):
            return real(*args, **kwargs)
        moment = real(int(clock.shown_utc_s()), "s")
        unit = args[1] if len(args) > 1 else kwargs.get("unit", "D" if args[0] == "today" else "s")
        return moment.astype("datetime64[D]" if args[0] == "today" else moment.dtype).astype(
            f"datetime64[{unit}]"
        )

    return stand_in(np.datetime64, {"__new__": new})


def _is_now(args: tuple[object, ...]) -> bool:
    """Whether one word that means the present moment is all there is."""
    return len(args) == 1 and isinstance(args[0], str) and args[0] in _NOW_WORDS


def _patch_extension_imports(
    patches: Patches, clock: ScriptClock, real_dates: dict[str, type]
) -> None:
    """Compiled modules bind the date classes for type checks in C: they are shown the real ones."""
    dates = sys.modules["datetime"]

    def showing_real_dates(method: _Call) -> _Call:
        def load(loader: ExtensionFileLoader, what: object) -> object:
            shown = {name: vars(dates)[name] for name in real_dates}
            vars(dates).update(real_dates)
            try:
                return method(loader, what)
            finally:
                vars(dates).update(shown)
                if loader.name == _PANDAS_STAMPS and isinstance(what, ModuleType):
                    _patch_pandas(patches, clock, what)

        return load

    for name in ("create_module", "exec_module"):
        patches.put(
            ExtensionFileLoader, name, showing_real_dates(getattr(ExtensionFileLoader, name))
        )


def _patch_pandas(patches: Patches, clock: ScriptClock, stamps: ModuleType | None) -> None:
    """`Timestamp.now`, `today`, `utcnow` and `Timestamp("now")`, once pandas is there."""
    stamp = None if stamps is None else vars(stamps).get("Timestamp")
    if stamp is None:
        return
    real_new = cast(_Call, vars(stamp)["__new__"].__func__)

    def now(cls: Callable[..., object], tz: object = None) -> object:
        if tz is None:
            return getattr(cls, "fromtimestamp")(clock.shown_utc_s())  # noqa: B009 -- untyped class
        return getattr(cls, "fromtimestamp")(clock.shown_utc_s(), "UTC").tz_convert(tz)  # noqa: B009

    def utcnow(cls: Callable[..., object]) -> object:
        return now(cls, "UTC")

    def new(cls: Callable[..., object], *args: object, **kwargs: object) -> object:
        if _is_now(args) and kwargs.keys() <= {"tz"}:
            return now(cls, kwargs.get("tz"))
        return real_new(cls, *args, **kwargs)

    for name, method in (("now", now), ("today", now), ("utcnow", utcnow)):
        patches.put(stamp, name, classmethod(method))
    patches.put(stamp, "__new__", staticmethod(new))

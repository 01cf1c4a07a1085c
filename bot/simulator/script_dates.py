"""Stand-ins for `datetime.datetime` and `datetime.date` whose only difference is what "now" is.

They make instances of the real classes, so nothing that is handed on can be told from the usual.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Final

_REAL: Final = "_stands_for"


class _StandIn(type):
    """Metaclass: the stand-in equals, and checks instances and subclasses as, the real class."""

    def __instancecheck__(cls, instance: object) -> bool:
        real = cls.__dict__.get(_REAL)
        return type.__instancecheck__(cls, instance) if real is None else isinstance(instance, real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        real = cls.__dict__.get(_REAL)
        return type.__subclasscheck__(cls, subclass) if real is None else issubclass(subclass, real)

    def __eq__(cls, other: object) -> bool:
        return cls is other or (other is not None and cls.__dict__.get(_REAL) is other)

    def __hash__(cls) -> int:
        return hash(cls.__dict__.get(_REAL) or id(cls))


def simulated_date(now_utc_s: Callable[[], float]) -> type:
    """`datetime.date` with `today` from the simulated clock, in the host's zone."""

    def today(cls: type[date], /) -> date:
        return cls.fromtimestamp(now_utc_s())

    return stand_in(date, {"today": today})


def simulated_datetime(now_utc_s: Callable[[], float]) -> type:
    """`datetime.datetime` with `now`, `utcnow` and `today` from the simulated clock."""

    def now(cls: type[datetime], /, tz: tzinfo | None = None) -> datetime:
        return cls.fromtimestamp(now_utc_s(), tz)

    def today(cls: type[datetime], /) -> datetime:
        return cls.fromtimestamp(now_utc_s(), None)

    def utcnow(cls: type[datetime], /) -> datetime:
        days, second_of_day = divmod(now_utc_s(), 86_400.0)
        seconds = int(second_of_day)
        midnight = date(1970, 1, 1).toordinal() + int(days)
        day = date.fromordinal(midnight)
        hour, minute = divmod(seconds // 60, 60)
        microsecond = int((second_of_day - seconds) * 1e6)
        return cls(day.year, day.month, day.day, hour, minute, seconds % 60, microsecond)

    return stand_in(datetime, {"now": now, "today": today, "utcnow": utcnow})


def stand_in(real: type, methods: dict[str, Callable[..., object]]) -> type:
    """A class that passes for `real` but for `methods`; `__new__` among them is taken as it is."""
    made: list[type] = []

    def new(cls: type, *args: object, **kwargs: object) -> object:
        if cls is made[0]:
            return real(*args, **kwargs)
        return real.__new__(cls, *args, **kwargs)

    body: dict[str, object] = {"__new__": methods.get("__new__", new), "__slots__": (), _REAL: real}
    body |= {"__module__": real.__module__, "__doc__": real.__doc__}
    body |= {name: classmethod(how) for name, how in methods.items() if name != "__new__"}
    made.append(_StandIn(real.__name__, (real,), body))
    return made[0]

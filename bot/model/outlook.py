"""What the saved snapshot tells a person of the account's standing; nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class RungLine:
    """A rung of loss that is armed, and the equity at which it acts."""

    name: str
    equity_money: float


@dataclass(slots=True)
class StakeLine:
    """One thing that may cost money; `worst_money` is None where nothing bounds it.

    `price_money` is what one whole unit of price against it costs, 0 where that is not known.
    """

    kind: str
    symbol: str
    side: int
    lots: float
    worst_money: float | None
    price_money: float


@dataclass(slots=True)
class BucketLine:
    """What is bet on one currency (or a metal, an index), in R; negative is against it."""

    bucket: str
    lean_r: float


@dataclass(slots=True)
class NewsLine:
    """A watched release ahead and the traded symbols it concerns."""

    at_utc_s: float
    currency: str
    title: str
    symbols: list[str]


@dataclass(slots=True)
class GaugeLine:
    """An armed breaker's last reading; both figures share its unit."""

    breaker: str
    value: float
    limit: float


@dataclass(slots=True)
class Reserves:
    """The worst case of everything that has a bound, part by part."""

    stop_money: float = 0.0
    slippage_money: float = 0.0
    commission_money: float = 0.0
    swap_money: float = 0.0
    gap_money: float = 0.0


@dataclass(slots=True)
class Outlook:
    """The standing at `at_utc_s` (0: not looked yet); a floor of 0 is none.

    `usual_risk_money` is what the next trade risks before its factors, `coast_factor` what coasting
    leaves of it. `calendar` is FRESH, or why it is not; empty where no news are watched.
    """

    at_utc_s: float = 0.0
    daily_floor_money: float = 0.0
    total_floor_money: float = 0.0
    base_money: float = 0.0
    usual_risk_money: float = 0.0
    coast_factor: float = 1.0
    reserves: Reserves = field(default_factory=Reserves)
    rungs: list[RungLine] = field(default_factory=list)
    stakes: list[StakeLine] = field(default_factory=list)
    buckets: list[BucketLine] = field(default_factory=list)
    news: list[NewsLine] = field(default_factory=list)
    calendar: str = ""
    calendar_reason: str = ""
    gauges: list[GaugeLine] = field(default_factory=list)

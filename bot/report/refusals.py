"""Every refusal in words: what spoke against an entry, and its value against the limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from bot.model.decision import Refusal
from bot.report import text as words
from bot.report.pips import distance_text

_Unit = Callable[[float, str], str]


class Sentence(NamedTuple):
    """What a refusal says; `above` and `below` show a value over its limit, and one under it.

    Both hold `{value}` and `{limit}`, written by `unit` for the symbol; a refusal that has no
    figure leaves them empty.
    """

    says: str
    above: str = ""
    below: str = ""
    unit: _Unit = lambda value, _symbol: f"{value:g}"


def refusal_says(name: str) -> str:
    """The refusal's name in words; a name of another version as it is."""
    sentence = _BY_NAME.get(name)
    return _spaced(name) if sentence is None else sentence.says


def refusal_figures(name: str, value: float, limit: float, symbol: str) -> str:
    """Value against limit, each in its unit; empty where a refusal came without figures."""
    sentence = _BY_NAME.get(name)
    if value == 0.0 and limit == 0.0:
        return ""
    if sentence is None:
        return f"{value:g}, limit {limit:g}"
    if sentence.unit is distance_text and limit == 0.0:
        return ""  # journals of an earlier version held a distance in R here, and no limit
    template = sentence.above if value > limit else sentence.below or sentence.above
    return _filled(template, sentence, (value, limit), symbol)


def passed_figures(name: str, value: float, limit: float, symbol: str) -> str:
    """Value against limit of a check that said yes, in the words of its refusal."""
    sentence = _BY_NAME.get(name)
    if sentence is None:
        return f"{_spaced(name)} {value:g}, limit {limit:g}"
    return _filled(sentence.below or sentence.above, sentence, (value, limit), symbol)


def smallest_volume_figures(name: str, value: float, limit: float, symbol: str) -> str:
    """Figures of a size that came to nothing: a limit of money, or the mode's own."""
    if name not in _SIZE_LIMITS or not (value or limit):
        return refusal_figures(name, value, limit, symbol)
    needs, left = _money(value, symbol), _money(max(0.0, limit), symbol)
    return f"the smallest volume risks {needs}, {left} is left for it"


def _filled(template: str, sentence: Sentence, figures: tuple[float, float], symbol: str) -> str:
    value, limit = (_figure(sentence.unit, figure, symbol) for figure in figures)
    return template.format(value=value, limit=limit)


def _figure(unit: _Unit, value: float, symbol: str) -> str:
    return unit(value, symbol) if math.isfinite(value) else "unknown"


def _spaced(name: str) -> str:
    return name.lower().replace("_", " ")


def _price(value: float, symbol: str) -> str:
    del symbol
    return words.price(value)


def _money(value: float, symbol: str) -> str:
    del symbol
    return words.money(value)


def _lots(value: float, symbol: str) -> str:
    del symbol
    return f"{words.lots(value)} lots"


def _r(value: float, symbol: str) -> str:
    del symbol
    return words.r_multiple(value).removeprefix("+")


def _pct(value: float, symbol: str) -> str:
    del symbol
    return words.pct(value, 1)


def _time(value: float, symbol: str) -> str:
    del symbol
    return words.duration(abs(value))


_NOTHING_LEFT = "the smallest volume risks {value}, {limit} is left for it"
_COUNT_OF = "{value} of at most {limit}"

_SENTENCES: dict[Refusal, Sentence] = {
    Refusal.NONE: Sentence("nothing speaks against it"),
    Refusal.HALTED: Sentence("trading is halted"),
    Refusal.PAUSED: Sentence("paused by a person"),
    Refusal.UNRESOLVED_INTENT: Sentence("an earlier request's outcome is still open"),
    Refusal.SYMBOL_HAS_EXPOSURE: Sentence(
        "the symbol is taken", "{value} open, resting or unresolved on it, allowed {limit}"
    ),
    Refusal.QUOTE_STALE: Sentence(
        "no fresh quote", "last quote {value} old, at most {limit}", unit=_time
    ),
    Refusal.QUOTE_CROSSED: Sentence("the quote's bid stands above its ask"),
    Refusal.SPREAD_TOO_WIDE: Sentence(
        "spread too wide", "spread {value}, at most {limit}", unit=distance_text
    ),
    Refusal.STOP_ON_WRONG_SIDE: Sentence(
        "the stop is on the wrong side", "stop {value} against entry {limit}", unit=_price
    ),
    Refusal.STOP_TOO_CLOSE: Sentence(
        "the stop is too close", "stop {value} away, must exceed {limit}", unit=distance_text
    ),
    Refusal.LOTS_BELOW_MINIMUM: Sentence(
        "less than the smallest volume", _NOTHING_LEFT, "wanted {value}, at least {limit}", _money
    ),
    Refusal.RISK_ABOVE_INTENT: Sentence(
        "more risk than intended", "risk {value}, at most {limit}", unit=_money
    ),
    Refusal.CUMULATIVE_RISK: Sentence(
        "too much at risk in all", "together {value}, at most {limit}", unit=_money
    ),
    Refusal.DAILY_FLOOR_AT_RISK: Sentence(
        "the daily floor would be at risk",
        _NOTHING_LEFT,
        "worst case leaves {value}, needs more than {limit}",
        _money,
    ),
    Refusal.TOTAL_FLOOR_AT_RISK: Sentence(
        "the total floor would be at risk",
        _NOTHING_LEFT,
        "worst case leaves {value}, needs more than {limit}",
        _money,
    ),
    Refusal.MARGIN_TOO_LOW: Sentence(
        "too little margin",
        "margin bound {value}, at most {limit}",
        "margin free afterwards {value}, at least {limit}",
        _money,
    ),
    Refusal.POSITIONS_AT_CAP: Sentence(
        "no place for another position", "{value} open or waiting, at most {limit}"
    ),
    Refusal.ENTRIES_TODAY_AT_CAP: Sentence("enough entries for today", _COUNT_OF),
    Refusal.OUTSIDE_SESSION: Sentence("the market is closed"),
    Refusal.ROLLOVER_WINDOW: Sentence("rollover: spreads widen, nothing is opened"),
    Refusal.STATE_NOT_SAVED: Sentence("the state could not be saved"),
    Refusal.ACCOUNT_UNKNOWN: Sentence(
        "the account is not known well enough", "figure {value}, must exceed {limit}", unit=_money
    ),
    Refusal.TERMINAL_NOT_READY: Sentence("the terminal is not ready"),
    Refusal.TARGET_REACHED: Sentence("the target is reached"),
    Refusal.SYMBOL_BLOCKED: Sentence("the symbol may not be traded now"),
    Refusal.BROKER_REJECTED: Sentence("the broker said no", "{value} tries, at most {limit}"),
    Refusal.PRICE_MOVED: Sentence("the price moved away while sending"),
    Refusal.WEEKEND_CLOSE: Sentence("the weekend is too near"),
    Refusal.REQUESTS_AT_CAP: Sentence("enough requests for today", _COUNT_OF),
    Refusal.TERMINAL_CALCULATOR_DISAGREES: Sentence(
        "the terminal reckons another loss", "it says {value}, we say {limit}", unit=_money
    ),
    Refusal.BREAKER_OPEN: Sentence("a circuit breaker is open", "at {value}, limit {limit}"),
    Refusal.NEWS_WINDOW: Sentence("news", "a release {value} away, at least {limit}", unit=_time),
    Refusal.CALENDAR_MISSING: Sentence("no news calendar"),
    Refusal.CALENDAR_STALE: Sentence(
        "the news calendar is old",
        "{value} old, at most {limit}",
        "reaches {value} from now, at least {limit}",
        _time,
    ),
    Refusal.CALENDAR_EMPTY: Sentence(
        "the news calendar is empty", "{value} events, at least {limit}"
    ),
    Refusal.CURRENCY_EXPOSURE: Sentence(
        "too much on one currency", "{value} with it, at most {limit}", unit=_r
    ),
    Refusal.CORRELATED_EXPOSURE: Sentence(
        "too much in one group that moves together", "{value} with it, at most {limit}", unit=_money
    ),
    Refusal.ONE_DIRECTION: Sentence(
        "too much the same way", "{value} with it, at most {limit}", unit=_money
    ),
    Refusal.MARGIN_LEVEL_TOO_LOW: Sentence(
        "the margin level would be too low", "level {value}, at least {limit}", unit=_pct
    ),
    Refusal.STOP_OUT_TOO_NEAR: Sentence(
        "the broker's stop-out would be too near",
        "{value} of equity away, at least {limit}",
        unit=_pct,
    ),
    Refusal.SWAP_TOO_DEAR: Sentence(
        "the swap would be too dear", "{value} for the nights held, at most {limit}", unit=_r
    ),
    Refusal.ENTRY_TOO_SOON: Sentence(
        "too soon after the last entry", "{value} ago, at least {limit}", unit=_time
    ),
    Refusal.STRADDLE: Sentence(
        "it would straddle a release", "release {value} away, at least {limit}", unit=_time
    ),
    Refusal.DAY_BUDGET_SPENT: Sentence(
        "the day's budget is spent", "least risk of a trade {value}, {limit} is left", unit=_money
    ),
    Refusal.PROFIT_PROTECTED: Sentence(
        "locked profit would be at stake",
        "worst case leaves {value}, the lock stands at {limit}",
        unit=_money,
    ),
    Refusal.SYMBOL_RISK_AT_CAP: Sentence(
        "too much at risk on the symbol", "{value} with it, at most {limit}", unit=_money
    ),
    Refusal.FIRM_LOTS_AT_CAP: Sentence(
        "the firm's cap on lots", "{value} with it, at most {limit}", unit=_lots
    ),
    Refusal.FIRM_OPEN_RISK_AT_CAP: Sentence(
        "the firm's cap on risk", "{value} with it, at most {limit}", unit=_money
    ),
    Refusal.FIRM_POSITIONS_AT_CAP: Sentence(
        "the firm's cap on positions", "{value} with it, at most {limit}"
    ),
    Refusal.LEVERAGE_AT_CAP: Sentence("leverage at cap", _NOTHING_LEFT, unit=_money),
    Refusal.RESET_NIGHT: Sentence(
        "tomorrow would begin too near its floor",
        "worst case with it {value}, tomorrow's floor and reserve {limit}",
        unit=_money,
    ),
    Refusal.DAY_PAUSED_BY_FIRM: Sentence("the firm paused the account until its next reset"),
    Refusal.TIME_LIMIT_OVER: Sentence("the phase's time is over"),
    Refusal.LOSSES_IN_A_ROW: Sentence("enough losses in a row", _COUNT_OF),
    Refusal.SIZE_UNUSUAL: Sentence("the size would stand out", _NOTHING_LEFT, unit=_money),
}
_BY_NAME = {refusal.name: sentence for refusal, sentence in _SENTENCES.items()}
_SIZE_LIMITS = frozenset(
    refusal.name
    for refusal in (
        Refusal.LOTS_BELOW_MINIMUM,
        Refusal.FIRM_OPEN_RISK_AT_CAP,
        Refusal.DAILY_FLOOR_AT_RISK,
        Refusal.TOTAL_FLOOR_AT_RISK,
        Refusal.CUMULATIVE_RISK,
        Refusal.SYMBOL_RISK_AT_CAP,
        Refusal.MARGIN_TOO_LOW,
        Refusal.LEVERAGE_AT_CAP,
        Refusal.FIRM_LOTS_AT_CAP,
        Refusal.SIZE_UNUSUAL,
    )
)
"""Refusals by which sizing says that a limit leaves less than the smallest volume."""

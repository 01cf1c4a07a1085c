"""The steps of a size in words: what the mode granted, the factors, and the limit that bound."""

from __future__ import annotations

from bot.report import text as words
from bot.report.documents import Document, number, text

_BECAUSE = {
    "BUDGET_SHARE": "share of the day's budget",
    "BUDGET_LEAST": "share of the day's budget, raised to the least",
    "BUDGET_MOST": "share of the day's budget, held at the most",
    "BUDGET_CLOSED": "the day's budget is closed",
    "WINS_TOO_FEW_TRADES": "fixed, too few trades for a rate of wins",
    "WINS_LOW": "low rate of wins",
    "WINS_USUAL": "usual rate of wins",
    "WINS_HIGH": "high rate of wins",
    "WINS_TOP": "top rate of wins",
    "SCORE_LOW": "low score",
    "SCORE_USUAL": "usual score",
    "SCORE_HIGH": "high score",
}
_LIMITS = {
    "CEILING": "the ceiling of a trade",
    "FIRM_RISK": "the firm's cap on risk",
    "DAILY_FLOOR": "the room to the daily floor",
    "TOTAL_FLOOR": "the room to the total floor",
    "CUMULATIVE": "the cap on cumulative risk",
    "SYMBOL_RISK": "the cap on the symbol's risk",
    "MARGIN": "free margin",
    "LEVERAGE": "the cap on leverage",
    "FIRM_LOTS": "the firm's cap on lots",
    "CONTRACT_LOTS": "the contract's largest volume",
    "USUAL_SIZE": "the cap on unusual sizes",
}
_OFTEN_ONE = ("drawdown", "total_loss", "coast", "start")
_ONE_NOISE = 1e-9


def size_steps(document: Document) -> str:
    """The base risk with its reason times every factor that is not 1, confluence and brake always.

    Journals written before a step existed do not tell of it.
    """
    because = _BECAUSE.get(_optional(document, "base_reason"), "")
    parts = [
        f"{words.pct(number(document, 'base_risk_fraction'))} of balance"
        + (f" ({because})" if because else ""),
        f"confluence {number(document, 'confluence_factor'):.2f}",
        f"brake {number(document, 'brake_factor'):.2f}",
    ]
    for name in _OFTEN_ONE:
        factor = number(document, f"{name}_factor") if f"{name}_factor" in document else 1.0
        if not abs(factor - 1.0) < _ONE_NOISE:
            parts.append(f"{name.replace('_', ' ')} {factor:.2f}")
    return " x ".join(parts)


def size_limit(document: Document) -> str:
    """The limit that made the size smaller than wanted, with both amounts; empty if none did."""
    limit = _LIMITS.get(_optional(document, "limit_step"))
    if limit is None:
        return ""
    wanted = words.money(number(document, "intended_risk_money"))
    return f"wanted {wanted}, bound by {limit} at {words.money(number(document, 'limit_money'))}"


def _optional(document: Document, field: str) -> str:
    return text(document, field) if field in document else ""

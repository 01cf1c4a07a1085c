"""The faults of broker and terminal: all 46 pass through the simulated terminal."""

from __future__ import annotations

from typing import Final

from tools.storm.faults.draws import Level, Pick, Span, Whole
from tools.storm.faults.row import FaultRow, at_calls, at_moments

_OFTEN: Final = Span(0.05, 0.5)
_SELDOM: Final = Span(0.02, 0.2)
_LOST: Final = Pick(-1, -10000, -10001, -10002, -10004, -10005)
_EPISODE_S: Final = Span(30, 3600)
_LONG_S: Final = Span(600, 86_400)
_REFUSALS: Final = Pick(
    *(10006, 10007, 10011, 10012, 10013, 10014, 10015, 10016, 10017, 10018, 10019, 10022, 10023),
    *(10024, 10026, 10027, 10028, 10029, 10030, 10031, 10033, 10034, 10035, 10036, 10038, 10039),
    *(10040, 10041, 10042, 10043, 10044, 10045, 10046),
)

BROKER_ROWS: Final[tuple[FaultRow, ...]] = (
    at_calls(
        "B01",
        "A request never arrives, and nobody says so: the package answers None.",
        _OFTEN,
        error_code=_LOST,
    ),
    at_calls(
        "B02",
        "A request is carried out, but its answer is lost: the package says None.",
        _OFTEN,
        error_code=_LOST,
    ),
    at_calls(
        "B03",
        "A request times out and is carried out seconds to minutes later.",
        _OFTEN,
        lasts_s=600,
        delay_s=Span(1, 120),
        delay_max_s=Pick(0, 600),
        answer=Pick("timeout", "none"),
    ),
    at_moments(
        "B04", "The terminal has no link to its server: 10031, and old figures.", Span(10, 1800)
    ),
    at_calls(
        "B05",
        "A market order is only 'placed' (10008) and is filled or rejected afterwards.",
        _OFTEN,
        lasts_s=30,
        delay_s=Span(0.5, 30),
        outcome=Pick("filled", "filled", "rejected"),
    ),
    at_calls(
        "B06",
        "Only a part of the volume is filled.",
        _OFTEN,
        fraction=Level(0.05, 0.95),
    ),
    at_calls(
        "B07",
        "A request is done, but reads do not show what it did for some seconds.",
        _OFTEN,
        lasts_s=20,
        delay_s=Span(0.5, 20),
        where=Pick("all", "positions", "orders", "history"),
    ),
    at_calls("B08", "A market order is filled far from the quote.", _SELDOM, points=Span(5, 300)),
    at_moments(
        "B09",
        "Every market order is answered with a requote, for minutes.",
        Span(30, 900),
        retcode=Pick(0, 10004, 10020, 10021),
    ),
    at_calls("B10", "The server refuses with any of its codes.", _SELDOM, retcode=_REFUSALS),
    at_moments(
        "B11", "Smallest volume and step are suddenly larger.", _LONG_S, factor=Pick(2, 5, 10)
    ),
    at_moments(
        "B12", "Stops have to keep many times their distance.", _EPISODE_S, factor=Span(2, 50)
    ),
    at_moments(
        "B13",
        "What is near the market can be neither changed nor closed.",
        Span(30, 900),
        points=Pick(50, 500, 1_000_000),
    ),
    at_moments(
        "B14",
        "A symbol takes another filling mode than before.",
        _LONG_S,
        mask=Pick("other", "fok", "ioc", "none"),
    ),
    at_moments(
        "B15", "A symbol is closed to new, long, short or all trades.", _LONG_S, mode=Whole(0, 3)
    ),
    at_moments("B16", "The market closes before its time.", Span(600, 28_800)),
    at_moments(
        "B17", "The margin asked for grows until nothing fits.", _EPISODE_S, factor=Span(10, 10_000)
    ),
    at_calls(
        "B18",
        "The server counts requests and refuses those beyond its cap.",
        _SELDOM,
        requests_max=Whole(0, 3),
        per_s=Span(1, 60),
        for_s=_EPISODE_S,
    ),
    at_calls("B19", "An edit is done and called 'no changes'.", _OFTEN),
    at_moments(
        "B20",
        "AutoTrading or another permission is off, exits included.",
        Span(30, 3600),
        switch=Pick("algo_trading", "python_api", "account_experts", "account_trading"),
    ),
    at_moments(
        "B21",
        "A limit on orders, positions or volume is reached.",
        _EPISODE_S,
        limit=Pick("volume", "orders", "positions"),
        most=Whole(1, 3),
    ),
    at_calls("B22", "The stop takes the position just before a request about it.", _SELDOM),
    at_calls("B23", "A close loses its ticket on the way and opens the opposite.", Span(0.02, 0.1)),
    at_calls(
        "B24",
        "An entry is filled without its stop, its target or both.",
        _OFTEN,
        levels=Pick("sl", "tp", "both"),
    ),
    at_calls("B25", "The broker sets another stop than asked.", _OFTEN, points=Level(-10, 10)),
    at_calls(
        "B26",
        "The comment is lost, cut or rewritten.",
        _OFTEN,
        how=Pick("lost", "cut", "rewritten"),
        keep_count=Whole(0, 12),
    ),
    at_moments(
        "B27",
        "Order, deal and position carry different ids; or history lists an order twice.",
        _LONG_S,
        what=Pick("positions", "orders"),
    ),
    at_moments(
        "B28",
        "The smallest volume grows above what a partial close leaves.",
        _LONG_S,
        factor=Pick(2, 5, 10),
    ),
    at_calls(
        "B29",
        "A closed leg is half seen: old volume still there, or its deal missing.",
        _OFTEN,
        lasts_s=20,
        delay_s=Span(0.5, 20),
        late=Pick("position", "deal"),
    ),
    at_calls("B30", "The target takes the position just before a request about it.", _SELDOM),
    at_moments(
        "B31", "The server closes positions for want of margin.", positions_count=Pick(1, 0)
    ),
    at_moments(
        "B32",
        "All prices jump; stops fill beyond their level.",
        fraction=Span(0.001, 0.02),
        direction=Pick("adverse", "up", "down"),
    ),
    at_moments(
        "B33", "Spreads are many times as wide for a while.", Span(60, 3600), factor=Span(3, 50)
    ),
    at_moments(
        "B34",
        "Money comes or goes that no trade has made.",
        kind=Pick("deposit", "withdrawal", "credit", "charge", "commission", "dividend", "swap"),
        money=Span(0.01, 200),
    ),
    at_moments("B35", "The account says it nets positions.", Span(60, 7200)),
    at_moments(
        "B36",
        "Contract size or leverage is another one, for what is open too.",
        _EPISODE_S,
        what=Pick("contract", "leverage"),
        factor=Pick(0.1, 0.5, 2),
    ),
    at_moments("B37", "A symbol is offered no more.", _LONG_S),
    at_moments(
        "B38",
        "The terminal is frozen by an update or a dialog.",
        Span(30, 900),
        hang_s=Pick(5, 30, 3600),
        executed=Pick("yes", "no"),
    ),
    at_moments(
        "B39",
        "The terminal is gone, or its answers are out of step.",
        Span(10, 1800),
        pipe=Pick("broken", "stuck", "out of step"),
    ),
    at_moments("B40", "The account is logged out.", Span(30, 3600)),
    at_moments(
        "B41", "Another account is logged in.", Span(30, 3600), balance_money=Span(10, 200_000)
    ),
    at_moments("B42", "The broker's server is down for maintenance.", Span(300, 3600)),
    at_moments(
        "B43",
        "A position appears that is not ours.",
        side=Pick("buy", "sell"),
        lots=Pick(0, 0.01, 0.1),
    ),
    at_moments("B44", "The broker lets the account trade no more.", Span(600, 28_800)),
    at_calls(
        "B45",
        "A cancelled order fills after its removal was confirmed.",
        _OFTEN,
        lasts_s=60,
        delay_s=Span(0.5, 60),
    ),
    at_moments("B46", "Orders are deleted at their trigger instead of filled.", _LONG_S),
)

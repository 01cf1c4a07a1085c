"""The catalogue's faults of reads: failing, hanging, empty, wrong or missing data."""

from __future__ import annotations

from math import inf
from typing import Final

from bot.simulator.faults import bars, prices, reads
from bot.simulator.faults.answers import (
    BAR_READS,
    BOOK_READS,
    HISTORY_READS,
    INFO_READS,
    QUOTE_READS,
    READS,
)
from bot.simulator.faults.kind import FaultKind, Parameter
from bot.simulator.retcodes import LAST_ERROR_TEXTS

_ERRORS: Final = tuple(code for code in LAST_ERROR_TEXTS if code < 0)
_HANG: Final = {
    "hang_s": Parameter(inf, "how long; inf never returns", least=0.0, may_be_endless=True),
    "executed": Parameter("yes", "whether the call does its work", choices=("yes", "no")),
}
_ACCOUNT: Final = frozenset({"account_info"})

READ_KINDS: Final = (
    FaultKind(
        fault_id="B35",
        name="netting account",
        does="The account says it nets positions instead of hedging them.",
        how="answer",
        functions=_ACCOUNT,
        for_s=inf,
        inject=reads.show_netting,
    ),
    FaultKind(
        fault_id="B37",
        name="symbol gone",
        does="The symbol is offered no more: not listed, -4, 10013.",
        how="answer",
        functions=reads.GONE_CALLS,
        for_s=inf,
        inject=reads.lose_symbol,
        concerns=reads.is_of_gone_symbol,
    ),
    FaultKind(
        fault_id="B38",
        name="terminal frozen",
        does="An update or a dialog holds the terminal: `initialize` gives -10005, calls hang.",
        how="hang",
        for_s=300.0,
        parameters=_HANG,
        inject=reads.freeze_terminal,
    ),
    FaultKind(
        fault_id="B40",
        name="authorisation lost",
        does="The account is logged out: everything fails with -6, logging in too.",
        how="every call",
        for_s=600.0,
        inject=reads.lose_authorisation,
        concerns=reads.needs_authorisation,
    ),
    FaultKind(
        fault_id="B41",
        name="other login",
        does="Another account is logged in: its figures, no positions; commands reach that one.",
        how="answer",
        functions=reads.LOGIN_CALLS,
        for_s=600.0,
        parameters={
            "login": Parameter(reads.OTHER_LOGIN, "its number", least=1),
            "balance_money": Parameter(5_000.0, "its balance", least=0.0),
        },
        inject=reads.swap_login,
    ),
    FaultKind(
        fault_id="N01",
        name="read fails",
        does="A read gives None, which looks empty.",
        how="answer",
        functions=READS,
        parameters={"error_code": Parameter(-10002, "what last_error says", choices=_ERRORS)},
        inject=reads.fail_read,
    ),
    FaultKind(
        fault_id="N02",
        name="falsely empty",
        does="Positions, orders and history are read successfully and empty.",
        how="answer",
        functions=BOOK_READS | HISTORY_READS,
        for_s=10.0,
        inject=reads.find_nothing,
    ),
    FaultKind(
        fault_id="N03",
        name="last_error overwritten",
        does="A read fails, and last_error tells of a success that belongs to another call.",
        how="answer",
        functions=READS,
        inject=reads.overwrite_error,
    ),
    FaultKind(
        fault_id="N06",
        name="call never returns",
        does="The call does not come back; its work may be done all the same.",
        how="hang",
        parameters=_HANG,
        inject=reads.hang,
    ),
    FaultKind(
        fault_id="N07",
        name="history window shifted",
        does="The dates of a history call are read in another zone; the newest rows are missing. "
        "Or calls by ticket are refused with -2.",
        how="request",
        functions=HISTORY_READS,
        parameters={
            "what": Parameter("dates", "which go wrong", choices=("dates", "ticket")),
            "shift_s": Parameter(-10_800.0, "how far they move", least=-86_400.0, most=86_400.0),
        },
        inject=reads.shift_history,
        concerns=reads.has_dates,
    ),
    FaultKind(
        fault_id="C07",
        name="dates mixed",
        does="Quotes are stamped in UTC, everything else in server time.",
        how="answer",
        functions=QUOTE_READS,
        for_s=inf,
        inject=prices.stamp_in_utc,
    ),
    FaultKind(
        fault_id="X01",
        name="frozen quote",
        does="Quote and stamp stand still from the first look on; the server trades on.",
        how="answer",
        functions=QUOTE_READS,
        for_s=300.0,
        inject=prices.freeze_quote,
    ),
    FaultKind(
        fault_id="X02",
        name="broken quote",
        does="A quote is crossed, zero or far from the market.",
        how="answer",
        functions=QUOTE_READS,
        parameters={
            "shape": Parameter("spike", "how", choices=("crossed", "zero", "spike")),
            "fraction": Parameter(0.05, "how far a spike is, as a part of the price", least=-0.9),
        },
        inject=prices.break_quote,
    ),
    FaultKind(
        fault_id="X03",
        name="forming bar misplaced",
        does="The forming bar is missing, or the next one is there before its time.",
        how="answer",
        functions=BAR_READS,
        for_s=60.0,
        parameters={"shape": Parameter("early", "how", choices=("absent", "early"))},
        inject=bars.misplace_forming,
    ),
    FaultKind(
        fault_id="X04",
        name="bar revised",
        does="A closed bar is no longer what it was.",
        how="answer",
        functions=BAR_READS,
        for_s=inf,
        parameters={
            "back_count": Parameter(2, "which, counted back from the newest", least=0),
            "fraction": Parameter(0.002, "by how much the close moves", least=-0.5, most=0.5),
        },
        inject=bars.revise,
    ),
    FaultKind(
        fault_id="X05",
        name="bars missing or disordered",
        does="A bar in the middle is missing, comes twice, or two are swapped.",
        how="answer",
        functions=BAR_READS,
        parameters={"shape": Parameter("missing", "how", choices=("missing", "twice", "swapped"))},
        inject=bars.disorder,
    ),
    FaultKind(
        fault_id="X06",
        name="tick value wrong",
        does="The tick value is many times too large or too small.",
        how="answer",
        functions=INFO_READS,
        for_s=inf,
        parameters={
            "factor": Parameter(100.0, "by how much; 0 draws 0.01 to 100", least=0.0, most=1e6)
        },
        inject=prices.spoil_specification,
    ),
    FaultKind(
        fault_id="X07",
        name="NaN",
        does="A quote, the last bar, a tick value or the equity is not a number.",
        how="answer",
        functions=QUOTE_READS | BAR_READS | _ACCOUNT,
        inject=prices.spoil_figures,
    ),
    FaultKind(
        fault_id="X09",
        name="symbol map wrong",
        does="A symbol's name leads to another symbol's contract, quotes and bars.",
        how="request",
        functions=BAR_READS | {"symbol_info", "symbol_info_tick"},
        for_s=inf,
        parameters={"other": Parameter("", "which; empty is the market's first other one")},
        inject=prices.mistake_symbol,
        concerns=prices.has_other_symbol,
    ),
    FaultKind(
        fault_id="X10",
        name="equity 0.0",
        does="The account reads as if there were no equity.",
        how="answer",
        functions=_ACCOUNT,
        parameters={"balance": Parameter("keep", "the balance too", choices=("keep", "zero"))},
        inject=prices.lose_equity,
    ),
    FaultKind(
        fault_id="X11",
        name="float lots",
        does="Volumes carry the noise of binary fractions.",
        how="answer",
        functions=frozenset({"positions_get", "orders_get"}),
        for_s=inf,
        parameters={"noise_lots": Parameter(5.551115123125783e-17 * 4, "what is added")},
        inject=prices.spoil_lots,
    ),
)

"""The catalogue's faults of trade requests: answers lost or late, executions not as asked."""

from __future__ import annotations

from typing import Final

from bot.simulator.faults import fills, sends
from bot.simulator.faults.answers import (
    ANY_REQUEST,
    CLOSES,
    CLOSES_OF_OPEN,
    ENTRIES,
    MARKET_DEALS,
    REMOVALS,
    SENDS,
    STOP_EDITS,
    Requests,
)
from bot.simulator.faults.kind import FaultKind, Parameter
from bot.simulator.retcodes import LAST_ERROR_TEXTS, RETCODE_TEXTS

_LOST_CODES: Final = tuple(code for code in LAST_ERROR_TEXTS if code < 0)
_REFUSALS: Final = tuple(code for code in RETCODE_TEXTS if code not in (0, 10008, 10009, 10010))


def _error(default: int) -> Parameter:
    return Parameter(default, "what last_error says", choices=_LOST_CODES)


def _delays(delay_s: float) -> dict[str, Parameter]:
    return {
        "delay_s": Parameter(delay_s, "how long it takes", least=0.0, may_be_endless=True),
        "delay_max_s": Parameter(0.0, "if larger, drawn between the two", least=0.0),
    }


SEND_KINDS: Final = (
    FaultKind(
        fault_id="B01",
        name="request lost",
        does="The request never reaches the server; the script gets None.",
        how="answer",
        functions=SENDS,
        parameters={"error_code": _error(-10002)},
        inject=sends.lose_request,
        concerns=ANY_REQUEST,
    ),
    FaultKind(
        fault_id="B02",
        name="answer lost",
        does="The server executes the request; the script gets None.",
        how="answer",
        functions=SENDS,
        parameters={"error_code": _error(-10002)},
        inject=sends.lose_answer,
        concerns=ANY_REQUEST,
    ),
    FaultKind(
        fault_id="B03",
        name="executed after a timeout",
        does="The answer is 10012 or None; the server executes the request later, at the price "
        "of then.",
        how="agenda",
        functions=SENDS,
        parameters={
            **_delays(40.0),
            "answer": Parameter("timeout", "what comes back now", choices=("timeout", "none")),
        },
        inject=sends.execute_late,
        concerns=ANY_REQUEST,
    ),
    FaultKind(
        fault_id="B05",
        name="placed, then filled or rejected",
        does="A market deal is answered with 10008; its order rests in flight, then is filled "
        "under the same ticket or rejected.",
        how="agenda",
        functions=SENDS,
        parameters={
            **_delays(3.0),
            "outcome": Parameter("filled", "how it ends", choices=("filled", "rejected")),
        },
        inject=sends.place_then_fill,
        concerns=MARKET_DEALS,
    ),
    FaultKind(
        fault_id="B06",
        name="partial fill",
        does="Only a part of a market deal is filled (10010), the rest cancelled.",
        how="server",
        functions=SENDS,
        parameters={"fraction": Parameter(0.5, "the part that is filled", least=0.0, most=1.0)},
        inject=fills.fill_in_part,
        concerns=fills.is_divisible,
    ),
    FaultKind(
        fault_id="B07",
        name="done but not visible",
        does="The request is done, but its order, position and deals are not listed yet.",
        how="view",
        functions=SENDS,
        parameters={
            **_delays(10.0),
            "where": Parameter(
                "all", "which lists lag", choices=("all", "positions", "orders", "history")
            ),
        },
        inject=sends.show_later,
        concerns=ENTRIES,
    ),
    FaultKind(
        fault_id="B08",
        name="slippage",
        does="A market deal is done at a worse price than the quote.",
        how="server",
        functions=SENDS,
        parameters={"points": Parameter(100.0, "how much worse, in points")},
        inject=fills.slip,
        concerns=MARKET_DEALS,
    ),
    FaultKind(
        fault_id="B09",
        name="requote storm",
        does="Every market deal is refused because the price has moved (10004, 10020, 10021).",
        how="answer",
        functions=SENDS,
        for_s=120.0,
        parameters={
            "retcode": Parameter(0, "the code; 0 draws one", choices=(0, 10004, 10020, 10021))
        },
        inject=sends.requote,
        concerns=MARKET_DEALS,
    ),
    FaultKind(
        fault_id="B10",
        name="rejected",
        does="The server refuses the request with the code that is set.",
        how="answer",
        functions=SENDS,
        parameters={"retcode": Parameter(10006, "the code", choices=_REFUSALS)},
        inject=sends.refuse,
        concerns=ANY_REQUEST,
    ),
    FaultKind(
        fault_id="B18",
        name="too many requests",
        does="Requests beyond a number per span are refused with 10024.",
        how="answer",
        functions=SENDS,
        for_s=3600.0,
        parameters={
            "requests_max": Parameter(1, "how many are let through", least=0),
            "per_s": Parameter(1.0, "in how many seconds", least=0.0),
        },
        inject=sends.limit_rate,
        concerns=ANY_REQUEST,
    ),
    FaultKind(
        fault_id="B19",
        name="no changes",
        does="An edit of levels or of an order is done, and the answer is 10025.",
        how="answer",
        functions=SENDS,
        inject=sends.nothing_changed,
        concerns=STOP_EDITS,
    ),
    FaultKind(
        fault_id="B22",
        name="stop hit before the request",
        does="The position is closed at its stop just before the request about it arrives.",
        how="server",
        functions=SENDS,
        parameters={"level": Parameter("stop", "what is hit", choices=("stop", "target"))},
        inject=sends.close_first,
        concerns=Requests(of_open_position=True),
    ),
    FaultKind(
        fault_id="B23",
        name="close without its ticket",
        does="A close loses its position ticket and, on a hedging account, opens the opposite.",
        how="request",
        functions=SENDS,
        inject=fills.strip_ticket,
        concerns=CLOSES,
    ),
    FaultKind(
        fault_id="B24",
        name="levels stripped",
        does="An entry is done without its stop, its target or both; the answer does not say so.",
        how="request",
        functions=SENDS,
        parameters={"levels": Parameter("sl", "which", choices=("sl", "tp", "both"))},
        inject=fills.strip_levels,
        concerns=Requests(ENTRIES.actions, closes=False, with_levels=True),
    ),
    FaultKind(
        fault_id="B25",
        name="stop shifted",
        does="The server sets another stop than the one asked for.",
        how="request",
        functions=SENDS,
        parameters={"points": Parameter(5.0, "farther from the price; below 0 nearer")},
        inject=fills.shift_stop,
        concerns=fills.has_stop,
    ),
    FaultKind(
        fault_id="B26",
        name="comment spoilt",
        does="The comment is lost, cut or rewritten, in order, position and deal.",
        how="request",
        functions=SENDS,
        parameters={
            "how": Parameter("lost", "what becomes of it", choices=("lost", "cut", "rewritten")),
            "keep_count": Parameter(4, "characters left when cut", least=0),
        },
        inject=fills.spoil_comment,
        concerns=Requests(ENTRIES.actions, with_comment=True),
    ),
    FaultKind(
        fault_id="B29",
        name="leg half seen",
        does="After a close either the position still shows its old volume or the deal is missing.",
        how="view",
        functions=SENDS,
        parameters={
            **_delays(10.0),
            "late": Parameter("position", "which lags", choices=("position", "deal")),
        },
        inject=sends.show_half,
        concerns=CLOSES_OF_OPEN,
    ),
    FaultKind(
        fault_id="B30",
        name="target hit before the request",
        does="The position is closed at its target just before the request about it arrives.",
        how="server",
        functions=SENDS,
        parameters={"level": Parameter("target", "what is hit", choices=("stop", "target"))},
        inject=sends.close_first,
        concerns=Requests(of_open_position=True),
    ),
    FaultKind(
        fault_id="B45",
        name="fill after cancel",
        does="The removal of an order is confirmed and the order is gone; then it fills.",
        how="agenda",
        functions=SENDS,
        parameters=_delays(5.0),
        inject=sends.fill_after_cancel,
        concerns=REMOVALS,
    ),
    FaultKind(
        fault_id="N08",
        name="bridge timeout",
        does="The bridge gives up waiting with -10005 although the request is executed.",
        how="answer",
        functions=SENDS,
        parameters={"error_code": _error(-10005)},
        inject=sends.lose_answer,
        concerns=ANY_REQUEST,
    ),
    FaultKind(
        fault_id="C08",
        name="expiry in the wrong zone",
        does="The server reads the date of expiry in another zone.",
        how="request",
        functions=SENDS,
        parameters={"shift_s": Parameter(-10_800, "how far it moves", least=-86_400, most=86_400)},
        inject=fills.shift_expiry,
        concerns=fills.has_expiry,
    ),
)

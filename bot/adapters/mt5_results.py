"""What came back from a trade request, as one of the named outcomes."""

from __future__ import annotations

from operator import attrgetter

from bot.adapters import mt5_codes as mt5
from bot.adapters.mt5_rows import RowError, checked
from bot.model.broker import SendOutcome, SendResult

_RESULT = attrgetter("retcode", "comment", "order", "deal", "volume", "price")
_LOTS_SLACK_FRACTION = 1e-9


def outcome_of_answer(answer: object, kind: mt5.RequestKind, lots: float) -> SendOutcome:
    """The outcome an answer to a request for `lots` states; another shape leaves it open."""
    try:
        return checked("answer to order_send", lambda: _outcome(answer, kind, lots))
    except RowError as error:
        return SendOutcome(SendResult.UNKNOWN, 0, str(error))


def outcome_of_silence(error_code: int, error_text: str, what: str) -> SendOutcome:
    """The outcome when `order_send` answered nothing: most often open (FAULTS B01, B02)."""
    text = f"{what}, last error {error_code} {error_text}"
    return SendOutcome(mt5.result_of_no_answer(error_code), error_code, text)


def _outcome(answer: object, kind: mt5.RequestKind, lots_asked: float) -> SendOutcome:
    retcode, comment, order_ticket, deal_ticket, lots, price = _RESULT(answer)
    result = mt5.result_of_retcode(int(retcode), kind)
    if result == SendResult.DONE and 0.0 < lots < lots_asked * (1.0 - _LOTS_SLACK_FRACTION):
        result = SendResult.PARTIAL  # some servers say done for a part
    return SendOutcome(
        result=result,
        retcode=int(retcode),
        text=str(comment),
        order_ticket=int(order_ticket),
        deal_ticket=int(deal_ticket),
        lots=float(lots),
        price=float(price),
    )

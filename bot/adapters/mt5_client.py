"""The broker behind the ports: the MetaTrader5 package, or anything with its surface."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TypedDict, Unpack

from bot.adapters import mt5_codes as mt5
from bot.adapters.instruments import InstrumentReader
from bot.adapters.mt5_book_reads import BookReads
from bot.adapters.mt5_market_reads import MarketReads
from bot.adapters.mt5_requests import (
    MalformedRequestError,
    RequestFields,
    Route,
    cancel_fields,
    fields_of,
    fillings,
)
from bot.adapters.mt5_results import outcome_of_answer, outcome_of_silence
from bot.adapters.mt5_session import Session, SessionParts
from bot.adapters.server_time import ServerTime
from bot.adapters.symbols import SymbolNames
from bot.adapters.terminal_link import CALL_ERRORS, TerminalLink
from bot.adapters.terminal_surface import TerminalSurface
from bot.model.broker import (
    AccountFacts,
    CancelOrder,
    OrderRequest,
    PlaceLimit,
    SendOutcome,
    SendResult,
    TerminalFacts,
)
from bot.model.market import OffsetTable
from bot.model.settings import AccountPin, CommissionTerms, SymbolSettings
from bot.ports import Clock, Read, Unknown
from bot.timezones import server_offset_table

_LOWERING = frozenset({mt5.RequestKind.CLOSE, mt5.RequestKind.MOVE, mt5.RequestKind.CANCEL})


class ClientOptions(TypedDict, total=False):
    """What may be left to its default.

    `terminal_path` names the terminal to attach to; `commissions` are the firm's, which no
    interface announces; `instrument_max_age_s` bounds how old an answer of `instrument` may be.
    """

    terminal_path: str
    offset_table: OffsetTable
    commissions: tuple[CommissionTerms, ...]
    instrument_max_age_s: float
    attach_timeout_s: float


class MT5Client(BookReads, MarketReads):
    """Broker on the terminal's functions; the terminal is handed in, never imported."""

    def __init__(
        self,
        terminal: TerminalSurface,
        pin: AccountPin,
        symbols: tuple[SymbolSettings, ...],
        suffixes: tuple[str, ...],
        clock: Clock,
        **options: Unpack[ClientOptions],
    ) -> None:
        BookReads.__init__(self)
        MarketReads.__init__(self)
        link = TerminalLink(terminal, clock)
        names = SymbolNames(symbols, suffixes)
        commissions = options.get("commissions", ())
        max_age_s = options.get("instrument_max_age_s", 2.0)  # T03: nothing older decides a send
        parts = SessionParts(
            link=link,
            clock=clock,
            pin=pin,
            names=names,
            instruments=InstrumentReader(link, names, clock, commissions, max_age_s),
            time=ServerTime(options.get("offset_table") or server_offset_table()),
        )
        path, timeout_s = options.get("terminal_path", ""), options.get("attach_timeout_s", 20.0)
        self._session = Session(parts, path, timeout_s)
        self._requests_sent_count = 0
        self._fillings_refused: dict[str, set[int]] = {}

    def connect(self) -> Read[AccountFacts]:
        """Attach to the terminal, never log in; a foreign account raises `WrongAccountError`."""
        return self._session.connect()

    def account(self) -> Read[AccountFacts]:
        """Balance, equity, margin and permissions now; Unknown until attached (again)."""
        if not self._session.is_attached:
            return Unknown("account: not attached to the pinned account, connect first")
        return self._session.account()

    def terminal(self) -> Read[TerminalFacts]:
        """Link and permission switches of the terminal."""
        return self._session.terminal()

    def mapping(self) -> Mapping[str, str]:
        """Our symbol to the broker's, for every symbol that was found."""
        return self._session.names.mapping()

    def unmapped(self) -> Mapping[str, str]:
        """Our symbols without a usable broker symbol, and why."""
        return self._session.names.unmapped()

    def clock_offset_s(self) -> Read[float]:
        """Server wall clock minus UTC; Unknown while no fresh tick confirms it."""
        session = self._session
        monotonic_s = session.clock.monotonic_s()
        if session.time.wants_ticks(monotonic_s):
            for symbol in session.names.mapping():
                self.quote(symbol)
        return session.time.measured_offset_s(session.clock.now_utc_s(), monotonic_s)

    def requests_sent_count(self) -> int:
        """Trade requests handed to the terminal by this client."""
        return self._requests_sent_count

    def close(self) -> None:
        """Let go of the terminal; it keeps running."""
        self._session.close()

    def send(self, request: OrderRequest) -> SendOutcome:
        """Send once, never again by itself; no exception escapes.

        NOT_SENT and REJECTED_REQUEST with retcode 0 never left this process.
        """
        self._session.link.guard()
        kind = mt5.REQUEST_KINDS[type(request)]
        why_not = self._session.refusal(lowers_risk=kind in _LOWERING)
        if why_not:
            return SendOutcome(SendResult.NOT_SENT, 0, why_not)
        try:
            fields = self._fields(request, kind)
        except MalformedRequestError as error:
            return SendOutcome(SendResult.REJECTED_REQUEST, 0, f"{request.symbol}: {error}")
        if isinstance(fields, Unknown):
            return SendOutcome(SendResult.NOT_SENT, 0, fields.reason)
        outcome = self._send_once(fields, kind)
        self._learn(request, fields, outcome)
        return outcome

    def _fields(self, request: OrderRequest, kind: mt5.RequestKind) -> RequestFields | Unknown:
        if isinstance(request, CancelOrder):
            return cancel_fields(request)
        session = self._session
        lowers_risk = kind in _LOWERING
        read = session.instruments.terms(request.symbol, stale_is_fine=lowers_risk)
        if isinstance(read, Unknown):
            return read
        expires_s = request.expires_utc_s if isinstance(request, PlaceLimit) else 0.0
        is_finite = isfinite(expires_s)  # what is not is refused where the request is built
        allowed = fillings(kind, read.value)
        refused = self._fillings_refused.get(request.symbol, set())
        route = Route(
            broker_symbol=session.names.broker_name(request.symbol),
            terms=read.value,
            filling=next((mode for mode in allowed if mode not in refused), allowed[0]),
            expires_wall_s=int(session.time.wall_s(expires_s)) if is_finite else 0,
        )
        return fields_of(request, route)

    def _send_once(self, fields: RequestFields, kind: mt5.RequestKind) -> SendOutcome:
        """The one call that trades."""
        link = self._session.link
        self._requests_sent_count += 1
        try:
            answer = link.terminal.order_send(fields)
        except CALL_ERRORS as error:
            return outcome_of_silence(*link.last_error(), f"{type(error).__name__}: {error}")
        if answer is None:
            return outcome_of_silence(*link.last_error(), "no answer")
        return outcome_of_answer(answer, kind, float(fields.get("volume", 0.0)))

    def _learn(self, request: OrderRequest, fields: RequestFields, outcome: SendOutcome) -> None:
        """A refused filling mode is not tried again; refused terms are read anew (FAULTS B10)."""
        if outcome.retcode == mt5.TRADE_RETCODE_INVALID_FILL:
            refused = self._fillings_refused.setdefault(request.symbol, set())
            refused.add(int(fields["type_filling"]))
        if outcome.result == SendResult.REJECTED_REQUEST:
            self._session.instruments.forget(request.symbol)

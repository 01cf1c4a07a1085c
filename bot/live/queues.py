"""The entry queue waits for price, the spread queue for spread; both end with a named reason."""

from __future__ import annotations

from bot.live.as_rules import plan_of
from bot.live.evidence import EvidenceReader
from bot.live.order_desk import OrderDesk
from bot.live.record import Record
from bot.live.state import Setup, SetupStatus
from bot.model.decision import EntryRoute, Refusal
from bot.model.market import Quote
from bot.model.settings import BotSettings
from bot.rules.entry import distance_r, route_entry

_DROPS = {
    EntryRoute.DROP_TOO_FAR: (SetupStatus.EXPIRED, "price ran away"),
    EntryRoute.DROP_EXPIRED: (SetupStatus.EXPIRED, "too old"),
    EntryRoute.DROP_STOP_TOUCHED: (SetupStatus.INVALIDATED, "stop touched before entry"),
}


class EntryRouter:
    """Asks the rule where a waiting setup goes, and takes it there."""

    def __init__(
        self, settings: BotSettings, record: Record, reader: EvidenceReader, desk: OrderDesk
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader = reader
        self._desk = desk

    def route(self, setup: Setup) -> EntryRoute | None:
        """Route one waiting setup; None when there is no fresh price to judge it by."""
        now = self._record.now_utc_s()
        if self._record.state.has_unknown(setup.symbol):
            return None  # what was sent for it may still fill: neither dropped nor sent again
        quote = self._reader.quote(setup.symbol)
        if quote is None or now - quote.time_utc_s > self._settings.entry.quote_age_max_s:
            return self._expire_only(setup, now)
        plan = plan_of(setup)
        setup.distance_r = distance_r(plan, quote)
        route = EntryRoute(
            route_entry(plan, quote, self._spread_limit(setup, quote), now, self._settings.entry)
        )
        self._carry_out(setup, route)
        return route

    def _expire_only(self, setup: Setup, now: float) -> EntryRoute | None:
        if now < setup.expires_utc_s:
            return None
        self._drop(setup, EntryRoute.DROP_EXPIRED)
        return EntryRoute.DROP_EXPIRED

    def _spread_limit(self, setup: Setup, quote: Quote) -> float:
        """Only asked of setups near the market: the percentile costs more than the distance."""
        if setup.distance_r > self._settings.entry.limit_max_r:
            return quote.ask_price - quote.bid_price
        return self._desk.judge.spread_limit(setup)

    def _carry_out(self, setup: Setup, route: EntryRoute) -> None:
        if route in _DROPS:
            self._drop(setup, route)
        elif route in (EntryRoute.MARKET, EntryRoute.LIMIT):
            refusal = self._desk.enter(setup, route)
            if refusal == Refusal.SPREAD_TOO_WIDE:
                self._to(setup, SetupStatus.AWAITING_SPREAD, "spread too wide")
        elif route == EntryRoute.WAIT_FOR_SPREAD:
            self._to(setup, SetupStatus.AWAITING_SPREAD, "spread too wide")
        else:
            self._to(setup, SetupStatus.AWAITING_ENTRY, "price moved away")

    def _to(self, setup: Setup, status: SetupStatus, reason: str) -> None:
        if setup.status != status and setup.is_live:
            self._record.move(setup, status, reason)

    def _drop(self, setup: Setup, route: EntryRoute) -> None:
        status, reason = _DROPS[route]
        self._record.move(setup, status, reason)


class EntryQueue:
    """Setups whose entry is further than a limit order may rest."""

    def __init__(self, settings: BotSettings, record: Record, router: EntryRouter) -> None:
        self._settings = settings
        self._record = record
        self._router = router
        self._due_utc_s = 0.0

    def step(self) -> None:
        """Route every waiting setup, when due."""
        now = self._record.now_utc_s()
        if now < self._due_utc_s:
            return
        self._due_utc_s = now + self._settings.schedule.entry_check_s
        for setup in self._record.state.live_setups(SetupStatus.AWAITING_ENTRY):
            self._router.route(setup)


class SpreadQueue:
    """Setups that are at their price while the spread is too wide to pay."""

    def __init__(self, settings: BotSettings, record: Record, router: EntryRouter) -> None:
        self._settings = settings
        self._record = record
        self._router = router
        self._due_utc_s = 0.0

    def step(self) -> None:
        """Retry every waiting setup, when due; give up after the longest wait."""
        now = self._record.now_utc_s()
        if now < self._due_utc_s:
            return
        self._due_utc_s = now + self._settings.schedule.spread_retry_s
        for setup in self._record.state.live_setups(SetupStatus.AWAITING_SPREAD):
            is_open = self._record.state.has_unknown(setup.symbol)
            is_old = now - setup.since_utc_s >= self._settings.entry.spread_wait_max_s
            if is_old and not is_open:
                self._record.move(setup, SetupStatus.EXPIRED, "spread stayed too wide")
            else:
                self._router.route(setup)

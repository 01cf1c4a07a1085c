"""Newly closed decision bars become setups: once per symbol and server day, a few per cycle."""

from __future__ import annotations

from bot.indicators import features_of
from bot.live.as_rules import side_name
from bot.live.correlations import Correlations
from bot.live.evidence import EvidenceReader
from bot.live.pending_queue import PendingQueue
from bot.live.record import Record
from bot.live.state import Setup, SetupStatus
from bot.model.broker import Timeframe
from bot.model.events import SetupCreated, SymbolScanned
from bot.model.market import Bars, OffsetTable
from bot.model.settings import BotSettings, SymbolSettings
from bot.model.signal import Signal, SignalVerdict, Volatility, check_names
from bot.ports import Broker, Ok
from bot.rules.calendar import is_weekend, seconds_into_day, server_day, weekday_of
from bot.rules.entry import levels_on_grid
from bot.rules.signal import detect_signal
from bot.rules.timeframes import latest_view

_MONDAY = 0
_BROKEN = frozenset({SignalVerdict.NO_DIRECTION, SignalVerdict.SCORE_TOO_LOW})


class Scanner:
    """Asks for bars and judges them; remembers per symbol which day it has judged."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[Broker, EvidenceReader, PendingQueue, Correlations],
        table: OffsetTable,
    ) -> None:
        self._settings = settings
        self._record = record
        self._broker, self._reader, self._pending, self._correlations = wires
        self._table = table
        self._done_day = 0
        self._retry_utc_s: dict[str, float] = {}

    def step(self) -> None:
        """Judge the next few symbols whose daily scan is due."""
        now = self._record.now_utc_s()
        day = server_day(now, self._table)
        if day == self._done_day or self._record.is_clock_doubted:
            return
        waiting = [item for item in self._settings.symbols if self._is_waiting(item, now, day)]
        due = [item for item in waiting if self._is_time(item, now, day)]
        for item in due[: self._settings.schedule.scan_symbols_per_cycle_count]:
            self._scan(item, day)
        if not waiting:
            self._done_day = day

    def _is_waiting(self, item: SymbolSettings, now_utc_s: float, day: int) -> bool:
        """Whether this day's judgement of a symbol that trades today is still missing."""
        if self._record.state.scanned_day.get(item.symbol) == day:
            return False
        return item.trades_weekends or not is_weekend(now_utc_s, self._table)

    def _is_time(self, item: SymbolSettings, now_utc_s: float, day: int) -> bool:
        if now_utc_s < self._retry_utc_s.get(item.symbol, 0.0):
            return False
        schedule = self._settings.schedule
        is_first = weekday_of(day) == _MONDAY and not item.trades_weekends
        wait_s = schedule.scan_after_weekend_s if is_first else schedule.scan_after_midnight_s
        return seconds_into_day(now_utc_s, self._table) >= wait_s

    def _scan(self, item: SymbolSettings, day: int) -> None:
        """Judge one symbol; without all its bars it is tried again later, after the others."""
        state = self._record.state
        bars = self._bars(item.symbol)
        instrument = self._reader.instrument(item.symbol)
        if bars is None or instrument is None:
            retry_s = self._settings.schedule.reconnect_every_s
            self._retry_utc_s[item.symbol] = self._record.now_utc_s() + retry_s
            return
        state.scanned_day[item.symbol] = day
        self._record.touch()
        d1 = bars[0]
        self._correlations.note(item.symbol, d1)
        bar_utc_s = float(d1.open_utc_s[-1]) if len(d1.open_utc_s) else 0.0
        if bar_utc_s <= state.scanned_bar_utc_s.get(item.symbol, 0.0):
            return
        state.scanned_bar_utc_s[item.symbol] = bar_utc_s
        features = features_of(*bars, self._settings.signal)
        volatility = Volatility.HIGH if item.is_volatile else Volatility.NORMAL
        view = latest_view(features, self._table, volatility)
        signal = detect_signal(features, view, self._settings.signal)
        self._note(item.symbol, bar_utc_s, signal)
        self._use(item, bar_utc_s, signal, instrument.spec.tick_size_price)

    def _bars(self, symbol: str) -> tuple[Bars, Bars, Bars, Bars] | None:
        schedule = self._settings.schedule
        wanted = (
            (Timeframe.D1, schedule.d1_bars_count),
            (Timeframe.W1, schedule.w1_bars_count),
            (Timeframe.MN1, schedule.mn1_bars_count),
            (Timeframe.H4, schedule.h4_bars_count),
        )
        found: list[Bars] = []
        for timeframe, count in wanted:
            read = self._broker.closed_bars(symbol, timeframe, count)
            if not isinstance(read, Ok):
                self._record.fault("X03", f"{symbol} {timeframe.name}: {read.reason}")
                return None
            found.append(read.value)
        d1, w1, mn1, h4 = found
        return d1, w1, mn1, h4

    def _use(
        self, item: SymbolSettings, bar_utc_s: float, signal: Signal, tick_price: float
    ) -> None:
        setup = self._record.state.live_setup_of(item.symbol)
        if setup is not None:
            self._revalidate(setup, signal)
            return
        if signal.verdict != SignalVerdict.SIGNAL:
            return
        if self._reader.evidence().exposures_of(item.symbol) > 0:
            return
        self._create(item.symbol, bar_utc_s, signal, tick_price)

    def _create(self, symbol: str, bar_utc_s: float, signal: Signal, tick_price: float) -> None:
        state, now = self._record.state, self._record.now_utc_s()
        entry_price, stop_price = levels_on_grid(
            int(signal.side), signal.entry_price, signal.stop_price, tick_price
        )
        setup = Setup(
            setup_id=state.next_setup_id,
            symbol=symbol,
            side=int(signal.side),
            entry_price=entry_price,
            stop_price=stop_price,
            points=float(signal.points),
            bar_utc_s=bar_utc_s,
            created_utc_s=now,
            expires_utc_s=now + self._settings.entry.expiry_s,
            status=SetupStatus.AWAITING_ENTRY,
            since_utc_s=now,
        )
        state.next_setup_id += 1
        state.setups[setup.setup_id] = setup
        self._record.event(
            SetupCreated(
                setup_id=setup.setup_id,
                symbol=symbol,
                side=side_name(setup.side),
                entry_price=entry_price,
                stop_price=stop_price,
                points=setup.points,
                expires_utc_s=setup.expires_utc_s,
                bar_utc_s=bar_utc_s,
            )
        )

    def _revalidate(self, setup: Setup, signal: Signal) -> None:
        """A waiting setup must still be the thesis: same direction, structure not broken."""
        if not self._settings.schedule.revalidate_waiting_setups:
            return
        turned = signal.side not in (0, setup.side)
        if not turned and signal.verdict not in _BROKEN:
            return
        reason = "direction changed" if turned else f"thesis gone: {signal_name(signal)}"
        if setup.status == SetupStatus.PENDING:
            self._pending.withdraw(setup, SetupStatus.INVALIDATED, reason)
        elif setup.status != SetupStatus.FILLED and not self._record.state.has_unknown(
            setup.symbol
        ):
            self._record.move(setup, SetupStatus.INVALIDATED, reason)

    def _note(self, symbol: str, bar_utc_s: float, signal: Signal) -> None:
        self._record.event(
            SymbolScanned(
                symbol=symbol,
                bar_utc_s=bar_utc_s,
                verdict=signal_name(signal),
                side=side_name(signal.side) if signal.side else "none",
                score_fraction=float(signal.score_fraction),
                points=float(signal.points),
                passed=check_names(signal.passed_mask),
                failed=check_names(signal.enabled_mask & ~signal.passed_mask),
                entry_price=float(signal.entry_price),
                stop_price=float(signal.stop_price),
                rr_r=float(signal.rr_r),
            )
        )


def signal_name(signal: Signal) -> str:
    """The verdict's name."""
    return SignalVerdict(int(signal.verdict)).name

"""The daily scan in a walk: computed beforehand, but used as the account allows."""

from __future__ import annotations

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import Status
from bot.backtest.resting import withdraw
from bot.backtest.risk import has_charge
from bot.backtest.setups import end_setup, new_setup
from bot.model.signal import SignalVerdict

_SIGNAL = SignalVerdict.SIGNAL.value
_NO_DIRECTION, _SCORE_TOO_LOW = (
    SignalVerdict.NO_DIRECTION.value,
    SignalVerdict.SCORE_TOO_LOW.value,
)
_NONE, _PENDING, _FILLED = Status.NONE.value, Status.PENDING.value, Status.FILLED.value


@compiled
def step_scan(w: Walker) -> None:
    """Take in what is scanned by now, so many symbols a cycle; yesterday's scan is void."""
    me, taken = w.me, 0
    day = w.windows[me.window].server_day
    while me.scan < len(w.scans) and w.scans[me.scan].at_s <= me.now_s:
        scan = w.scans[me.scan]
        if scan.day == day:
            if taken == w.p.pace.scan_symbols_per_cycle_count:
                me.busy_until_s = max(me.busy_until_s, me.now_s + w.p.pace.cycle_s)
                return
            taken += 1
            use_scan(w, me.scan)
        me.scan += 1


@compiled
def use_scan(w: Walker, place: int) -> None:
    """A new bar's answer: it confirms or ends a waiting setup, or makes one."""
    scan = w.scans[place]
    slot = w.slots[scan.symbol]
    if scan.bar_utc_s <= slot.scanned_bar_s:
        return
    slot.scanned_bar_s = scan.bar_utc_s
    if slot.status != _NONE:
        revalidate(w, place)
    elif scan.verdict == _SIGNAL and not has_charge(w, scan.symbol):
        new_setup(w, scan.symbol, place)


@compiled
def revalidate(w: Walker, place: int) -> None:
    """A waiting setup must still be the thesis: same direction, structure not broken."""
    scan = w.scans[place]
    slot = w.slots[scan.symbol]
    if not w.p.pace.revalidate_waiting_setups or slot.status == _FILLED:
        return
    has_turned = scan.side not in (0, slot.side)
    if not has_turned and scan.verdict not in (_NO_DIRECTION, _SCORE_TOO_LOW):
        return
    if slot.status == _PENDING:
        if not slot.has_order:
            return  # filled a moment ago: the next cycle adopts it
        withdraw(w, scan.symbol)
    end_setup(w, scan.symbol)
    w.me.dropped_thesis_count += 1

"""A small world for machines: quotes drawn at random, sends that end in every way, deaths."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from builders import World, a_market, settings_for
from hypothesis import strategies as st

from bot.errors import BrokerUnavailableError
from bot.simulator.faults import Call, Failure, Faults
from bot.simulator.faults.seam import NEVER_MS
from bot.simulator.structs import OrderSendResult

SYMBOLS = {"EURUSD": 1.1000, "GBPUSD": 1.2600}
MARKET_MINUTES = 60 * 24 * 4
ALL_TIME = (1, 2_000_000_000)
_SEND = "order_send"
_NO_ANSWER = (-10002, "IPC recv failed")


class Ending(NamedTuple):
    """How a send ends: carried out at once (0), after seconds, or never (None); what it answers.

    `retcode` 0 answers with the truth, -1 with None.
    """

    done_after_s: float | None
    retcode: int


ENDINGS = {
    "no answer, done": Ending(0.0, -1),
    "no answer, not done": Ending(None, -1),
    "no answer, done in a minute": Ending(60.0, -1),
    "timeout, done in ten minutes": Ending(600.0, 10012),
    "timeout, not done": Ending(None, 10012),
    "timeout, done": Ending(0.0, 10012),
    "no connection, done": Ending(0.0, 10031),
    "no connection, not done": Ending(None, 10031),
    "placed": Ending(0.0, 10008),
    "error": Ending(None, 10011),
    "locked": Ending(None, 10028),
    "unlisted, done": Ending(0.0, 10999),
    "requote": Ending(None, 10004),
    "price changed": Ending(None, 10020),
    "rejected": Ending(None, 10006),
    "invalid volume": Ending(None, 10014),
    "invalid stops": Ending(None, 10016),
    "market closed": Ending(None, 10018),
    "no money": Ending(None, 10019),
    "too many requests": Ending(None, 10024),
    "autotrading off": Ending(None, 10027),
    "order changed": Ending(None, 10023),
    "position closed": Ending(None, 10036),
}
"""Every class of outcome (FAULTS), each with what the server did meanwhile."""


class Sends(Faults):
    """Ends the next sends as told; `reads_fail` and `dies` do what they say."""

    def __init__(self) -> None:
        self.endings: list[Ending] = []
        self.reads_fail = False
        self._late: list[tuple[int, Callable[[], object]]] = []
        self._now_ms: Callable[[], int] = lambda: 0

    def live_in(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms

    def around(self, call: Call, method: Callable[..., object]) -> object:
        if call.name != _SEND:
            is_read = call.name not in ("initialize", "login", "shutdown", "last_error")
            if self.reads_fail and is_read:
                return Failure(None, _NO_ANSWER)
            return method(*call.args, **call.kwargs)
        if not self.endings:
            return method(*call.args, **call.kwargs)
        ending = self.endings.pop(0)
        if ending.done_after_s == 0.0:
            method(*call.args, **call.kwargs)
        elif ending.done_after_s is not None:
            at_ms = self._now_ms() + int(ending.done_after_s * 1000)
            self._late.append((at_ms, lambda: method(*call.args, **call.kwargs)))
        return Failure(_answer(ending.retcode), _NO_ANSWER if ending.retcode < 0 else (1, "ok"))

    def next_moment_ms(self) -> int:
        return min((at_ms for at_ms, _ in self._late), default=NEVER_MS)

    def wake(self) -> None:
        now_ms = self._now_ms()
        due = [send for at_ms, send in self._late if at_ms <= now_ms]
        self._late = [(at_ms, send) for at_ms, send in self._late if at_ms > now_ms]
        for send in due:
            send()

    def heal(self) -> None:
        self.endings.clear()
        self.reads_fail = False


def _answer(retcode: int) -> object:
    if retcode < 0:
        return None
    return OrderSendResult((retcode, 0, 0, 0.0, 0.0, 0.0, 0.0, "told so", 1, 0, None))


class KilledError(BaseException):
    """The process ends here, whatever it was doing."""


steps = st.integers(-12, 12)
waypoints = st.lists(st.tuples(st.sampled_from(sorted(SYMBOLS)), steps, steps), max_size=60)


class Life:
    """A bot on quotes that step every ten minutes, by twentieths of a stop's distance.

    `quote_at` is the truth about them, for models.
    """

    def __init__(self, moves: list[tuple[str, int, int]], **changes: object) -> None:
        self.place = tempfile.TemporaryDirectory(prefix="life-")
        paths = {name: [(0.0, mid - 2.5e-5, mid + 2.5e-5)] for name, mid in SYMBOLS.items()}
        mids = dict(SYMBOLS)
        for number, (name, move, widening) in enumerate(moves, start=1):
            mids[name] = round(mids[name] + move * 2.5e-4, 5)
            half = 2.5e-5 if widening < 9 else 2.5e-4 * (widening - 8)
            paths[name].append((number * 10.0, mids[name] - half, mids[name] + half))
        self.paths = paths
        market = a_market(paths, MARKET_MINUTES)
        self.start_utc_s = float(market.start_utc_s)
        self.world = World(Path(self.place.name), market, settings_for(*SYMBOLS, **changes))
        self.sends = Sends()
        self.world.terminal.install_faults(self.sends)
        self.sends.live_in(lambda: int(self.world.terminal.now_utc_s * 1000))
        self.countdown: int | None = None
        self.is_up = False
        self.start()

    def start(self) -> bool:
        """An ordinary start; one that finds no terminal is tried again later."""
        try:
            self.world.restart()
        except BrokerUnavailableError:
            return False
        self.is_up = True
        ports = self.world.bot.ports
        for port, name in (
            (ports.store, "save"),
            (ports.journal, "record"),
            (ports.broker, "send"),
        ):
            setattr(port, name, self._mortal(getattr(port, name)))
        return True

    def _mortal(self, operation: Callable[..., object]) -> Callable[..., object]:
        """Dies before the counted operation, or after it when the count is odd."""

        def wrapped(*args: object, **kwargs: object) -> object:
            if self.countdown is None:
                return operation(*args, **kwargs)
            self.countdown -= 2
            if self.countdown in (-2, -1):
                is_after = self.countdown == -1
                if is_after:
                    operation(*args, **kwargs)
                raise KilledError
            return operation(*args, **kwargs)

        return wrapped

    def live(self, minutes: float, cycle_s: float = 10.0) -> None:
        """Cycle; a death is followed by a start within a minute of market time."""
        until = self.world.clock.now_utc_s() + minutes * 60.0
        while self.world.clock.now_utc_s() < until:
            self.world.clock.sleep(cycle_s)
            try:
                if self.is_up or self.start():
                    self.world.cycle()
            except KilledError:
                self.countdown = None
                self.is_up = False

    def quote_at(self, symbol: str, utc_s: float) -> tuple[float, float]:
        """Bid and ask that stood at a moment."""
        minutes = (utc_s - self.start_utc_s) / 60.0
        _, bid, ask = [row for row in self.paths[symbol] if row[0] <= minutes][-1]
        return bid, ask

    def close(self) -> None:
        self.world.bot.ports.journal.close()  # type: ignore[attr-defined]
        self.place.cleanup()

    def openings(self) -> Counter[int]:
        """How many opening deals each key of ours has at the server, in all its history."""
        deals = self.world.terminal.history_deals_get(*ALL_TIME) or ()
        return Counter(deal.magic for deal in deals if deal.entry == 0 and deal.magic)

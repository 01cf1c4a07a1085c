"""I14, I19: requests go to the right account only, and never without end."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from typing import Final

from bot.live.recovery import pin_of
from bot.model.broker import SendResult
from bot.simulator.config import HEDGING
from tools.storm.invariants.sight import (
    REMOVE,
    Sight,
    Watcher,
    belief,
    is_opening,
    whole,
)
from tools.storm.invariants.tradable import refusal_now
from tools.storm.model import Scene, Sent

_BAD_REQUEST: Final = frozenset(
    {-2, 10006, 10007, 10013, 10014, 10015, 10016, 10022, 10030, 10032, 10035, 10038, 10041, 10045}
)
_BURST_S: Final = 60.0
_BURST_COUNT: Final = 60
_RETRY_S: Final = 5.0
_STARTS_S, _STARTS_COUNT = 600.0, 6
_SETUP_SHIFT: Final = 16


class RightAccount(Watcher):
    """I14: no command unless login, server, currency, margin mode and profile match.

    Compared before each request: the account the terminal is logged in to at this instant, in the
    server's own configuration, with the pin of the settings and with what the trader's state was
    bound to at its first start.
    """

    invariant_id = "I14"

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """It is the pinned account."""
        self.sight.look_at(scene, sent)
        self.checked_count += 1
        settings, own = self.sight.settings, self.sight.state.account
        pin, here = settings.account, scene.terminal._server.state.account
        if here.login != sent.login or sent.login != own.login:
            yield f"a request goes to login {sent.login}, the account is {own.login}"
        pairs = [("login", here.login, pin.login), ("server", here.server, pin.server)]
        pairs.append(("currency", here.currency, pin.currency))
        state = belief(scene)
        if state is not None:
            pairs += [("login", here.login, state.login), ("server", here.server, state.server)]
            pairs.append(("profile", pin_of(settings), state.pinned))
        for name, found, wanted in pairs:
            if wanted and found != wanted:
                yield f"a request goes out though {name} is {found}, bound to {wanted}"
        if pin.require_hedging and here.margin_mode != HEDGING:
            yield f"a request goes out though the margin mode is {here.margin_mode}"


class Bounded(Watcher):
    """I19: retries, requests, orders and restarts are bounded; no identical resend.

    Compared with the settings: entries only while the firm's day has fewer requests than
    `requests_per_day_max_count` (each death may forget those of its cycle); at most one entry and
    `price_retries_count` retries of a setup within five seconds; at most sixty requests in any
    minute, whatever they are for; no entry once there were more than six starts in ten minutes
    (the supervisor's rule). A request that was refused as bad (by the server's own rules when it
    left, or by the answer the journal tells) is not sent again byte for byte while it still is. A
    removal is excepted: it has no other bytes.
    """

    invariant_id = "I19"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._times: deque[float] = deque()
        self._entries: dict[int, deque[float]] = {}
        self._day, self._day_count, self._deaths = -1, 0, 0
        self._bad: set[Hashable] = set()
        self._newest: dict[int, Hashable] = {}
        self._keys: dict[int, int] = {}

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Every bound."""
        self.sight.look_at(scene, sent)
        self.checked_count += 1
        self._learn_answers()
        yield from self._rate(scene)
        if is_opening(sent.request):
            yield from self._entry(scene, sent)
        yield from self._again(sent)

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Only what was answered is taken in."""
        self.sight.look(scene, self)
        self._learn_answers()
        return ()

    def _rate(self, scene: Scene) -> Iterable[str]:
        now, day = scene.now_utc_s, self.sight.firm_day(scene.now_utc_s)
        if day != self._day:
            self._day, self._day_count, self._deaths = day, 0, scene.deaths_count
        self._day_count += 1
        self._times.append(now)
        while self._times[0] < now - _BURST_S:
            self._times.popleft()
        if len(self._times) == _BURST_COUNT + 1:
            yield f"{len(self._times)} requests in {_BURST_S:g} s"

    def _entry(self, scene: Scene, sent: Sent) -> Iterable[str]:
        schedule, now = self.sight.settings.schedule, scene.now_utc_s
        forgotten = _BURST_COUNT * (scene.deaths_count - self._deaths)
        if self._day_count > schedule.requests_per_day_max_count + 1 + forgotten:
            yield f"an entry is request {self._day_count} of its day"
        times = self._entries.setdefault(whole(sent.request, "magic") >> _SETUP_SHIFT, deque())
        times.append(now)
        while times[0] < now - _RETRY_S:
            times.popleft()
        if len(times) > 1 + schedule.price_retries_count:
            yield f"{len(times)} entries of one setup in {_RETRY_S:g} s"
        starts = [at for at in scene.starts_utc_s if at > now - _STARTS_S]
        if len(starts) > _STARTS_COUNT:
            yield f"an entry after {len(starts)} starts in {_STARTS_S:g} s"

    def _again(self, sent: Sent) -> Iterable[str]:
        key = _bytes_of(sent.request)
        self._newest[whole(sent.request, "magic")] = key
        if sent.request.get("action") == REMOVE:
            return
        is_bad_now = refusal_now(self.sight.server, sent.request) in _BAD_REQUEST
        if key in self._bad:
            yield f"refused as bad and sent again: {dict(sent.request)}"
        if is_bad_now:
            self._bad.add(key)

    def _learn_answers(self) -> None:
        for line in self.new_lines():
            if line["event"] == "OrderIntended":
                self._keys[int(line["intent_id"])] = int(line["magic"])
            elif line["event"] == "OrderAnswered":
                magic = self._keys.pop(int(line["intent_id"]), 0)
                key = self._newest.get(magic)
                if line["result"] == SendResult.REJECTED_REQUEST.name and key is not None:
                    self._bad.add(key)


def _bytes_of(request: Mapping[str, object]) -> Hashable:
    return tuple(sorted((name, repr(value)) for name, value in request.items()))

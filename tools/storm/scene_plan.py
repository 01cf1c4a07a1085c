"""Between the trader and its terminal: what goes out is noted before a fault touches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.simulator.faults import Call, FaultPlan
from bot.simulator.faults.seam import Failure, Method
from bot.simulator.faults.world import Hang
from bot.simulator.server import TradeServer
from bot.simulator.terminal import SimulatedTerminal
from tools.storm.model import Scene, Sent

_SEND: Final = "order_send"
SentHook = Callable[[Sent, object], None]
"""Told of a request and its answer; the answer is None where the terminal gave none."""


def server_of(terminal: SimulatedTerminal) -> TradeServer:
    """The server of the account the terminal is logged in to, beneath all faults."""
    return terminal._server


def login_of(terminal: SimulatedTerminal) -> int:
    """The account the terminal is logged in to."""
    return server_of(terminal).state.account.login


class WatchedPlan(FaultPlan):
    """A plan of faults that also tells the scene's hooks of every call the trader makes.

    Only while `is_trading`: what people and programs beside the trader do is not its doing.
    """

    def __init__(self, seed: int, hang: Hang) -> None:
        super().__init__(seed, hang)
        self.is_trading = False
        self._scene: Scene | None = None
        self._before: Callable[[Sent], None] = lambda _sent: None
        self._after: SentHook = lambda _sent, _answer: None

    def watch(self, scene: Scene, before: Callable[[Sent], None], after: SentHook) -> None:
        """Tell this scene of calls, `before` of each request, and `after` of its answer."""
        self._scene, self._before, self._after = scene, before, after

    def around(self, call: Call, method: Method) -> object:
        """The call through hooks and faults."""
        scene = self._scene
        if scene is None or not self.is_trading:
            return super().around(call, method)
        if call.name == _SEND:
            return self._sending(scene, call, method)
        if not scene.hooks:
            return super().around(call, method)
        scene.operation(f"before {call.name}")
        answer = super().around(call, method)
        scene.operation(f"after {call.name}")
        return answer

    def _sending(self, scene: Scene, call: Call, method: Method) -> object:
        given = call.args[0] if call.args else call.kwargs
        request = dict(given) if isinstance(given, Mapping) else {"request": given}
        sent = Sent(scene.now_utc_s, login_of(scene.terminal), request)
        self._before(sent)
        scene.sends.append(sent)
        scene.operation(f"before {_SEND}")
        answer: object = None
        try:
            answer = super().around(call, method)
        finally:
            self._after(sent, None if isinstance(answer, Failure) else answer)
        scene.operation(f"after {_SEND}")
        return answer

"""Everyone who watches an episode: the invariants, the count of faults, the trace."""

from __future__ import annotations

from collections import Counter

from tools.storm.invariants import ALL_CHECKERS, checks_done, exemptions_used
from tools.storm.model import Checker, Sent, Violation, told
from tools.storm.scene import Stage
from tools.storm.scene_plan import server_of
from tools.storm.trace import Trace

_REQUEST_WORDS = ("action", "symbol", "volume", "type", "price", "sl", "position", "order", "magic")
_VIOLATIONS_MAX_COUNT = 20


class Witness:
    """Asks every checker before each send and after each cycle; keeps what they say."""

    def __init__(self, stage: Stage, trace: Trace) -> None:
        self._scene, self._plan, self._trace = stage.scene, stage.plan, trace
        self._checkers: list[Checker] = list(ALL_CHECKERS())
        self._fired_count = self._deals_count = 0
        self._fired: dict[str, int] = {}
        self.violations: list[Violation] = []
        self._broken: Exception | None = None
        stage.plan.watch(stage.scene, self._before_send, self._after_send)

    @property
    def checks(self) -> Counter[str]:
        """How many things each invariant was held against."""
        return Counter(checks_done(self._checkers))

    @property
    def excused(self) -> Counter[str]:
        """How often each named exemption was used."""
        return exemptions_used(self._checkers)

    def violate(self, invariant_id: str, words: str) -> None:
        """Something the harness itself saw."""
        self._note(Violation(invariant_id, self._scene.now_utc_s, words))

    def after_cycle(self) -> frozenset[str]:
        """Look at everything; the faults that struck since. Raises what a checker raised."""
        struck = self._follow()
        if self._broken is not None:
            raise self._broken
        for violation in told(self._checkers, self._scene):
            self._note(violation)
        for violation in self._scene.violations:
            self._note(violation)
        self._scene.violations.clear()
        return struck

    def at_end(self) -> None:
        """The last look, after healing."""
        for checker in self._checkers:
            for words in checker.at_end(self._scene):
                self.violate(checker.invariant_id, words)

    def _before_send(self, sent: Sent) -> None:
        words = {name: sent.request[name] for name in _REQUEST_WORDS if name in sent.request}
        self._trace.add(sent.at_utc_s, "send", repr(words))
        try:
            for violation in told(self._checkers, self._scene, sent):
                self._note(violation)
        except Exception as error:  # noqa: BLE001 - told after the cycle: adapters catch it here
            self._broken = error

    def _after_send(self, sent: Sent, answer: object) -> None:
        del sent
        code = getattr(answer, "retcode", None)
        deal, order = getattr(answer, "deal", 0), getattr(answer, "order", 0)
        self._trace.add(self._scene.now_utc_s, "answer", f"{code} deal {deal} order {order}")

    def _note(self, violation: Violation) -> None:
        if len(self.violations) < _VIOLATIONS_MAX_COUNT:
            self.violations.append(violation)
        self._trace.add(
            violation.at_utc_s, "VIOLATION", f"{violation.invariant_id}: {violation.told}"
        )

    def _follow(self) -> frozenset[str]:
        """What faults and market did since the last look; which faults struck."""
        fired = self._plan.fired
        for strike in fired[self._fired_count :]:
            self._scene.struck(strike.fault_id)
            words = f"{strike.fault_id} {strike.function} {strike.detail}"
            self._trace.add(strike.at_utc_s, "fault", words)
        self._fired_count = len(fired)
        deals = server_of(self._scene.terminal).state.ledger._deals.rows
        for deal in deals[self._deals_count :]:
            words = (
                f"{deal.ticket} {deal.symbol} entry {deal.entry} {deal.volume} at {deal.price} "
                f"position {deal.position_id} magic {deal.magic} reason {deal.reason}"
            )
            self._trace.add(self._scene.now_utc_s, "deal", words)
        self._deals_count = len(deals)
        before, self._fired = self._fired, dict(self._scene.fired)
        return frozenset(name for name, count in self._fired.items() if before.get(name) != count)

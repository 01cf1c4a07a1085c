"""The supervisor against a trader that a test lets live, hang and die."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.clock import ManualClock
from bot.errors import StoreError
from bot.watch.alerts import Severity
from bot.watch.restarts import RestartPace
from bot.watch.supervisor import Life, Patience, Supervisor


@dataclass
class AProcess:
    pid: int
    exit_code: int | None = None
    is_running: bool = True
    is_stubborn: bool = False
    kills_count: int = 0
    asked_count: int = 0

    def is_alive(self) -> bool:
        return self.is_running

    def kill(self) -> None:
        self.kills_count += 1
        if not self.is_stubborn:
            self.is_running, self.exit_code = False, -9

    def ask_to_end(self) -> None:
        self.asked_count += 1

    def end(self, code: int | None) -> None:
        self.is_running, self.exit_code = False, code


@dataclass
class APlace:
    started: list[AProcess] = field(default_factory=list)
    other: AProcess | None = None
    lives: dict[int, Life] = field(default_factory=dict)
    exposed: bool = False
    on_purpose: bool = False
    flags: list[str] = field(default_factory=list)
    refuses: bool = False

    def start(self) -> AProcess:
        if self.refuses:
            raise StoreError("no")
        assert not any(process.is_running for process in self.started), "two at once (I23)"
        self.started.append(AProcess(len(self.started) + 1))
        return self.started[-1]

    def running(self) -> AProcess | None:
        return self.other if self.other is not None and self.other.is_running else None

    def life(self, pid: int) -> Life | None:
        return self.lives.get(pid)

    def is_exposed(self) -> bool:
        return self.exposed

    def has_ended_on_purpose(self) -> bool:
        return self.on_purpose

    def let_manage_only(self, reason: str) -> None:
        self.flags.append(reason)


class Scene:
    def __init__(self, place: APlace | None = None) -> None:
        self.place = place or APlace()
        self.clock = ManualClock(0.0)
        self.told: list[tuple[float, str, Severity]] = []
        parts = (self.place, self._tell, self.clock)
        self.supervisor = Supervisor(parts, RestartPace(lambda: 0.5), Patience())
        self.cycles = 0

    def _tell(self, key: str, severity: Severity, text: str) -> None:
        assert text
        self.told.append((self.clock.monotonic_s(), key, severity))

    def step(self, times: int = 1, *, beats: bool = False, blind: bool = False) -> int | None:
        code = None
        for _ in range(times):
            if beats and self.place.started:
                self.cycles += not blind
                life = Life(self.cycles, self.clock.now_utc_s() + 1.0)
                self.place.lives[self.place.started[-1].pid] = life
            code = self.supervisor.step()
            self.clock.sleep(1.0)
        return code

    def told_keys(self) -> list[str]:
        return [key for _, key, _ in self.told]

    @property
    def trader(self) -> AProcess:
        return self.place.started[-1]


def test_a_trader_that_beats_is_left_alone() -> None:
    scene = Scene()
    assert scene.step(600, beats=True) is None
    assert len(scene.place.started) == 1
    assert scene.told == []


def test_a_dead_trader_is_started_again_within_seconds() -> None:
    scene = Scene()
    scene.step(5, beats=True)
    scene.trader.end(-9)
    scene.step(3)
    assert len(scene.place.started) == 2
    assert scene.told_keys() == ["died"]


@pytest.mark.parametrize(("silent_s", "is_ended"), [(19, False), (21, True)])
def test_twenty_seconds_without_a_beat_are_a_hang(silent_s: int, is_ended: bool) -> None:
    scene = Scene()
    scene.step(5, beats=True)
    hung = scene.trader
    scene.step(silent_s)
    assert bool(hung.kills_count) == is_ended
    assert ("stalled" in scene.told_keys()) == is_ended


@pytest.mark.parametrize(("silent_s", "is_ended"), [(60, False), (62, True)])
def test_a_first_beat_may_take_a_minute(silent_s: int, is_ended: bool) -> None:
    scene = Scene()
    scene.step(silent_s)
    assert bool(scene.place.started[0].kills_count) == is_ended


def test_none_is_started_beside_one_that_cannot_be_ended() -> None:
    scene = Scene()
    scene.step(5, beats=True)
    stuck = scene.trader
    stuck.is_stubborn = True
    scene.step(120)
    assert len(scene.place.started) == 1
    assert "unkillable" in scene.told_keys()
    stuck.is_stubborn = False
    scene.step(5)
    assert len(scene.place.started) == 2


def test_a_blind_trader_is_not_restarted_but_told_of_while_exposed() -> None:
    scene = Scene(APlace(exposed=True))
    scene.step(5, beats=True)
    scene.step(85, beats=True, blind=True)
    assert len(scene.place.started) == 1
    assert [(key, severity) for _, key, severity in scene.told] == [("unseen", Severity.CRITICAL)]
    assert scene.told[0][0] <= 5.0 + 90.0


def test_without_exposure_blindness_is_nobody_s_night() -> None:
    scene = Scene()
    scene.step(5, beats=True)
    scene.step(300, beats=True, blind=True)
    assert scene.told == []


def test_attention_that_came_back_is_told_once() -> None:
    scene = Scene(APlace(exposed=True))
    scene.step(5, beats=True)
    scene.step(90, beats=True, blind=True)
    scene.step(30, beats=True)
    assert scene.told_keys() == ["unseen", "seen"]


def test_a_trader_that_dies_at_each_start_is_told_of_within_ninety_seconds_while_exposed() -> None:
    scene = Scene(APlace(exposed=True))
    for _ in range(90):
        scene.step()
        if scene.place.started and scene.trader.is_running:
            scene.trader.end(1)
    assert "unseen" in scene.told_keys()
    assert {severity for _, key, severity in scene.told if key == "died"} == {Severity.CRITICAL}


def test_five_deaths_in_ten_minutes_leave_managing_only() -> None:
    scene = Scene()
    for number in range(5):
        assert scene.place.flags == []
        while len(scene.place.started) == number:
            scene.step()
        scene.trader.end(1)
        scene.step()
    assert scene.place.flags == ["5 restarts in 10 minutes"]
    assert (scene.told[-1][1], scene.told[-1][2]) == ("manage only", Severity.CRITICAL)
    scene.step(61)
    assert len(scene.place.started) == 6


@pytest.mark.parametrize(("code", "key"), [(0, "ended"), (2, "wrong use"), (3, "person")])
def test_an_end_on_purpose_is_no_crash(code: int, key: str) -> None:
    scene = Scene()
    scene.step(5, beats=True)
    scene.trader.end(code)
    for _ in range(30):
        if (answer := scene.step()) is not None:
            break
    assert answer == code
    assert len(scene.place.started) == 1
    assert scene.told_keys() == [key]


def test_a_running_trader_is_watched_and_not_doubled() -> None:
    scene = Scene(APlace(other=AProcess(77)))
    scene.step(5)
    assert scene.place.started == []
    scene.place.other.end(None)  # type: ignore[union-attr]
    scene.step(5)
    assert len(scene.place.started) == 1


def test_another_s_trader_that_ended_on_purpose_is_not_started_again() -> None:
    scene = Scene(APlace(other=AProcess(77), on_purpose=True))
    scene.step(5)
    scene.place.other.end(None)  # type: ignore[union-attr]
    assert scene.step() == 0
    assert scene.place.started == []


def test_a_trader_refused_beside_another_hands_over_to_that_other() -> None:
    scene = Scene()
    scene.step()
    scene.trader.end(3)
    scene.step()
    scene.place.other = AProcess(77)
    assert scene.step(30) is None
    assert "adopted" in scene.told_keys()


def test_who_is_asked_ends_the_trader_first_and_hard_when_it_must() -> None:
    scene = Scene()
    scene.step(5, beats=True)
    scene.supervisor.stop()
    assert scene.step(10, beats=True) is None
    assert (scene.trader.asked_count, scene.trader.kills_count) == (1, 0)
    assert scene.step(30) == 0
    assert scene.trader.kills_count == 1
    assert len(scene.place.started) == 1


def test_what_cannot_be_started_is_tried_again_at_growing_intervals() -> None:
    scene = Scene(APlace(refuses=True))
    scene.step(60)
    assert 3 <= scene.told_keys().count("start") <= 8


@given(
    st.lists(
        st.sampled_from(["beat", "blind", "silent", "die", "stuck", "free"]),
        min_size=1,
        max_size=300,
    )
)
def test_never_two_and_never_unwatched_whatever_happens(moments: list[str]) -> None:
    scene = Scene(APlace(exposed=True))
    for moment in moments:
        running = [p for p in scene.place.started if p.is_running]
        if moment == "die" and running:
            running[-1].end(-9)
        elif moment in ("stuck", "free") and running:
            running[-1].is_stubborn = moment == "stuck"
        assert scene.step(3, beats=moment in ("beat", "blind"), blind=moment == "blind") is None
        assert sum(p.is_running for p in scene.place.started) <= 1
    for process in scene.place.started:
        process.is_stubborn = False
    before = len(scene.place.started)
    scene.step(150)  # silence: a hang is ended, the longest wait is a minute
    assert len(scene.place.started) > before

"""Alerts: told at least once, counted together, bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.watch.alerts import WAITING_MAX_COUNT, ChannelError, Outbox, Severity


@dataclass
class AChannel:
    name: str = "log"
    severity_min: Severity = Severity.INFO
    is_broken: bool = False
    said: list[str] = field(default_factory=list)

    def send(self, text: str) -> None:
        if self.is_broken:
            raise ChannelError("broken")
        self.said += text.splitlines()


@dataclass
class Disk:
    saved: Mapping[str, object] = field(default_factory=dict)
    is_full: bool = False

    def save(self, document: Mapping[str, object]) -> None:
        if self.is_full:
            raise StoreError("full")
        self.saved = document


def test_an_alert_is_told_once_on_each_channel_that_wants_it() -> None:
    log, chat = AChannel(), AChannel("chat", Severity.WARNING)
    box = Outbox([log, chat], Disk().save, {})
    box.raise_alert("a", Severity.INFO, "opened", 1.0)
    box.raise_alert("b", Severity.CRITICAL, "halt", 2.0)
    box.deliver(0.0)
    box.deliver(1.0)
    assert log.said == ["INFO: opened", "CRITICAL: halt"]
    assert chat.said == ["CRITICAL: halt"]
    assert box.waiting_count() == 0


def test_what_was_not_told_before_a_death_is_told_after_it() -> None:
    disk = Disk()
    broken = Outbox([AChannel(is_broken=True)], disk.save, {})
    broken.raise_alert("a", Severity.WARNING, "stalled", 1.0)
    broken.deliver(0.0)
    channel = AChannel()
    Outbox([channel], disk.save, disk.saved).deliver(0.0)
    assert channel.said == ["WARNING: stalled"]
    assert disk.saved == {"alerts": []}


def test_alerts_of_a_key_are_counted_together_until_they_are_told() -> None:
    channel = AChannel()
    box = Outbox([channel], Disk().save, {})
    for moment in range(5):
        box.raise_alert("died", Severity.WARNING, f"death {moment}", float(moment))
    box.deliver(0.0)
    assert channel.said == ["WARNING: death 4 (5 times)"]


def test_one_that_happens_again_while_it_is_told_is_told_again() -> None:
    box: list[Outbox] = []

    class Raising(AChannel):
        def send(self, text: str) -> None:
            if not self.said:
                box[0].raise_alert("a", Severity.WARNING, "second", 2.0)
            super().send(text)

    channel = Raising()
    box.append(Outbox([channel], Disk().save, {}))
    box[0].raise_alert("a", Severity.WARNING, "first", 1.0)
    box[0].deliver(0.0)
    box[0].deliver(1.0)
    assert channel.said[-1] == "WARNING: second (2 times)"
    assert box[0].waiting_count() == 0


def test_a_channel_that_failed_is_asked_again_later_and_holds_nobody_up() -> None:
    slow, log = AChannel("chat", is_broken=True), AChannel()
    box = Outbox([slow, log], Disk().save, {})
    box.raise_alert("a", Severity.WARNING, "halt", 1.0)
    box.deliver(0.0)
    assert log.said == ["WARNING: halt"]
    slow.is_broken = False
    box.deliver(4.9)
    assert slow.said == []
    box.deliver(5.0)
    assert slow.said == ["WARNING: halt"]


def test_a_disk_that_refuses_keeps_nobody_from_being_told() -> None:
    channel, disk = AChannel(), Disk(is_full=True)
    box = Outbox([channel], disk.save, {})
    box.raise_alert("a", Severity.WARNING, "halt", 1.0)
    assert not box.is_saved
    box.deliver(0.0)
    assert channel.said == ["WARNING: halt"]


def test_a_flood_drops_the_least_severe_and_says_so() -> None:
    channel = AChannel()
    box = Outbox([channel], Disk().save, {})
    box.raise_alert("halt", Severity.CRITICAL, "halt", 0.0)
    for number in range(2 * WAITING_MAX_COUNT):
        box.raise_alert(f"{number}", Severity.INFO, f"info {number}", float(number))
    assert box.waiting_count() == WAITING_MAX_COUNT
    box.deliver(0.0)
    assert "CRITICAL: halt" in channel.said
    assert any("dropped" in line for line in channel.said)


def test_an_unreadable_past_is_an_empty_one() -> None:
    box = Outbox([AChannel()], Disk().save, {"alerts": [{"key": 1}]})
    assert box.waiting_count() == 0


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(list(Severity)), st.booleans())))
def test_each_key_is_told_after_it_was_last_raised(
    raised: list[tuple[int, Severity, bool]],
) -> None:
    disk, channel = Disk(), AChannel()
    box = Outbox([channel], disk.save, {})
    for number, (key, severity, dies) in enumerate(raised):
        box.raise_alert(f"{key}", severity, f"key {key} {severity.name} no {number}", float(number))
        if dies:
            box = Outbox([channel], disk.save, disk.saved)
    box.deliver(0.0)
    last = {(key, severity): number for number, (key, severity, _) in enumerate(raised)}
    for (key, severity), number in last.items():
        told = f"{severity.name}: key {key} {severity.name} no {number}"
        assert any(line.startswith(told) for line in channel.said)

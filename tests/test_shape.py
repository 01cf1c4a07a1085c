"""The shape of the code, as STYLE and the design demand it, checked on its syntax trees."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import shape_lints as lints
import shape_lints_domain as domain
from shape_lints import Lint
from shape_module import Module
from shape_planted import BAD, GOOD, LIVE

from bot.model import broker

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("bot", "tools")
    for path in (ROOT / folder).rglob("*.py")
)

LINTS: tuple[Lint, ...] = (
    lints.long_functions,
    lints.unreadable_imports,
    lints.terminal_package_outside_cli,
    lints.tools_outside_cli,
    lints.any_in_rules,
    lints.clock_reads,
    lints.chance,
    lints.naive_datetimes,
    lints.prints,
    lints.broad_excepts,
    lints.unsafe_readers,
    lints.global_state,
    domain.unmarked_rules,
    domain.rules_that_cannot_compile,
    domain.raising_rules,
    domain.login_calls,
    domain.retries_of_sends,
)

ALLOWED: dict[tuple[str, str], str] = {
    ("bot/backtest/compiled.py", "unsafe_readers"): "kept under the hash of all it came from",
    ("bot/research/lookahead.py", "broad_excepts"): "a person's own strategy may raise anything",
    ("tools/check.py", "clock_reads"): "shows how long each gate took; decides nothing",
    ("tools/storm/campaign.py", "broad_excepts"): "names the seed and raises on",
    ("tools/storm/episode_process.py", "broad_excepts"): "the storm's process ends as a real one",
    ("tools/storm/episode_witness.py", "broad_excepts"): "told after the cycle: adapters catch it",
    ("tools/fuzz/trial.py", "broad_excepts"): "looks for whatever escapes a reader, and tells it",
}
"""Named exceptions: file and lint to the reason. One that is no longer needed fails the test."""

MANY_METHODS: dict[tuple[str, str], tuple[int, str]] = {
    ("bot/ports.py", "Broker"): (16, "one method per question a terminal answers"),
    ("bot/adapters/terminal_surface.py", "TerminalSurface"): (17, "the package's own functions"),
}
"""Classes whose width the world dictates: how many public methods at most, and why."""


def _module(path: str) -> Module:
    return Module.parse(path, (ROOT / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return [_module(path) for path in SOURCES]


def test_there_is_something_to_look_at(modules: list[Module]) -> None:
    assert {"bot/ports.py", "bot/errors.py", "bot/rules/calendar.py"} <= set(SOURCES)
    assert all(module.tree.body for module in modules)


@pytest.mark.parametrize("path", SOURCES)
def test_no_file_is_longer_than_a_reader_holds(path: str) -> None:
    lines_count = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines_count <= lints.FILE_LINES_MAX


@pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.__name__)
def test_the_project_passes(lint: Lint, modules: list[Module]) -> None:
    found: list[str] = []
    excused = {path for path, name in ALLOWED if name == lint.__name__}
    for module in modules:
        complaints = [f"{module.path} {words}" for words in lint(module)]
        if module.path in excused:
            assert complaints, f"{module.path}: the exception from {lint.__name__} is not needed"
        else:
            found += complaints
    assert found == []


def test_no_class_offers_more_than_a_dozen_methods(modules: list[Module]) -> None:
    counts = {
        (module.path, name): count
        for module in modules
        for name, count in lints.public_method_counts(module).items()
        if count > lints.PUBLIC_METHODS_MAX
    }
    too_wide = [
        f"{path} {name}: {count}"
        for (path, name), count in counts.items()
        if count > MANY_METHODS.get((path, name), (0, ""))[0]
    ]
    assert too_wide == []
    assert set(MANY_METHODS) <= set(counts), "an exception that is not needed"


def test_live_orders_leave_through_one_line(modules: list[Module]) -> None:
    places = [
        f"{module.path} {words}"
        for module in modules
        if module.is_under("bot/live", "bot/adapters")
        for words in domain.order_send_mentions(module)
    ]
    assert len(places) == 1, places


# --- requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [broker.CloseLots, broker.MoveStop, broker.CancelOrder])
def test_what_touches_an_existing_ticket_cannot_be_built_without_it(kind: type) -> None:
    tickets = [part for part in dataclasses.fields(kind) if part.name == "ticket"]
    assert len(tickets) == 1
    assert tickets[0].default is dataclasses.MISSING
    assert tickets[0].default_factory is dataclasses.MISSING


@pytest.mark.parametrize("kind", [broker.OpenMarket, broker.PlaceLimit])
def test_what_opens_cannot_be_built_without_its_stop(kind: type) -> None:
    stops = [part for part in dataclasses.fields(kind) if part.name == "stop_price"]
    assert len(stops) == 1
    assert stops[0].default is dataclasses.MISSING
    assert stops[0].default_factory is dataclasses.MISSING


# --- every lint fires ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", BAD)
def test_each_lint_fires_on_a_planted_offence(name: str) -> None:
    lint, path, source = BAD[name]
    assert list(lint(Module.parse(path, source))) != []


@pytest.mark.parametrize("name", GOOD)
def test_no_lint_cries_wolf(name: str) -> None:
    lint, path, source = GOOD[name]
    assert list(lint(Module.parse(path, source))) == []


def test_every_lint_has_a_planted_offence() -> None:
    assert {lint for lint, _, _ in BAD.values()} == set(LINTS)


def test_public_methods_are_counted_without_the_private_ones() -> None:
    source = "class A:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(13))
    module = Module.parse(LIVE, source + "    def _own(self): ...\n    def __len__(self): ...\n")
    assert lints.public_method_counts(module) == {"A": 13}


def _every_order_send(source: str) -> Iterator[str]:
    yield from domain.order_send_mentions(Module.parse(LIVE, source))


def test_a_send_behind_getattr_is_still_seen() -> None:
    assert len(list(_every_order_send("getattr(terminal, 'order_send')(request)"))) == 1
    assert len(list(_every_order_send("send = terminal.order_send"))) == 1

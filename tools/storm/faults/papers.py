"""Parameters that change between two starts: refused ones, another account's, new numbers."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.params import load_settings
from tools.storm.faults.draws import Setting
from tools.storm.faults.injector import SceneInjector
from tools.storm.faults.process import stay_away
from tools.storm.model import DeathError, Scene, Violation

_PARAMS: Final = Path(__file__).resolve().parents[3] / "params"
_FILE: Final = "current_params.json"
_SLIP: Final = 100
_OTHER_LOGIN: Final = 4_242_424


class RefusedParams(SceneInjector):
    """K01 to K04: a person edits the parameter file badly and restarts; the start must refuse it.

    The real reader reads the real file with one field bent (`shape`). It must refuse before
    anything is connected, naming the field; then the person puts it right after `down_s`.
    """

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives."""
        return scene.bot is not None

    def strike(self, scene: Scene) -> None:
        """Read the bent file, and start again later with the right one."""
        shape = self.word("shape", "missing")
        document = copy.deepcopy(_shipped_document())
        field = _BENDS[shape](document, self.rng.choice(_numbers_in(document)))
        told = _refusal_of(document)
        if field not in told:
            words = f"parameters with a {shape} {field} were not refused by name: {told[:200]!r}"
            scene.violations.append(Violation("I4", scene.now_utc_s, words))
        scene.struck(self.fault_id)
        stay_away(scene, self.number("down_s", 120.0))
        raise DeathError(self.fault_id)


class WrongPapers(SceneInjector):
    """K05, H11: a restart with another account, server, phase or size must send nothing.

    A trader that is alive with them `down_s` after its restart is a broken promise (I14); then the
    right parameters are back.
    """

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._own: BotSettings | None = None
        self._until_utc_s = 0.0

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives and its account has a record."""
        return scene.bot is not None and self._own is None

    def strike(self, scene: Scene) -> None:
        """Take the wrong ones, and start again."""
        self._own = scene.settings
        self._until_utc_s = scene.now_utc_s + self.number("down_s", 600.0)
        scene.settings = _WRONG[self.word("shape", "phase")](scene.settings)
        scene.struck(self.fault_id)
        raise DeathError(self.fault_id)

    def watch(self, scene: Scene) -> None:
        """Put the right ones back when it is time."""
        if self._own is None:
            return
        if scene.bot is not None:
            told = f"a start with another {self.word('shape', 'phase')} was not refused"
            scene.violations.append(Violation("I14", scene.now_utc_s, told))
            self.ease(scene)
            raise DeathError(self.fault_id)
        if scene.now_utc_s >= self._until_utc_s:
            self.ease(scene)

    def ease(self, scene: Scene) -> None:
        """Put the right ones back."""
        if self._own is not None:
            scene.settings, self._own = self._own, None


class NewNumbers(SceneInjector):
    """K06: risk and exits are edited while positions are open; these keep what they began with."""

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._kept: dict[int, str] = {}

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives with a position open."""
        return scene.bot is not None and bool(_ladders(scene))

    def strike(self, scene: Scene) -> None:
        """Edit, and start again."""
        self._kept = _ladders(scene)
        settings, factor = scene.settings, self.number("factor", 0.5)
        exits = settings.exits._replace(
            targets_r=tuple(target * factor for target in settings.exits.targets_r),
            trail_start_r=settings.exits.trail_start_r * factor,
        )
        risk = settings.risk._replace(
            risk_per_trade_balance_fraction=settings.risk.risk_per_trade_balance_fraction * factor,
            risk_reduced_balance_fraction=settings.risk.risk_reduced_balance_fraction * factor,
        )
        hashed = f"{settings.params_hash[:8]}-{scene.deaths_count}"
        scene.settings = replace(settings, exits=exits, risk=risk, params_hash=hashed)
        scene.struck(self.fault_id)
        raise DeathError(self.fault_id)

    def watch(self, scene: Scene) -> None:
        """After the start, the ladders of then are what they were."""
        if not self._kept or scene.bot is None:
            return
        now, kept = _ladders(scene), self._kept
        self._kept = {}
        for setup_id, ladder in kept.items():
            if now.get(setup_id, ladder) != ladder:
                told = f"setup {setup_id}: exits were {ladder}, after an edit {now[setup_id]}"
                scene.violations.append(Violation("I3", scene.now_utc_s, told))


def _ladders(scene: Scene) -> dict[int, str]:
    """The frozen exit numbers of every filled setup the trader holds."""
    assert scene.bot is not None, "asked only while a trader lives"
    return {
        setup.setup_id: repr((ladder.targets_r, ladder.close_fractions, ladder.stops_after_r))
        for setup in scene.bot.state.setups.values()
        if (ladder := setup.ladder) is not None and setup.is_live
    }


@lru_cache(maxsize=1)
def _shipped_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_PARAMS / _FILE).read_text(encoding="utf-8"))
    return document


def _numbers_in(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Group and name of every number that stands directly in a group."""
    return [
        (group, name)
        for group, fields in document.items()
        if isinstance(fields, dict)
        for name, value in fields.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    ]


def _refusal_of(document: Mapping[str, Any]) -> str:
    """What the reader says to the document; empty when it takes it."""
    with tempfile.TemporaryDirectory(prefix="storm-") as name:
        folder = Path(name) / "params"
        shutil.copytree(_PARAMS, folder)
        (folder / _FILE).write_text(json.dumps(document), encoding="utf-8")
        try:
            load_settings(folder / _FILE)
        except ParamsError as error:
            return str(error)
    return ""


def _missing(document: dict[str, Any], place: tuple[str, str]) -> str:
    del document[place[0]][place[1]]
    return place[1]


def _unknown(document: dict[str, Any], place: tuple[str, str]) -> str:
    document[place[0]][f"{place[1]}_x"] = document[place[0]][place[1]]
    return f"{place[1]}_x"


def _slipped(document: dict[str, Any], place: tuple[str, str]) -> str:
    del place
    document["sizing"]["risk_per_trade_pct"] *= _SLIP
    return "risk_per_trade_pct"


def _not_a_number(document: dict[str, Any], place: tuple[str, str]) -> str:
    document[place[0]][place[1]] = float("nan")
    return place[1]


def _words(document: dict[str, Any], place: tuple[str, str]) -> str:
    document[place[0]][place[1]] = "a lot"
    return place[1]


def _contradictory(document: dict[str, Any], place: tuple[str, str]) -> str:
    del place
    brakes = document["brakes"]
    brakes["warn_pct"], brakes["reduce_pct"] = brakes["reduce_pct"], brakes["warn_pct"]
    return "warn_pct"


_BENDS: Final[dict[str, Callable[[dict[str, Any], tuple[str, str]], str]]] = {
    "missing": _missing,
    "unknown": _unknown,
    "slipped": _slipped,
    "nan": _not_a_number,
    "word": _words,
    "contradictory": _contradictory,
}


def _other_login(settings: BotSettings) -> BotSettings:
    return replace(settings, account=replace(settings.account, login=_OTHER_LOGIN))


def _other_server(settings: BotSettings) -> BotSettings:
    return replace(settings, account=replace(settings.account, server="Other-Server"))


def _other_phase(settings: BotSettings) -> BotSettings:
    return replace(settings, phase=f"{settings.phase} 2")


def _other_preset(settings: BotSettings) -> BotSettings:
    return replace(settings, preset=f"{settings.preset}_other")


_WRONG: Final[dict[str, Callable[[BotSettings], BotSettings]]] = {
    "login": _other_login,
    "server": _other_server,
    "phase": _other_phase,
    "preset": _other_preset,
}

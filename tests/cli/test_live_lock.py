"""Live trading asks the terminal nothing before the account is named and its lock is held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from builders import settings_for

from bot.adapters.instance_lock import InstanceLock
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.folders import RunFolder
from bot.cli.live_run import machine_folder, trade
from bot.errors import AlreadyRunningError, ParamsError
from bot.model.settings import BotSettings

LOGIN, SERVER = 5_012_345, "Simulated-Server"


class Untouched:
    """A terminal that must not be asked anything."""

    def __getattr__(self, name: str) -> Any:
        pytest.fail(f"the terminal was asked for {name}")


def untouched() -> TerminalSurface:
    return cast(TerminalSurface, Untouched())


def pinned(login: int, server: str) -> BotSettings:
    settings = settings_for("EURUSD")
    return replace(settings, account=replace(settings.account, login=login, server=server))


def test_a_copy_of_the_folder_does_not_trade_beside_the_first(tmp_path: Path) -> None:
    with (
        InstanceLock(machine_folder(), LOGIN, SERVER),
        pytest.raises(AlreadyRunningError, match="already trades"),
    ):
        trade(untouched(), pinned(LOGIN, SERVER), RunFolder(tmp_path / "copy"), "")
    assert not RunFolder(tmp_path / "copy").state.exists()


@pytest.mark.parametrize(("login", "server"), [(0, SERVER), (LOGIN, "")])
def test_an_account_nobody_named_is_not_looked_for(tmp_path: Path, login: int, server: str) -> None:
    with pytest.raises(ParamsError, match=r"account\.login"):
        trade(untouched(), pinned(login, server), RunFolder(tmp_path), "")

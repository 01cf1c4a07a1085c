"""Live trading starts only on the one account the parameters pin (I14)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_market, settings_for

from bot.cli.folders import RunFolder
from bot.cli.live_run import trade
from bot.errors import ParamsError
from bot.simulator.terminal import SimulatedTerminal


@pytest.mark.parametrize(("login", "server"), [(0, "Simulated-Server"), (5_012_345, "")])
def test_live_trading_without_a_pinned_account_is_refused(
    tmp_path: Path, login: int, server: str
) -> None:
    settings = settings_for("EURUSD")
    settings = replace(settings, account=replace(settings.account, login=login, server=server))
    terminal = SimulatedTerminal(a_market({"EURUSD": [(0, 1.1, 1.1001)]}, 10))
    with pytest.raises(ParamsError, match=r"account\.login"):
        trade(terminal, settings, RunFolder(tmp_path), "")
    assert list(tmp_path.iterdir()) == [], "nothing is written for an account nobody named"

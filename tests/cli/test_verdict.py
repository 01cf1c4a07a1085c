"""A simulated phase that is decided ends there and says so."""

import json

import pytest

from bot.adapters.journal_files import read_events
from bot.cli.demo import demo_market, window
from bot.cli.folders import RunFolder
from bot.cli.manifest import claim, manifest_of
from bot.cli.options import params_path
from bot.cli.outcome import Ending, last_known, show_outcome
from bot.cli.simulated_account import simulated_settings
from bot.cli.simulation import Simulation, SimulationPlan
from bot.params import load_settings

SYMBOLS = ("EURUSD", "BTCUSD")
NOON_S = 12 * 3_600.0


class Cashier:
    """Watches the run, and moves cash at noon of the first day."""

    def __init__(self, amount_money):
        self.simulation = None
        self._amount_money = amount_money
        self.is_finished = False

    def moved(self, look, now_utc_s):
        if self._amount_money and now_utc_s >= window(2)[0] + NOON_S:
            operator = self.simulation.terminal.operator
            move = operator.deposit if self._amount_money > 0.0 else operator.withdraw
            move(abs(self._amount_money))
            self._amount_money = 0.0

    def told(self, event):
        """Nothing is shown."""

    def finish(self):
        self.is_finished = True


@pytest.mark.parametrize(
    ("cash_money", "verdict", "words"),
    [
        (-2_500.0, "BREACHED_TOTAL", "BREACHED: equity reached the total floor"),
        (0.0, "RUNNING", "STILL RUNNING after 2 closed server days"),
    ],
)
def test_a_decided_phase_ends_the_run_with_its_verdict(
    tmp_path, capsys, cash_money, verdict, words
):
    settings = simulated_settings(load_settings(params_path(None)), SYMBOLS)
    run = RunFolder(tmp_path / "run")
    claim(run, manifest_of("demo", settings, {}), fresh=False)
    start_utc_s, end_utc_s = window(2)
    market = demo_market(7, settings, end_utc_s)
    simulation = Simulation(SimulationPlan(run, "demo", settings, market, start_utc_s, end_utc_s))
    cashier = Cashier(cash_money)
    cashier.simulation = simulation
    simulation.live(cashier)
    show_outcome(run, Ending(last_known(run)), as_json=True, with_picture=False)
    facts = json.loads(capsys.readouterr().out)
    assert facts["summary"]["verdict"] == verdict
    assert facts["verdict_text"].startswith(words)
    assert facts["summary"]["left_over_money"] == 0.0
    assert cashier.is_finished
    last = read_events(run.journal)[-1]
    assert last["event"] == "BotStopped"
    assert (last["at_utc_s"] < start_utc_s + NOON_S + 3_600.0) == (verdict != "RUNNING")

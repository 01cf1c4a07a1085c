"""Stands where the `MetaTrader5` package would: a simulated terminal on the host's own clock."""

import time

from bot.simulator.constants import Constants
from bot.simulator.generated import generated_market
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

_START = int(time.time()) - 86_400
_MARKET = generated_market(7, ("BTCUSD", "ETHUSD"), _START, 4, history_days_count=30)
_TERMINAL = SimulatedTerminal(_MARKET)


def _on_time(name):
    function = getattr(_TERMINAL, name)

    def call(*args, **kwargs):
        _TERMINAL.advance_to(max(_TERMINAL.now_utc_s, time.time()))
        return function(*args, **kwargs)

    return call


globals().update({name: _on_time(name) for name in PACKAGE_FUNCTIONS})
globals().update({name: value for name, value in vars(Constants).items() if name.isupper()})

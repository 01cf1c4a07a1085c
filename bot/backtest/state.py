"""A walk that has not begun."""

from __future__ import annotations

from bot.backtest.inputs import Inputs, Records, Walker, records
from bot.backtest.records import ACCOUNT, DAY, DEAL, SLOT, TRADE


def new_walker(inputs: Inputs, trades_max_count: int, days_max_count: int) -> Walker:
    """A walk that has not begun; `deals` have room for every rung of every trade."""
    count = len(inputs.contracts)
    rungs = int(inputs.terms[0].exits.targets_r.shape[0])
    slots: Records = records(SLOT, count)
    me: Records = records(ACCOUNT, 1)
    return Walker(
        p=inputs.terms[0],
        me=me[0],
        slots=slots,
        contracts=inputs.contracts,
        quotes=inputs.quotes,
        samples=inputs.samples,
        windows=inputs.windows,
        scans=inputs.scans,
        groups_from_s=inputs.groups_from_s,
        groups=inputs.groups,
        midnights_s=inputs.midnights_s,
        first_day=inputs.first_day,
        trades=records(TRADE, trades_max_count),
        deals=records(DEAL, trades_max_count * (rungs + 3)),
        days=records(DAY, days_max_count),
    )

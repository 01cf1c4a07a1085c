"""Orders that protect the account, written out: the table that checks them cannot lose one."""

from __future__ import annotations

from pathlib import Path

import pytest
from params_files import a_document, a_file, put

from bot.errors import ParamsError
from bot.params import load_params


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brakes.warn_pct", 3.0),  # at the reduce brake
        ("brakes.reduce_pct", 3.5),  # at the flatten brake
        ("brakes.flatten_pct", 4.0),  # at the emergency
        ("brakes.emergency_pct", 4.5),  # at the alarm
        ("brakes.total_caution_pct", 8.0),  # at the severe rung
        ("brakes.total_severe_pct", 9.0),  # at the total flatten
        ("sizing.risk_reduced_pct", 0.61),  # above the base risk
        ("sizing.risk_per_trade_pct", 1.01),  # above the ceiling
        ("sizing.daily_budget.budget_pct", 3.5),  # at the flatten brake
        ("schedule.visible_grace_s", 900.0),  # as long as an unknown outcome is waited for
    ],
)
def test_what_stands_in_the_wrong_order_is_refused_by_name(
    tmp_path: Path, field: str, value: float
) -> None:
    load_params(a_file(tmp_path, a_document()))
    with pytest.raises(ParamsError, match=rf"{field} = {value}: must be"):
        load_params(a_file(tmp_path, put(a_document(), field, value)))

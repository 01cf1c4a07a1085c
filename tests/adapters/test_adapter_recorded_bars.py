"""Recorded bars come from the terminal as it has them: closed, on UTC, with ticks and spread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.adapters.mt5_client import MT5Client
from bot.cli.doctor_simulated import simulated_world
from bot.cli.wiring import client
from bot.model.broker import Timeframe
from bot.params import load_settings
from bot.ports import Ok, Unknown
from bot.timezones import server_offset_table

PARAMS = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
WALL_FROM_S, WALL_TO_S = 1_769_904_000, 1_772_323_199  # February 2026 on the server's clock


@pytest.fixture(scope="module")
def broker() -> MT5Client:
    settings = load_settings(PARAMS)
    world, settings = simulated_world(settings)
    found = client(world, settings)
    assert isinstance(found.connect(), Ok)
    return found


def test_a_month_of_hours_lies_inside_that_month_of_the_servers_clock(broker: MT5Client) -> None:
    read = broker.recorded_bars("EURUSD", Timeframe.H1, WALL_FROM_S, WALL_TO_S)
    assert isinstance(read, Ok)
    times = read.value.bars.open_utc_s
    table = server_offset_table()
    index = np.searchsorted(table.starts_utc_s, times, side="right") - 1
    walls = times + table.offsets_s[index]
    assert len(times) == 480
    assert walls.min() >= WALL_FROM_S
    assert walls.max() <= WALL_TO_S
    assert read.value.tick_volume is not None
    assert read.value.spread_points is not None
    assert len(read.value.tick_volume) == len(read.value.spread_points) == len(times)
    assert read.value.spread_points.min() >= 0


def test_the_running_bar_is_left_out(broker: MT5Client) -> None:
    read = broker.recorded_bars("EURUSD", Timeframe.D1, WALL_TO_S + 1, WALL_TO_S + 40 * 86_400)
    assert isinstance(read, Ok)
    assert len(read.value.bars.open_utc_s) == 0


def test_the_same_bars_as_the_scanner_reads(broker: MT5Client) -> None:
    latest = broker.closed_bars("EURUSD", Timeframe.H4, 50)
    recorded = broker.recorded_bars("EURUSD", Timeframe.H4, WALL_FROM_S, WALL_TO_S + 40 * 86_400)
    assert isinstance(latest, Ok)
    assert isinstance(recorded, Ok)
    for ours, theirs in zip(latest.value, recorded.value.bars, strict=True):
        assert np.array_equal(ours, theirs[-50:])


def test_a_symbol_the_broker_lacks_is_unknown(broker: MT5Client) -> None:
    assert isinstance(broker.recorded_bars("NOPE", Timeframe.H1, 0, WALL_TO_S), Unknown)

"""The bot may die at any instant: the broker, the journal and the trader's record still agree."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("kill_harness.py")
KILLS_COUNT = 24

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can fork"),
]


def _lived(days, kills_count, *folders):
    run = subprocess.run(
        [sys.executable, str(HARNESS), str(days), str(kills_count), *(str(f) for f in folders)],
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    (facts,) = _lived(6, KILLS_COUNT, tmp_path_factory.mktemp("killed") / "run")
    return facts


def _cents(deal):
    return round(100 * (deal["profit"] + deal["swap"] + deal["commission"] + deal["fee"]))


def _own(facts):
    return [deal for deal in facts["deals"] if deal["magic"]]


def _told(facts, event):
    return [line for line in facts["journal"] if line["event"] == event]


def test_it_really_was_killed_often_and_while_it_traded(killed):
    assert killed["deaths"] >= 20
    assert len(_told(killed, "BotStarted")) >= 15
    assert len(_own(killed)) >= 6


def test_no_setup_ever_has_two_positions(killed):
    openings = [deal for deal in _own(killed) if deal["entry"] == 0]
    per_setup = Counter((deal["magic"] >> 16) for deal in openings)
    assert openings
    assert set(per_setup.values()) == {1}


def test_no_position_is_without_its_stop(killed):
    assert all(position["sl"] > 0.0 for position in killed["positions"])


def test_every_deal_of_the_broker_is_in_the_journal_once_and_to_the_cent(killed):
    booked = {line["deal_ticket"]: line for line in _told(killed, "DealBooked")}
    assert len(booked) == len(_told(killed, "DealBooked"))
    for deal in _own(killed):
        line = booked.pop(deal["ticket"])
        parts = ("profit_money", "swap_money", "commission_money", "fee_money")
        assert round(100 * sum(line[part] for part in parts)) == _cents(deal)
        assert line["setup_id"] > 0
        assert line["is_own"]
    assert not [line for line in booked.values() if line["is_own"]]


def test_every_deal_belongs_to_exactly_one_chain(killed):
    chains = {}
    for line in _told(killed, "DealBooked"):
        chains.setdefault(line["position_id"], set()).add(line["setup_id"])
    assert all(len(setups) == 1 for setups in chains.values())


def test_the_balance_is_the_deposit_plus_every_deal(killed):
    assert round(100 * killed["balance"]) == sum(_cents(deal) for deal in killed["deals"])


def test_each_server_day_was_opened_once_and_closed_once(killed):
    for event in ("DayOpened", "DayClosed"):
        dates = [line["date"] for line in _told(killed, event)]
        assert len(dates) == len(set(dates))
        assert len(dates) >= 4


def test_the_same_seed_lives_the_same_life_to_the_byte(tmp_path):
    first, second = _lived(1, 0, tmp_path / "first", tmp_path / "second")
    assert first["trace"] == second["trace"]
    assert first["journal"] == second["journal"]
    for page in sorted((tmp_path / "first" / "compliance").iterdir()):
        assert page.read_bytes() == (tmp_path / "second" / "compliance" / page.name).read_bytes()

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from params_files import a_document, a_file, a_folder, put, taken

from bot.errors import ParamsError
from bot.params import load_params, load_settings
from bot.params.contradictions import ORDERED
from bot.params.schema import leaves


def refusal(tmp_path: Path, document: object) -> list[str]:
    """The lines after the header, one per problem."""
    with pytest.raises(ParamsError) as caught:
        load_settings(a_file(tmp_path, document))
    header, *lines = str(caught.value).splitlines()
    assert header.endswith(f"{len(lines)} problem" + ("s" if len(lines) > 1 else ""))
    return [line.strip() for line in lines]


def accepts(tmp_path: Path, document: object) -> None:
    load_settings(a_file(tmp_path, document))


def test_a_number_out_of_range_names_field_value_and_range(tmp_path: Path) -> None:
    document = put(a_document(), "sizing.risk_per_trade_pct", 60)
    assert refusal(tmp_path, document) == [
        "sizing.risk_per_trade_pct = 60: must be between 0.05 and 1.5"
    ]


@pytest.mark.parametrize(
    ("field", "value", "line"),
    [
        ("sizing.risk_per_trade_pct", "0.6", "must be a number between 0.05 and 1.5"),
        ("sizing.risk_per_trade_pct", True, "must be a number between 0.05 and 1.5"),
        ("sizing.risk_per_trade_pct", None, "must be a number between 0.05 and 1.5"),
        ("sizing.positions_max_count", 2.5, "must be a whole number between 1 and 50"),
        ("sizing.positions_max_count", False, "must be a whole number between 1 and 50"),
        ("sizing.positions_max_count", 51, "must be between 1 and 50"),
        ("account.require_hedging", 1, "must be true or false"),
        ("account.require_hedging", "yes", "must be true or false"),
        ("coast.after_target", "hope", 'must be one of "stop", "coast", "trade_on"'),
        ("schedule.rollover_start_time", "24:00", "must be text: a server clock time HH:MM"),
        ("schedule.rollover_end_time", 15, "must be text: a server clock time HH:MM"),
        ("account.currency", "usd", "must be text: a currency code such as USD"),
        ("exits.ladder", [], "must be a list of 1 to 10 entries"),
        ("exits.ladder", {}, "must be a list of 1 to 10 entries"),
        ("exits.ladder[2].stop_after_r", "x", "must be a number between -1.0 and 20.0, or null"),
        ("exits.ladder[1]", 5, "must be an object with target_r, close_pct, stop_after_r"),
        ("sizing", [], "must be an object with mode, risk_per_trade_pct"),
        ("universe.symbols[3]", "eurusd", "must be text: a symbol name in capitals"),
        ("universe.broker_suffixes[0]", "a b", "must be text: a short broker suffix"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_the_right_one(
    tmp_path: Path, field: str, value: object, line: str
) -> None:
    lines = refusal(tmp_path, put(a_document(), field, value))
    assert any(text.startswith(f"{field} = ") and line in text for text in lines), lines


def test_an_unknown_key_is_refused_with_the_nearest_known_name(tmp_path: Path) -> None:
    document = put(a_document(), "sizing.risk_per_trde_pct", 0.6)
    assert refusal(tmp_path, document) == [
        "sizing.risk_per_trde_pct = 0.6: unknown key; "
        'the nearest known name is "risk_per_trade_pct"'
    ]
    document = put(a_document(), "brake", {})
    assert refusal(tmp_path, document) == [
        'brake = {}: unknown key; the nearest known name is "brakes"'
    ]
    document = put(a_document(), "exits.ladder[0].xyz", 1)
    assert "known names: target_r, close_pct, stop_after_r" in refusal(tmp_path, document)[0]


def test_a_missing_key_is_refused_by_name(tmp_path: Path) -> None:
    document = taken(a_document(), "brakes.flatten_pct")
    assert refusal(tmp_path, document) == [
        "brakes.flatten_pct is missing: must be a number between 0.3 and 5.0"
    ]
    document = taken(a_document(), "exits.ladder[1].close_pct")
    assert "exits.ladder[1].close_pct is missing" in refusal(tmp_path, document)[0]
    lines = refusal(tmp_path, taken(a_document(), "weekend"))
    assert lines == [
        "weekend is missing: must be an object with before_close_h, losers_close_below_r, "
        "halve_below_r, winners_close_above_r, gap_close_adverse_r"
    ]


def test_all_problems_are_listed_at_once_in_the_order_of_the_groups(tmp_path: Path) -> None:
    document = a_document()
    put(document, "costs.fx.commission_money_per_lot", -1)
    put(document, "account.currency", "EUR")
    put(document, "universe.symbols", ["EURUSD", "EURUSD", "EURUSDX"])
    put(document, "sizing.risk_per_trade_pct", 60)
    put(document, "brakes.warn_pct", 3.0)
    put(document, "exits.ladder[0].close_pct", 36)
    put(document, "sizing.unknown", 1)
    lines = refusal(tmp_path, document)
    assert [line.split(" ")[0] for line in lines] == [
        "account.currency",
        "universe.symbols[1]",
        "universe.symbols[2]",
        "sizing.unknown",
        "sizing.risk_per_trade_pct",
        "brakes.warn_pct",
        "exits.ladder",
        "costs.fx.commission_money_per_lot",
    ]


SCHEMA_OF = {leaf.path: leaf.node for leaf in leaves(a_document())}


@pytest.mark.parametrize(("low", "relation", "high"), ORDERED)
def test_ordered_values_may_touch_or_not_as_the_table_says(
    tmp_path: Path, low: str, relation: str, high: str
) -> None:
    bottom = max(SCHEMA_OF[low]["minimum"], SCHEMA_OF[high]["minimum"])
    top = min(SCHEMA_OF[low]["maximum"], SCHEMA_OF[high]["maximum"])
    assert bottom < top, "a pair that no file can get wrong needs no check"
    middle = (bottom + top) // 2 if isinstance(top, int) else (bottom + top) / 2
    step = 1 if isinstance(top, int) else 0.001
    for first, refused in (
        (middle - step, False),
        (middle, relation == "below"),
        (middle + step, True),
    ):
        document = put(put(a_document(), low, first), high, middle)
        words = f"must be {relation} {high} = {middle}"
        found = problems_of(tmp_path, document)
        lines = [line for line in found if line.startswith(f"{low} = ") and words in line]
        assert bool(lines) == refused, (first, lines)


def problems_of(tmp_path: Path, document: object) -> list[str]:
    try:
        load_params(a_file(tmp_path, document))
    except ParamsError as error:
        return [line.strip() for line in str(error).splitlines()[1:]]
    return []


@pytest.mark.parametrize("value", [2.999, 3.0, 3.5, 3.6])
def test_brakes_stand_in_order(tmp_path: Path, value: float) -> None:
    document = put(a_document(), "brakes.reduce_pct", value)
    if 2.0 < value < 3.5:
        accepts(tmp_path, document)
    else:
        assert "brakes.reduce_pct" in refusal(tmp_path, document)[0]


@pytest.mark.parametrize(
    ("field", "fine", "wrong", "words"),
    [
        ("brakes.alarm_pct", 4.99, 5.0, "below the firm's daily limit of 5 %"),
        ("brakes.total_flatten_pct", 9.99, 10.0, "below the firm's overall limit of 10 %"),
    ],
)
def test_brakes_act_before_the_firm_does(
    tmp_path: Path, field: str, fine: float, wrong: float, words: str
) -> None:
    accepts(tmp_path, put(a_document(), field, fine))
    assert words in refusal(tmp_path, put(a_document(), field, wrong))[0]


def a_ladder(*rungs: tuple[float, float, float | None]) -> list[dict[str, Any]]:
    return [{"target_r": t, "close_pct": c, "stop_after_r": s} for t, c, s in rungs]


@pytest.mark.parametrize(
    ("ladder", "words"),
    [
        (a_ladder((1, 100, None)), ""),
        (a_ladder((1, 33.3, 0), (2, 33.3, 0), (3, 33.4, None)), ""),
        (a_ladder((1, 50, None), (2, 50, None)), ""),
        (a_ladder((1, 50, 0), (1, 50, None)), "ladder[1].target_r = 1: must be above"),
        (a_ladder((2, 50, 0), (1, 50, None)), "ladder[1].target_r = 1: must be above"),
        (a_ladder((1, 50, 0), (2, 49.9, None)), "sum to exactly 100, not 99.9"),
        (a_ladder((1, 50, 0), (2, 50.1, None)), "sum to exactly 100, not 100.1"),
        (a_ladder((1, 50, 1), (2, 50, None)), "must be below the rung's target, 1"),
        (a_ladder((1, 40, 0.5), (2, 30, 0.4), (3, 30, None)), "a stop never loosens"),
        (a_ladder((1, 50, 0), (2, 50, 1)), "must be null: the last rung"),
    ],
)
def test_a_ladder_rises_sums_to_100_and_never_loosens(
    tmp_path: Path, ladder: list[dict[str, Any]], words: str
) -> None:
    document = put(a_document(), "exits.ladder", ladder)
    if words:
        assert any(words in line for line in refusal(tmp_path, document))
    else:
        accepts(tmp_path, document)


def test_trailing_starts_before_the_last_target(tmp_path: Path) -> None:
    accepts(tmp_path, put(a_document(), "exits.trail_start_r", 1.99))
    document = put(a_document(), "exits.trail_start_r", 2.0)
    assert "must be below the last target, 2.0" in refusal(tmp_path, document)[0]


def test_a_trade_goes_stale_before_its_time_is_up(tmp_path: Path) -> None:
    document = put(put(a_document(), "exits.time_stop_h", 100), "exits.stale_after_h", 99)
    accepts(tmp_path, document)
    accepts(tmp_path, put(a_document(), "exits.stale_after_h", 100))
    document = put(document, "exits.stale_after_h", 100)
    assert "must be below exits.time_stop_h = 100" in refusal(tmp_path, document)[0]


def test_a_groups_own_check_names_its_field_in_full(tmp_path: Path) -> None:
    document = put(a_document(), "signal.trend.fast_bars", 21)
    assert refusal(tmp_path, document) == [
        "signal.trend.fast_bars = 21: must be below slow_bars = 21"
    ]
    document = put(a_document(), "signal.pillars.risk_reward.good_r", 0.5)
    put(document, "signal.levels.rr_min_r", 1.0)
    assert refusal(tmp_path, document) == [
        "signal.pillars.risk_reward.good_r = 0.5: must be at least rr_min_r = 1.0"
    ]


def test_a_score_of_no_pillar_is_refused(tmp_path: Path) -> None:
    document = a_document()
    for pillar in document["signal"]["pillars"].values():
        pillar["use"] = False
    (line,) = refusal(tmp_path, document)
    assert line.startswith("signal.pillars = ")
    assert "at least one pillar" in line


def test_lists_name_nothing_twice(tmp_path: Path) -> None:
    document = put(a_document(), "universe.broker_suffixes", ["", ".r", ".r"])
    assert refusal(tmp_path, document) == ['universe.broker_suffixes[2] = ".r": is listed twice']


def test_the_rollover_window_is_not_empty(tmp_path: Path) -> None:
    document = put(a_document(), "schedule.rollover_end_time", "23:50")
    assert "must differ" in refusal(tmp_path, document)[0]


def test_a_symbol_nobody_described_is_refused_with_the_nearest(tmp_path: Path) -> None:
    document = put(a_document(), "universe.symbols", ["EURUSD", "NAS10"])
    assert refusal(tmp_path, document) == [
        'universe.symbols[1] = "NAS10": not described in symbols.json; '
        'the nearest known name is "NAS100"'
    ]


def test_preset_and_phase_must_exist(tmp_path: Path) -> None:
    document = put(a_document(), "account.firm_preset", "the5ers_high_stake_classic")
    assert 'nearest known name is "the5ers_high_stakes_classic"' in refusal(tmp_path, document)[0]
    document = put(a_document(), "account.phase", "step3")
    assert "its phases: step1, step2, funded" in refusal(tmp_path, document)[0]


def test_a_firm_that_forbids_bots_is_refused_by_name(tmp_path: Path) -> None:
    document = put(a_document(), "account.firm_preset", "alpha_pro_8")
    (line,) = refusal(tmp_path, document)
    assert "cannot be traded by a bot, conduct.ea = prohibited" in line
    assert "forbids automatic trading" in line


def test_the_currency_is_the_presets(tmp_path: Path) -> None:
    document = put(a_document(), "account.currency", "EUR")
    assert refusal(tmp_path, document) == [
        'account.currency = "EUR": must be USD, the currency of the5ers_high_stakes_classic'
    ]


def test_a_broken_symbols_file_names_its_problem(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    symbols = a_folder(tmp_path) / "symbols.json"
    text = symbols.read_text("utf-8")
    for old, new, words in (
        ('"asset_class": "fx"', '"asset_class": "forex"', "symbols.AUDCAD.asset_class"),
        ('"EURUSD": {', '"eurusd": {', "symbols.eurusd"),
        ('["EURUSD"]', '["EURJPY"]', "already names EURJPY"),
        ('["EURUSD"]', "[]", "symbols.EURUSD.broker_names = []: must be a list of 1 to 20"),
        ('"is_volatile": false, ', "", "symbols.AUDCAD.is_volatile is missing"),
    ):
        assert old in text
        symbols.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(ParamsError, match=r"symbols\.json") as caught:
            load_settings(path)
        assert words in str(caught.value)


def test_a_preset_under_another_name_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, put(a_document(), "account.firm_preset", "renamed"))
    firms = a_folder(tmp_path) / "firms"
    (firms / "the5ers_high_stakes_classic.json").rename(firms / "renamed.json")
    with pytest.raises(ParamsError, match='must be the file\'s name, "renamed"'):
        load_settings(path)

"""The one gate: every refusal at both sides of its limit."""

from __future__ import annotations

import math

import pytest
from builders_money import (
    ADMISSION,
    BUY,
    EMPTY_BOOK,
    FLOORS,
    RISK,
    SELL,
    a_candidate,
    an_account,
)

from bot.model.account import Account, Floors
from bot.model.decision import Finding, Refusal
from bot.model.reserves import NO_FIRM_CAPS
from bot.model.settings import RiskSettings
from bot.model.trade import Book, Candidate
from bot.rules.admission import (
    admit,
    book_risk_money,
    check_caps,
    check_floors,
    check_money,
    check_order,
    cumulative_room_money,
    daily_room_money,
    floor_reserve_money,
    total_room_money,
    worst_case_equity,
)

NO_RESERVE = RISK._replace(floor_reserve_initial_fraction=0.0)


def ask(
    candidate: Candidate | None = None,
    book: Book = EMPTY_BOOK,
    account: Account | None = None,
    limits: Floors = FLOORS,
    s: RiskSettings = RISK,
) -> Refusal:
    candidate, account = candidate or a_candidate(), account or an_account()
    finding = admit(candidate, book, account, limits, ADMISSION._replace(risk=s))
    return Refusal(finding.refusal)


def test_a_sound_order_on_an_empty_book_is_admitted() -> None:
    assert ask() == Refusal.NONE
    assert ask(a_candidate(side=SELL)) == Refusal.NONE


def test_the_worst_case_stops_out_open_resting_and_unknown_at_once() -> None:
    book = EMPTY_BOOK._replace(
        open_risk_money=100.0, resting_risk_money=20.0, unknown_risk_money=3.0
    )
    assert book_risk_money(book) == 123.0
    assert worst_case_equity(an_account(19_500.0), book) == 19_377.0


def test_rooms_are_what_is_left_above_each_floor_and_its_reserve() -> None:
    book = EMPTY_BOOK._replace(open_risk_money=200.0)
    account = an_account(19_700.0)
    assert floor_reserve_money(FLOORS, RISK) == 100.0
    assert daily_room_money(account, book, FLOORS, RISK) == pytest.approx(400.0)
    assert total_room_money(account, book, FLOORS, RISK) == pytest.approx(1_400.0)
    assert cumulative_room_money(account, book, RISK) == pytest.approx(785.0)


@pytest.mark.parametrize(
    "account", [an_account(0.0), an_account(20_000.0, 0.0), an_account(math.nan)]
)
def test_an_account_that_was_not_read_admits_nothing(account: Account) -> None:
    assert ask(account=account) == Refusal.ACCOUNT_UNKNOWN


@pytest.mark.parametrize(
    ("side", "stop_price"),
    [(BUY, 1.1), (BUY, 1.11), (BUY, 0.0), (BUY, math.nan), (SELL, 1.1), (SELL, 1.09), (SELL, 0.0)],
)
def test_a_stop_on_the_wrong_side_or_none_is_refused(side: int, stop_price: float) -> None:
    candidate = a_candidate(side=side)._replace(stop_price=stop_price)
    assert ask(candidate) == Refusal.STOP_ON_WRONG_SIDE


@pytest.mark.parametrize(
    ("spread_price", "expected"), [(0.0099, Refusal.NONE), (0.0101, Refusal.STOP_TOO_CLOSE)]
)
def test_a_stop_within_the_spread_would_be_hit_by_the_fill(
    spread_price: float, expected: Refusal
) -> None:
    assert ask(a_candidate()._replace(spread_price=spread_price)) == expected


def test_a_stop_exactly_one_spread_away_is_refused() -> None:
    candidate = a_candidate()._replace(entry_price=2.0, stop_price=1.5, spread_price=0.5)
    assert ask(candidate) == Refusal.STOP_TOO_CLOSE


@pytest.mark.parametrize("lots", [0.0, -0.1, math.nan])
def test_an_order_without_volume_is_refused(lots: float) -> None:
    assert ask(a_candidate()._replace(lots=lots)) == Refusal.LOTS_BELOW_MINIMUM


@pytest.mark.parametrize(
    ("risk_money", "expected"),
    [
        (200.0, Refusal.NONE),
        (200.01, Refusal.RISK_ABOVE_INTENT),
        (0.0, Refusal.RISK_ABOVE_INTENT),
        (-1.0, Refusal.RISK_ABOVE_INTENT),
        (math.nan, Refusal.RISK_ABOVE_INTENT),
        (math.inf, Refusal.RISK_ABOVE_INTENT),
    ],
)
def test_risk_is_positive_and_at_most_the_ceiling(risk_money: float, expected: Refusal) -> None:
    assert ask(a_candidate(risk_money)) == expected


@pytest.mark.parametrize("reserve", [-0.01, math.nan])
def test_a_reserve_that_would_lower_the_worst_case_is_refused(reserve: float) -> None:
    assert ask(a_candidate()._replace(reserve_money=reserve)) == Refusal.RISK_ABOVE_INTENT


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"symbol_exposures_count": 1}, Refusal.SYMBOL_HAS_EXPOSURE),
        ({"positions_count": 4, "resting_count": 3, "unknown_count": 2}, Refusal.NONE),
        ({"positions_count": 4, "resting_count": 3, "unknown_count": 3}, Refusal.POSITIONS_AT_CAP),
        ({"positions_count": 10}, Refusal.POSITIONS_AT_CAP),
        ({"entries_today_count": 5}, Refusal.NONE),
        ({"entries_today_count": 6}, Refusal.ENTRIES_TODAY_AT_CAP),
    ],
)
def test_counts_are_capped_and_a_symbol_is_exposed_once(
    changes: dict[str, int], expected: Refusal
) -> None:
    book = EMPTY_BOOK._replace(**changes)
    assert check_caps(book, RISK).refusal == expected
    assert ask(book=book) == expected


@pytest.mark.parametrize("field", ["open_risk_money", "resting_risk_money", "unknown_risk_money"])
@pytest.mark.parametrize(
    ("already_money", "expected"),
    [
        (880.0, Refusal.NONE),
        (880.01, Refusal.CUMULATIVE_RISK),
        (math.inf, Refusal.CUMULATIVE_RISK),
        (math.nan, Refusal.CUMULATIVE_RISK),
    ],
)
def test_all_risk_together_stays_within_its_share_of_equity(
    field: str, already_money: float, expected: Refusal
) -> None:
    low_floors = Floors(10_000.0, 9_000.0, 20_000.0)  # 5 % of 20 000 is 1 000
    book = EMPTY_BOOK._replace(**{field: already_money})
    assert ask(book=book, limits=low_floors) == expected


@pytest.mark.parametrize(
    ("equity_money", "expected"),
    [
        (19_120.01, Refusal.NONE),
        (19_120.0, Refusal.DAILY_FLOOR_AT_RISK),
        (19_000.0, Refusal.DAILY_FLOOR_AT_RISK),
    ],
)
def test_the_worst_case_stays_strictly_above_the_daily_floor(
    equity_money: float, expected: Refusal
) -> None:
    assert ask(account=an_account(equity_money), s=NO_RESERVE) == expected


@pytest.mark.parametrize(
    ("equity_money", "expected"),
    [(18_120.01, Refusal.NONE), (18_120.0, Refusal.TOTAL_FLOOR_AT_RISK)],
)
def test_the_worst_case_stays_strictly_above_the_total_floor(
    equity_money: float, expected: Refusal
) -> None:
    limits = FLOORS._replace(daily_money=17_765.0)
    assert ask(account=an_account(equity_money), limits=limits, s=NO_RESERVE) == expected


def test_the_higher_floor_names_the_refusal() -> None:
    account = an_account(17_600.0)
    assert ask(account=account) == Refusal.DAILY_FLOOR_AT_RISK
    limits = FLOORS._replace(daily_money=17_765.0)
    assert ask(account=account, limits=limits) == Refusal.TOTAL_FLOOR_AT_RISK


def test_of_two_equal_floors_the_daily_one_is_named() -> None:
    limits = FLOORS._replace(daily_money=18_000.0)
    assert ask(account=an_account(17_600.0), limits=limits) == Refusal.DAILY_FLOOR_AT_RISK


def test_reserves_and_the_book_count_in_the_worst_case() -> None:
    candidate = a_candidate()._replace(reserve_money=15.0)
    book = EMPTY_BOOK._replace(resting_risk_money=85.0)  # 120 + 15 + 85 + 100 of reserve = 320
    assert ask(candidate, book, an_account(19_320.01)) == Refusal.NONE
    assert ask(candidate, book, an_account(19_320.0)) == Refusal.DAILY_FLOOR_AT_RISK


@pytest.mark.parametrize("floor_money", [math.nan, math.inf])
def test_a_floor_that_is_not_known_admits_nothing(floor_money: float) -> None:
    for limits in (
        FLOORS._replace(daily_money=floor_money),
        FLOORS._replace(total_money=floor_money),
    ):
        answer = check_floors(a_candidate(), EMPTY_BOOK, an_account(), limits, RISK)
        assert answer.refusal != Refusal.NONE


@pytest.mark.parametrize(
    ("margin_money", "expected"),
    [
        (15_000.0, Refusal.NONE),
        (15_000.01, Refusal.MARGIN_TOO_LOW),
        (math.nan, Refusal.MARGIN_TOO_LOW),
    ],
)
def test_a_share_of_equity_stays_free_of_margin(margin_money: float, expected: Refusal) -> None:
    assert ask(a_candidate()._replace(margin_money=margin_money)) == expected


def test_the_order_is_checked_before_the_counts_and_the_counts_before_the_money() -> None:
    broke = an_account(17_000.0)
    full = EMPTY_BOOK._replace(positions_count=10)
    unsound = a_candidate()._replace(lots=0.0)
    assert check_order(unsound, broke, RISK).refusal == Refusal.LOTS_BELOW_MINIMUM
    assert ask(unsound, full, broke) == Refusal.LOTS_BELOW_MINIMUM
    assert ask(book=full, account=broke) == Refusal.POSITIONS_AT_CAP
    over_cap = EMPTY_BOOK._replace(open_risk_money=5_000.0)
    answer = check_money(a_candidate(), over_cap, broke, FLOORS, ADMISSION)
    assert answer.refusal == Refusal.CUMULATIVE_RISK


def test_a_finding_carries_the_figure_and_the_limit_that_refused() -> None:
    candidate = a_candidate()._replace(reserve_money=15.0)
    finding = admit(candidate, EMPTY_BOOK, an_account(19_200.0), FLOORS, ADMISSION)
    assert finding == Finding(Refusal.DAILY_FLOOR_AT_RISK.value, 19_065.0, 19_100.0)
    over_cap = EMPTY_BOOK._replace(open_risk_money=900.0)
    finding = admit(candidate, over_cap, an_account(), FLOORS, ADMISSION)
    assert finding == Finding(Refusal.CUMULATIVE_RISK.value, 1_020.0, 1_000.0)
    full = EMPTY_BOOK._replace(positions_count=10)
    finding = admit(candidate, full, an_account(), FLOORS, ADMISSION)
    assert finding == Finding(Refusal.POSITIONS_AT_CAP.value, 10.0, 10.0)


def test_a_yes_says_how_near_the_floor_the_worst_case_comes() -> None:
    candidate = a_candidate()._replace(reserve_money=15.0)
    finding = admit(candidate, EMPTY_BOOK, an_account(), FLOORS, ADMISSION)
    assert finding == Finding(Refusal.NONE.value, 19_865.0, 19_100.0)


@pytest.mark.parametrize(
    ("already_money", "expected"),
    [
        (180.0, Refusal.NONE),
        (180.01, Refusal.SYMBOL_RISK_AT_CAP),
        (math.nan, Refusal.SYMBOL_RISK_AT_CAP),
    ],
)
def test_one_symbol_carries_at_most_its_share_of_equity(
    already_money: float, expected: Refusal
) -> None:
    s = ADMISSION._replace(symbol_risk_equity_fraction_max=0.015)  # 300 of 20 000
    book = EMPTY_BOOK._replace(symbol_risk_money=already_money)
    assert admit(a_candidate(), book, an_account(), FLOORS, s).refusal == expected


FIRM_CASES = [
    ({"positions_max_count": 4.0}, Refusal.NONE),
    ({"positions_max_count": 3.0}, Refusal.FIRM_POSITIONS_AT_CAP),
    ({"lots_max": 1.12}, Refusal.NONE),
    ({"lots_max": 1.11}, Refusal.FIRM_LOTS_AT_CAP),
    ({"trade_risk_initial_fraction_max": 0.0065}, Refusal.NONE),
    ({"trade_risk_initial_fraction_max": 0.0064}, Refusal.FIRM_OPEN_RISK_AT_CAP),
    ({"open_risk_initial_fraction_max": 0.0165}, Refusal.NONE),
    ({"open_risk_initial_fraction_max": 0.0164}, Refusal.FIRM_OPEN_RISK_AT_CAP),
    ({"margin_equity_fraction_max": 0.005}, Refusal.NONE),
    ({"margin_equity_fraction_max": 0.0049}, Refusal.MARGIN_TOO_LOW),
    ({"lots_max": math.nan}, Refusal.FIRM_LOTS_AT_CAP),
]


@pytest.mark.parametrize(("caps", "expected"), FIRM_CASES)
def test_the_firms_own_caps_hold(caps: dict[str, float], expected: Refusal) -> None:
    # three are open for 200 of risk and 1.0 lots; the order adds 120 + 10 and 0.12 lots
    s = ADMISSION._replace(firm=NO_FIRM_CAPS._replace(**caps))
    book = EMPTY_BOOK._replace(positions_count=3, open_risk_money=200.0, lots_total=1.0)
    candidate = a_candidate()._replace(reserve_money=10.0)
    assert admit(candidate, book, an_account(), FLOORS, s).refusal == expected

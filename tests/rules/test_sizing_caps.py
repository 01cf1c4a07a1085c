"""Caps on one order: the firm's, margin, leverage, volume; each binds alone and has a name."""

from __future__ import annotations

import math

import pytest
from builders_money import (
    A_GRANT,
    ADMISSION,
    EMPTY_BOOK,
    NO_RESERVES,
    RISK,
    SPEC,
    a_demand,
    a_plan,
    an_account,
)

from bot.model.account import Account
from bot.model.decision import Refusal
from bot.model.market import SymbolSpec
from bot.model.reserves import FirmCaps
from bot.model.sizing import UNCAPPED, Leverage, Limit, Lots, SizeLimit
from bot.model.trade import SizeDemand
from bot.rules.order_caps import order_caps
from bot.rules.sizing import size_order
from bot.rules.sizing_limits import least, limit_refusal, tighter

SLIPPING = NO_RESERVES._replace(slippage_r=0.1)


def size(demand: SizeDemand | None = None, spec: SymbolSpec = SPEC) -> Lots:
    return size_order(an_account(), a_plan(), demand or a_demand(), spec, RISK)


@pytest.mark.parametrize(
    ("caps", "lots", "step", "refusal"),
    [
        ({"firm_risk_money": 50.0}, 0.05, SizeLimit.FIRM_RISK, Refusal.NONE),
        ({"firm_risk_money": 9.9}, 0.0, SizeLimit.FIRM_RISK, Refusal.FIRM_OPEN_RISK_AT_CAP),
        ({"symbol_risk_money": 50.0}, 0.05, SizeLimit.SYMBOL_RISK, Refusal.NONE),
        ({"symbol_risk_money": 9.9}, 0.0, SizeLimit.SYMBOL_RISK, Refusal.SYMBOL_RISK_AT_CAP),
        ({"margin_money": 50.0}, 0.05, SizeLimit.MARGIN, Refusal.NONE),
        ({"margin_money": 9.9}, 0.0, SizeLimit.MARGIN, Refusal.MARGIN_TOO_LOW),
        ({"margin_money": -50.0}, 0.0, SizeLimit.MARGIN, Refusal.MARGIN_TOO_LOW),
        ({"margin_money": math.nan}, 0.0, SizeLimit.MARGIN, Refusal.MARGIN_TOO_LOW),
        ({"notional_money": 5_500.0}, 0.05, SizeLimit.LEVERAGE, Refusal.NONE),
        ({"notional_money": 1_000.0}, 0.0, SizeLimit.LEVERAGE, Refusal.LEVERAGE_AT_CAP),
        ({"lots": 0.05}, 0.05, SizeLimit.FIRM_LOTS, Refusal.NONE),
        ({"lots": 0.0}, 0.0, SizeLimit.FIRM_LOTS, Refusal.FIRM_LOTS_AT_CAP),
    ],
)
def test_each_cap_binds_when_it_is_the_tightest_and_names_itself(
    caps: dict[str, float], lots: float, step: SizeLimit, refusal: Refusal
) -> None:
    sized = size(a_demand()._replace(caps=UNCAPPED._replace(**caps)))
    assert (sized.lots, sized.limit.step, sized.refusal) == (lots, step, refusal)


def test_the_firms_leverage_counts_margin_the_terminal_understates() -> None:
    # a lot is worth 110 000: at 1:50 it ties up 2 200 where the terminal says 1 000
    capped = UNCAPPED._replace(margin_money=220.0, margin_leverage=50.0)
    assert size(a_demand()._replace(caps=capped)).lots == 0.10
    assert size(a_demand()._replace(caps=capped._replace(margin_leverage=500.0))).lots == 0.12


def test_a_contract_without_margin_ties_up_none() -> None:
    capped = UNCAPPED._replace(margin_money=0.0)
    spec = SPEC._replace(margin_money_per_lot=0.0)
    assert size(a_demand()._replace(caps=capped), spec).lots == 0.12


def test_the_firms_cap_on_risk_pays_the_reserves_too() -> None:
    capped = a_demand()._replace(caps=UNCAPPED._replace(firm_risk_money=55.0), reserves=SLIPPING)
    assert size(capped).lots == 0.05
    assert size(capped._replace(caps=UNCAPPED._replace(firm_risk_money=54.9))).lots == 0.04


@pytest.mark.parametrize(("largest", "lots"), [(0.11, 0.11), (0.12, 0.12), (50.0, 0.12)])
def test_the_contracts_largest_volume_binds(largest: float, lots: float) -> None:
    sized = size(spec=SPEC._replace(lots_max=largest))
    assert sized.lots == lots
    assert (sized.limit.step == SizeLimit.CONTRACT_LOTS) == (largest < 0.12)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(1.0, 2.0, 1.0), (2.0, 1.0, 1.0), (1.0, 1.0, 1.0)],
)
def test_the_least_of_two_limits_is_the_smaller(
    first: float, second: float, expected: float
) -> None:
    assert least(first, second) == expected


@pytest.mark.parametrize(("first", "second"), [(math.nan, 1.0), (1.0, math.nan)])
def test_a_limit_that_is_not_known_does_not_fall_away(first: float, second: float) -> None:
    assert math.isnan(least(first, second))
    assert math.isnan(tighter(Limit(first, 1), second, 2).money)


def test_of_equal_limits_the_earlier_step_is_named() -> None:
    assert tighter(Limit(50.0, 1), 50.0, 2) == Limit(50.0, 1)
    assert tighter(Limit(50.0, 1), 49.99, 2) == Limit(49.99, 2)


def test_every_limit_has_the_refusal_that_names_it() -> None:
    named = {step: Refusal(limit_refusal(step.value)) for step in SizeLimit}
    below = {SizeLimit.NONE, SizeLimit.RISK, SizeLimit.CEILING, SizeLimit.CONTRACT_LOTS}
    assert {s for s, refusal in named.items() if refusal == Refusal.LOTS_BELOW_MINIMUM} == below
    assert named[SizeLimit.TOTAL_FLOOR] == Refusal.TOTAL_FLOOR_AT_RISK
    assert named[SizeLimit.CUMULATIVE] == Refusal.CUMULATIVE_RISK


FIRM = FirmCaps(
    open_risk_initial_fraction_max=0.03,
    trade_risk_initial_fraction_max=0.02,
    lots_max=2.0,
    positions_max_count=5.0,
    margin_equity_fraction_max=0.5,
)
ROOMY = Leverage(value_max=10.0, margin=100.0)


def test_the_firms_caps_leave_what_the_book_has_not_taken() -> None:
    book = EMPTY_BOOK._replace(open_risk_money=350.0, symbol_risk_money=100.0, lots_total=0.5)
    s = ADMISSION._replace(firm=FIRM, symbol_risk_equity_fraction_max=0.015)
    caps = order_caps(an_account(), book, 20_000.0, s, ROOMY)
    assert caps.firm_risk_money == pytest.approx(250.0)  # 600 for all, 350 taken; 400 for one
    assert caps.symbol_risk_money == pytest.approx(200.0)
    assert (caps.lots, caps.notional_money, caps.margin_leverage) == (1.5, 200_000.0, 100.0)


@pytest.mark.parametrize(
    ("margin_money", "expected"),
    [(0.0, 10_000.0), (4_000.0, 6_000.0), (12_000.0, -2_000.0)],
)
def test_margin_keeps_the_free_share_and_the_firms_cap(
    margin_money: float, expected: float
) -> None:
    account = Account(20_000.0, 20_000.0, margin_money, 20_000.0 - margin_money)
    s = ADMISSION._replace(firm=FIRM)
    assert order_caps(account, EMPTY_BOOK, 20_000.0, s, ROOMY).margin_money == expected
    free = order_caps(account, EMPTY_BOOK, 20_000.0, ADMISSION, ROOMY).margin_money
    assert free == 15_000.0 - margin_money


def test_a_firm_without_caps_caps_nothing() -> None:
    caps = order_caps(an_account(), EMPTY_BOOK, 20_000.0, ADMISSION, Leverage(10.0, math.inf))
    assert (caps.firm_risk_money, caps.lots) == (math.inf, math.inf)
    assert A_GRANT.refusal == Refusal.NONE

"""No book and no market lets an order through that could touch a floor."""

from __future__ import annotations

from builders_money import (
    A_GRANT,
    ADMISSION,
    BUY,
    EMPTY_BOOK,
    FLOORS,
    NO_RESERVES,
    RISK,
    SPEC,
    a_candidate,
    a_plan,
    an_account,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.account import Account, Floors
from bot.model.decision import Refusal
from bot.model.settings import RiskSettings
from bot.model.sizing import UNCAPPED, UNREDUCED
from bot.model.trade import Book, Candidate, SizeDemand
from bot.rules.admission import (
    admit,
    cumulative_room_money,
    daily_room_money,
    total_room_money,
)
from bot.rules.reserves import reserve_money
from bot.rules.sizing import size_order

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


money = st.floats(0.0, 3_000.0)


@settings(max_examples=200, deadline=None)
@given(
    equity_money=st.floats(17_000.0, 23_000.0),
    risks=st.tuples(money, money, money),
    risk_money=st.floats(0.0, 500.0),
    slip_money=st.floats(0.0, 100.0),
    daily_money=st.floats(17_000.0, 21_000.0),
)
def test_nothing_is_admitted_whose_worst_case_touches_a_floor(
    equity_money: float,
    risks: tuple[float, float, float],
    risk_money: float,
    slip_money: float,
    daily_money: float,
) -> None:
    book = Book(*risks, 1, 1, 1, 0, 0)
    limits = FLOORS._replace(daily_money=daily_money)
    candidate = a_candidate(risk_money)._replace(reserve_money=slip_money)
    s = NO_RESERVE._replace(cumulative_risk_equity_fraction_max=0.5)
    answer = ask(candidate, book, an_account(equity_money), limits, s)
    worst = equity_money - sum(risks) - risk_money - slip_money
    floor = max(daily_money, limits.total_money)
    if answer == Refusal.NONE:
        assert worst > floor
    if worst <= floor:
        assert answer != Refusal.NONE


@settings(max_examples=200, deadline=None)
@given(
    equity_money=st.floats(18_000.0, 22_000.0),
    open_money=st.floats(0.0, 1_500.0),
    daily_money=st.floats(17_000.0, 20_900.0),
    stop_r=st.floats(0.05, 5.0),
    points=st.floats(0.0, 9.0),
    slippage_r=st.floats(0.0, 1.0),
)
def test_what_sizing_gives_from_the_rooms_is_always_admitted(
    *,
    equity_money: float,
    open_money: float,
    daily_money: float,
    stop_r: float,
    points: float,
    slippage_r: float,
) -> None:
    s, reserves = RISK, NO_RESERVES._replace(slippage_r=slippage_r)
    spec = SPEC._replace(swap_long_money_per_lot_night=-7.0, commission_money_per_lot=4.0)
    account, plan = an_account(equity_money), a_plan(stop_r=stop_r)
    book = EMPTY_BOOK._replace(open_risk_money=open_money)
    limits = FLOORS._replace(daily_money=daily_money)
    demand = SizeDemand(
        1.1,
        points,
        0,
        daily_room_money(account, book, limits, s),
        total_room_money(account, book, limits, s),
        cumulative_room_money(account, book, s),
        reserves,
        A_GRANT,
        UNREDUCED,
        UNCAPPED,
    )
    sized = size_order(account, plan, demand, spec, s)
    if sized.lots == 0.0:
        return
    candidate = Candidate(
        BUY,
        1.1,
        plan.stop_price,
        sized.lots,
        sized.risk_money,
        reserve_money(BUY, sized.risk_money, sized.lots, spec, reserves),
        0.0,
        0.0,
    )
    assert ask(candidate, book, account, limits, s) == Refusal.NONE

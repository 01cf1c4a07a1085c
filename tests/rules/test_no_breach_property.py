"""Millions of random books and markets: what the gate lets through cannot touch a floor.

The rules are compiled and called as the backtest calls them; the market that hurts the books is a
second, independent sum from prices. Only a gap wider than the modelled one may pass a floor, and
by how much is printed.
"""

from __future__ import annotations

import sys

import numba
import numpy as np
import pytest

from bot.model.account import Account, Floors
from bot.model.decision import Refusal
from bot.model.market import FloatArray, SymbolSpec
from bot.model.reserves import NO_FIRM_CAPS, Exposure, FirmCaps, GuardItems, ReserveTerms
from bot.model.settings import AdmissionSettings, RiskSettings
from bot.model.trade import Book, Candidate
from bot.rules._rule import allow_compiling
from bot.rules.admission import admit
from bot.rules.guard import CLEARANCE_MONEY, plan_relief
from bot.rules.reserves import reserve_money, worst_case

pytestmark = pytest.mark.slow
allow_compiling()

BOOKS_COUNT = 2_000_000
GUARDED_COUNT = 500_000
EXPOSURES_MAX = 20
RISK = RiskSettings(0.006, 0.004, 0.02, 4.0, 0.15, 0.6, 1.5, 0.08, 1_000, 1_000, 0.0, 0.1, 0.0, 1.0)
SETTINGS = AdmissionSettings(RISK, NO_FIRM_CAPS, 1.0)
NONE = Refusal.NONE.value


@numba.njit  # type: ignore[untyped-decorator]
def a_spec(money_per_price: float, step: float) -> SymbolSpec:
    return SymbolSpec(
        5,
        1e-5,
        1e5,
        step,
        1e9,
        step,
        money_per_price,
        money_per_price,
        0.0,
        0.0,
        np.random.uniform(0.0, 10.0),
        np.random.uniform(-20.0, 5.0),
        np.random.uniform(-20.0, 5.0),
        0.0,
    )


@numba.njit  # type: ignore[untyped-decorator]
def some_terms(price: float) -> ReserveTerms:
    has_gap = np.random.random() < 0.4
    gap = np.random.uniform(0.0, 0.02) * price if has_gap else 0.0
    return ReserveTerms(np.random.uniform(0.0, 0.3), gap, 3.0 if np.random.random() < 0.2 else 1.0)


@numba.njit  # type: ignore[untyped-decorator]
def an_exposure(risk_money: float, money_per_price: float, step: float) -> Exposure:
    """A position or order whose loss at its stop is about `risk_money`; some are past it."""
    side = 1 if np.random.random() < 0.5 else -1
    price = 10.0 ** np.random.uniform(-0.2, 4.5)
    one_r = price * np.random.uniform(0.001, 0.05)
    lots = max(step, np.floor(risk_money / (one_r * money_per_price) / step) * step)
    to_stop = one_r * np.random.uniform(-0.5, 2.5) if np.random.random() < 0.5 else one_r
    share = 0.5 if np.random.random() < 0.5 else 1.0
    return Exposure(side, lots, price, max(price - side * to_stop, price * 1e-3), one_r, share)


@numba.njit  # type: ignore[untyped-decorator]
def up_to_all() -> float:
    """A share from 0 to 1, and the whole of it as often as not."""
    return min(1.0, 2.0 * np.random.random())


@numba.njit  # type: ignore[untyped-decorator]
def market_loss(e: Exposure, spec: SymbolSpec, t: ReserveTerms, gap_factor: float) -> float:
    """What a market takes: it slips, gaps and charges up to what is modelled, gap times factor.

    A stop on the winning side is touched by a price that has given the profit back.
    """
    slipped = up_to_all() * t.slippage_r * max(e.one_r_price, 0.0)
    gapped = up_to_all() * t.gap_price * gap_factor
    reach = e.stop_price if e.side * (e.from_price - e.stop_price) > 0.0 else e.from_price
    fill_price = reach - e.side * (slipped + gapped)
    lost = e.side * (e.from_price - fill_price) * spec.loss_money_per_price_per_lot * e.lots
    longs, shorts = spec.swap_long_money_per_lot_night, spec.swap_short_money_per_lot_night
    night = longs if e.side > 0 else shorts
    charged = min(0.0, night) * e.lots * t.nights_count
    return lost - charged + spec.commission_money_per_lot * e.lots * e.commission_share


@numba.njit  # type: ignore[untyped-decorator]
def admitted_books(
    seed: int, books_count: int, gap_factor: float, s: AdmissionSettings
) -> tuple[int, int, float]:
    """Orders admitted, floors touched, and the worst excess over a floor (share of initial)."""
    np.random.seed(seed)
    admitted, touched, worst_excess = 0, 0, 0.0
    for _ in range(books_count):
        initial = 10.0 ** np.random.uniform(3.7, 5.5)
        balance = initial * np.random.uniform(0.88, 1.12)
        equity = balance * np.random.uniform(0.96, 1.04)
        daily = max(balance, equity) * 0.95 - initial * np.random.uniform(-0.02, 0.02)
        limits = Floors(daily, 0.9 * initial, initial)
        open_money, lost_money = 0.0, 0.0
        count = np.random.randint(0, EXPOSURES_MAX + 1)
        for _place in range(count):
            per_price = 10.0 ** np.random.uniform(-1.0, 5.0)
            spec = a_spec(per_price, 0.01)
            e = an_exposure(np.random.uniform(0.0, 0.005) * balance, per_price, 1e-6)
            terms = some_terms(e.from_price)
            open_money += worst_case(e, spec, terms).total_money
            lost_money += market_loss(e, spec, terms, gap_factor)
        per_price = 10.0 ** np.random.uniform(-1.0, 5.0)
        spec = a_spec(per_price, 0.01)
        e = an_exposure(np.random.uniform(0.0, 0.01) * balance, per_price, 1e-6)
        distance = e.one_r_price
        e = Exposure(e.side, e.lots, e.from_price, e.from_price - e.side * distance, distance, 1.0)
        terms = some_terms(e.from_price)
        risk = (distance * per_price + spec.commission_money_per_lot) * e.lots
        reserve = reserve_money(e.side, risk, e.lots, spec, terms)
        order = Candidate(e.side, e.from_price, e.stop_price, e.lots, risk, reserve, 0.0, 0.0)
        book = Book(open_money, 0.0, 0.0, count, 0, 0, 0, 0, 0.0, 0.0)
        account = Account(balance, equity, 0.0, equity)
        if admit(order, book, account, limits, s).refusal != NONE:
            continue
        admitted += 1
        left = equity - lost_money - market_loss(e, spec, terms, gap_factor)
        excess = max(limits.daily_money, limits.total_money) - left
        if excess >= 0.0:
            touched += 1
            worst_excess = max(worst_excess, excess / initial)
    return admitted, touched, worst_excess


def say(text: str) -> None:
    sys.stdout.write(f"\n{text}")


def test_no_admitted_book_touches_a_floor_within_the_modelled_gap() -> None:
    admitted, touched, worst = admitted_books(1, BOOKS_COUNT, 1.0, SETTINGS)
    say(f"{BOOKS_COUNT:,} books, {admitted:,} orders admitted, {touched} floors touched")
    assert admitted > BOOKS_COUNT // 10
    assert (touched, worst) == (0, 0.0)


def test_only_a_gap_above_the_modelled_one_passes_a_floor_and_its_size_is_told() -> None:
    for factor in (1.5, 2.0, 3.0, 5.0):
        admitted, touched, worst = admitted_books(2, BOOKS_COUNT // 10, factor, SETTINGS)
        say(
            f"gaps up to {factor:g} times the modelled: {touched:,} of {admitted:,} touched, "
            f"worst excess {100.0 * worst:.2f} % of the initial balance"
        )
        assert worst < 0.02 * EXPOSURES_MAX * factor
    assert touched > 0, "a market this wild must show, or the test sees nothing"


def test_an_order_the_gate_did_not_see_does_touch_floors() -> None:
    """The other side: the same books with the gate's floors taken away are not safe."""
    blind = SETTINGS._replace(firm=FirmCaps(1e9, 1e9, 1e9, 1e9, 1e9))
    loose = blind._replace(risk=RISK._replace(floor_reserve_initial_fraction=-1.0))
    _admitted, touched, _worst = admitted_books(3, 100_000, 1.0, loose)
    assert touched > 1_000


@numba.njit  # type: ignore[untyped-decorator]
def one_guarded_book(gap_factor: float) -> tuple[float, float, float]:
    """(excess over the floor in money, shortfall before, what could have been taken off)."""
    count = np.random.randint(1, EXPOSURES_MAX + 1)
    equity = 20_000.0
    ranks = np.zeros(count, dtype=np.int64)
    relief, lots = np.zeros(count), np.zeros(count)
    least, steps = np.full(count, 0.01), np.full(count, 0.01)
    worst, losses = np.zeros(count), np.zeros(count)
    for place in range(count):
        per_price = 10.0 ** np.random.uniform(-1.0, 5.0)
        spec = a_spec(per_price, 0.01)
        e = an_exposure(np.random.uniform(10.0, 300.0), per_price, 0.01)
        terms = some_terms(e.from_price)
        case = worst_case(e, spec, terms)
        is_order = np.random.random() < 0.4
        ranks[place] = 0 if is_order else 1
        steps[place] = 0.0 if is_order else 0.01
        worst[place], lots[place] = case.total_money, e.lots
        relief[place] = case.total_money - case.commission_money
        losses[place] = market_loss(e, spec, terms, gap_factor)
    floor = equity - np.random.uniform(0.0, 1.2) * worst.sum()
    shortfall = floor - (equity - worst.sum()) + CLEARANCE_MONEY
    plan = plan_relief(shortfall, GuardItems(ranks, relief, lots, least, steps))
    kept = 1.0 - plan / lots
    left = equity - (losses * kept).sum() - ((worst - relief) * (1.0 - kept)).sum()
    return floor - left, shortfall, relief.sum()


@numba.njit  # type: ignore[untyped-decorator]
def guarded_books(seed: int, books_count: int) -> tuple[int, int, float]:
    """Books that could be mended, floors touched after the plan, worst excess in money."""
    np.random.seed(seed)
    mended, touched, worst = 0, 0, 0.0
    for _ in range(books_count):
        excess, shortfall, possible = one_guarded_book(1.0)
        if shortfall <= 0.0 or possible < shortfall:
            continue
        mended += 1
        if excess >= 0.0:
            touched += 1
            worst = max(worst, excess)
    return mended, touched, worst


def test_no_book_the_guard_could_mend_touches_a_floor_afterwards() -> None:
    mended, touched, worst = guarded_books(4, GUARDED_COUNT)
    say(f"{mended:,} books mended by the guard, {touched} floors touched, {worst:.4f} at worst")
    assert mended > GUARDED_COUNT // 4
    assert touched == 0


def test_the_plan_ends_the_same_way_each_time() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        count = int(rng.integers(1, 12))
        money: FloatArray = rng.uniform(1.0, 300.0, count)
        items = GuardItems(
            rng.integers(0, 2, count).astype(np.int64),
            money,
            np.full(count, 0.5),
            np.full(count, 0.01),
            np.full(count, 0.01),
        )
        need = float(rng.uniform(0.0, 1.1) * money.sum())
        first, second = plan_relief(need, items), plan_relief(need, items)
        assert np.array_equal(first, second)
        freed = float((money * first / 0.5).sum())
        assert freed >= min(need, float(money.sum())) - 1e-6

"""Random valid arguments for the days of a phase, its engine, and a firm's news rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_challenge import cash, coin, day, money, progress, rules, upto

from bot.model.challenge import ChallengeState, Observation, Tally
from bot.model.news_rule import NewsDeed, NewsMoment, NewsRule

Generator = np.random.Generator


def observation(rng: Generator) -> Observation:
    return Observation(
        money(rng), money(rng), cash(rng), cash(rng), coin(rng), upto(rng, 2), upto(rng, 2)
    )


def tally(rng: Generator) -> Tally:
    return Tally(upto(rng, 5), float(rng.uniform(0.0, 900.0)), float(rng.uniform(0.0, 9_000.0)))


def state(rng: Generator) -> ChallengeState:
    today = day(rng)
    return ChallengeState(
        today,
        today.day - upto(rng, 40),
        money(rng),
        money(rng),
        cash(rng),
        cash(rng),
        cash(rng),
        upto(rng, 3),
        upto(rng, 3),
        coin(rng),
        coin(rng),
        coin(rng),
        0 if coin(rng) else 2 + upto(rng, 1),
        0,
        tally(rng),
    )


def firm(rng: Generator) -> NewsRule:
    times = (float(upto(rng, 300)), float(upto(rng, 300)))
    return NewsRule(
        *times,
        coin(rng),
        upto(rng, 15),
        coin(rng),
        upto(rng, 31),
        float(upto(rng, 1) * 3_600),
        coin(rng),
        coin(rng),
        600.0,
        600.0,
    )


def moment(rng: Generator) -> NewsMoment:
    start = float(upto(rng, 1_000))
    return NewsMoment(start, start + float(upto(rng, 600)), upto(rng, 3), coin(rng))


def deed(rng: Generator) -> NewsDeed:
    at = float(upto(rng, 2_000))
    return NewsDeed(1 << upto(rng, 4), at, coin(rng), at - float(upto(rng, 9_000)))


Arguments = Callable[[Generator], tuple[object, ...]]

_DAYS: dict[str, Arguments] = {
    "profitable_day_gain": lambda r: (money(r), money(r), money(r), cash(r)),
    "day_needed_money": lambda r: (rules(r),),
    "is_profitable_day": lambda r: (float(r.uniform(-500.0, 1_500.0)), rules(r)),
    "is_counted_day": lambda r: (cash(r), upto(r, 2), upto(r, 2), rules(r)),
    "days_done": lambda r: (progress(r), rules(r)),
    "is_target_reached": lambda r: (progress(r), rules(r)),
    "target_profit_money": lambda r: (money(r), cash(r), rules(r)),
    "share_base_money": lambda r: (progress(r), rules(r)),
    "is_share_kept": lambda r: (money(r), money(r), float(r.uniform(0.1, 0.9))),
    "whole_needed_money": lambda r: (money(r), float(r.uniform(0.1, 0.9))),
    "is_consistent": lambda r: (progress(r), rules(r)),
    "is_payout_consistent": lambda r: (progress(r), rules(r)),
    "is_out_of_time": lambda r: (progress(r), rules(r)),
    "idle_days_count": lambda r: (upto(r, 90), upto(r, 90)),
    "is_inactive": lambda r: (upto(r, 90), upto(r, 60)),
}
_ENGINE: dict[str, Arguments] = {
    "begin": lambda r: (upto(r, 30_000), rules(r)),
    "counted_cash_money": lambda r: (cash(r), rules(r)),
    "base_shift_money": lambda r: (state(r), rules(r)),
    "day_now": lambda r: (state(r), rules(r)),
    "end_of_day": lambda r: (state(r), rules(r)),
    "day_profit_money": lambda r: (state(r), rules(r)),
    "tally_of": lambda r: (state(r), rules(r)),
    "next_day": lambda r: (state(r), rules(r)),
    "started_day": lambda r: (day(r), observation(r), rules(r)),
    "followed_day": lambda r: (day(r), observation(r), cash(r), rules(r)),
    "observe": lambda r: (state(r), observation(r), rules(r)),
    "account_of": lambda r: (state(r),),
    "tested": lambda r: (state(r), rules(r)),
    "progress_of": lambda r: (state(r), rules(r)),
    "verdict_now": lambda r: (state(r), rules(r)),
}
_NEWS: dict[str, Arguments] = {
    "news_window_start_s": lambda r: (moment(r), firm(r)),
    "news_window_end_s": lambda r: (moment(r), firm(r)),
    "is_in_news_window": lambda r: (float(upto(r, 2_000)), moment(r), firm(r)),
    "is_news_of_rule": lambda r: (moment(r), firm(r)),
    "is_news_exempt": lambda r: (deed(r), moment(r), firm(r)),
    "breaks_news_rule": lambda r: (deed(r), moment(r), firm(r)),
}

GENERATORS: dict[str, Arguments] = {
    **{f"bot.rules.challenge_days.{name}": ask for name, ask in _DAYS.items()},
    **{f"bot.rules.challenge_engine.{name}": ask for name, ask in _ENGINE.items()},
    **{f"bot.rules.news_rule.{name}": ask for name, ask in _NEWS.items()},
}

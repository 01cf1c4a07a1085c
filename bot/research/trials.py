"""One trial: changed parameters, checked as a file would be, walked through a stretch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from bot.backtest.engine import Engine, Stretch
from bot.backtest.terms import Policy
from bot.errors import DataError, ParamsError
from bot.model.settings import BotSettings
from bot.params.document_check import Desk
from bot.research.figures import Figures, figures_of
from bot.research.lives import DAY_S, Lives, live_through
from bot.research.market import PreparedMarkets
from bot.research.scheduling import Piece, Row
from bot.research.space import Changes, changed
from bot.simulator.feed import Market

POLICY = Policy(person_reset_s=DAY_S)
"""A trader looks once a day at a breaker that waits for a person."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A point that was tried; without figures it was refused, for the reason in `pruned`."""

    number: int
    changes: Changes
    figures: Figures | None
    pruned: str = ""


@dataclass(frozen=True, slots=True)
class Habitat:
    """What turns the file's settings into those of the simulated account.

    `like` are the settings of the file as the study has them: its account, symbols, pace and how
    old a quote may be are those of every trial.
    """

    like: BotSettings

    def settle(self, settings: BotSettings) -> BotSettings:
        """`settings` on the simulated account, with the pace and symbols of the study."""
        like = self.like
        pace = like.schedule
        schedule = replace(
            settings.schedule,
            poll_interval_s=pace.poll_interval_s,
            save_at_least_every_s=pace.save_at_least_every_s,
        )
        entry = settings.entry._replace(quote_age_max_s=like.entry.quote_age_max_s)
        return replace(
            settings, account=like.account, symbols=like.symbols, schedule=schedule, entry=entry
        )


@dataclass(eq=False)
class TrialWork:
    """Walks trials; it travels by value, and makes its market ready where it arrives.

    `asked` of a piece: `changes`, `start_s`, `end_s` and, with `with_trades`, whether closing times
    and results of the trades are wanted too.
    """

    market: Market
    span_s: tuple[float, float]
    desk: Desk
    habitat: Habitat
    engine: Engine = Engine.COMPILED
    markets: PreparedMarkets | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """Everything but what can be made again."""
        return {**self.__dict__, "markets": None}

    def __call__(self, asked: Mapping[str, object]) -> Row:
        """The row of one trial: `figures`, or `pruned` with the reason."""
        changes = cast("Changes", asked["changes"])
        try:
            settings = self.desk.settings_of(changed(self.desk.document, changes))
        except ParamsError as error:
            return {"pruned": str(error)}
        try:
            prepared = self._markets().of(self.habitat.settle(settings), POLICY)
        except DataError as error:
            return {"pruned": str(error)}
        stretch = Stretch(cast(float, asked["start_s"]), cast(float, asked["end_s"]))
        lives = live_through(prepared.inputs, stretch, self.engine)
        figures = figures_of(lives, stretch.end_s - stretch.start_s)
        row: dict[str, object] = {"figures": figures.document()}
        return row | _trades(lives) if asked.get("with_trades") else row

    def _markets(self) -> PreparedMarkets:
        if self.markets is None:
            self.markets = PreparedMarkets(self.market, self.span_s)
        return self.markets


def _trades(lives: Lives) -> dict[str, object]:
    return {"closed_s": lives.closed_s.tolist(), "result_r": lives.result_r.tolist()}


def key_of(changes: Changes, stretch: tuple[float, float] | None = None) -> str:
    """The name of a trial in a study's rows: the same point in the same stretch is the same."""
    text = json.dumps(dict(changes), sort_keys=True)
    return text if stretch is None else f"{stretch[0]:.0f}-{stretch[1]:.0f} {text}"


def piece_of(changes: Changes, stretch: Stretch, *, with_trades: bool = False) -> Piece:
    """The piece of work that a trial is."""
    asked = {"changes": dict(changes), "start_s": stretch.start_s, "end_s": stretch.end_s}
    if not with_trades:
        return Piece(key_of(changes, stretch), asked)
    return Piece(f"trades {key_of(changes, stretch)}", asked | {"with_trades": True})


def trial_of(number: int, changes: Changes, row: Row) -> Trial:
    """A trial as its row tells it."""
    if "pruned" in row:
        return Trial(number, changes, None, str(row["pruned"]))
    return Trial(number, changes, Figures(**cast("dict[str, float]", row["figures"])))  # type: ignore[arg-type]

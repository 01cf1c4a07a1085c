"""What every study begins with: settings, the market they are studied on, and a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.backtest.compiled import CODE_HASH
from bot.cli.options import params_path, symbol_list
from bot.cli.recorded import recorded_market
from bot.cli.simulated_account import simulated_settings
from bot.cli.span import Span
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.research.market import PreparedMarkets
from bot.research.study_folder import Identity, StudyFolder
from bot.simulator.quotes import ExtremeOrder, QuotePath


@dataclass(frozen=True, slots=True)
class StudyAsk:
    """What a person asked for; `data` is a folder of bars, `symbols` None for all with bars."""

    data: Path
    span: Span
    params: Path | None = None
    symbols: str | None = None
    path: ExtremeOrder = ExtremeOrder.ADVERSE_FIRST
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Settings on a simulated account and the market they are walked on; `notes` for the reader."""

    settings: BotSettings
    markets: PreparedMarkets
    ask: StudyAsk
    data_hash: str
    notes: tuple[str, ...]

    def folder(self, kind: str, out: Path | None, asked: Mapping[str, object]) -> StudyFolder:
        """The study's folder, begun or gone on with; raises `OtherStudyError`."""
        span = self.ask.span
        facts = {"first": span.first_text, "last": span.last_text, "path": self.ask.path.value}
        symbols = [item.symbol for item in self.settings.symbols]
        identity = Identity(
            kind=kind,
            code_hash=CODE_HASH,
            data_hash=self.data_hash,
            params_hash=self.settings.params_hash,
            seed=self.ask.seed,
            asked={**facts, "symbols": symbols, **asked},
        )
        return StudyFolder(out or Path("runs") / f"{kind}-{span.name}", identity)


def open_study(ask: StudyAsk) -> Study:
    """Read parameters and prices; raises `ParamsError` or `DataError` naming what is wrong."""
    settings = load_settings(params_path(ask.params))
    wanted = symbol_list(ask.symbols, tuple(item.symbol for item in settings.symbols))
    path = QuotePath(ask.path)
    recorded = recorded_market(
        ask.data, wanted, ask.span, must_have_all=ask.symbols is not None, path=path
    )
    settings = simulated_settings(settings, recorded.symbols)
    age_max_s = max(settings.entry.quote_age_max_s, recorded.quote_age_max_s)
    settings = replace(settings, entry=settings.entry._replace(quote_age_max_s=age_max_s))
    span_s = (ask.span.start_utc_s, ask.span.end_utc_s)
    markets = PreparedMarkets(recorded.market, span_s)
    return Study(settings, markets, ask, recorded.fingerprint, recorded.notes)

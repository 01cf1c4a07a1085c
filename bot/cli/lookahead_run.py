"""Runs the prefix test symbol by symbol and shows what leaked."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.cli import console
from bot.cli.interrupt import interruptible
from bot.cli.study import Study, StudyAsk, open_study
from bot.errors import ParamsError
from bot.model.broker import Timeframe
from bot.research.lookahead import (
    Leak,
    Strategy,
    check_shipped,
    check_strategy,
    closed_bars,
    load_strategy,
    random_cuts,
)
from bot.research.study_folder import Row

_SHOWN_COUNT = 5
_DAY_S = 86_400
_FIRST_CUT_BARS = 2
_HASH_LETTERS = 12


@dataclass(frozen=True, slots=True)
class LookaheadAsk:
    """What a person asked for; without a strategy the shipped one is tested."""

    study: StudyAsk
    strategy: str | None
    timeframe: str
    cuts_count: int


def lookahead_and_tell(ask: LookaheadAsk, out: Path | None, *, as_json: bool) -> int:
    """Test every symbol, or what is left of them; exit code 1 when a signal knows the future."""
    if ask.timeframe not in Timeframe.__members__:
        names = ", ".join(Timeframe.__members__)
        message = f"--timeframe {ask.timeframe!r} is unknown; allowed: {names}"
        raise ParamsError(message)
    strategy = None if ask.strategy is None else load_strategy(ask.strategy)
    console.tell("reading bars ...")
    study = open_study(ask.study)
    folder = study.folder("lookahead", out, _facts(ask, strategy))
    stopped: list[bool] = []
    with interruptible(lambda: stopped.append(True)):
        for place, item in enumerate(study.settings.symbols):
            if stopped:
                break
            if item.symbol not in folder.rows:
                folder.add(item.symbol, _checked(study, ask, strategy, place))
                console.tell(f"{item.symbol}: {ask.cuts_count} cuts compared")
    rows = dict(folder.rows)
    _show(rows, is_interrupted=bool(stopped), as_json=as_json, folder=folder.root)
    return 1 if stopped or any(row["leaks"] for row in rows.values()) else 0


def _facts(ask: LookaheadAsk, strategy: Strategy | None) -> dict[str, object]:
    facts: dict[str, object] = {"cuts": ask.cuts_count}
    if strategy is not None:
        try:
            source = inspect.getsource(inspect.getmodule(strategy) or strategy)
        except (OSError, TypeError):
            source = repr(strategy)
        digest = hashlib.sha256(source.encode()).hexdigest()[:_HASH_LETTERS]
        facts |= {"strategy": ask.strategy, "source": digest, "timeframe": ask.timeframe}
    return facts


def _checked(study: Study, ask: LookaheadAsk, strategy: Strategy | None, place: int) -> Row:
    item = study.settings.symbols[place]
    feed = study.markets.market.feeds[item.symbol]
    if strategy is None:
        start_s, end_s = study.markets.span_s
        cuts = random_cuts(int(start_s) + _DAY_S, int(end_s), ask.cuts_count, ask.study.seed)
        settings = replace(study.settings, symbols=(item,))
        return asdict(check_shipped(settings, feed, (start_s, end_s), cuts))
    bars = closed_bars(feed, Timeframe[ask.timeframe].value)
    last = len(bars.open_utc_s) - 1
    cuts = random_cuts(min(_FIRST_CUT_BARS, last), last, ask.cuts_count, ask.study.seed)
    return asdict(check_strategy(item.symbol, strategy, bars, cuts))


def _show(rows: dict[str, Row], *, is_interrupted: bool, as_json: bool, folder: Path) -> None:
    leaks = [_leak_text(leak) for row in rows.values() for leak in _list(row["leaks"])]
    compared = sum(int(str(row["values_count"])) for row in rows.values())
    if as_json:
        symbols = list(rows.values())
        document = {"symbols": symbols, "leaks_count": len(leaks), "folder": str(folder)}
        console.say_json({**document, "is_interrupted": is_interrupted})
        return
    for text in leaks[:_SHOWN_COUNT]:
        console.say(console.folded(f"LOOKS AHEAD  {text}"))
    if len(leaks) > _SHOWN_COUNT:
        console.say(f"... and {len(leaks) - _SHOWN_COUNT} more cuts, all in {folder}")
    verdict = f"{len(leaks)} cuts differ: these signals know the future"
    if not leaks:
        verdict = "no value changed: nothing was seen that looks ahead"
    console.say(f"{len(rows)} symbols, {compared:,} values compared; {verdict}")
    if is_interrupted:
        console.say("Interrupted. The same command goes on from here.")


def _list(value: object) -> list[dict[str, str]]:
    return list(value) if isinstance(value, list | tuple) else []


def _leak_text(leak: dict[str, str]) -> str:
    return Leak(**leak).text()

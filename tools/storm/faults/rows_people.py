"""The faults of human hands, configuration and concurrency."""

from __future__ import annotations

from typing import Final

from tools.storm.faults.copies import SecondCopy
from tools.storm.faults.draws import Level, Pick, Span, Whole
from tools.storm.faults.files import DamagedFiles
from tools.storm.faults.gaps import FillTogether
from tools.storm.faults.hands import CashMove, ManualClose, ManualDelete, ManualStop, ManualTrade
from tools.storm.faults.papers import NewNumbers, RefusedParams, WrongPapers
from tools.storm.faults.process import DeathAtOperation
from tools.storm.faults.row import FaultRow, elsewhere, scenic
from tools.storm.faults.through import ThroughTerminal
from tools.storm.faults.words import FillDuringFlatten, MidCycleWord, OldWord

_SOME: Final = Whole(1, 4)
_OFTEN: Final = Whole(2, 12)
_DOWN_S: Final = Span(10, 3600)
_VERB: Final = Pick("pause", "flatten")

HUMAN_ROWS: Final[tuple[FaultRow, ...]] = (
    scenic(
        "H01",
        "A person closes one of our positions.",
        ManualClose,
        times=_SOME,
        part=Pick("whole", "half"),
    ),
    scenic(
        "H02",
        "A person removes, loosens or tightens a stop.",
        ManualStop,
        times=_SOME,
        how=Pick("removed", "loosened", "tightened"),
    ),
    scenic(
        "H03",
        "A person trades beside us.",
        ManualTrade,
        times=_SOME,
        side=Pick("buy", "sell"),
        lots=Pick(0, 0.01, 0.05),
        for_s=Span(60, 14_400),
    ),
    scenic("H04", "A person deletes one of our orders.", ManualDelete, times=_SOME),
    scenic("H05", "A person pays in or out.", CashMove, times=Whole(1, 2), money=Level(-100, 150)),
    scenic(
        "H06",
        "The AutoTrading button is pressed, and again later.",
        ThroughTerminal,
        times=_SOME,
        kind=Pick("B20"),
        switch=Pick("algo_trading"),
        for_s=Span(10, 7200),
    ),
    scenic(
        "H07",
        "A person logs in to another account, and back.",
        ThroughTerminal,
        times=_SOME,
        kind=Pick("B41"),
        login=Whole(1, 999_999),
        for_s=Span(10, 7200),
    ),
    scenic(
        "H08",
        "A person edits the state with an editor.",
        DamagedFiles,
        shape=Pick("edited", "line ends", "with a mark"),
        repair_s=Span(10, 240),
    ),
    scenic(
        "H09",
        "A copy of the folder is started as a second bot.",
        SecondCopy,
        shape=Pick("running"),
        times=_SOME,
    ),
    scenic(
        "H10",
        "A command is old, or given twice.",
        OldWord,
        times=_SOME,
        shape=Pick("stale", "repeated"),
        verb=_VERB,
        age_s=Span(1, 100_000),
        for_s=Span(60, 1800),
    ),
    scenic(
        "H11",
        "A new phase begins in the old folder.",
        WrongPapers,
        shape=Pick("phase", "preset"),
        down_s=_DOWN_S,
    ),
)

CONFIG_ROWS: Final[tuple[FaultRow, ...]] = (
    scenic("K01", "A parameter is missing.", RefusedParams, shape=Pick("missing"), down_s=_DOWN_S),
    scenic(
        "K02", "A parameter nobody knows.", RefusedParams, shape=Pick("unknown"), down_s=_DOWN_S
    ),
    scenic(
        "K03",
        "A parameter a hundred times too large, or no number.",
        RefusedParams,
        shape=Pick("slipped", "nan", "word"),
        down_s=_DOWN_S,
    ),
    scenic(
        "K04",
        "Parameters contradict each other.",
        RefusedParams,
        shape=Pick("contradictory"),
        down_s=_DOWN_S,
    ),
    scenic(
        "K05",
        "The profile of another account is started.",
        WrongPapers,
        shape=Pick("login", "server"),
        down_s=_DOWN_S,
    ),
    scenic(
        "K06",
        "Risk and exits are edited while positions are open.",
        NewNumbers,
        times=Whole(1, 2),
        factor=Span(0.5, 1.5),
    ),
    elsewhere(
        "K07",
        "A secret is still the placeholder of the example.",
        "secrets belong to the watching process; the trader has none",
        "tests/cli/test_watch.py::test_an_unusable_address_is_refused_without_being_shown",
    ),
    scenic(
        "K08",
        "A server offset was taken for granted.",
        ThroughTerminal,
        kind=Pick("C01"),
        shift_s=Pick(-3600, 3600),
        for_s=Span(3600, 86_400),
    ),
    elsewhere(
        "K09",
        "A dry run reaches the real account.",
        "a scene has one terminal; in a dry run the real one is never handed to the trader",
        "tests/cli/test_dry_run.py::test_the_account_is_simulated_and_pinned",
    ),
)

CONCURRENCY_ROWS: Final[tuple[FaultRow, ...]] = (
    elsewhere(
        "T01",
        "Two checks pass before either sends.",
        "one thread trades and the desk holds its lock over check and send; threads try it there",
        "tests/live/test_order_desk.py::test_eight_threads_asking_at_once_place_one_order",
    ),
    scenic(
        "T02",
        "A stop is edited while its position is being closed.",
        ThroughTerminal,
        times=_SOME,
        kind=Pick("B05"),
        delay_s=Span(5, 60),
        outcome=Pick("filled", "rejected"),
    ),
    scenic(
        "T03",
        "What was read is old by the time of the send.",
        ThroughTerminal,
        times=_OFTEN,
        kind=Pick("N06"),
        hang_s=Span(2, 18),
        executed=Pick("yes"),
        function=Pick("symbol_info_tick", "symbol_info", "positions_get", "account_info"),
    ),
    elsewhere(
        "T04",
        "A lock is held over a call that hangs.",
        "a scene has one thread, as the trader has; the adapter refuses a second one",
        "tests/adapters/test_adapter_terminal_link.py::test_only_the_first_callers_thread_may_call_the_terminal",
    ),
    elsewhere(
        "T05",
        "Two calls of the package run at once.",
        "a scene has one thread, as the trader has; the adapter refuses a second one",
        "tests/adapters/test_adapter_terminal_link.py::test_only_the_first_callers_thread_may_call_the_terminal",
    ),
    scenic(
        "T06",
        "The state changes while it is saved, and the save is cut off.",
        DeathAtOperation,
        times=_SOME,
        at=Pick("disk write", "disk replace"),
        within=Whole(1, 30),
        power=Pick("kept", "lost"),
    ),
    scenic(
        "T07",
        "A command arrives in the middle of a cycle.",
        MidCycleWord,
        times=_SOME,
        verb=_VERB,
        for_s=Span(60, 1800),
    ),
    scenic("T08", "Two resting orders fill at once.", FillTogether, times=_SOME),
    scenic(
        "T09",
        "Orders fill while a flatten sweeps.",
        FillDuringFlatten,
        times=_SOME,
        delay_s=Span(0.5, 9),
        for_s=Span(120, 1800),
    ),
    scenic(
        "T10",
        "An answer arrives long after its question.",
        ThroughTerminal,
        times=_SOME,
        kind=Pick("N06"),
        function=Pick("order_send"),
        hang_s=Span(3, 45),
        executed=Pick("yes"),
    ),
)

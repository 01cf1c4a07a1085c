"""The faults of process, operating system, disk and state."""

from __future__ import annotations

from typing import Final

from tools.storm.faults.copies import SecondCopy
from tools.storm.faults.draws import Pick, Span, Whole
from tools.storm.faults.files import BrokenDisk, DamagedFiles, FullDisk
from tools.storm.faults.process import (
    CrashLoop,
    DeathAtOperation,
    DeathBetweenCycles,
    Interrupt,
    Sleep,
    Starvation,
    TaskLimit,
    UnforeseenError,
)
from tools.storm.faults.row import FaultRow, elsewhere, scenic

_OFTEN: Final = Whole(1, 12)
_SOME: Final = Whole(1, 4)
_DOWN_S: Final = Span(1, 3600)
_EPISODE_S: Final = Span(5, 1800)
_REPAIR_S: Final = Span(10, 240)

PROCESS_ROWS: Final[tuple[FaultRow, ...]] = (
    scenic(
        "P01",
        "The process is killed in the middle of anything.",
        DeathAtOperation,
        times=_OFTEN,
        at=Pick("", "disk", "order_send", "positions_get"),
        within=Span(1, 400),
        power=Pick("kept", "kept", "lost"),
    ),
    scenic(
        "P02", "The trader dies at each start, again and again.", CrashLoop, for_s=Span(60, 1200)
    ),
    scenic(
        "P03",
        "A second copy is started beside the running one.",
        SecondCopy,
        shape=Pick("running"),
        times=_SOME,
    ),
    scenic(
        "P04",
        "Lock files of a dead trader are left behind.",
        SecondCopy,
        shape=Pick("stale"),
        times=_SOME,
    ),
    scenic(
        "P05",
        "The task scheduler ends what has run for its limit of hours.",
        TaskLimit,
        limit_h=Pick(72, 24, 8),
    ),
    scenic(
        "P06",
        "Log-off or a closed console ends the process within seconds.",
        DeathBetweenCycles,
        times=_SOME,
        down_s=_DOWN_S,
    ),
    elsewhere(
        "P07",
        "A selection in the console holds every line of output up.",
        "a scene has no console; the live bot logs from a thread of its own into a file",
        "tests/test_run_live.py::test_the_bot_writes_to_the_log_so_that_a_selection_cannot_freeze_it",
    ),
    scenic(
        "P08",
        "The computer restarts, or its power fails.",
        DeathBetweenCycles,
        times=_SOME,
        power=Pick("lost"),
        down_s=Span(60, 7200),
    ),
    scenic(
        "P09",
        "The computer sleeps, or its virtual machine is paused.",
        Sleep,
        times=_SOME,
        for_s=Span(60, 43_200),
    ),
    elsewhere(
        "P10",
        "Memory or handles leak until nothing works.",
        "it takes months: a simulated year is measured apart, and the trader watches itself",
        "tests/live/test_breakers_conditions.py::test_a_machine_at_its_limits_blocks_and_heals_by_itself",
    ),
    scenic(
        "P11",
        "Something raises an error nobody expected.",
        UnforeseenError,
        times=_SOME,
        at=Pick("", "order_send", "positions_get", "disk", "disk"),
        within=Span(1, 400),
        error=Pick("runtime", "value", "memory"),
    ),
    elsewhere(
        "P12",
        "A guard thread dies unnoticed.",
        "there is none: duties run in the one loop, whose beats another process watches",
        "tests/watch/test_supervisor.py::test_twenty_seconds_without_a_beat_are_a_hang",
    ),
    scenic(
        "P13",
        "The processor is busy elsewhere; every cycle is minutes late.",
        Starvation,
        times=Whole(1, 2),
        for_s=Span(300, 14_400),
        stretch_s=Span(10, 300),
    ),
    scenic(
        "P14",
        "A virus scanner takes files away.",
        DamagedFiles,
        shape=Pick("newest gone", "journal gone"),
        repair_s=_REPAIR_S,
    ),
    elsewhere(
        "P15",
        "The console cannot write a character.",
        "a scene has no console; what cannot be shown is replaced, files are UTF-8",
        "tests/cli/test_demo.py::test_a_console_that_cannot_show_a_character_gets_a_plain_one",
    ),
    scenic(
        "P16",
        "The files were written by a newer program.",
        DamagedFiles,
        shape=Pick("newer schema"),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "P17",
        "Ctrl-C, at once or as a request to stop.",
        Interrupt,
        times=_SOME,
        how=Pick("asked", "gone"),
        down_s=_DOWN_S,
    ),
    scenic(
        "P18",
        "Another build is started on the same account.",
        SecondCopy,
        shape=Pick("running"),
        times=_SOME,
    ),
)

DISK_ROWS: Final[tuple[FaultRow, ...]] = (
    scenic(
        "D01",
        "A file is torn, empty or full of zeros.",
        DamagedFiles,
        times=_SOME,
        shape=Pick("newest cut", "newest empty", "newest nul", "journal torn"),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "D02",
        "Opening or replacing a file is refused in bursts.",
        BrokenDisk,
        times=_SOME,
        refusals=Whole(1, 40),
        windows_code=Pick(5, 32, 33),
        where=Pick("", "state"),
        for_s=_EPISODE_S,
    ),
    scenic(
        "D03",
        "The disk is full.",
        FullDisk,
        times=_SOME,
        free_bytes=Whole(0, 4_000),
        for_s=_EPISODE_S,
    ),
    scenic(
        "D04",
        "The disk can only be read.",
        BrokenDisk,
        times=_SOME,
        shape=Pick("read-only"),
        for_s=_EPISODE_S,
    ),
    scenic(
        "D05",
        "Forcing to disk fails, or writing does.",
        BrokenDisk,
        times=_SOME,
        shape=Pick("sync", "write"),
        for_s=_EPISODE_S,
    ),
    scenic(
        "D06",
        "A rename is lost with the power.",
        DeathAtOperation,
        times=_SOME,
        at=Pick("after disk replace", "before disk replace"),
        within=Whole(1, 6),
        power=Pick("lost"),
    ),
    scenic(
        "D07",
        "Bytes flip.",
        DamagedFiles,
        times=_SOME,
        shape=Pick("newest flipped", "older flipped", "journal flipped"),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "D08",
        "A file was edited.",
        DamagedFiles,
        shape=Pick("edited", "line ends"),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "D09",
        "State and journal disagree: the state is older.",
        DamagedFiles,
        shape=Pick("state rewind"),
        back_s=Span(60, 36_000),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "D10",
        "All generations are bad, the folder is gone, or an old backup is in its place.",
        DamagedFiles,
        shape=Pick("both flipped", "folder gone", "whole rewind"),
        back_s=Span(60, 36_000),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "D11",
        "A new day's file is refused.",
        BrokenDisk,
        times=_SOME,
        refusals=Whole(1, 200),
        where=Pick(".jsonl"),
        for_s=Span(43_200, 172_800),
    ),
    elsewhere(
        "D12",
        "The journal grows without end.",
        "it takes years: a file per day, and a simulated year is measured apart",
        "tests/adapters/test_jsonl_journal.py::test_a_file_per_server_day_and_midnight_is_the_new_day",
    ),
    scenic(
        "D13",
        "A file holds NaN, a key twice, or a byte order mark.",
        DamagedFiles,
        times=_SOME,
        shape=Pick("nan", "doubled key", "with a mark"),
        repair_s=_REPAIR_S,
    ),
    scenic(
        "D14",
        "A scanner holds the journal or the state for a while.",
        BrokenDisk,
        times=_SOME,
        windows_code=Pick(5, 32, 33),
        where=Pick("journal", "state"),
        for_s=_EPISODE_S,
    ),
    scenic(
        "D15",
        "Death between a request and the note of its answer.",
        DeathAtOperation,
        times=_SOME,
        at=Pick("after order_send"),
        within=Whole(1, 4),
        power=Pick("kept", "lost"),
    ),
)

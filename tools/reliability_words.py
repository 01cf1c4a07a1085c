"""The words of docs/reliability.md that do not change with the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NOTE: Final = (
    "<!-- Written by `python -m tools.reliability` from docs/reliability/*.json; do not edit. -->\n"
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One tool's part: what it does, and which of its figures are shown (words, path, unit)."""

    title: str
    words: str
    figures: tuple[tuple[str, tuple[str, ...], str], ...]


CHAPTERS: Final = {
    "storm": Chapter(
        "The storm",
        """\
One number, the seed, decides a market, an account, which faults strike when, how the disk fails
and at which operation the program dies. The trader lives days of it, dies, starts again, is asked
things by a person; other programs trade on the account; then all faults end and within 15 minutes
everything has to be right. After every step 25 promises are checked: one position per setup, a
stop at the broker within 10 seconds, the worst case within its cap, the floors never passed by
more than the modelled gap, a halt that holds through restarts, nothing sent that is not on disk
first, the profit of the journal equal to the broker's to the cent.

*For you:* a year of this is a year in which everything on the list happens over and over. Zero
broken promises do not prove that none can break; they say that so many account-years of bad luck
did not break one. A seed that breaks a promise is made small and can be lived again, event by
event: `bot storm --replay SEED`.
""",
        (
            ("simulated account-years", ("account_years",), ""),
            ("account-years per hour of computing", ("account_years_per_hour",), ""),
            ("seeds", ("seeds",), ""),
            ("cycles of the trader", ("cycles",), ""),
            ("deaths and power losses", ("deaths",), ""),
            ("starts", ("starts",), ""),
            ("requests sent", ("sends",), ""),
            ("deals at the broker", ("deals",), ""),
            ("faults that struck", ("faults_struck",), ""),
            ("kinds of fault that struck", ("faults_kinds",), ""),
            ("kinds that can be injected", ("faults_kinds_possible",), ""),
            ("pairs of fault groups that met", ("fault_group_pairs",), ""),
            ("promises checked, times", ("invariant_checks",), ""),
            ("broken promises", ("violations",), ""),
        ),
    ),
    "crashes": Chapter(
        "A crash at every write",
        """\
The trader trades for some days on a simulated disk that knows what is safely stored and what only
seems to be. Before and after *each* operation that changes the disk, a copy of it loses its
power: what was not forced out is lost, torn at any byte or turned into zeros, names are lost or
done in or out of order. The real reading code then opens what is left.

*For you:* pull the plug whenever you like. What the bot was about to do, and which halts hold, is
there when it starts again.
""",
        (
            ("states of the disk tried", ("crash_states",), ""),
            ("operations they follow from", ("operations",), ""),
            ("of them after a loss of power", ("by_loss", "power loss"), ""),
            ("of them after the program alone died", ("by_loss", "process death"), ""),
            ("events acknowledged as safe", ("durable_events",), ""),
            ("states that lost or doubled something", ("broken",), ""),
        ),
    ),
    "kills": Chapter(
        "Real kills",
        """\
Here nothing is simulated but the market: the terminal runs as a program of its own, the trader is
another, and the operating system kills it without warning (SIGKILL) at chosen and at random
instants, thousands of times. Afterwards positions, rungs and journal are compared with the
broker's books to the cent, and the days with those of a trader that was never killed.

*For you:* the check that the storm's simulated death and the real one are the same thing.
""",
        (
            ("kills", ("kills",), ""),
            ("server days", ("server days",), ""),
            ("deals compared", ("own deals",), ""),
            ("settled and compared", ("settled and compared",), ""),
            ("days compared with an unkilled run", ("days compared with an unkilled run",), ""),
            ("back after, warm", ("back after, warm, at most (s)",), "s"),
            ("back after, as a new program", ("back after, from scratch, at most (s)",), "s"),
            ("broken promises", ("broken promises",), ""),
        ),
    ),
    "defects": Chapter(
        "Planted defects",
        """\
Tests that never fail prove nothing. So the safety rules are broken on purpose, one line at a
time: the intent saved after the send, a stop that may loosen, a floor compared the wrong way
round. A test, or the storm, has to notice each. [All of them, and who noticed](defects.md).

*For you:* a later change that breaks a safety rule by mistake will be noticed before it trades.
""",
        (
            ("defects planted", ("totals", "defects"), ""),
            ("tried", ("totals", "tried"), ""),
            ("noticed", ("totals", "caught"), ""),
            ("not noticed", ("totals", "survived"), ""),
        ),
    ),
    "fuzz": Chapter(
        "Damaged files",
        """\
Every file the bot reads is broken in every way a program can think of: bits flipped, cut off,
doubled, spliced with another, nested a hundred thousand deep, filled with NaN. Each must be read
rightly or refused by name; never a crash without a name, never a wrong value taken for a right
one, never the damaged file thrown away.

*For you:* a typing mistake in the parameters, or a bad sector below the state, ends in a sentence
that says what is wrong. It never ends in a wrong lot size.
""",
        (
            ("inputs", ("inputs",), ""),
            ("kinds of file", ("kinds",), ""),
            ("accepted, and equal to what was meant", ("accepted",), ""),
            ("refused by name", ("refused by name",), ""),
            ("slowest input", ("slowest input (s)",), "s"),
            ("broken promises", ("broken promises",), ""),
        ),
    ),
    "endurance": Chapter(
        "A year without a restart",
        """\
One process lives a simulated year: real files, weekly outages, a person who pauses, resumes and
resets. Memory is that of the whole process, the market and the simulated broker included. What
grows is the history of trades: the broker's deals, and the record the daily page is written from.
Cycle times are the processor's.

*For you:* it may run for a challenge and longer. Memory follows the number of trades, not the
number of days, and a restart begins anew; handles, threads and the time of a cycle stay.
""",
        (
            ("simulated days", ("days",), ""),
            ("seconds between two cycles", ("cycle_s",), "s"),
            ("cycles", ("cycles",), ""),
            ("trades", ("trades",), ""),
            ("memory growth over a year", ("growth_mib_per_year",), "MiB"),
            ("rules broken", ("complaints",), ""),
        ),
    ),
}
"""By the name of the result, in the order of the page."""

NOT_COVERED: Final = """\
- **A real broker.** The simulated terminal is strict and hostile, but it does what its authors
  know of brokers. The first weeks on a demo account are part of the test.
- **Windows.** All of this ran on Linux. Files held open by virus scanners, sharing violations and
  the rules for renaming are simulated as Windows has them; the MetaTrader package, the console
  and the task scheduler themselves are not.
- **Gaps without limit.** A stop fills where the market trades next. The reserve for gaps is an
  estimate; a market that reopens far beyond it can cost more than planned, with any bot.
- **A disk that lies.** A drive that reports data as stored and loses it anyway, and file systems
  that store the end of a file before its middle, are not survived without a person: the damage is
  found and named, not repaired.
- **The firm.** Rules are read from its published pages as of a date; a rule it changes, or reads
  otherwise than it writes, is not here.
- **Earning.** Nothing on this page says that the strategy makes money. It says that the account
  is not lost to the machinery.
"""

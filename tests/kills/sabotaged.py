"""Lives a campaign with a trader that was sabotaged first, and tells what the judge says of it.

Run as a script by the tests: the sabotage's name, the folder, the seed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from bot.live import intents, loop, record
from tools.kills.campaign import Campaign, CampaignPlan
from tools.kills.points import Deed
from tools.kills.victim import eager_settings


def forget_open_intents() -> None:
    """A start that takes no notice of what was about to be sent."""

    def forget(kept: record.Record) -> int:
        kept.state.intents.clear()
        return 0

    loop.mark_open_intents = forget


def tell_twice() -> None:
    """A start that does not ask the journal what was told already."""
    record.Record._is_recorded = lambda _record, _event: False  # type: ignore[method-assign]


def send_before_the_intent_is_on_disk() -> None:
    """An intent that is kept in memory alone."""

    def keep(book: intents.IntentBook, intent: intents.Intent, *_rest: object) -> bool:
        state = book._record.state
        intent.intent_id = state.next_intent_id
        state.next_intent_id += 1
        state.intents[intent.intent_id] = intent
        return True

    intents.IntentBook.open = keep  # type: ignore[method-assign]


SABOTAGES: dict[str, tuple[Callable[[], None], tuple[Deed, ...]]] = {
    "forget_open_intents": (forget_open_intents, (Deed.SEND,)),
    "tell_twice": (tell_twice, (Deed.WRITE, Deed.FSYNC)),
    "send_before_the_intent_is_on_disk": (send_before_the_intent_is_on_disk, (Deed.SEND,)),
}


def main() -> None:
    """Arguments: which sabotage, where, which seed."""
    sabotage, deeds = SABOTAGES[sys.argv[1]]
    plan = CampaignPlan(Path(sys.argv[2]), int(sys.argv[3]), 40, 20, 0, deeds)
    sabotage()
    told = Campaign(plan, eager_settings()).go()
    sys.stdout.write(json.dumps({"kills": told.kills_count, "complaints": told.complaints}))


if __name__ == "__main__":
    main()

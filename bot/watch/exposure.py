"""Whether the trader's snapshot shows anything open; only read, and in doubt the answer is yes."""

from __future__ import annotations

from collections.abc import Mapping

_EXPOSED = frozenset({"filled", "pending"})


def is_exposed(state: Mapping[str, object] | None) -> bool:
    """Whether a snapshot holds an open or resting setup or an unresolved intent.

    None stands for a snapshot that is there and cannot be read: that counts as exposed.
    """
    if state is None:
        return True
    setups, intents = state.get("setups", {}), state.get("intents", {})
    if not (isinstance(setups, Mapping) and isinstance(intents, Mapping)):
        return True
    return bool(intents) or any(
        not isinstance(setup, Mapping) or setup.get("status") in _EXPOSED
        for setup in setups.values()
    )

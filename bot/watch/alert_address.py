"""Where alerts go on the internet: named by the environment, and by nothing else (I24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.errors import ParamsError

ADDRESS_VARIABLE: Final = "BOT_ALERT_URL"


def alert_address(environment: Mapping[str, str]) -> str:
    """The address, or nothing when none is set; an unusable one raises without showing it."""
    address = environment.get(ADDRESS_VARIABLE, "").strip()
    if address and not address.startswith(("https://", "http://127.0.0.1")):
        message = f"{ADDRESS_VARIABLE}: its value is no usable address; allowed: https://..."
        raise ParamsError(message)
    return address

"""Alerts to an address on the internet, as one line-broken text per POST (ntfy and the like).

The address is a secret: whoever knows it can write there. It comes from the environment alone and
is in no message, log or error (I24).
"""

from __future__ import annotations

from typing import Final

import httpx

from bot.watch.alerts import ChannelError, Severity

_TIMEOUT_S: Final = 10.0
_BYTES_MAX: Final = 3_500


class HttpChannel:
    """One POST per message; an answer other than 2xx is a failure."""

    name = "http"
    severity_min = Severity.WARNING

    def __init__(self, address: str) -> None:
        self._address = address

    def send(self, text: str) -> None:
        """Post the text as UTF-8; raises `ChannelError` without the address."""
        kind = ""
        try:
            answer = httpx.post(
                self._address,
                content=text.encode("utf-8")[:_BYTES_MAX],
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=_TIMEOUT_S,
            )
            if not answer.is_success:
                kind = f"status {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            kind = type(error).__name__  # its text holds the address
        if kind:
            raise ChannelError(f"{self.name}: {kind}")

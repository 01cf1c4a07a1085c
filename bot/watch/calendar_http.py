"""One download of the calendar over HTTP: bounded in time and size, conditional where it can be."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from bot import __version__
from bot.ports import Clock
from bot.watch.calendar_fetch import Answer, DownloadError, Question

_CONNECT_RETRIES_COUNT = 2
_REDIRECTS_MAX = 3


class Bounds(NamedTuple):
    """How long one download may take, per step and in all, and how much it may bring."""

    step_s: float = 10.0
    whole_s: float = 30.0
    bytes_max: int = 2 * 1024 * 1024


class HttpDownload:
    """Asks for the file once; connecting is tried again, asking is not."""

    def __init__(self, clock: Clock, bounds: Bounds | None = None) -> None:
        self._clock = clock
        self._bounds = bounds or Bounds()

    def __call__(self, question: Question) -> Answer:
        """The server's answer, whatever its status; raises `DownloadError` when there is none."""
        try:
            with self._client() as client:
                return self._ask(client, question)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DownloadError(f"{type(error).__name__}: {error}") from error

    def _client(self) -> httpx.Client:
        return httpx.Client(
            transport=httpx.HTTPTransport(retries=_CONNECT_RETRIES_COUNT),
            timeout=self._bounds.step_s,
            follow_redirects=True,
            max_redirects=_REDIRECTS_MAX,
            headers={"User-Agent": f"challenge-bot/{__version__}", "Accept": "application/json"},
        )

    def _ask(self, client: httpx.Client, question: Question) -> Answer:
        conditions = {"If-None-Match": question.etag, "If-Modified-Since": question.last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        until_s = self._clock.monotonic_s() + self._bounds.whole_s
        with client.stream("GET", question.url, headers=headers) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._bounds.bytes_max:
                    raise DownloadError(f"more than {self._bounds.bytes_max} bytes")
                if self._clock.monotonic_s() > until_s:
                    raise DownloadError(f"not done after {self._bounds.whole_s:g} s")
            return Answer(
                status=int(response.status_code),
                body=bytes(body),
                etag=str(response.headers.get("ETag", "")),
                last_modified=str(response.headers.get("Last-Modified", "")),
                retry_after=str(response.headers.get("Retry-After", "")),
            )

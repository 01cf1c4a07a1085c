"""The body of `bot calendar fetch`: wires the fetcher to the network, the disk and the clock."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bot.adapters.atomic_file import patiently, write_all
from bot.adapters.calendar_feed import parse_feed
from bot.adapters.clock import SystemClock
from bot.cli import console
from bot.errors import BotError, ParamsError, StoreError
from bot.params import load_settings
from bot.report.text import duration
from bot.watch.calendar_fetch import CalendarFetcher, Fetched, FetchParts, FetchResult

_GOOD = frozenset({FetchResult.NEW, FetchResult.UNCHANGED})


class NoHttpClientError(BotError):
    """The HTTP client is not installed on this machine."""


def fetch(params: Path, folder: Path, out: Path | None) -> int:
    """Fetch once and say how it went; 0 fine, 1 waited or failed."""
    fetched = _fetcher(params, folder, out).fetch()
    _tell(fetched)
    return 0 if fetched.result in _GOOD else 1


def fetch_for_ever(params: Path, folder: Path, out: Path | None, every_s: float) -> None:
    """Fetch again and again until interrupted; a disk that refuses is told and tried again."""
    fetcher, clock = _fetcher(params, folder, out), SystemClock()
    while True:
        try:
            fetched = fetcher.fetch()
        except StoreError as error:
            console.complain(str(error))
            clock.sleep(every_s)
            continue
        _tell(fetched)
        clock.sleep(max(every_s, fetched.next_utc_s - clock.now_utc_s()))


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file whole; raises `StoreError` when the disk refuses."""
    beside = path.with_name(path.name + ".new")

    def put() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_all(beside, content, fsync=True)
        beside.replace(path)

    patiently(put, str(path), SystemClock().sleep)


def _fetcher(params: Path, folder: Path, out: Path | None) -> CalendarFetcher:
    files = load_settings(params).news.files
    if not files.feed_url:
        raise ParamsError(
            'news.feed_url = "": nothing to fetch from; set it to the address of the weekly JSON '
            "export that the calendar site your firm goes by publishes (docs/news.md)"
        )
    if find_spec("httpx") is None:
        raise NoHttpClientError(
            "fetching needs the httpx package: install this project with its extra [watch]"
        )
    from bot.watch.calendar_http import HttpDownload  # noqa: PLC0415 -- only with the extra

    clock = SystemClock()
    parts = FetchParts(
        download=HttpDownload(clock),
        check=lambda body: len(parse_feed(body).events),
        write=replace_file,
        clock=clock,
    )
    return CalendarFetcher(files.feed_url, out or folder / files.feed.path, parts)


def _tell(fetched: Fetched) -> None:
    wait_s = fetched.next_utc_s - SystemClock().now_utc_s()
    later = f"; not again for {duration(wait_s)}" if wait_s > 0.0 else ""
    console.say(f"{fetched.result.value}: {fetched.words}{later}")

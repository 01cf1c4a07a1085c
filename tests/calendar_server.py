"""A calendar server on loopback that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Respond = Callable[[BaseHTTPRequestHandler], None]


class CalendarServer(ThreadingHTTPServer):
    """Keeps what was asked; the last of `answers` is repeated."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Respond] = []
        self.asked: list[dict[str, str]] = []
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/week.json"


class _Handler(BaseHTTPRequestHandler):
    server: CalendarServer

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        answers = self.server.answers
        respond = answers.pop(0) if len(answers) > 1 else answers[0]
        respond(self)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


def says(status: int, body: bytes = b"", **headers: str) -> Respond:
    """An ordinary answer; header names are written with underscores."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def drips(chunk: bytes, server: CalendarServer) -> Respond:
    """An answer that never ends, chunk by chunk, until the other side hangs up."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(chunk)
                handler.wfile.flush()
        except OSError:
            server.hung_up.set()

    return respond


def hangs(server: CalendarServer) -> Respond:
    """No answer at all until the test is over."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        del handler
        server.hung_up.wait(20.0)

    return respond


@contextmanager
def calendar_server() -> Iterator[CalendarServer]:
    """A running server, gone when the block ends."""
    server = CalendarServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hung_up.set()
        server.shutdown()
        server.server_close()
        thread.join()

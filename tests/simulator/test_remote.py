"""A terminal in another process is the same terminal, and outlives whoever trades on it."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Client
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator_builders import buy, terminal_of

from bot.errors import BrokerUnavailableError
from bot.simulator import remote_host
from bot.simulator.bar_table import RATES_DTYPE
from bot.simulator.faults import FaultPlan
from bot.simulator.remote_client import RemoteClock, RemoteTerminal, TerminalLine
from bot.simulator.remote_codec import MOMENT, CodecError, decoded, encoded
from bot.simulator.remote_host import Guest, HostedTerminal, HostPace, TerminalHost
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

KEY = b"a key of the test"
QUOTES = {"EURUSD": [(0, 1.1, 1.1001), (60, 1.2, 1.2001), (120, 1.3, 1.3001)]}
TIMEFRAME_M1 = 1


@dataclass
class Served:
    """A hosted terminal, its host, and lines to it."""

    terminal: HostedTerminal
    host: TerminalHost

    def line(self) -> TerminalLine:
        return TerminalLine(self.host.address, KEY)

    def remote(self) -> RemoteTerminal:
        return RemoteTerminal(self.line())


def hosted() -> HostedTerminal:
    plain = terminal_of(QUOTES)
    return HostedTerminal(plain._state.market, plain._state.account)


@pytest.fixture
def served() -> Iterator[Served]:
    terminal = hosted()
    host = TerminalHost(terminal, HostPace(0.0, float), KEY)
    thread = threading.Thread(target=host.serve, daemon=True)
    thread.start()
    yield Served(terminal, host)
    host.close()
    thread.join(timeout=10)
    assert not thread.is_alive()


# --- the same surface ---------------------------------------------------------------------------


def test_every_function_and_constant_of_the_package_is_there(served: Served) -> None:
    remote = served.remote()
    for name in PACKAGE_FUNCTIONS:
        assert getattr(remote, name).__name__ == name
    ours = {name: value for name, value in vars(SimulatedTerminal).items() if name.isupper()}
    assert all(getattr(remote, name) == value for name, value in ours.items())
    assert remote.ORDER_TYPE_SELL == 1
    assert remote.SymbolInfo is SimulatedTerminal.SymbolInfo


def _calls(start_s: int) -> list[tuple[str, tuple[object, ...], dict[str, object]]]:
    request = buy("EURUSD", 0.1, sl=1.0)
    return [
        ("account_info", (), {}),
        ("initialize", (), {}),
        ("account_info", (), {}),
        ("terminal_info", (), {}),
        ("version", (), {}),
        ("symbols_get", (), {}),
        ("symbol_info", ("EURUSD",), {}),
        ("symbol_info", ("NOPE",), {}),
        ("symbol_info", (5,), {}),
        ("symbol_info_tick", ("EURUSD",), {}),
        ("copy_rates_from_pos", ("EURUSD", TIMEFRAME_M1, 0, 5), {}),
        ("copy_rates_from_pos", ("EURUSD", TIMEFRAME_M1, 0), {}),
        ("copy_ticks_from", ("EURUSD", datetime.fromtimestamp(start_s, UTC), 5, -1), {}),
        ("order_check", (request,), {}),
        ("order_send", (request,), {}),
        ("order_send", ({**request, "volume": np.float64(0.2)},), {}),
        ("order_send", ({**request, "magic": np.int64(7)},), {}),
        ("order_send", ({**request, "sl": 0},), {}),
        ("positions_get", (), {"symbol": "EURUSD"}),
        ("positions_get", ("EURUSD",), {}),
        ("history_deals_get", (1, 2**31 - 1), {}),
        ("order_calc_profit", (0, "EURUSD", 1, 1.1, 1.2), {}),
        ("last_error", (), {}),
        ("shutdown", (), {}),
        ("positions_total", (), {}),
    ]


def _outcome(terminal: object, name: str, args: tuple[object, ...], kwargs: dict) -> object:
    try:
        answer = getattr(terminal, name)(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        answer = (type(error), str(error))
    if isinstance(answer, np.ndarray):
        answer = (answer.dtype, answer.tobytes(), answer.flags.writeable)
    kinds = [type(part) for part in answer] if isinstance(answer, tuple) else []
    return type(answer), kinds, answer, terminal.last_error()  # type: ignore[attr-defined]


def test_each_call_answers_fails_and_raises_as_in_the_same_process(served: Served) -> None:
    plain, remote = hosted(), served.remote()
    for name, args, kwargs in _calls(int(plain.now_utc_s)):
        wanted = _outcome(plain, name, args, kwargs)
        assert _outcome(remote, name, args, kwargs) == wanted, name
    assert served.terminal.trace_hash() == plain.trace_hash()


def test_an_answer_that_did_not_change_is_the_same_object(served: Served) -> None:
    remote = served.remote()
    remote.initialize()
    first = remote.symbol_info("EURUSD")
    assert remote.symbol_info("EURUSD") is first
    served.terminal.advance_to(served.terminal.now_utc_s + 61)
    moved = remote.symbol_info("EURUSD")
    assert moved is not first
    assert moved.bid == 1.2


def test_an_argument_that_is_no_plain_value_is_a_type_error_and_nothing_is_sent(
    served: Served,
) -> None:
    remote = served.remote()
    remote.initialize()
    with pytest.raises(TypeError, match="Path cannot be sent"):
        remote.symbol_info(Path())
    assert remote.symbol_info("EURUSD").name == "EURUSD"


def test_only_functions_of_the_package_can_be_called(served: Served) -> None:
    with pytest.raises(AttributeError, match="no function of the package"):
        served.line().ask("call", name="advance_to", args=(0.0,), kwargs={})


# --- the broker outlives the bot ----------------------------------------------------------------


def test_a_position_is_still_there_for_the_next_program(served: Served) -> None:
    line = served.line()
    first = RemoteTerminal(line)
    first.initialize()
    ticket = first.order_send(buy("EURUSD", 0.1, sl=1.0)).order
    line.close()  # as by a kill: no shutdown
    second = served.remote()
    assert second.positions_get() is None  # a new program is not attached
    assert second.last_error()[0] == -10004
    second.initialize()
    assert [position.ticket for position in second.positions_get()] == [ticket]


def test_two_programs_have_attachment_and_last_error_of_their_own(served: Served) -> None:
    one, other = served.remote(), served.remote()
    one.initialize()
    other.initialize()
    assert one.symbol_info("NOPE") is None
    assert other.account_info() is not None
    assert one.last_error()[0] == -4
    one.shutdown()
    assert one.account_info() is None
    assert other.account_info() is not None


def test_without_its_process_every_call_fails_as_a_lost_terminal(served: Served) -> None:
    remote = served.remote()
    remote.initialize()
    remote._line._line.close()  # type: ignore[union-attr]
    assert remote.order_send(buy("EURUSD", 0.1)) is None
    assert remote.last_error()[0] == -10001
    assert remote.positions_get() is None
    assert remote.last_error()[0] == -10004
    assert remote.initialize()  # the process is there after all
    assert remote.positions_get() == ()
    assert remote.last_error()[0] == 1


def test_an_answer_that_never_came_leaves_the_request_executed(served: Served) -> None:
    remote = served.remote()
    remote.initialize()
    connection = remote._line._line
    assert connection is not None
    message = {"op": "call", "name": "order_send", "args": (buy("EURUSD", 0.1),)}
    connection.send_bytes(encoded({**message, "kwargs": {}}))
    connection.close()
    looker = served.remote()
    looker.initialize()
    for _ in range(1_000):
        if looker.positions_total():
            break
    assert looker.positions_total() == 1


def test_the_truth_shows_what_a_fault_hides(served: Served) -> None:
    remote = served.remote()
    remote.initialize()
    remote.order_send(buy("EURUSD", 0.1))
    FaultPlan.from_texts(["N01@on:positions_get"]).install(served.terminal)
    assert not remote.positions_get()
    truth = remote._line.ask("truth")
    assert isinstance(truth, dict)
    assert len(truth["positions"]) == 1
    assert truth["trace"] == served.terminal.trace_hash()


# --- who may come in, and with what -------------------------------------------------------------


def test_a_wrong_key_is_refused_and_the_next_program_is_let_in(served: Served) -> None:
    with pytest.raises(BrokerUnavailableError, match="no simulated terminal answers"):
        TerminalLine(served.host.address, b"another key")
    assert served.remote().initialize()


def test_who_does_not_prove_the_key_is_never_answered(served: Served) -> None:
    connection = Client(served.host.address)  # speaks, but shows no key
    connection.recv_bytes()  # the challenge
    connection.send_bytes(b"no proof")
    assert b"FAILURE" in connection.recv_bytes()
    with suppress(OSError):
        connection.send_bytes(encoded({"op": "stop"}))
    with pytest.raises((EOFError, OSError)):
        connection.recv_bytes()
    assert served.remote().initialize()


def test_nobody_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailableError, match="no simulated terminal answers"):
        TerminalLine(str(tmp_path / "nobody"), KEY)


class _Bomb:
    """What would run code when it is unpickled."""

    exploded = False

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return setattr, (_Bomb, "exploded", True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"[1]",
        b"{}",
        b'{"op":"call"}',
        b'{"s":["Tick",1]}',
        b'{"a":["evil","AAAA"]}',
        b'{"n":["O",1]}',
        b'{"m":[["op","nothing"]]}',
        b'{"m":[["op",{"l":[]}]]}',
        b'{"l":' * 5_000 + b"1",
        pickle.dumps(_Bomb()),
    ],
)
def test_what_is_no_message_is_answered_with_an_error_and_nothing_runs(content: bytes) -> None:
    host = TerminalHost(hosted(), HostPace(0.0, float), KEY)
    reply = decoded(host.answer(Guest(), content)[MOMENT.size :])
    assert isinstance(reply, dict)
    assert reply["error"]
    assert not _Bomb.exploded
    host._listener.close()


def test_a_message_too_long_ends_the_line_and_not_the_terminal(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_host, "REQUEST_MAX_BYTES", 64)
    connection = Client(served.host.address, authkey=KEY)
    connection.send_bytes(b"x" * 65)
    with pytest.raises((EOFError, OSError)):
        connection.recv_bytes()
    assert served.host.address


def test_more_programs_than_allowed_are_turned_away(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.host._guests = threading.BoundedSemaphore(1)
    first = served.line()
    with pytest.raises(BrokerUnavailableError):
        served.line()
    assert first.ask("now") is None


def test_a_program_may_end_the_terminal_and_is_answered_first() -> None:
    host = TerminalHost(hosted(), HostPace(0.0, float), KEY)
    thread = threading.Thread(target=host.serve, daemon=True)
    thread.start()
    assert TerminalLine(host.address, KEY).ask("stop") is None
    thread.join(timeout=10)
    assert not thread.is_alive()
    with pytest.raises(BrokerUnavailableError):
        TerminalLine(host.address, KEY)


# --- time ---------------------------------------------------------------------------------------


def test_a_sleep_moves_a_market_that_waits_to_be_told_by_just_that_much(served: Served) -> None:
    line = served.line()
    clock = RemoteClock(line, _never)
    start_s = clock.now_utc_s()
    clock.sleep(61.0)
    assert clock.now_utc_s() == start_s + 61.0
    assert clock.monotonic_s() == 61.0
    assert served.terminal.now_utc_s == start_s + 61.0
    clock.sleep(0.0)
    clock.sleep(-1.0)
    assert served.terminal.now_utc_s == start_s + 61.0


def test_the_next_program_finds_the_clock_where_it_was(served: Served) -> None:
    RemoteClock(served.line(), _never).sleep(120.0)
    again = RemoteClock(served.line(), _never)
    assert again.now_utc_s() == served.terminal.now_utc_s
    assert again.monotonic_s() == 0.0


def test_a_market_that_runs_by_itself_needs_nobody_and_obeys_nobody() -> None:
    host_s = [0.0]
    terminal = hosted()
    start_s = terminal.now_utc_s
    host = TerminalHost(terminal, HostPace(60.0, lambda: host_s[0]), KEY)
    host_s[0] = 2.0
    host.answer(Guest(), encoded({"op": "now"}))
    assert terminal.now_utc_s == start_s + 120.0
    refused = decoded(host.answer(Guest(), encoded({"op": "advance", "to_utc_s": 9e9}))[8:])
    assert refused == {"error": "ValueError", "text": refused["text"]}  # type: ignore[index]
    assert terminal.now_utc_s == start_s + 120.0
    host._listener.close()


def test_a_sleep_on_such_a_market_is_a_real_one_and_shorter(served: Served) -> None:
    slept: list[float] = []
    line = served.line()
    clock = RemoteClock(line, slept.append)
    line.speed = 60.0
    clock.sleep(30.0)
    assert slept == [0.5]


def test_a_clock_without_its_terminal_says_so(served: Served) -> None:
    line = served.line()
    clock = RemoteClock(line, _never)
    line.close()
    with pytest.raises(BrokerUnavailableError, match="gone"):
        clock.sleep(1.0)


def test_a_call_that_never_returns_holds_up_its_own_program_only(served: Served) -> None:
    stuck, other = served.remote(), served.remote()
    stuck.initialize()
    other.initialize()
    FaultPlan.from_texts(["N06@on:account_info,times:1"], hang=served.host.hang).install(
        served.terminal
    )
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(stuck.account_info()), daemon=True)
    thread.start()
    thread.join(timeout=0.2)
    assert thread.is_alive()
    assert other.symbol_info("EURUSD").name == "EURUSD"
    served.host.close()
    thread.join(timeout=10)
    assert len(done) == 1


def _never(duration_s: float) -> None:
    pytest.fail(f"a real sleep of {duration_s} s")


# --- what travels -------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda parts: st.lists(parts) | st.lists(parts).map(tuple) | st.dictionaries(st.text(), parts),
)


@given(PLAIN)
def test_plain_values_arrive_as_they_left(value: object) -> None:
    back = decoded(encoded(value))
    assert back == value
    assert type(back) is type(value)


@given(st.binary())
def test_any_bytes_are_a_value_or_a_codec_error(content: bytes) -> None:
    with suppress(CodecError):
        decoded(content)


def test_arrays_arrive_read_only_and_only_the_package_s_own() -> None:
    rates = np.zeros(3, dtype=RATES_DTYPE)
    rates["close"] = (1.0, 2.0, 3.0)
    back = decoded(encoded(rates))
    assert isinstance(back, np.ndarray)
    assert back.tobytes() == rates.tobytes()
    assert not back.flags.writeable
    with pytest.raises(CodecError, match="an array of float64"):
        encoded(np.zeros(3))


def test_subclasses_of_plain_values_arrive_as_what_they_are_at_heart() -> None:
    class Lots(float):
        pass

    assert decoded(encoded(Lots(0.5))) == 0.5
    with pytest.raises(CodecError, match="object cannot be sent"):
        encoded(object())

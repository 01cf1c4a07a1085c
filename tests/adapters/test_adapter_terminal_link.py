import threading

import pytest
from adapters_fakes import NOW_UTC_S, Fault, ScriptedTerminal, reason_of

from bot.adapters.clock import ManualClock
from bot.adapters.terminal_link import TerminalLink
from bot.ports import Unknown

IPC_LOST = (-10001, "IPC send failed")


def a_link(terminal: ScriptedTerminal) -> tuple[TerminalLink, ManualClock]:
    clock = ManualClock(NOW_UTC_S)
    return TerminalLink(terminal, clock), clock


def test_an_answer_passes_untouched():
    terminal = ScriptedTerminal()
    link, _ = a_link(terminal)

    assert link.ask(terminal.account_info) is terminal.account


def test_an_empty_tuple_is_an_answer_not_a_failure():
    terminal = ScriptedTerminal()
    link, _ = a_link(terminal)

    assert link.ask(terminal.positions_get) == ()
    assert len(terminal.calls) == 1


def test_a_passing_failure_is_asked_again_after_a_short_wait():
    terminal = ScriptedTerminal()
    terminal.break_next("account_info", Fault(), Fault())
    link, clock = a_link(terminal)

    assert link.ask(terminal.account_info) is terminal.account
    assert len(terminal.calls) == 3
    assert 0.0 < clock.monotonic_s() < 1.0


def test_retries_are_bounded_and_the_reason_carries_the_last_error():
    terminal = ScriptedTerminal()
    terminal.break_next("account_info", *[Fault()] * 10)
    link, _ = a_link(terminal)

    reason = reason_of(link.ask(terminal.account_info))

    assert reason == "account_info: no answer, last error -1 Terminal: Call failed"
    assert len(terminal.calls) == 3


@pytest.mark.parametrize("error", [IPC_LOST, (-10004, "No IPC connection"), (-2, "bad"), (-4, "")])
def test_what_asking_again_cannot_heal_is_asked_once(error):
    terminal = ScriptedTerminal()
    terminal.break_next("account_info", Fault(error=error))
    link, _ = a_link(terminal)

    assert str(error[0]) in reason_of(link.ask(terminal.account_info))
    assert len(terminal.calls) == 1


def test_a_failure_that_turns_final_while_retrying_stops_the_retries():
    terminal = ScriptedTerminal()
    terminal.break_next("account_info", Fault(), Fault(error=IPC_LOST), Fault())
    link, _ = a_link(terminal)

    assert "-10001" in reason_of(link.ask(terminal.account_info))
    assert len(terminal.calls) == 2


def test_false_is_a_failure_too():
    terminal = ScriptedTerminal()
    terminal.break_next("symbols_get", Fault(value=False, error=(-2, 'Invalid "group" argument')))
    link, _ = a_link(terminal)

    assert "-2" in reason_of(link.ask(terminal.symbols_get))


@pytest.mark.parametrize(
    "error", [SystemError("exception set"), TypeError("x"), OSError("pipe"), EOFError()]
)
def test_an_exception_is_unknown_with_its_name(error):
    terminal = ScriptedTerminal()
    terminal.break_next("account_info", Fault(raises=error, error=(1, "Success")))
    link, _ = a_link(terminal)

    assert type(error).__name__ in reason_of(link.ask(terminal.account_info))
    assert len(terminal.calls) == 1


def test_an_exception_while_retrying_is_unknown_too():
    terminal = ScriptedTerminal()
    terminal.break_next("account_info", Fault(), Fault(raises=SystemError("set")))
    link, _ = a_link(terminal)

    assert "SystemError" in reason_of(link.ask(terminal.account_info))


@pytest.mark.parametrize("error", [None, (), (1,), "text", ("1", "text")])
def test_a_last_error_of_another_shape_is_code_zero(error):
    terminal = ScriptedTerminal()
    terminal.error = error
    link, _ = a_link(terminal)

    assert link.last_error()[0] == 0


def test_a_last_error_that_raises_is_code_zero():
    terminal = ScriptedTerminal()
    terminal.last_error = lambda: (_ for _ in ()).throw(SystemError("again"))
    link, _ = a_link(terminal)

    assert link.last_error() == (0, "last_error raised SystemError")


def test_only_the_first_callers_thread_may_call_the_terminal():
    terminal = ScriptedTerminal()
    link, _ = a_link(terminal)
    link.ask(terminal.account_info)
    raised = []

    def intrude() -> None:
        try:
            link.ask(terminal.account_info)
        except RuntimeError as error:
            raised.append(str(error))

    intruder = threading.Thread(target=intrude)
    intruder.start()
    intruder.join()

    assert "only the trading thread may" in raised[0]
    assert len(terminal.calls) == 1
    assert not isinstance(link.ask(terminal.account_info), Unknown)

"""Syntax-tree lints of the trading domain: one send path, no login, rules that are rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shape_lints import at_line
from shape_module import Module

_MARKER_FILES = ("bot/rules/__init__.py", "bot/rules/_rule.py")


def _holds_rules(module: Module) -> bool:
    return module.is_under("bot/rules") and module.path not in _MARKER_FILES


def unmarked_rules(module: Module) -> Iterator[str]:
    """Every function of a rule module carries @rule, or the compiled walk could not call it."""
    if not _holds_rules(module):
        return
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = {module.dotted(mark) for mark in node.decorator_list}
            if "bot.rules._rule.rule" not in marks:
                yield at_line(node, f"{node.name} is not marked @rule")


def rules_that_cannot_compile(module: Module) -> Iterator[str]:
    """f-strings and `_replace` are beyond the compiler (STYLE: what rules see)."""
    if _holds_rules(module):
        for node in module.nodes:
            if isinstance(node, ast.JoinedStr):
                yield at_line(node, "f-string in a rule")
            if isinstance(node, ast.Attribute) and node.attr == "_replace":
                yield at_line(node, "_replace in a rule")


def raising_rules(module: Module) -> Iterator[str]:
    """Rules answer with names; they raise nothing."""
    if module.is_under("bot/rules"):
        for node in module.nodes:
            if isinstance(node, ast.Raise):
                yield at_line(node, "a rule raises; its answer needs a name")


def login_calls(module: Module) -> Iterator[str]:
    """The bot attaches to the terminal a person logged in; it never logs in (FAULTS B20, B40)."""
    if not module.is_under("bot/simulator"):
        for call, _ in module.calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "login":
                yield at_line(call, "calls login")


def order_send_mentions(module: Module) -> list[str]:
    """Every place that could send an order, so that a test can demand that there is one."""
    return [
        at_line(node, "order_send")
        for node in module.nodes
        if (isinstance(node, ast.Attribute) and node.attr == "order_send")
        or (isinstance(node, ast.Constant) and node.value == "order_send")
    ]


def retries_of_sends(module: Module) -> Iterator[str]:
    """tenacity retries reads at the edge; nothing that can send an order may be wrapped in it."""
    names = [name for _, name in module.imports if name.split(".")[0] == "tenacity"]
    if names and not module.is_under("bot/adapters"):
        yield "imports tenacity outside bot/adapters"
    if names and order_send_mentions(module):
        yield "imports tenacity in a file that sends orders"

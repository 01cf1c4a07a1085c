"""Syntax-tree lints: what a formatter cannot see and a reviewer forgets.

A lint is a function from a parsed module to complaints. Names are followed through imports and
aliases, and what cannot be followed (star imports, `__import__`) is itself a complaint, so that a
lint fails closed. `test_shape.py` runs them over the project and over planted bad snippets.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from shape_module import FunctionNode, Module

Lint = Callable[[Module], Iterable[str]]


def at_line(node: ast.AST, words: str) -> str:
    return f"line {getattr(node, 'lineno', 0)}: {words}"


# --- sizes --------------------------------------------------------------------------------------

FILE_LINES_MAX, FUNCTION_LINES_MAX, PUBLIC_METHODS_MAX = 300, 40, 12


def long_functions(module: Module) -> Iterator[str]:
    """A verb of the command line declares its options in its signature; they are not counted."""
    for function in module.functions():
        first = function.body[0] if module.is_under("bot/cli") else function
        lines_count = (function.end_lineno or 0) - first.lineno + 1
        if lines_count > FUNCTION_LINES_MAX:
            yield at_line(function, f"function {function.name} has {lines_count} lines")


def public_method_counts(module: Module) -> dict[str, int]:
    """Public methods of each class, properties included, by class name."""
    return {
        node.name: sum(
            isinstance(part, FunctionNode) and not part.name.startswith("_") for part in node.body
        )
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
    }


# --- what may be imported where -----------------------------------------------------------------


def unreadable_imports(module: Module) -> Iterator[str]:
    """Imports that no lint could follow."""
    for node, name in module.imports:
        if name.endswith(".*"):
            yield at_line(node, f"star import of {name[:-2]}: its names cannot be followed")
        if name == "?":
            yield at_line(node, "import by a computed name cannot be followed")
    for node, name in module.uses:
        if name in {"__import__", "builtins.__import__"}:
            yield at_line(node, "__import__ hides what is imported")


def terminal_package_outside_cli(module: Module) -> Iterator[str]:
    if not module.is_under("bot/cli"):
        for node, name in module.imports:
            if name.split(".")[0].lower() == "metatrader5":
                yield at_line(node, "only bot/cli imports the MetaTrader5 package")


def tools_outside_cli(module: Module) -> Iterator[str]:
    if module.is_under("bot") and not module.is_under("bot/cli"):
        for node, name in module.imports:
            if name.split(".")[0] == "tools":
                yield at_line(node, "only bot/cli imports tools")


def any_in_rules(module: Module) -> Iterator[str]:
    if module.is_under("bot/rules", "bot/model"):
        for node, name in [*module.imports, *module.uses]:
            if name in {"typing.Any", "typing_extensions.Any"}:
                yield at_line(node, "a rule's types are exact: no Any")


# --- time and chance ----------------------------------------------------------------------------

CLOCK_FILE = "bot/adapters/clock.py"

_CLOCK_READS = {
    *(f"time.{name}" for name in ("time", "time_ns", "sleep", "monotonic", "monotonic_ns")),
    *(f"time.{name}" for name in ("perf_counter", "perf_counter_ns", "process_time", "ctime")),
    *(f"time.{name}" for name in ("localtime", "gmtime", "strftime", "clock_gettime", "asctime")),
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    "datetime.date.today",
    *(f"pandas.Timestamp.{name}" for name in ("now", "utcnow", "today")),
}
_CHANCE = ("os.urandom", "uuid.uuid1", "uuid.uuid4")
_SEEDED_TOOL = "random.Random"
_NEED_SEEDS = {"numpy.random.default_rng", "numpy.random.PCG64", _SEEDED_TOOL}
_SEEDED = {"Generator", "PCG64", "SeedSequence", "BitGenerator", "Philox"}


def clock_reads(module: Module) -> Iterator[str]:
    """The time is asked of a Clock; one file reads the host's."""
    if module.path != CLOCK_FILE:
        for node, name in module.uses:
            if name in _CLOCK_READS:
                yield at_line(node, f"{name}: the time is asked of a Clock ({CLOCK_FILE})")


def chance(module: Module) -> Iterator[str]:
    """Same seed, same run: chance comes only from a seeded generator that is handed around."""
    for node, name in module.imports:
        if name.split(".")[0] in {"random", "secrets"} and not _is_seeded_tool(module, name):
            yield at_line(node, f"{name.split('.')[0]}: chance without a seed of the run")
    for node, name in module.uses:
        if name.startswith(_CHANCE) or (name.startswith("random.") and name != _SEEDED_TOOL):
            yield at_line(node, f"{name}: chance without a seed of the run")
        tail = name.removeprefix("numpy.random.")
        if tail != name and tail.split(".")[0] not in _SEEDED | {"default_rng"}:
            yield at_line(node, f"{name}: numpy's hidden global generator")
    for call, name in module.calls:
        if name in _NEED_SEEDS and not _has_seed(call):
            yield at_line(call, f"{name} without a seed")


def _is_seeded_tool(module: Module, name: str) -> bool:
    """A tool may draw from the standard library's generator; the trader never draws."""
    return module.path.startswith("tools/") and name in {"random", _SEEDED_TOOL}


def _has_seed(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(given) and not (isinstance(given[0], ast.Constant) and given[0].value is None)


_ZONE_ARGUMENT_COUNT = {
    "datetime.datetime": 8,
    "datetime.datetime.fromtimestamp": 2,
    "datetime.datetime.combine": 3,
}


def naive_datetimes(module: Module) -> Iterator[str]:
    for call, name in module.calls:
        if name in {"datetime.datetime.utcfromtimestamp", "datetime.datetime.utcnow"}:
            yield at_line(call, f"{name} gives a moment without a zone")
        needed = _ZONE_ARGUMENT_COUNT.get(name)
        if needed and not _has_zone(call, needed):
            yield at_line(call, f"{name} without a time zone")
    for call, name in module.calls:
        if name.endswith("datetime.datetime.strptime") and "%z" not in ast.unparse(call):
            yield at_line(call, "strptime without %z gives a moment without a zone")
        if name.endswith(".replace") and _removes_zone(call):
            yield at_line(call, "replace(tzinfo=None) throws the zone away")


def _has_zone(call: ast.Call, needed: int) -> bool:
    zones = [keyword.value for keyword in call.keywords if keyword.arg in {"tz", "tzinfo", None}]
    zones += call.args[needed - 1 : needed]
    return any(not (isinstance(zone, ast.Constant) and zone.value is None) for zone in zones)


def _removes_zone(call: ast.Call) -> bool:
    return any(
        keyword.arg == "tzinfo"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is None
        for keyword in call.keywords
    )


# --- habits that lose accounts ------------------------------------------------------------------


def prints(module: Module) -> Iterator[str]:
    if not module.is_under("bot/cli"):
        for node, name in module.uses:
            if name in {"print", "builtins.print"}:
                yield at_line(node, "print outside bot/cli")


_BROAD = {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}


def broad_excepts(module: Module) -> Iterator[str]:
    """A handler for everything hides the bug behind the outage."""
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(module, node.type):
            yield at_line(node, "catches everything")
    for call, name in module.calls:
        if name == "contextlib.suppress" and any(_is_broad(module, kind) for kind in call.args):
            yield at_line(call, "suppresses everything")


def _is_broad(module: Module, kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(module.dotted(one) in _BROAD for one in kinds)


_UNSAFE_MODULES = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "joblib"}
_UNSAFE_NAMES = {"eval", "exec", "builtins.eval", "builtins.exec", "os.system", "os.popen"}
_UNSAFE_KEYWORDS = {"allow_pickle", "shell", "cache"}


def unsafe_readers(module: Module) -> Iterator[str]:
    """Files and arguments are read as data, never run; compiled rules are never kept on disk."""
    for node, name in module.imports:
        if name.split(".")[0] in _UNSAFE_MODULES:
            yield at_line(node, f"{name.split('.')[0]} runs what it reads")
    for node, name in module.uses:
        is_yaml = name.startswith("yaml.") and name.endswith("load") and name != "yaml.safe_load"
        if name in _UNSAFE_NAMES or is_yaml or name.endswith((".read_pickle", ".to_pickle")):
            yield at_line(node, f"{name} runs what it reads")
    for call, name in module.calls:
        for keyword in call.keywords:
            if keyword.arg in _UNSAFE_KEYWORDS and not _is_false(keyword.value):
                yield at_line(call, f"{keyword.arg}= in a call of {name or 'something'}")


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def global_state(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Global):
            yield at_line(node, f"global {', '.join(node.names)}: state belongs to an object")

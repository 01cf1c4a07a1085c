"""Small faults to plant in a rule: each changes one place of one function's syntax tree.

The kinds are those that cost money when nobody notices: a limit moved by a hair, a sign, a factor,
a guard that is gone, a smaller for a larger.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}
_NAMES = {"min": "max", "max": "min", "floor": "ceil", "ceil": "floor"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted fault: where, what stood there, what stands there now."""

    module: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    code: CodeType | None
    """The function's new code; none where a constant of the module changed."""
    value: float
    """The constant's new value; 0 where a function changed."""

    @property
    def words(self) -> str:
        """The mutant in one line, the same in every run."""
        place = f"{self.module}:{self.line} {self.function}"
        return f"{place} [{self.kind}] {self.before} -> {self.after}"


Change = tuple[str, ast.AST]
"""The kind of a fault, and the node that replaces the original."""


def _compared(node: ast.Compare) -> Iterator[Change]:
    for kind, swaps in (("boundary", _BOUNDARY), ("comparison", _OPPOSITE)):
        for place, operator in enumerate(node.ops):
            if type(operator) in swaps:
                changed = copy.deepcopy(node)
                changed.ops[place] = swaps[type(operator)]()
                yield kind, changed


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield "constant", ast.Constant(value + 1)
        yield "constant", ast.Constant(value - 1)


def _swapped_name(node: ast.Call) -> Iterator[Change]:
    changed = copy.deepcopy(node)
    if isinstance(changed.func, ast.Name) and changed.func.id in _NAMES:
        changed.func.id = _NAMES[changed.func.id]
        yield "call", changed
    elif isinstance(changed.func, ast.Attribute) and changed.func.attr in _NAMES:
        changed.func.attr = _NAMES[changed.func.attr]
        yield "call", changed


def _joined(node: ast.BoolOp) -> Iterator[Change]:
    yield "and/or", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        rest = node.values[:place] + node.values[place + 1 :]
        yield "dropped", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _expression_changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.Constant():
            yield from _constant(node)
        case ast.Call():
            yield from _swapped_name(node)
        case ast.BoolOp():
            yield from _joined(node)
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            swapped = _ARITHMETIC[type(node.op)]()
            yield "arithmetic", ast.BinOp(node.left, swapped, node.right)
        case ast.UnaryOp():
            yield "dropped", node.operand
        case ast.IfExp():
            yield "branches", ast.IfExp(node.test, node.orelse, node.body)


def _statement_changes(node: ast.AST, returned: str) -> Iterator[Change]:
    match node:
        case ast.AugAssign() if type(node.op) in _ARITHMETIC:
            swapped = _ARITHMETIC[type(node.op)]()
            yield "arithmetic", ast.AugAssign(node.target, swapped, node.value)
        case ast.If():
            yield "guard gone", ast.If(ast.Constant(False), node.body, node.orelse)  # noqa: FBT003
        case ast.Return(value=ast.expr() as value) if returned == "bool":
            yield "return", ast.Return(ast.UnaryOp(ast.Not(), value))
        case ast.Return(value=ast.expr() as value) if returned in {"float", "int"}:
            yield "return", ast.Return(ast.BinOp(value, ast.Add(), ast.Constant(1)))


class _Replaced(ast.NodeTransformer):
    """Puts one node where another one stood."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else super().visit(node)


def _function_code(tree: ast.FunctionDef, old: ast.AST, new: ast.AST) -> CodeType:
    """Code of the function with `new` in the place of `old`; the tree itself stays as it is."""
    memo: dict[int, object] = {id(old): old}  # the copy keeps the very node to be replaced
    changed = _Replaced(old, ast.copy_location(new, old)).visit(copy.deepcopy(tree, memo))
    if not isinstance(changed, ast.FunctionDef):
        raise TypeError(f"changed: {type(changed).__name__}; allowed: a function definition")
    changed.decorator_list = []
    whole = ast.fix_missing_locations(ast.Module([changed], []))
    compiled = compile(whole, f"<mutant of {tree.name}>", "exec", dont_inherit=True, flags=0)
    return next(part for part in compiled.co_consts if isinstance(part, CodeType))


def _is_same(old: ast.AST, new: ast.AST) -> bool:
    return ast.dump(old) == ast.dump(new)


def _function_mutants(module: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    function.args = copy.deepcopy(function.args)
    for part in ast.walk(function.args):
        if isinstance(part, ast.arg):
            part.annotation = None
    returned = ast.unparse(function.returns) if function.returns else ""
    function.returns = None
    for statement in function.body:
        for node in ast.walk(statement):
            changes = [*_expression_changes(node), *_statement_changes(node, returned)]
            for kind, new in changes:
                if not _is_same(node, new):
                    code = _function_code(function, node, new)
                    line = getattr(node, "lineno", function.lineno)
                    before, after = _shown(node), _shown(new)
                    yield Mutant(module, function.name, line, kind, before, after, code, 0.0)


def _shown(node: ast.AST) -> str:
    """What a node reads like, its first line only: of a guard nobody needs the body."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]


def _constant_mutants(module: str, node: ast.Assign) -> Iterator[Mutant]:
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
        for kind, new in _constant(value):
            after = ast.unparse(new)
            number = float(ast.literal_eval(after))
            yield Mutant(
                module, target.id, node.lineno, kind, ast.unparse(value), after, None, number
            )


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module's functions and numeric constants, in the order of the file."""
    found: list[Mutant] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found += _function_mutants(module, node)
        elif isinstance(node, ast.Assign):
            found += _constant_mutants(module, node)
    return found


def sampled(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` of them, drawn by a hash of their words: the same ones for the same seed."""

    def draw(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed} {mutant.words}".encode()).hexdigest()

    return sorted(sorted(mutants, key=draw)[:count], key=lambda one: (one.module, one.line))

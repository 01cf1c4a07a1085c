"""A parsed module in which names are followed through imports and aliases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One parsed file: its path in the project, its tree, what its names stand for."""

    path: str
    tree: ast.Module
    names: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """Module-level names bound once, to a literal text."""

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @classmethod
    def parse(cls, path: str, source: str) -> Module:
        tree = ast.parse(source, path)
        module = cls(path, tree)
        for node in module.nodes:
            module._learn(node)
        module._learn_texts()
        return module

    def _learn_texts(self) -> None:
        bound: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        bound.setdefault(target.id, []).append(node.value)
        for name, values in bound.items():
            if len(values) == 1 and _text(values[0]) is not None:
                self.texts[name] = str(_text(values[0]))

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                known_as = alias.asname or alias.name.split(".")[0]
                self.names[known_as] = alias.name if alias.asname else known_as
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.names[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, source = node.targets[0], self.dotted(node.value)
            if isinstance(target, ast.Name) and source and source.split(".")[0] in _WATCHED:
                self.names[target.id] = source

    def dotted(self, node: ast.AST) -> str:
        """The full dotted name of an expression, or nothing when it is not a plain name."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else ""
        if isinstance(node, ast.Call) and self.dotted(node.func) == "getattr":
            return self._dotted_getattr(node)
        return ""

    def _dotted_getattr(self, node: ast.Call) -> str:
        base = self.dotted(node.args[0]) if node.args else ""
        name = node.args[1] if len(node.args) > 1 else None
        if base and isinstance(name, ast.Constant) and isinstance(name.value, str):
            return f"{base}.{name.value}"
        return ""

    def is_under(self, *folders: str) -> bool:
        own = PurePosixPath(self.path)
        return any(own == PurePosixPath(f) or PurePosixPath(f) in own.parents for f in folders)

    @cached_property
    def imports(self) -> list[tuple[ast.AST, str]]:
        """Every imported dotted name, imports by a call included; "?" where unreadable."""
        return list(self._imports())

    def _imports(self) -> Iterator[tuple[ast.AST, str]]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and self.dotted(node.func) in _IMPORT_CALLS:
                first = node.args[0] if node.args else None
                known = self.texts.get(first.id) if isinstance(first, ast.Name) else _text(first)
                yield node, known or "?"

    @cached_property
    def uses(self) -> list[tuple[ast.AST, str]]:
        """Every name or attribute that is read, by its full dotted name."""
        return list(self._uses())

    def _uses(self) -> Iterator[tuple[ast.AST, str]]:
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute | ast.Call):
                dotted = self.dotted(node)
                if dotted:
                    yield node, dotted

    @cached_property
    def calls(self) -> list[tuple[ast.Call, str]]:
        """Every call with the full dotted name of what is called."""
        return [(node, self.dotted(node.func)) for node in self.nodes if isinstance(node, ast.Call)]

    def functions(self) -> Iterator[FunctionNode]:
        for node in self.nodes:
            if isinstance(node, FunctionNode):
                yield node


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


_WATCHED = {"time", "datetime", "random", "numpy", "pandas", "pickle", "yaml", "os", "builtins"}
_IMPORT_CALLS = {"__import__", "importlib.import_module", "builtins.__import__"}

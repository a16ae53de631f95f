"""Every regular expression of ``codemods/`` and ``cli/``, found in their source.

A call of ``re`` is found in the syntax tree, and its expression and flags are evaluated in the
module that it stands in. What is known only when the call runs is a sample: a name. Expressions
that a module makes in a comprehension are taken from the module's constants.
"""

from __future__ import annotations

import ast
import builtins
import enum
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_MADE = {"compile", "search", "match", "sub", "subn", "split", "findall", "finditer", "fullmatch"}
_CHEAP = {"match": 1, "fullmatch": 1, "search": 2}


class Use(enum.IntEnum):
    """How an expression is used, the cheapest first."""

    MATCH = 1
    """Only at the beginning of a text."""
    SEARCH = 2
    """Up to the first match."""
    ALL = 3
    """For every match, or in a way that cannot be told."""


@dataclass(frozen=True)
class Expression:
    """One expression with one set of flags."""

    where: str
    """``codemods/demands/text.py:_COUNT``, or the function that makes it; the first of several."""
    pattern: str | bytes
    flags: int
    use: Use
    """The dearest of its uses."""


class _Sample:
    """Has every attribute, and can be called."""

    def __getattr__(self, name: str) -> _Sample:
        return self

    def __call__(self, *arguments: object, **named: object) -> _Sample:
        return self

    def __getitem__(self, item: object) -> _Sample:
        return self


class _Text(_Sample, str):  # type: ignore[misc]
    def encode(self, *arguments: object, **named: object) -> bytes:
        return _BYTES


class _Bytes(_Sample, bytes):  # type: ignore[misc]
    def encode(self, *arguments: object, **named: object) -> bytes:
        return self


_BYTES = _Bytes(b"some_name")
_SAMPLES: tuple[Any, ...] = (_Text("some_name"), _BYTES, 4, (_BYTES, _BYTES))
"""What stands for a name that is known only when the code runs; the first that fits."""


class _Names(dict[str, Any]):
    """The module's names, and a sample for the others."""

    sample: Any = None

    def __missing__(self, name: str) -> Any:
        return vars(builtins).get(name, self.sample)


def modules() -> Iterator[tuple[str, Path]]:
    """``(name, file)`` of each module."""
    for room in ("codemods", "cli"):
        for path in sorted((ROOT / room).rglob("*.py")):
            inner = path.relative_to(ROOT / room).with_suffix("")
            if "sample-project" in inner.parts:
                continue
            parts = ["codemods"] if room == "codemods" else ["codemods", "cli"]
            parts += [part for part in inner.parts if part not in ("__init__", "__main__")]
            if path.name != "__main__.py":
                yield ".".join(parts), path


def expressions() -> tuple[list[Expression], list[str]]:
    """All of them, and the calls of ``re`` that no expression was found for."""
    found: dict[tuple[str | bytes, int], Expression] = {}
    unread: list[str] = []

    def add(where: str, pattern: str | bytes, flags: int, use: Use) -> None:
        flags = re.compile(pattern, flags).flags
        known = found.get((pattern, flags))
        if known is None or use > known.use:
            found[pattern, flags] = Expression(where, pattern, flags, use)

    trees = {name: (path, ast.parse(path.read_bytes())) for name, path in modules()}
    own = {name: _uses(tree) for name, (_, tree) in trees.items()}
    public: dict[str, Use] = {}
    for uses in own.values():
        for constant, use in uses.items():
            public[constant] = max(use, public.get(constant, Use.MATCH))
    for name, (path, tree) in trees.items():
        file = path.relative_to(ROOT).as_posix()
        names = _Names(vars(importlib.import_module(name)))
        uses = own[name]
        for constant, value in list(names.items()):
            for made in _compiled(value, set()):
                # A private name is this module's own, though others have one like it.
                known = uses if constant.startswith("_") else public
                use = known.get(constant, Use.ALL)
                add(f"{file}:{constant}", made.pattern, made.flags, use)
        for call, method, owner in _calls(tree):
            where = f"{file}:{owner.lstrip('=')}"
            if owner.startswith("="):
                # A constant: see above.
                if not list(_compiled(names[owner[1:]], set())):
                    unread.append(where)
                continue
            use = Use.ALL if method == "compile" else _use(method)
            patterns = list(_patterns(call, names, tree))
            if not patterns:
                unread.append(where)
            for pattern, flags in patterns:
                add(where, pattern, flags, use)
    return list(found.values()), unread


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Each call of ``re`` with its method, and the function, or with ``=`` before it the constant,
    that it stands in."""
    for statement in tree.body:
        owner = getattr(statement, "name", "")
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            owner = "=" + "".join(item.id for item in targets if isinstance(item, ast.Name))
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in _MADE
                and node.args
            ):
                yield node, node.func.attr, owner


def _patterns(call: ast.Call, names: _Names, tree: ast.Module) -> Iterator[tuple[str | bytes, int]]:
    for choice in _choices(call.args[0], tree):
        pattern = _evaluate(choice, names)
        if isinstance(pattern, re.Pattern):
            yield pattern.pattern, pattern.flags
        elif isinstance(pattern, str | bytes) and not isinstance(pattern, _Sample):
            yield pattern, _flags(call, names)


def _choices(written: ast.expr, tree: ast.Module) -> Iterable[ast.expr]:
    """The expression, or for a local name what it is assigned."""
    if not isinstance(written, ast.Name):
        return (written,)
    assigned = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(item, ast.Name) and item.id == written.id for item in node.targets)
    ]
    return assigned or (written,)


def _flags(call: ast.Call, names: _Names) -> int:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(method, 2)
    given = [item.value for item in call.keywords if item.arg == "flags"] + call.args[at : at + 1]
    return int(_evaluate(given[0], names)) if given else 0


def _evaluate(node: ast.expr, names: _Names) -> Any:
    code = compile(ast.Expression(node), "<expression>", "eval")
    for names.sample in _SAMPLES:
        try:
            return eval(code, names)
        except (TypeError, ValueError, LookupError, AttributeError):
            continue
    return None


def _compiled(value: Any, seen: set[int]) -> Iterator[re.Pattern[Any]]:
    """The compiled expressions in a value, however deep."""
    if isinstance(value, re.Pattern):
        yield value
        return
    if id(value) in seen or isinstance(value, str | bytes | int | type):
        return
    seen.add(id(value))
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, tuple | list | set | frozenset):
        parts = value
    elif is_dataclass(value):
        parts = [getattr(value, item.name) for item in fields(value)]
    for part in parts:
        yield from _compiled(part, seen)


def _use(method: str) -> Use:
    return Use(_CHEAP.get(method, Use.ALL))


def _uses(tree: ast.Module) -> dict[str, Use]:
    """What a module does with each constant, by its name."""
    called: dict[int, Use] = {}
    constants: list[ast.Name] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # A second argument says where to begin: that may be everywhere, in a loop.
            use = _use(node.func.attr) if len(node.args) == 1 else Use.ALL
            called[id(node.func.value)] = use
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and _is_constant(node):
            constants.append(node)
    found: dict[str, Use] = {}
    for node in constants:
        found[node.id] = max(called.get(id(node), Use.ALL), found.get(node.id, Use.MATCH))
    return found


def _is_constant(node: ast.Name) -> bool:
    return node.id.strip("_").isupper()

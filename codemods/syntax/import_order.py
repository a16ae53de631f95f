"""How a file orders its imports: sections, the order of statements, the order of names."""

from __future__ import annotations

import ast
import itertools
import re
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal

Import = ast.Import | ast.ImportFrom
Key = Callable[[str], Any]
Style = Literal["plain-first", "from-first", "mixed"]

STANDARD, THIRD_PARTY, FIRST_PARTY, RELATIVE = range(4)


def source_module(statement: Import) -> str:
    """The module that a statement imports (from); relative ones keep their dots."""
    if isinstance(statement, ast.ImportFrom):
        return "." * statement.level + (statement.module or "")
    return statement.names[0].name


def section(module: str, first_party: Collection[str] = ()) -> int:
    """``STANDARD``, ``THIRD_PARTY``, ``FIRST_PARTY`` or ``RELATIVE``. What belongs to the project
    must be told: by its name alone it looks like any other package."""
    if module.startswith("."):
        return RELATIVE
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return STANDARD
    return FIRST_PARTY if top in first_party else THIRD_PARTY


def _natural(text: str) -> list[tuple[int, int | str]]:
    parts = re.split(r"(\d+)", text)
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts if part]


def _by_type(name: str) -> tuple[int, list[tuple[int, int | str]]]:
    """isort's default: constants, then classes, then the rest."""
    if name.isupper() and len(name) > 1:
        return 0, _natural(name.lower())
    return 1 if name[:1].isupper() else 2, _natural(name.lower())


def _dots_first(module: str) -> tuple[int, list[tuple[int, int | str]]]:
    """Farther packages before nearer ones, as isort and ruff do it."""
    rest = module.lstrip(".")
    return len(rest) - len(module), _natural(rest.lower())


NAME_KEYS: tuple[Key, ...] = (_by_type, lambda name: _natural(name.lower()), str)
MODULE_KEYS: tuple[Key, ...] = (_dots_first, str)


def position(present: Sequence[str], new: str, keys: Sequence[Key]) -> int | None:
    """Where ``new`` belongs among ``present`` by the first key that they are sorted by, as an
    index to insert at; ``None`` when they are sorted by none."""
    for key in keys:
        values = [key(item) for item in present]
        if all(one <= two for one, two in itertools.pairwise(values)):
            wanted = key(new)
            return sum(1 for value in values if value <= wanted)
    return None


def style_of(blocks: Sequence[Sequence[Import]]) -> Style:
    """Whether ``import x`` stands before ``from x import y`` in the blocks that have both; the
    first when none has."""
    found: set[Style] = set()
    for block in blocks:
        kinds = [isinstance(statement, ast.ImportFrom) for statement in block]
        if len(set(kinds)) == 2:
            ordered = kinds == sorted(kinds)
            reverse = kinds == sorted(kinds, reverse=True)
            found.add("plain-first" if ordered else "from-first" if reverse else "mixed")
    if len(found) > 1:
        return "mixed"
    return next(iter(found), "plain-first")


def one_name_a_line(statements: Sequence[Import]) -> bool:
    """Whether the file keeps to isort's ``force_single_line``: several statements for one module,
    and never two names in one. Those with ``as`` say nothing: isort parts them anyway."""
    froms = [
        item
        for item in statements
        if isinstance(item, ast.ImportFrom) and not any(alias.asname for alias in item.names)
    ]
    modules = [source_module(item) for item in froms]
    return len(set(modules)) < len(modules) and all(len(item.names) == 1 for item in froms)

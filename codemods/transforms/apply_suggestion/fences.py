"""Fenced code of a suggestion, as the new versions of single statements.

Each statement of the fence must have an older version (or stand already) where the finding stands;
a fence that defines something, or holds a lock, a ``try`` or an ``await``, is a design and no edit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.findings.model import Code
from codemods.transforms.apply_suggestion.adding import is_cleaning, is_guard
from codemods.transforms.apply_suggestion.code import SIMPLE, is_wildcard
from codemods.transforms.apply_suggestion.prose import RequestedEdit

_PYTHON = frozenset({None, "", "python", "py", "python3"})
_CHOICES = re.compile(
    r"^\s*#\s*(?:or\b|option|alternative|before|old|bad|instead|remove)", re.I | re.M
)
_SILENT = (ast.Pass, ast.Continue, ast.Break, ast.Import, ast.ImportFrom)


def read_fence(code: Code) -> tuple[RequestedEdit, ...]:
    """The requested edits of one fence; empty where it is no list of new versions."""
    if code.language not in _PYTHON or _CHOICES.search(code.text):
        return ()
    fragment = _fragment(code.text)
    if fragment:
        return fragment
    try:
        module = ast.parse(code.text)
    except (SyntaxError, ValueError):
        # Cut out of its statement, or abridged in a way that is not Python.
        return ()
    if any(isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)) for node in ast.walk(module)):
        return ()
    try:
        return tuple(_requested_edits(module.body, code.text))
    except _DesignError:
        return ()


class _DesignError(Exception):
    """A statement that is no new version of one."""


def _fragment(text: str) -> tuple[RequestedEdit, ...]:
    """A fence that begins with ``.options(…)``, or lists entries of a dictionary."""
    plain = "\n".join(line.split("#")[0] for line in text.splitlines()).strip().rstrip(",")
    if plain.startswith("."):
        return (RequestedEdit("method", f"_{plain}", role="fence"),) if _parses(f"_{plain}") else ()
    entries = "{" + plain + "}"
    if re.match(r"[\"']\w+[\"']\s*:", plain) and _parses(entries):
        return (RequestedEdit("entries", entries, role="fence"),)
    return ()


def _parses(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        # Not an expression.
        return False
    return True


def _requested_edits(body: list[ast.stmt], text: str) -> Iterator[RequestedEdit]:
    for statement in body:
        if isinstance(statement, _SILENT) or is_wildcard(statement):
            continue
        segment = ast.get_source_segment(text, statement) or ""
        if isinstance(statement, SIMPLE):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                yield RequestedEdit("fence", segment, role="fence", sentence=segment)
        elif isinstance(statement, (ast.If, ast.For)) and not statement.orelse:
            if is_guard(statement) or is_cleaning(statement):
                parts = tuple(_parts(statement, text)) if "\n" in segment else ()
                yield RequestedEdit(
                    "fence", _bare(statement, text), role="fence", sentence=segment, parts=parts
                )
                continue
            yield from _parts(statement, text)
        else:
            raise _DesignError


def _bare(statement: ast.stmt, text: str) -> str:
    """A statement in lines that parse by themselves, with the comments on them."""
    lines = text.split("\n")[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(line[statement.col_offset :] for line in lines)


def _parts(statement: ast.If | ast.For, text: str) -> Iterator[RequestedEdit]:
    """A compound statement as its header and what is in its block."""
    segment = ast.get_source_segment(text, statement) or ""
    header = segment[: segment.index("\n")] if "\n" in segment else ""
    header = header.split("#")[0].rstrip()
    if not header.endswith(":"):
        raise _DesignError
    yield RequestedEdit("fence", header, role="fence", sentence=header)
    yield from _requested_edits(statement.body, text)

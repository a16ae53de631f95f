"""Fenced code as edits: each statement of it is one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codemods.demands.code import comments_in
from codemods.demands.demands import Text
from codemods.demands.requested import RequestedEdit
from codemods.findings.model import Code
from codemods.syntax.segments import segment_of
from codemods.transforms.apply_suggestion.adding import is_cleaning, is_guard
from codemods.transforms.apply_suggestion.code import SIMPLE, is_wildcard, parsed

_PYTHON = frozenset({None, "", "python", "py", "python3"})
_SILENT = (ast.Pass, ast.Continue, ast.Break, ast.Import, ast.ImportFrom)


def read_fence(code: Code) -> tuple[RequestedEdit, ...]:
    """The requested edits of one fence; empty where it is no list of new versions."""
    if code.language not in _PYTHON or _shows_others(code.text):
        return ()
    fragment = _fragment(code.text)
    if fragment:
        return fragment
    header = _header(code.text)
    if header is not None:
        return (_edit(header, code.text),)
    body = parsed(code.text, "exec")
    waiting = (ast.Await, ast.Yield, ast.YieldFrom)
    if body is None or any(isinstance(node, waiting) for item in body for node in ast.walk(item)):
        # Cut out of its statement, or abridged in a way that is not Python; or a design.
        return ()
    try:
        return tuple(_requested_edits(body, code.text))
    except _DesignError:
        return ()


def _header(text: str) -> str | None:
    """The ``def`` line that a fence is, with nothing below it."""
    code = "\n".join(line.split("  #")[0].rstrip() for line in text.strip().split("\n"))
    if not code.startswith(("def ", "async def ")) or not code.endswith(":"):
        return None
    body = parsed(f"{code} ...", "exec")
    return code if body is not None and len(body) == 1 else None


def parts_of(edit: RequestedEdit) -> tuple[RequestedEdit, ...]:
    """A guard in several lines as header and body, for where it has an older version."""
    body = parsed(edit.new, "exec") if "\n" in edit.new and edit.old is None else None
    if not body or len(body) > 1 or not isinstance(body[0], (ast.If, ast.For)):
        return ()
    if not (is_guard(body[0]) or is_cleaning(body[0])):
        return ()
    try:
        return tuple(
            replace(part, lines=edit.lines, block=edit.block) for part in _parts(body[0], edit.new)
        )
    except _DesignError:
        return ()


def _shows_others(code: str) -> bool:
    """Whether it shows what stands there now, or several ways to do it."""
    return any(Text(comment).says("other-code") for comment in comments_in(code))


def _edit(new: str, shown: str) -> RequestedEdit:
    return RequestedEdit(new, sentence=shown, ahead=Text(shown).says("first"))


class _DesignError(Exception):
    """A statement that is no new version of one."""


def _fragment(text: str) -> tuple[RequestedEdit, ...]:
    """A fence that begins with ``.options(…)``, or lists entries of a dictionary."""
    plain = "\n".join(line.split("#")[0] for line in text.splitlines()).strip().rstrip(",")
    if plain.startswith("."):
        called = parsed(f"_{plain}", "eval") is not None
        return (RequestedEdit(f"_{plain}", kind="method"),) if called else ()
    entries = "{" + plain + "}"
    if re.match(r"[\"']\w+[\"']\s*:", plain) and parsed(entries, "eval") is not None:
        return (RequestedEdit(entries, kind="entries"),)
    return ()


def _requested_edits(body: Sequence[ast.AST], text: str) -> Iterator[RequestedEdit]:
    for statement in body:
        if isinstance(statement, _SILENT) or is_wildcard(statement):
            continue
        segment = segment_of(text, statement)
        if isinstance(statement, SIMPLE):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                yield _edit(segment, segment)
        elif isinstance(statement, (ast.If, ast.For)) and not statement.orelse:
            if is_guard(statement) or is_cleaning(statement):
                if "\n" in segment:
                    # What it consists of has to be readable as well.
                    list(_parts(statement, text))
                yield _edit(_bare(statement, text), segment)
                continue
            yield from _parts(statement, text)
        elif isinstance(statement, ast.ClassDef) and all(map(_is_field, statement.body)):
            for edit in _requested_edits(statement.body, text):
                yield replace(edit, scopes=(statement.name,))
        else:
            raise _DesignError


def _is_field(statement: ast.stmt) -> bool:
    """A field of a class with its value, its docstring, or what is left out."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None


def _bare(statement: ast.stmt, text: str) -> str:
    """A statement in lines that parse by themselves, with the comments on them."""
    lines = text.split("\n")[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(line[statement.col_offset :] for line in lines)


def _parts(statement: ast.If | ast.For, text: str) -> Iterator[RequestedEdit]:
    """A compound statement as its header and what is in its block."""
    segment = segment_of(text, statement)
    header = segment[: segment.index("\n")] if "\n" in segment else ""
    header = header.split("#")[0].rstrip()
    if not header.endswith(":"):
        raise _DesignError
    yield _edit(header, header)
    yield from _requested_edits(statement.body, text)

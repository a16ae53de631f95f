"""Handlers that a finding shows as they are to be: read out of its code, and fitted to today's."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from codemods.analysis.logs.levels import AWAITED, LOGGING
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import type_names
from codemods.syntax.statements import is_bare_constant


@dataclass(frozen=True, kw_only=True)
class NewHandler:
    """A handler as it is to stand there."""

    code: str
    """All of it: ``except OSError as error:`` and the lines of its block."""
    tried: str = ""
    """The block of the ``try`` that it is for, where that is shown."""
    above: str = ""
    """The end of that block, where no more is shown."""


def shown_handlers(code: str) -> Iterator[NewHandler]:
    """The handlers of a piece of code, in its order, each with a type and a block; code that is
    cut off anywhere is read too. One within another is a part of that."""
    lines = textwrap.dedent(code.replace("\t", "    ")).split("\n")
    end = 0
    for number, line in enumerate(lines):
        head = line.lstrip()
        if number < end or not head.startswith("except "):
            continue
        indent = len(line) - len(head)
        block = _block(lines[number + 1 :], indent)
        end = number + 1 + len(block)
        text = textwrap.dedent("\n".join([line, *block])).rstrip()
        made = parsed_handler(text)
        if made is not None and not all(map(is_bare_constant, made.body)):
            tried = _tried(lines[:number], indent)
            above = "" if tried else _above(lines[:number], indent)
            yield NewHandler(code=text, tried=tried, above=above)


@lru_cache(maxsize=256)
def parsed_handler(code: str) -> ast.ExceptHandler | None:
    """The handler that ``code`` is; ``None`` for what is none with a type."""
    if code.endswith(":"):
        code = f"{code} ..."
    try:
        (made,) = ast.parse(f"try:\n    pass\n{code}\n").body
    except (SyntaxError, ValueError):
        # Words, or code that is cut off.
        return None
    if not isinstance(made, ast.Try) or len(made.handlers) != 1 or made.finalbody or made.orelse:
        return None
    return made.handlers[0] if made.handlers[0].type is not None else None


def log_of(new: NewHandler, handler: ast.ExceptHandler) -> tuple[str, str] | None:
    """The method and the text of the log call of a handler that is shown, parsed; ``None`` where
    there is none."""
    call = next(iter(_logs(handler.body)), None)
    if call is None:
        return None
    text = ast.get_source_segment(f"try:\n    pass\n{new.code}\n", call)
    return last_name(call.func), text or ast.unparse(call)


def fits(new: NewHandler, handler: ast.ExceptHandler) -> bool:
    """Whether a handler is the older version of one that is shown: what they do beside logging is
    the same, or not shown."""
    wanted = parsed_handler(new.code)
    if wanted is None or len(_logs(wanted.body)) > 1 or len(_logs(handler.body)) > 1:
        return False
    if _logs(handler.body) and not _logs(wanted.body):
        # The log line that stands there would go, or stay: nobody says which.
        return False
    if handler.name is not None and wanted.name not in (None, handler.name):
        return False
    shown = _beside_logs(wanted.body)
    return not shown or shown == _beside_logs(handler.body)


def is_like(new: NewHandler, handler: ast.ExceptHandler) -> bool:
    """Whether a handler is what is shown: its types, and its log call."""
    wanted = parsed_handler(new.code)
    if wanted is None or not is_typed_like(new, handler):
        return False
    return list(map(ast.dump, _logs(wanted.body))) == list(map(ast.dump, _logs(handler.body)))


def is_typed_like(new: NewHandler, handler: ast.ExceptHandler) -> bool:
    """Whether a handler is for the types of one that is shown."""
    wanted = parsed_handler(new.code)
    return wanted is not None and set(type_names(wanted)) == set(type_names(handler))


def chosen(
    shown: Sequence[NewHandler], block: ast.Try, handler: ast.ExceptHandler
) -> NewHandler | None:
    """The one that a handler of ``block`` is to become: the one that is shown with this very
    ``try``, or the only one."""
    fitting = [item for item in shown if fits(item, handler)]
    nodes = (node for statement in block.body for node in ast.walk(statement))
    body = {ast.dump(node) for node in nodes if isinstance(node, ast.stmt)}
    last = ast.dump(_last(block.body))
    common = {
        item.code: len(body & {*dumps}) + _NEAREST * (dumps[-1:] == [last])
        for item in fitting
        for dumps in [list(_dumps(item.tried or item.above))]
    }
    best = max(common.values(), default=0)
    # One that is shown with another `try`, all of it, is for that one.
    fitting = [item for item in fitting if common[item.code] == best and (best or not item.tried)]
    return fitting[0] if len({item.code for item in fitting}) == 1 else None


_NEAREST = 100
"""What the line right above a handler says of which one it is, against any other."""


def _last(body: Sequence[ast.stmt]) -> ast.stmt:
    """The statement that stands last, in whatever block."""
    statement = body[-1]
    for name in ("finalbody", "orelse", "body"):
        inner = getattr(statement, name, None)
        if isinstance(inner, list) and inner:
            return _last(inner)
    return statement


def _dumps(code: str) -> Iterator[str]:
    """The statements of a piece of code; of one that is cut off, those that stand on one line."""
    for text in (code, *code.split("\n")):
        try:
            body = ast.parse(text.strip()).body
        except (SyntaxError, ValueError):
            # It is abridged: then it says nothing.
            continue
        yield from (ast.dump(item) for item in body if not is_bare_constant(item))
        if text is code:
            return


def _block(lines: Sequence[str], indent: int) -> list[str]:
    """The lines that are indented more."""

    return list(takewhile(lambda line: _indent(line, indent + 1) > indent, lines))


def _tried(before: Sequence[str], indent: int) -> str:
    """The block of the ``try`` that begins in the lines above a handler, at its indentation."""
    for number in range(len(before) - 1, -1, -1):
        line = before[number]
        if line.strip() == "try:" and _indent(line, 0) == indent:
            return textwrap.dedent("\n".join(_block(before[number + 1 :], indent))).strip("\n")
    return ""


def _above(before: Sequence[str], indent: int) -> str:
    """The lines of the ``try`` right above a handler."""
    lines = _block(list(reversed(before)), indent)
    return textwrap.dedent("\n".join(reversed(lines))).strip("\n")


def _indent(line: str, blank: int) -> int:
    """By how much a line is indented; ``blank`` for an empty one."""
    return len(line) - len(line.lstrip()) if line.strip() else blank


def _logs(body: Sequence[ast.stmt]) -> list[ast.Call]:
    values = (item.value for item in body if isinstance(item, ast.Expr))
    calls = (item.value if isinstance(item, ast.Await) else item for item in values)
    return [item for item in calls if isinstance(item, ast.Call) and _is_log(item)]


def _is_log(call: ast.Call) -> bool:
    return last_name(call.func) in (*LOGGING, *AWAITED)


def _beside_logs(body: Sequence[ast.stmt]) -> list[str]:
    logs = _logs(body)
    kept = []
    for item in body:
        value = item.value if isinstance(item, ast.Expr) else None
        value = value.value if isinstance(value, ast.Await) else value
        if value not in logs and not isinstance(item, ast.Pass) and not is_bare_constant(item):
            kept.append(ast.dump(item))
    return kept

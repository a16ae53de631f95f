"""Whether the text of a log call takes the values that it is given."""

from __future__ import annotations

import ast
import re

from codemods.tables import words

_PLACEHOLDER = re.compile(
    r"%(?:%|(\([^)%]{0,80}\))?[#0+ -]{0,5}\d{0,9}(?:\.\d{1,9})?[diouxXeEfFgGcrsa])"
)
_TO_LOGGING = words("exc_info stack_info stacklevel extra")
"""The keywords that the standard library's methods take."""
_TEXTS = words("str repr ascii format type len")


def misformatted(call: ast.Call) -> str | None:
    """Why :mod:`logging` cannot format the record of a call, in words; ``None`` if it can, or if
    that is unknown. Such a record is reported on ``stderr`` instead, and comes to no handler.

    ``logger.error("cannot save", error)`` has no ``%s`` for the error. A single value may be a
    mapping, which a text without a placeholder takes as well.

    Args:
        call: with the text first, in the way of the standard library.
    """
    match call.args:
        case [ast.Constant(value=str() as text), first, *more]:
            values = [first, *more]
        case _:
            return None
    if any(isinstance(item, ast.Starred) for item in values):
        return None
    found = list(_PLACEHOLDER.finditer(text))
    taken = [item for item in found if item.group() != "%%"]
    if sum(map(len, (item.group() for item in found))) and any(item.group(1) for item in taken):
        return None
    if "%" in _PLACEHOLDER.sub("", text) or len(taken) == len(values):
        return None
    if not taken and len(values) == 1 and isinstance(first, ast.Dict):
        return None
    places = "1 placeholder" if len(taken) == 1 else f"{len(taken)} placeholders"
    given = "1 value" if len(values) == 1 else f"{len(values)} values"
    return f"its text has {places} for {given}, so the record is never written"


def is_no_mapping(call: ast.Call, exception: str | None) -> bool:
    """Whether no single value of the call can be a mapping, which any text takes.

    Args:
        call: for which :func:`misformatted` has something to say.
        exception: the name of the handler's.
    """
    if len(call.args) != 2:
        return True
    match call.args[1]:
        case ast.Name(id=name):
            return name == exception
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _TEXTS
    return False


def fills_braces(call: ast.Call) -> bool:
    """Whether a call names values for its text, ``error("no {path}", path=path)``: :mod:`logging`
    takes no such keyword, and structlog fills no braces."""
    match call.args:
        case [ast.Constant(value=str() as text), *_]:
            names = (item.arg for item in call.keywords if item.arg not in (None, *_TO_LOGGING))
            return any(f"{{{name}" in text for name in names)
    return False

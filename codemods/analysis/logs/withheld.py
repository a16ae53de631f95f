"""Log calls that keep something of an exception back: a traceback would show it.

The last lines of a traceback are the exception's own text, with those of its causes. Who takes a
password out of that text, logs the type alone, or writes in a comment that no traceback is wanted,
has decided.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator

from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.parts import targets_of, values_given
from codemods.syntax.tree import Tree
from codemods.tables import WordTable, words

_LINTER = re.compile(r"\bnoqa(?!:)|\bnoqa:[^#]{0,200}\b(?:TRY400|TRY40?|TRY)(?!\w)", re.IGNORECASE)
"""ruff's rule that asks for the same, switched off, alone or with all others."""
_WHOLE_FILE = re.compile(
    rb"^[ \t]*#[ \t]*(?:ruff|flake8):[ \t]*noqa(?:[ \t]*$|:[^\n]{0,200}\bTRY(?:4\d*)?(?!\w))",
    re.IGNORECASE | re.MULTILINE,
)
_NOT = r"(?:\b(?:no|not|never|without|cannot)\b|n['’]t\b|\b(?:avoid|suppress|omit|skip)\w*)"
_UNWANTED = re.compile(
    rf"{_NOT}[^.;:]{{0,40}}?\b(?:trace ?backs?|stack ?traces?|exc_info)\b|"
    r"(?:\b(?:not|never)|n['’]t|\bavoid) +(?:to )?(?:log|print|expos|leak|includ|reveal|show)\w*"
    r" +(?:the |any |its |an? )?(?:[\w']+ ){0,2}"
    r"(?:exceptions?|errors?|responses?|details?|values?|secrets?|credentials?|tokens?|messages?)\b",
    re.IGNORECASE,
)
_NAMED = "exc_info"
"""Who writes of it, or has commented it out, has thought of it."""
_TO_DO = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
_MASKS = words("redact mask sanit scrub censor obfusc anonymis anonymiz conceal")
"""Parts of the names of functions that take secrets out of a text."""
_SUMS_UP = WordTable(
    "safe_err* safe_exc* safe_summar* safe_message safe_msg safe_detail* make_safe to_safe "
    "summar* brief* concise* condense* shorten* truncat* abbreviat* "
    "err_detail* error_detail* exc_detail* exception_detail* detail_of details_of "
    "clean_err* clean_exc* filter_err* filter_exc* hide_* strip_secret* without_secret* "
    "sensitive secrets credentials passwords pii public_err* public_message friendly"
)
"""Words of the names of functions that say of an exception what may be told. ``safe_str`` and
``safe_repr`` are none: they only survive a text that cannot be decoded."""
_AS_TEXT = ("str", "repr", "format", "ascii")


class _Use(enum.Enum):
    """What of an exception a log call shows at one place."""

    TEXT = enum.auto()
    MASKED = enum.auto()
    TYPE = enum.auto()
    OTHER = enum.auto()
    """An attribute, or what a function makes of it."""


def decided_against(source: SourceFile, handler: ast.ExceptHandler, call: ast.Call) -> int | None:
    """The line of a comment that says that no traceback is wanted, for a call in a handler.

    Looked at are the comments in front of the call and on its own lines: the reason for what
    stands below them.
    """
    last = call.end_lineno or call.lineno
    whole = _WHOLE_FILE.search(source.utf8)
    if whole is not None:
        return source.line_of(whole.start())
    text = ""
    began = handler.lineno
    for number in range(handler.lineno, last + 1):
        comment, alone = comment_of(source.line_text(number))
        if comment is not None and number >= call.lineno and _LINTER.search(comment):
            return number
        if not text or not alone:
            # A sentence goes on from line to line.
            began = number
        text = "" if comment is None else f"{text} {comment}" if alone else comment
        if text and (_UNWANTED.search(text) or (_NAMED in text and not _TO_DO.search(text))):
            return began
    return None


def comment_of(line: str) -> tuple[str | None, bool]:
    """The comment of a line, and whether nothing else stands there."""
    stripped = line.strip()
    if stripped.startswith("#"):
        return stripped.lstrip("# "), True
    # In front of a ``#`` of a string stands a quote that is still open.
    code, sign, comment = line.rpartition("#")
    while sign and "#" in code and _is_closed(code.rpartition("#")[0]):
        code, _, more = code.rpartition("#")
        comment = f"{more}#{comment}"
    return (comment.strip(), False) if sign and _is_closed(code) else (None, False)


def _is_closed(code: str) -> bool:
    return code.count('"') % 2 == 0 and code.count("'") % 2 == 0


def kept_back(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """What the call keeps back of the handler's exception, in words; ``None`` if nothing."""
    uses = dict(reversed([*_uses(tree, handler, call)]))
    if _Use.TEXT in uses:
        return None
    if _Use.TYPE in uses and _Use.MASKED not in uses:
        return "the type of the exception is logged without its text, maybe on purpose"
    return None


def redacted_by(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """That a function sums up or redacts the handler's exception for the call, in words; ``None``
    if the call has its text as it is, or nothing of it. Only the name of the function says so."""
    uses = dict(reversed([*_uses(tree, handler, call)]))
    if _Use.TEXT in uses or _Use.MASKED not in uses:
        return None
    name = uses[_Use.MASKED]
    return f"{name}() may keep a part of the exception back, by its name: a traceback shows all"


def shows_text(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> bool:
    """Whether the call shows the text of the handler's exception as it is."""
    return any(use is _Use.TEXT for use, _ in _uses(tree, handler, call))


def _uses(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> Iterator[tuple[_Use, str]]:
    """Each place at which the exception goes into the call, also by way of a variable."""
    if handler.name is None:
        return
    given: dict[str, list[ast.expr]] = {}
    for statement in handler.body:
        for node in tree.below(statement):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                for target in targets_of(node):
                    if isinstance(target, ast.Name):
                        given.setdefault(target.id, []).append(node.value)
    waiting = values_given(call)
    seen = {handler.name}
    while waiting:
        root = waiting.pop()
        for name in tree.within(root, ast.Name):
            if name.id == handler.name:
                yield _use(tree, name, root)
            elif name.id not in seen:
                seen.add(name.id)
                waiting += given.get(name.id, [])


def _use(tree: Tree, name: ast.Name, root: ast.expr) -> tuple[_Use, str]:
    child: ast.AST = name
    found = _Use.TEXT
    while child is not root:
        parent = tree.parent(child)
        match parent:
            case ast.Attribute(attr="__class__"):
                found = _Use.TYPE
            case ast.Attribute() if child is name and not _is_spoken(tree, parent):
                if tree.call_of(parent) is not None and _is_redactor(parent.attr):
                    return _Use.MASKED, ast.unparse(parent)
                found = _Use.OTHER
            case ast.Call(func=function) if child is not function:
                called = ast.unparse(function)
                if _is_redactor(called):
                    return _Use.MASKED, called
                if called == "type":
                    found = _Use.TYPE
                elif called not in _AS_TEXT and not called.endswith(".format"):
                    found = _Use.OTHER if found is _Use.TEXT else found
        child = parent or root
    return found, ""


def _is_redactor(called: str) -> bool:
    """Whether the name of a function says that it tells less than all of an exception."""
    if any(part in called.lower() for part in _MASKS):
        return True
    return _SUMS_UP.found_in(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last_part(called)))


def _is_spoken(tree: Tree, attribute: ast.Attribute) -> bool:
    """``e.__str__()`` is the text."""
    return attribute.attr in ("__str__", "__repr__", "args") or (
        attribute.attr == "message" and not isinstance(tree.parent(attribute), ast.Call)
    )

"""Log calls that keep something of an exception back: a traceback would show it.

The last lines of a traceback are the exception's own text, with those of its causes. Who takes a
password out of that text, logs the type alone, or writes in a comment that no traceback is wanted,
has decided.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Callable, Iterator

from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part, snake
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
_GUARDS = WordTable("secure* safe* clean* cleans* hide* hidden protect* strip_*")
"""Words of such names that are parts of other words as well."""
_SUMS_UP = WordTable(
    "safe summar* brief* short* concise* truncat* public* friendly secret* credential* password*"
)
"""Words of the names of an exception's own methods that tell less than all of it."""
_TEXTS = WordTable(
    "str string text unicode repr native bytes format* encode* decode* escape* dumps"
)
"""Words of the names of functions that give the text of an exception in another spelling:
``to_native``, ``six.text_type``, ``json.dumps``."""
_ASKED = words("getattr hasattr isinstance issubclass len id bool int vars dir callable iter next")
"""Functions that ask an exception for something."""
_HOLDING = words("dict list tuple set vars print")


TellsAll = Callable[[ast.expr], bool | None]
"""Whether a function gives the whole text of what it is given; ``None`` if the project has no such
function."""


class _Use(enum.Enum):
    """What of an exception a log call shows at one place."""

    TEXT = enum.auto()
    SPELLED = enum.auto()
    """Its text, by the name of the function that it goes through."""
    MASKED = enum.auto()
    TYPE = enum.auto()
    MADE = enum.auto()
    """What a function makes of it, of which nothing else is known."""
    OTHER = enum.auto()
    """An attribute of it."""


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
    uses = {use for use, _ in _uses(tree, handler, call)}
    if _Use.TEXT in uses or _Use.SPELLED in uses:
        return None
    if _Use.TYPE in uses and _Use.MASKED not in uses:
        return "the type of the exception is logged without its text, possibly on purpose"
    return None


def redacted_by(
    tree: Tree,
    handler: ast.ExceptHandler,
    call: ast.Call,
    tells_all: TellsAll,
) -> str | None:
    """That a function sums up or redacts the handler's exception for the call, in words; ``None``
    if the call has its text as it is, or nothing of it.

    Args:
        tree: of the file.
        handler: whose exception it is.
        call: of a logger.
        tells_all: whether a function is known to give the whole text of what it is given.
    """
    if shows_text(tree, handler, call, tells_all):
        return None
    for use, function in _uses(tree, handler, call):
        name = "" if function is None else ast.unparse(function)
        if use is _Use.MASKED:
            why = "may withhold part of the exception, by its name"
        elif (use is _Use.MADE and function is not None and not tells_all(function)) or (
            use is _Use.SPELLED
        ):
            why = "may tell only part of the exception"
        else:
            continue
        return f"{name}() {why}, and a traceback shows all of it"
    return None


def shows_text(tree: Tree, handler: ast.ExceptHandler, call: ast.Call, tells_all: TellsAll) -> bool:
    """Whether the call shows the text of the handler's exception as it is, or in another spelling:
    by a function of the project (``format_error(e)``) only if that gives all of it.

    Args:
        tree: of the file.
        handler: whose exception it is.
        call: of a logger.
        tells_all: see :func:`redacted_by`.
    """
    return any(
        use is _Use.TEXT
        or (use is _Use.SPELLED and function is not None and tells_all(function) is not False)
        for use, function in _uses(tree, handler, call)
    )


def _uses(
    tree: Tree, handler: ast.ExceptHandler, call: ast.Call
) -> Iterator[tuple[_Use, ast.expr | None]]:
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


def _use(tree: Tree, name: ast.Name, root: ast.expr) -> tuple[_Use, ast.expr | None]:
    child: ast.AST = name
    found, by = _Use.TEXT, None
    while child is not root:
        parent = tree.parent(child)
        match parent:
            case ast.Attribute(attr="__class__"):
                found = _Use.TYPE
            case ast.Attribute() if child is name and not _is_spoken(tree, parent):
                called = tree.call_of(parent) is not None
                if called and (_masks(parent.attr) or _SUMS_UP.found_in(snake(parent.attr))):
                    return _Use.MASKED, parent
                found = _Use.OTHER
            case ast.Call(func=function) if child is not function:
                written = ast.unparse(function)
                if _masks(written):
                    return _Use.MASKED, function
                if written == "type":
                    found, by = _Use.TYPE, None
                elif found in (_Use.TEXT, _Use.SPELLED) and not _keeps_text(written):
                    if last_part(written) not in _ASKED:
                        return _Use.MADE, function
                    found, by = _Use.OTHER, None
                elif found is _Use.TEXT and _TEXTS.found_in(snake(last_part(written))):
                    found, by = _Use.SPELLED, function
        child = parent or root
    return found, by


def _keeps_text(written: str) -> bool:
    """Whether a function by its name gives the text of what it is given, or an object with it."""
    name = last_part(written)
    return name in _HOLDING or name[:1].isupper() or _TEXTS.found_in(snake(name))


def _masks(written: str) -> bool:
    """Whether the name of a function says that it takes secrets out."""
    return any(part in written.lower() for part in _MASKS) or _GUARDS.found_in(
        snake(last_part(written))
    )


def _is_spoken(tree: Tree, attribute: ast.Attribute) -> bool:
    """``e.__str__()`` is the text."""
    return attribute.attr in ("__str__", "__repr__", "args") or (
        attribute.attr == "message" and not isinstance(tree.parent(attribute), ast.Call)
    )

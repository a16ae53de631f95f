"""What is left of a text when the exception goes out of it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from codemods.analysis.exceptions.text import Exceptions, LeafKind
from codemods.project.source import SourceFile
from codemods.rewriting.text_parts import Hole, Parts, Text, parts_of

_PAIRS = {"(": ")", "[": "]", "'": "'", '"': '"', "`": "`", "<": ">", "«": "»", "{": "}"}
_CLAUSES = ":;,.(–—-"
_SEPARATORS = " \t:;,|=>–—-"
_STOPS = ".!?"
_MARKS = ".,;:!?"
"""What goes with a value at the beginning of a text, or behind a full stop: a mark of its own."""
_CAUSES = ("with", "due to", "because of", "caused by")
_DANGLING = sorted(
    {
        *(
            [
                "because",
                "got",
                "raised",
                "by",
                "of",
                "for",
                "from",
                "at",
                "in",
                "on",
                "and",
                "to",
                "the",
                "a",
                "an",
                "was",
                "is",
                "as",
            ]
        ),
        *(
            f"{cause}{the}{following}{what}"
            for cause in _CAUSES
            for the in ("", " the")
            for following in ("", " following", " a", " an")
            for what in ("", " error", " exception", " message", " traceback")
        ),
        *(
            f"for{the}{following} {what}"
            for the in ("", " the")
            for following in ("", " following")
            for what in ("reason", "reasons")
        ),
    },
    key=len,
    reverse=True,
)
"""Words that only lead to the exception, the longest first."""
_ANNOUNCING = tuple(
    f"{the}{what}{was}"
    for the in ("the ", "")
    for what in (
        *("reason", "detail", "details", "exception", "cause", "message", "error message"),
        *("traceback", "error"),
    )
    for was in (" was", " is", "")
)
"""Nouns that announce it in a clause of their own, so that ``Processing error`` stays."""
_SAYS = re.compile(
    r"\b(?:sa(?:id|ys)|report(?:ed|s)|return(?:ed|s)|respond(?:ed|s)|repli(?:ed|es)|"
    r"answer(?:ed|s)|complain(?:ed|s)|t(?:old|ells)|g(?:ave|ives|ot|ets)|thr(?:ew|ows))"
    r"(?: us| back| with)?[\s:,;=({\['\"`<–—-]*$",
    re.IGNORECASE,
)
"""A verb whose object the exception is: without it nobody has finished the sentence."""
_POOR = frozenset(
    ", ".join(
        (
            "an error, caught exception, detail, details, err, error, error message",
            "error occurred, error was, errors, exception, exception occurred, fail, failed",
            "failure, invalid, invalid request, message, not found, reason, runtime",
            "the error, traceback, unexpected, unknown error, warning",
        )
    ).split(", ")
)
"""Texts that say nothing by themselves."""
_OPENED = re.compile(r"<(\w+)\b[^<>]*>$")
_ENDED = re.compile(r"</?\w[^<>]*>$")
_CLOSED = re.compile(r"</(\w+)\s*>")
_TAGS = re.compile(r"<(/?)(\w+)\b[^<>]*?(/?)>")
_VOID = frozenset(("br", "hr", "img", "input", "link", "meta"))
"""Elements of HTML that nothing closes."""
_ESCAPED_SPACE = re.compile(r"(?<!\s)(?<!\\[nrt])(?:\\[nrt]|\s)+$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its exceptions."""

    source: str | None
    """The new expression; ``None`` where nothing worth sending is left."""
    prefix: str = ""
    """The constant text in front of the exception, as it was: what others may look for."""


def cleaned(source: SourceFile, exceptions: Exceptions, node: ast.expr) -> Cleaned | None:
    """``node`` without the exception's text; ``None`` where it cannot be taken out.

    Args:
        source: the file.
        exceptions: those at hand where ``node`` stands.
        node: a text with an exception in it.
    """
    match node:
        case ast.Name(id=name) if name not in exceptions.names:
            # A variable among alternatives: ``problem or str(e)``.
            return None
        case ast.BoolOp(values=values):
            return _alternative(source, exceptions, values)
        case ast.IfExp(body=body, orelse=orelse):
            return _alternative(source, exceptions, [body, orelse])
        case ast.Subscript(value=inner) | ast.Attribute(value=inner):
            return _inner(source, exceptions, inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr != "format":
            if exceptions.kind(inner) is not None:
                return _inner(source, exceptions, inner)
        case ast.JoinedStr() | ast.BinOp() | ast.Call(func=ast.Attribute(attr="format")):
            return _without(source, exceptions, node)
    match node:
        case ast.Call(args=[ast.JoinedStr() | ast.BinOp() as first, *_]):
            return cleaned(source, exceptions, first)
    return Cleaned(None)


def _inner(source: SourceFile, exceptions: Exceptions, inner: ast.expr) -> Cleaned | None:
    """``f"Failed: {e}"[:200]`` is about the text, ``str(e)[:200]`` about nothing else."""
    if isinstance(inner, (ast.JoinedStr, ast.BinOp, ast.Call, ast.Subscript, ast.Attribute)):
        return cleaned(source, exceptions, inner)
    return Cleaned(None)


def _alternative(
    source: SourceFile, exceptions: Exceptions, nodes: list[ast.expr]
) -> Cleaned | None:
    """Of ``str(e) or "Not loaded"`` the text that is sent without an exception."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            poor = is_poor(node.value) or " " not in node.value.strip()
            return Cleaned(None if poor else source.segment(node))
    for node in nodes:
        if exceptions.kind(node) in (LeafKind.TEXT, LeafKind.TRACEBACK):
            return cleaned(source, exceptions, node)
    return None


def _without(source: SourceFile, exceptions: Exceptions, node: ast.expr) -> Cleaned | None:
    written = source.segment(node)
    if "#" in written and _has_comment(written):
        # It stands between the parts, and would be lost.
        return None
    values = _values(node)
    parts = parts_of(written)
    if parts is None or len(parts.holes) != len(values):
        return Cleaned(None)
    going = [
        hole
        for hole, value in zip(parts.holes, values, strict=True)
        if exceptions.kind(value) in (LeafKind.TEXT, LeafKind.TRACEBACK)
    ]
    if not going:
        return None
    prefix = _prefix(parts, going)
    if any(_is_amid(parts, hole) for hole in going) or _SAYS.search(prefix):
        # What would be left of the sentence, nobody has written.
        return Cleaned(None, prefix)
    is_markup = _is_balanced(parts) and _TAGS.search(_raw(parts)) is not None
    for hole in going:
        _remove(parts, hole)
    _trim_ends(parts)
    if is_markup and not _is_balanced(parts):
        return None
    text = _raw(parts)
    alone = not any(isinstance(part, Hole) for part in parts.flat())
    # Values without a word: what they mean nobody could tell.
    is_mute = re.search(r"[^\W\d_]{2}", text) is None
    return Cleaned(None if is_mute or (alone and is_poor(text)) else parts.source(), prefix)


def _raw(parts: Parts) -> str:
    return "".join(part.raw for part in parts.flat() if isinstance(part, Text))


def _is_balanced(parts: Parts) -> bool:
    """Whether every element of HTML in a text is closed."""
    raw = _raw(parts)
    opened: list[str] = []
    for closing, name, alone in _TAGS.findall(raw):
        if closing and (not opened or opened.pop() != name):
            return False
        if not closing and not alone and name.lower() not in _VOID:
            opened.append(name)
    return not opened and _TAGS.sub("", raw).count("<") == _TAGS.sub("", raw).count(">")


def _is_amid(parts: Parts, hole: Hole) -> bool:
    """Whether a value stands amid a sentence: ``the store said {e} when it was read``."""
    flat = parts.flat()
    index = next(number for number, part in enumerate(flat) if part is hole)
    left, right = _beside(flat[:index][::-1]), _beside(flat[index + 1 :])
    if left is None or right is None:
        return False
    text = left.raw.rstrip(" \t")
    if text.endswith(tuple(_STOPS)) and right.raw.lstrip(" \t").startswith((",", ";", ":")):
        # ``Failed. {e}, please try again``: the value begins the sentence.
        return True
    if re.match(r"[ \t]+[a-z]", right.raw) is None:
        return False
    return text[-1:].isalnum() and trimmed(text) != text


def is_poor(text: str) -> bool:
    """Whether a text says nothing by itself."""
    words = re.sub(r"[\W_]+", " ", text).strip().lower()
    return not words or words in _POOR


def _values(node: ast.expr) -> list[ast.expr]:
    """The values of a text in the order in which they stand in it, as libcst shows them."""
    match node:
        case ast.JoinedStr(values=values):
            return [item.value for item in values if isinstance(item, ast.FormattedValue)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*_values(left), *_values(right)]
        case ast.BinOp(op=ast.Mod(), right=right):
            return list(right.elts) if isinstance(right, ast.Tuple) else [right]
        case ast.Call(func=ast.Attribute(attr="format"), args=args):
            return list(args)
        case ast.Constant(value=str()):
            return []
    return [node]


def _prefix(parts: Parts, going: list[Hole]) -> str:
    """The text right in front of the first exception."""
    text = ""
    for part in parts.flat():
        if any(part is hole for hole in going):
            return text
        text = part.raw if isinstance(part, Text) else ""
    return ""


def _remove(parts: Parts, hole: Hole) -> None:
    """Take one value out, with what only introduced it."""
    flat = parts.flat()
    index = next(number for number, part in enumerate(flat) if part is hole)
    left = _beside(flat[:index][::-1])
    right = _beside(flat[index + 1 :])
    for piece in parts.pieces:
        piece.parts = [part for part in piece.parts if part is not hole]
    is_first = not any(isinstance(part, Hole) or part.raw for part in flat[:index])
    if left is None:
        if right is not None:
            right.raw = right.raw.lstrip(_SEPARATORS + _MARKS * is_first)
        return
    if right is not None:
        _unwrap(left, right)
    if _ENDED.search(left.raw):
        # The end of a tag announces nothing.
        return
    left.raw = trimmed(left.raw)
    begins = any(piece.parts and piece.parts[0] is left for piece in parts.pieces[1:])
    if begins and is_poor(left.raw):
        # ``Reason: {e}`` in a literal of its own, behind another one.
        left.raw = ""
    if right is not None and right.raw:
        if left.raw.endswith(tuple(_STOPS)):
            # ``Failed. {e}. Try again`` had a sentence of its own for the value.
            right.raw = _without_mark(right.raw)
        rest = right.raw.lstrip(" \t")
        joined = not rest or rest[0] in ".,;!?)]}<\n" or rest.startswith("\\n")
        right.raw = rest if joined or not left.raw else f" {rest}"


def _without_mark(raw: str) -> str:
    """Without the punctuation at the beginning, and the blank before it."""
    rest = raw.lstrip(" \t")
    return rest.lstrip(_MARKS) if rest.startswith(tuple(_MARKS)) else raw


def _beside(parts: list[Text | Hole]) -> Text | None:
    """The text next to a value, unless another value stands between."""
    first = next((part for part in parts if isinstance(part, Hole) or part.raw), None)
    return first if isinstance(first, Text) else None


def _unwrap(left: Text, right: Text) -> None:
    """Brackets and quotes around the value alone go with it."""
    while left.raw and right.raw:
        element, end = _OPENED.search(left.raw), _CLOSED.match(right.raw)
        if element is not None and end is not None and element[1] == end[1]:
            left.raw, right.raw = left.raw[: element.start()], right.raw[end.end() :]
            continue
        if element is not None or end is not None:
            return
        opening, closing = left.raw[-1], right.raw[0]
        if _PAIRS.get(opening) != closing or left.raw.endswith(("{{", "\\" + opening)):
            return
        left.raw, right.raw = left.raw[:-1], right.raw[1:]


def trimmed(raw: str) -> str:
    """Without the punctuation and the words at its end that announced a value."""
    while True:
        text = _ESCAPED_SPACE.sub("", raw).rstrip(_SEPARATORS)
        rest = _without_lead(text)
        if rest != text:
            text = _ESCAPED_SPACE.sub("", rest).rstrip(_SEPARATORS + "(")
        if text == raw:
            return text
        raw = text


def _without_lead(text: str) -> str:
    """Without the last words, if they only lead to what follows."""
    lower = text.lower()
    for phrase in _ANNOUNCING:
        before = text[: -len(phrase)].rstrip()
        if lower.endswith(phrase) and before[-1:] in _CLAUSES and before:
            return before
    for phrase in _DANGLING:
        before = text[: -len(phrase)]
        if lower.endswith(phrase) and (
            not before or before[-1] in _CLAUSES or before[-1].isspace()
        ):
            return before
    return text


def _trim_ends(parts: Parts) -> None:
    """No white space or separator at either end of what is left."""
    flat = [part for part in parts.flat() if isinstance(part, Hole) or part.raw]
    if flat and isinstance(flat[-1], Text):
        flat[-1].raw = _ESCAPED_SPACE.sub("", flat[-1].raw).rstrip(" :;,-–—")
    if flat and isinstance(flat[0], Text):
        flat[0].raw = flat[0].raw.lstrip(" :;,-–—")


def _has_comment(written: str) -> bool:
    """Whether a ``#`` of an expression begins a comment."""
    import io
    import tokenize

    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(f"({written})").readline))
    except (tokenize.TokenError, SyntaxError):
        return True
    return any(token.type == tokenize.COMMENT for token in tokens)

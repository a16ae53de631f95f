"""A text expression as the literals and values that it is made of, in the words of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codemods.syntax.concrete import code
from codemods.syntax.lazy import cst

_PERCENT = re.compile(r"%(?:%|[-#0 +]*+\d*+(?:\.\d++)?[a-zA-Z])")
_BRACES = re.compile(r"\{\{|\}\}|\{(?P<name>\w*)(?:![rsa])?(?::[^{}]*)?\}")


@dataclass
class Text:
    """Characters of a literal, escaped as in the source."""

    raw: str


@dataclass
class Hole:
    """A value that is put in."""

    raw: str
    """What stands in the literal for it: ``{name!r}``, ``%s``; of an operand of ``+`` nothing."""
    argument: str = ""
    """Its source, where that stands outside the literal."""


@dataclass
class Piece:
    """One literal, or one operand that is none."""

    parts: list[Text | Hole]
    start: str = ""
    """Prefix and quotes; ``""`` for an operand that is no literal."""
    glue: str = ""
    """What stands in front of it: white space, or a plus sign."""

    @property
    def quote(self) -> str:
        return self.start.lstrip("rRbBuUfF")

    @property
    def is_formatted(self) -> bool:
        return "f" in self.start[: len(self.start) - len(self.quote)].lower()


@dataclass
class Parts:
    """A text in pieces."""

    pieces: list[Piece]
    style: str = ""
    """``%`` or ``format`` where values stand behind the literal."""
    holes: list[Hole] = field(default_factory=list)
    """Every value, in the order of the syntax tree's."""

    def flat(self) -> list[Text | Hole]:
        """All parts in the order of the text."""
        return [part for piece in self.pieces for part in piece.parts]

    def source(self) -> str:
        """The expression without the parts that were removed; ``""`` when nothing is left."""
        kept = [piece for piece in self.pieces if any(_shows(part) for part in piece.parts)]
        written: list[str] = []
        for piece in kept:
            glue = piece.glue if written else ""
            text = _written(piece, self.style)
            quote = piece.quote
            if glue.strip() == "+" and "\n" not in glue and quote and text.startswith(quote):
                last = written[-1].removeprefix(" + ")
                if last.startswith(quote) and last.endswith(quote):
                    # Two literals with nothing between them any more.
                    written[-1] = written[-1][: -len(quote)] + text[len(quote) :]
                    continue
            written.append(glue + text)
        text = "".join(written)
        arguments = [
            part.argument for piece in kept for part in piece.parts if isinstance(part, Hole)
        ]
        if not self.style or not any(arguments):
            return text
        if self.style == "%":
            one = len(arguments) == 1
            return f"{text} % ({arguments[0]},)" if one else f"{text} % ({', '.join(arguments)})"
        return f"{text}.format({', '.join(arguments)})"


def parts_of(source: str) -> Parts | None:
    """The parts of a text expression, ``None`` for one that is not written in literals.

    Args:
        source: the expression as it stands in the file, without parentheses around it.
    """
    try:
        node = cst.parse_expression(f"({source})")
    except cst.ParserSyntaxError:
        return None
    match node:
        case cst.BinaryOperation(operator=cst.Modulo(), left=left, right=right):
            return _percent(left, right)
        case cst.Call(func=cst.Attribute(value=left, attr=cst.Name("format")), args=args):
            return _format(left, args)
    pieces = list(_pieces(node, ""))
    if not any(piece.start for piece in pieces):
        return None
    holes = [part for piece in pieces for part in piece.parts if isinstance(part, Hole)]
    return Parts(pieces, holes=holes)


def _pieces(node: cst.BaseExpression, glue: str) -> Iterator[Piece]:
    match node:
        case cst.SimpleString():
            start = node.prefix + node.quote
            yield Piece([Text(node.raw_value)], start, glue)
        case cst.FormattedString():
            parts: list[Text | Hole] = []
            for part in node.parts:
                if isinstance(part, cst.FormattedStringText):
                    parts.append(Text(part.value))
                else:
                    parts.append(Hole(code(part)))
            yield Piece(parts, node.start, glue)
        case cst.ConcatenatedString():
            yield from _pieces(node.left, glue)
            between = code(node.whitespace_between)
            yield from _pieces(node.right, between or " ")
        case cst.BinaryOperation(operator=cst.Add() as plus):
            yield from _pieces(node.left, glue)
            yield from _pieces(node.right, code(plus))
        case _:
            yield Piece([Hole("", code(node))], "", glue)


def _percent(left: cst.BaseExpression, right: cst.BaseExpression) -> Parts | None:
    pieces = list(_pieces(left, ""))
    given = (
        [code(item.value) for item in right.elements]
        if isinstance(right, cst.Tuple)
        else [code(right)]
    )
    return _filled(pieces, _PERCENT, given, "%")


def _format(left: cst.BaseExpression, args: Sequence[cst.Arg]) -> Parts | None:
    if any(arg.star or arg.keyword is not None for arg in args):
        return None
    given = [code(arg.value) for arg in args]
    return _filled(list(_pieces(left, "")), _BRACES, given, "format")


def _filled(
    pieces: list[Piece], pattern: re.Pattern[str], given: list[str], style: str
) -> Parts | None:
    """The literals cut at their placeholders, each of which takes one of ``given``."""
    holes: list[Hole] = []
    for piece in pieces:
        if not piece.start or piece.is_formatted:
            return None
        parts: list[Text | Hole] = []
        for part in piece.parts:
            if not isinstance(part, Text):
                return None
            position = 0
            for found in pattern.finditer(part.raw):
                if found[0] in ("%%", "{{", "}}"):
                    continue
                if found.groupdict().get("name") or len(holes) == len(given):
                    # Numbered and named ones, and what no value is given for.
                    return None
                parts.append(Text(part.raw[position : found.start()]))
                holes.append(Hole(found[0], given[len(holes)]))
                parts.append(holes[-1])
                position = found.end()
            parts.append(Text(part.raw[position:]))
        piece.parts = parts
    return Parts(pieces, style, holes) if len(holes) == len(given) else None


def _written(piece: Piece, style: str) -> str:
    if not piece.start:
        return "".join(part.argument for part in piece.parts if isinstance(part, Hole))
    body = "".join(part.raw for part in piece.parts)
    start = piece.start
    if not any(isinstance(part, Hole) for part in piece.parts):
        if piece.is_formatted:
            quote = piece.quote
            prefix = start[: len(start) - len(quote)]
            start = "".join(letter for letter in prefix if letter not in "fF") + quote
        if style == "%" and not piece.is_formatted:
            body = body.replace("%%", "%")
        elif style == "format" or piece.is_formatted:
            body = body.replace("{{", "{").replace("}}", "}")
    return f"{start}{body}{piece.quote}"


def _shows(part: Text | Hole) -> bool:
    return isinstance(part, Hole) or bool(part.raw)


def plain_text(node: cst.FormattedString) -> cst.BaseExpression:
    """An f-string that puts nothing in any more as a plain one."""
    texts = [part.value for part in node.parts if isinstance(part, cst.FormattedStringText)]
    if len(texts) < len(node.parts) or any(mark in text for text in texts for mark in "{}"):
        return node
    start = node.start.replace("f", "").replace("F", "")
    return cst.SimpleString(f"{start}{''.join(texts)}{node.end}", node.lpar, node.rpar)

"""Taking parameters out of a signature, arguments out of a call, and their words out of the
docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codemods.codemod import DropLines, Edited, Node, Operation, Refusal, Unit
from codemods.project.source import SourceFile
from codemods.syntax.lazy import cst
from codemods.syntax.parts import default_of, parameters_of
from codemods.syntax.spans import Span
from codemods.syntax.tree import Definition, Function, position

_ROLES = frozenset({"param", "parameter", "arg", "argument", "key", "keyword"})
"""Fields of a docstring that describe a parameter."""
_GOOGLE = re.compile(
    r"^(?P<indent>\s*)(?:Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments|"
    r"Other Parameters)\s*:\s*$"
)
_NUMPY = re.compile(r"^(?P<indent>\s*)(?:Other )?Parameters\s*$")
_RULE = re.compile(r"^\s*-{3,}\s*$")


Item = ast.arg | ast.expr | ast.keyword


@dataclass(frozen=True, slots=True)
class WithoutParameters:
    """A function without some of its parameters."""

    names: tuple[str, ...]

    def edit(self, node: Node) -> Edited:
        """The function."""
        if not isinstance(node, cst.FunctionDef):
            return None
        return node.with_changes(params=_without(node.params, self.names))


@dataclass(frozen=True, slots=True)
class WithoutArguments:
    """A call without some of its arguments."""

    indexes: tuple[int, ...]

    def edit(self, node: Node) -> Edited:
        """The call."""
        if not isinstance(node, cst.Call):
            return None
        kept = [item for at, item in enumerate(node.args) if at not in self.indexes]
        if not kept:
            return node.with_changes(args=[], whitespace_before_args=cst.SimpleWhitespace(""))
        last = node.args[-1]
        if kept[-1] is not last:
            kept[-1] = kept[-1].with_changes(
                comma=last.comma, whitespace_after_arg=last.whitespace_after_arg
            )
        return node.with_changes(args=kept)


@dataclass(frozen=True, slots=True)
class Docstring:
    """Another docstring."""

    literal: str

    def edit(self, node: Node) -> Edited:
        """The string."""
        if not isinstance(node, cst.SimpleString):
            return Refusal("fragment", "the docstring is not one literal")
        return node.with_changes(value=self.literal)


def signature_edits(
    source: SourceFile, function: Function, going: Sequence[ast.arg]
) -> tuple[Operation | DropLines, ...] | str:
    """The operations that take parameters out of a signature, or why there are none."""
    spans = [_lines_alone(source, item, default_of(function.args, item) or item) for item in going]
    star = _star_alone(source, function, going)
    if all(spans) and star is not False and _leaves_the_rest(function, going):
        lines = [*spans, *([star] if isinstance(star, Span) else [])]
        return tuple(DropLines(source.path, span) for span in lines if span)
    span = source.span(function)
    body = source.statements_span(function.body[0], function.body[0])
    if b"#" in source.utf8[span.start : body.start]:
        return "there is a comment among the parameters"
    names = tuple(item.arg for item in going)
    return (Operation(source.path, span, WithoutParameters(names), Unit.STATEMENT),)


def call_edit(
    source: SourceFile, call: ast.Call, going: Sequence[ast.expr | ast.keyword], *, whole: bool
) -> tuple[Operation | DropLines, ...] | str:
    """The operations that take arguments out of a call, or why there are none.

    Args:
        whole: edit the call as one, since it stands in a definition that is edited too.
    """
    count = len(call.args) + len(call.keywords)
    spans = [_lines_alone(source, item, item) for item in going]
    if all(spans) and count > len(going) and not whole:
        return tuple(DropLines(source.path, span) for span in spans if span)
    span = source.span(call)
    if b"#" in source.utf8[span.start : span.end]:
        return "there may be a comment among the arguments"
    ordered: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    ordered.sort(key=position)
    indexes = tuple(ordered.index(item) for item in going)
    return (Operation(source.path, span, WithoutArguments(indexes)),)


def docstring_edit(source: SourceFile, node: Definition, names: Sequence[str]) -> Operation | None:
    """The operation that takes the entries of parameters out of a docstring, if it has some."""
    match node.body[0]:
        case ast.Expr(value=ast.Constant(value=str()) as text):
            made = without_parameters(source.segment(text), names)
            if made != source.segment(text):
                return Operation(source.path, source.span(text), Docstring(made))
    return None


def _without(parameters: cst.Parameters, names: Sequence[str]) -> cst.Parameters:
    """A signature without some parameters; a bare ``*`` or ``/`` goes with the last that it is
    there for, and what ends the list stays as it was."""

    def kept(group: Sequence[cst.Param]) -> list[cst.Param]:
        return [item for item in group if item.name.value not in names]

    positional, keyword = kept(parameters.posonly_params), kept(parameters.kwonly_params)
    star, slash = parameters.star_arg, parameters.posonly_ind
    left = parameters.with_changes(
        posonly_params=positional,
        params=kept(parameters.params),
        kwonly_params=keyword,
        posonly_ind=slash if positional else cst.MaybeSentinel.DEFAULT,
        star_arg=star
        if keyword or not isinstance(star, cst.ParamStar)
        else cst.MaybeSentinel.DEFAULT,
    )
    final = _last_of(parameters)
    if isinstance(final, cst.Param) and final.name.value in names:
        return _ended_like(left, final)
    return left


def _last_of(parameters: cst.Parameters) -> cst.CSTNode | None:
    if parameters.star_kwarg is not None:
        return parameters.star_kwarg
    for group in (parameters.kwonly_params, (parameters.star_arg,), parameters.params):
        if group and isinstance(group[-1], cst.Param):
            return group[-1]
    return parameters.posonly_params[-1] if parameters.posonly_params else None


def _ended_like(parameters: cst.Parameters, final: cst.Param) -> cst.Parameters:
    """Give what is the last of a signature now the comma and the blanks of what was."""

    def ended(group: Sequence[cst.Param]) -> list[cst.Param]:
        *before, last = group
        return [*before, _with_end(last, final)]

    star, slash = parameters.star_arg, parameters.posonly_ind
    if parameters.kwonly_params:
        return parameters.with_changes(kwonly_params=ended(parameters.kwonly_params))
    if isinstance(star, cst.Param):
        return parameters.with_changes(star_arg=_with_end(star, final))
    if parameters.params:
        return parameters.with_changes(params=ended(parameters.params))
    if isinstance(slash, cst.ParamSlash):
        return parameters.with_changes(posonly_ind=slash.with_changes(comma=final.comma))
    if parameters.posonly_params:
        return parameters.with_changes(posonly_params=ended(parameters.posonly_params))
    return parameters


def _with_end(item: cst.Param, final: cst.Param) -> cst.Param:
    return item.with_changes(comma=final.comma, whitespace_after_param=final.whitespace_after_param)


def _leaves_the_rest(function: Function, going: Sequence[ast.arg]) -> bool:
    """Whether no ``/`` and no pair of parentheses loses what it is there for."""
    return all(
        not group or any(item not in going for item in group)
        for group in (function.args.posonlyargs, parameters_of(function.args))
    )


def _star_alone(
    source: SourceFile, function: Function, going: Sequence[ast.arg]
) -> Span | bool | None:
    """The line of a bare ``*`` that nothing needs any more; ``None`` where there is none, and
    ``False`` where it has no line of its own."""
    arguments = function.args
    if arguments.vararg is not None or not arguments.kwonlyargs:
        return None
    if any(item not in going for item in arguments.kwonlyargs):
        return None
    for line in range(function.lineno, arguments.kwonlyargs[0].lineno):
        if source.line_text(line).strip() == "*,":
            return Span(source.line_starts[line - 1], source.line_end(line))
    return False


def _lines_alone(source: SourceFile, item: Item, end: Item) -> Span | None:
    """The lines of an item of a list, if nothing else but its comma and a comment is there.

    Args:
        end: its last part, itself where it has no parts.
    """
    if end.end_lineno is None or end.end_col_offset is None:
        return None
    start, stop = source.line_starts[item.lineno - 1], source.line_end(end.end_lineno)
    before = source.utf8[start : start + item.col_offset]
    behind = source.utf8[source.line_starts[end.end_lineno - 1] + end.end_col_offset : stop].strip()
    if before.strip(b" \t"):
        return None
    rest = behind.removeprefix(b",").strip()
    if rest and not rest.startswith(b"#"):
        return None
    if not behind.startswith(b",") and rest.startswith(b"#"):
        # Without a comma it is the last one, and the comment may be about all of them.
        return None
    return Span(start, stop)


def without_parameters(literal: str, names: Iterable[str]) -> str:
    """The source text of a docstring without the entries of ``names``.

    Args:
        literal: with its quotes; what stands on the lines of the quotes is never an entry.
        names: the parameters; those without an entry change nothing.
    """
    lines = literal.splitlines(keepends=True)
    if len(lines) < 3:
        return literal
    first, body, last = lines[0], lines[1:-1], lines[-1]
    opened = not first.strip().strip("rRuU\"'")
    for name in names:
        body = _without_field(body, name)
        body = _without_google(body, name)
        body = _without_numpy(body, name)
    if opened and body and not body[0].strip() and lines[1].strip():
        # The section was the first thing in it.
        body = body[1:]
    return first + "".join(_closed(body, last)) + last


def _closed(body: list[str], last: str) -> list[str]:
    """``body`` without blank lines in front of the quotes that the entries left there."""
    if last.strip() in ('"""', "'''"):
        while body and not body[-1].strip():
            body = body[:-1]
    return body


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end(body: list[str], start: int) -> int:
    """Where the entry that starts on a line ends: behind the deeper lines that follow."""
    depth = _indent(body[start])
    end = start + 1
    while end < len(body):
        following = next((line for line in body[end:] if line.strip()), None)
        if following is None or _indent(following) <= depth:
            break
        end += 1
    return end


def _without_field(body: list[str], name: str) -> list[str]:
    """``:param x:`` and ``:type x:``."""
    field = re.compile(rf"^\s*:(?P<role>\w+)\s(?P<type>[^:]*\s)?{re.escape(name)}\s*:")
    number = 0
    while number < len(body):
        found = field.match(body[number])
        if found is not None and _is_of_parameter(found["role"], found["type"]):
            body = body[:number] + body[_end(body, number) :]
        else:
            number += 1
    return body


def _is_of_parameter(role: str, kind: str | None) -> bool:
    return role in _ROLES or (role == "type" and not (kind or "").strip())


def _without_google(body: list[str], name: str) -> list[str]:
    entry = re.compile(rf"^\s+{re.escape(name)}\s*(?:(?:\([^)]*\)|\[[^\]]*\])\s*)?:")
    for number, line in enumerate(body):
        header = _GOOGLE.match(line)
        if header is None:
            continue
        end = _end(body, number)
        inner = number + 1
        depth = next((_indent(item) for item in body[inner:end] if item.strip()), 0)
        made = _without_entry(body, (number, inner, end), depth, entry)
        if made is not None:
            return made
    return body


def _without_numpy(body: list[str], name: str) -> list[str]:
    entry = re.compile(rf"^\s*{re.escape(name)}\s*(?::.*)?$")
    for number, line in enumerate(body[:-1]):
        header = _NUMPY.match(line)
        if header is None or not _RULE.match(body[number + 1]):
            continue
        depth = _indent(line)
        inner = number + 2
        end = inner
        while end < len(body) and not (
            (_indent(body[end]) < depth and body[end].strip())
            or (end + 1 < len(body) and _RULE.match(body[end + 1]))
        ):
            end += 1
        made = _without_entry(body, (number, inner, end), depth, entry)
        if made is not None:
            return made
    return body


def _without_entry(
    body: list[str], section: tuple[int, int, int], depth: int, entry: re.Pattern[str]
) -> list[str] | None:
    """``body`` without one entry of a section (its header, its first entry, its end), and without
    the section where nothing else is in it; ``None`` where the section has no such entry."""
    header, inner, end = section
    for start in range(inner, end):
        if _indent(body[start]) == depth and entry.match(body[start].rstrip("\r\n")):
            stop = min(_end(body, start), end)
            if any(item.strip() for item in (*body[inner:start], *body[stop:end])):
                return body[:start] + body[stop:]
            return _without_section(body, header, end)
    return None


def _without_section(body: list[str], start: int, end: int) -> list[str]:
    """``body`` without lines, and without one of the blank lines around them."""
    while end < len(body) and not body[end].strip():
        end += 1
    while start > 0 and not body[start - 1].strip():
        start -= 1
    newline = "\r\n" if body[end - 1].endswith("\r\n") else "\n"
    between = [newline] if end < len(body) else []
    return body[:start] + between + body[end:]

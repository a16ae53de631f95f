"""What closes a resource, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import line, statement
from codemods.syntax.concrete import code, rewritten
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Held:
    """Which of some statements a resource is needed in, counted from the first of them."""

    start: int
    """The one that opens it."""
    end: int
    drop: int
    """How many at the end only close it, or what was opened before it."""
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """Resources that some statements open, each held by a ``with`` around those that need it."""

    held: tuple[Held, ...]
    """One in another, or behind each other."""

    def edit(self, node: Node) -> Edited:
        """The statements; the last opened resource is the innermost."""
        if not isinstance(node, cst.IndentedBlock):
            return None
        body = list(node.body)
        done: list[Held] = []
        for item in sorted(self.held, key=lambda held: held.start, reverse=True):
            inner = [other for other in done if other.end <= item.end]
            end = item.end - sum(other.end - other.start for other in inner)
            made = _entered(body[item.start : end + 1], item)
            if made is None:
                return None
            body[item.start : end + 1] = [made]
            done.append(item)
        return node.with_changes(body=body)


def _entered(run: list[cst.BaseStatement], held: Held) -> cst.With | None:
    """The ``with``; a comment at the statement that closes stays, with it."""
    first, *rest = run
    match first:
        case cst.SimpleStatementLine(
            body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name() as name)], value=value)]
        ):
            pass
        case _:
            return None
    for _ in range(held.drop):
        if rest and not _has_comment(rest[-1]):
            rest = rest[:-1]
    if not rest:
        return None
    header = cst.TrailingWhitespace(
        whitespace=first.trailing_whitespace.whitespace,
        comment=first.trailing_whitespace.comment,
    )
    return cst.With(
        items=[cst.WithItem(value, asname=cst.AsName(name))],
        body=cst.IndentedBlock(body=[_without_blank(rest[0]), *rest[1:]], header=header),
        leading_lines=first.leading_lines,
        asynchronous=cst.Asynchronous() if held.is_async else None,
    )


@dataclass(frozen=True, slots=True)
class ClosedFinally:
    """What follows the first of some statements stands in a ``try``, whose ``finally`` closes."""

    code: str
    drop_last: bool

    def edit(self, node: Node) -> Edited:
        """The statement and the ``try``."""
        if not isinstance(node, cst.IndentedBlock):
            return None
        first, *rest = node.body
        closing: cst.BaseStatement = line(self.code)
        if self.drop_last and isinstance(rest[-1], cst.SimpleStatementLine):
            closing = _without_blank(rest[-1])
            rest = rest[:-1]
        if not rest:
            return None
        made = statement("try:\n    pass\nfinally:\n    pass\n", cst.Try)
        final = made.finalbody
        inside = [_without_blank(rest[0]), *rest[1:]]
        made = made.with_changes(
            body=made.body.with_changes(body=inside),
            finalbody=final.with_changes(body=final.body.with_changes(body=[closing]))
            if final is not None
            else None,
        )
        return node.with_changes(body=[first, made])


@dataclass(frozen=True, slots=True)
class EnteredInline:
    """A file that is opened inside of a statement is held by a ``with`` around it."""

    opening: str
    """The call as it is written."""
    name: str

    def edit(self, node: Node) -> Edited:
        """The ``with`` around the statement, which uses the name."""
        if not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return None
        wanted = "".join(self.opening.split())
        found: list[cst.Call] = []

        def leave(_original: object, updated: cst.CSTNode) -> cst.CSTNode:
            if not isinstance(updated, cst.Call) or found:
                return updated
            if "".join(code(updated).split()) == wanted:
                found.append(updated)
                return cst.Name(self.name)
            return updated

        inside = rewritten(node.with_changes(leading_lines=()), leave)
        if not found:
            return None
        item = cst.WithItem(found[0], asname=cst.AsName(cst.Name(self.name)))
        return cst.With(
            items=[item], body=cst.IndentedBlock(body=[inside]), leading_lines=node.leading_lines
        )


def _without_blank(node: cst.BaseStatement) -> cst.BaseStatement:
    lines = list(getattr(node, "leading_lines", ()))
    while lines and lines[0].comment is None:
        lines.pop(0)
    return node.with_changes(leading_lines=lines)


def _has_comment(node: cst.BaseStatement) -> bool:
    return not isinstance(node, cst.SimpleStatementLine) or bool(
        node.trailing_whitespace.comment
        or any(item.comment is not None for item in node.leading_lines)
    )

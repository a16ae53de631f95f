"""The writes of one place, and what can be done about each."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.codemod import (
    Change,
    Edit,
    Operation,
    Place,
    Refusal,
    Safety,
    Unit,
    site_of,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.spans import Span
from codemods.syntax.tree import Tree
from codemods.transforms.atomic_write.choice import Choice
from codemods.transforms.atomic_write.edit import Entered, Opened
from codemods.transforms.atomic_write.evidence import helped, is_staged
from codemods.transforms.atomic_write.helpers import moved
from codemods.transforms.atomic_write.plan import AtomicPlan
from codemods.transforms.atomic_write.staged import joined
from codemods.transforms.atomic_write.targets import removed_on_error, why_not_target
from codemods.transforms.atomic_write.uses import why_not_block
from codemods.transforms.atomic_write.writes import Writing, surrounding, writing

NOTE = (
    "the file that is written is a new one: hard links, owner and access lists of the old one "
    "are not kept"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A write, or a call that opens files in a way of its own."""

    call: ast.Call
    writing: Writing | str


class Writes:
    """Decides about the files that one place writes."""

    def __init__(
        self, project: Project, place: Place, plan: AtomicPlan, places: Sequence[Place]
    ) -> None:
        """
        Args:
            places: all places in the same file: they share one helper.
        """
        self.project = project
        self.source: SourceFile = place.source
        self.tree: Tree = place.source.tree
        self.place = place
        self.plan = plan
        self.choice = Choice(project, plan, places)

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change or a refusal for each write, in the order of the lines."""
        calls = self.tree.within(self.place.node, ast.Call)
        staged = [item for item in calls if moved(self.source, item) is not None]
        yield from self._staged(staged)
        if staged and self.plan.unique:
            # It is about the name of the temporary file, and not about other files.
            return
        yield from helped(self.project, self.source, calls)
        found = [
            _Found(call, made)
            for call in calls
            if (made := writing(self.project, self.source, call, self.plan.writers)) is not None
            and not (isinstance(made, Writing) and made.only_reads)
        ]
        handed = [
            node
            for node in self.tree.within(self.place.node, ast.Attribute)
            if node.attr in ("write_text", "write_bytes")
            and isinstance(node.ctx, ast.Load)
            and isinstance(self.tree.parent(node), ast.Call)
            and getattr(self.tree.parent(node), "func", None) is not node
        ]
        meant = set(self.place.focus([*(item.call for item in found), *handed]))
        found = [item for item in found if item.call in meant]
        if self._too_many(found):
            detail = f"{self.source.path} writes files in several functions, and none is named"
            yield Refusal("several-functions", detail, site_of(self.source, found[0].call))
            return
        for node in handed:
            if node in meant:
                detail = f"{ast.unparse(node)} is handed on and not called"
                yield Refusal("handed-on", detail, site_of(self.source, node))
        for item in found:
            yield self._verdict(item)

    def _too_many(self, found: list[_Found]) -> bool:
        """Whether a whole file is the place, and more than one function writes there."""
        if not isinstance(self.place.node, ast.Module):
            return False
        return len({surrounding(self.tree, item.call) for item in found}) > 1

    def _staged(self, calls: list[ast.Call]) -> Iterator[Change | Refusal]:
        """The places that rename a file already."""
        for call in calls:
            ends = moved(self.source, call)
            assert ends is not None
            if self.plan.unique:
                made = joined(self.source, call, ends)
                if made is not None:
                    yield self._joined(call, made)
                    continue
            detail = f"{ast.unparse(ends[0])} is written and then takes the place of the file"
            yield Refusal("replaced", detail, site_of(self.source, call), already=True)

    def _joined(
        self, call: ast.Call, made: Refusal | tuple[Span, Entered, ast.expr]
    ) -> Change | Refusal:
        if isinstance(made, Refusal):
            return made
        span, entered, target = made
        name, edits = self.choice.given(call, target, as_path=True, keep_suffix=entered.keep_suffix)
        if isinstance(name, Refusal):
            return name
        payload = dataclasses.replace(entered, helper=name)
        operation = Operation(self.source.path, span, payload, Unit.STATEMENTS)
        what = f"each writer of {ast.unparse(target)} has a temporary file of its own"
        return self._change(call, what, (operation, *edits))

    def _verdict(self, found: _Found) -> Change | Refusal:
        call, made = found.call, found.writing
        if isinstance(made, str):
            return self._refusal("other-opener", call, made)
        if is_staged(self.project, self.source, made):
            detail = "what is written is a temporary file that takes the place of the file"
            return Refusal("replaced", detail, site_of(self.source, call), already=True)
        shown = ast.unparse(made.target)
        if made.wants == "unknown":
            return self._refusal("path-type", call, f"what kind of path {shown} is cannot be seen")
        if made.mode is None:
            return self._refusal("mode", call, f"how {shown} is opened is not a literal")
        if "x" in made.mode:
            return self._refusal("exclusive", call, f"{shown} must not be there before")
        if "a" in made.mode or "r" in made.mode:
            return self._refusal("kept-content", call, f"{shown} keeps what is in it")
        why = why_not_target(self.source, made.target) or removed_on_error(
            self.source, call, made.target
        )
        if why is not None:
            return self._refusal(why[0], call, why[1])
        if any(item.arg in ("opener", "closefd") for item in call.keywords):
            return self._refusal("opener", call, f"{shown} is opened in a way of its own")
        if made.unbuffered:
            return self._refusal("in-pieces", call, f"{shown} is read while it grows: no buffer")
        statement = self.tree.parent(call)
        if not made.opens:
            if not isinstance(statement, ast.Expr):
                return self._refusal("result-used", call, f"the result of writing {shown} is used")
            return self._whole(made, statement)
        if isinstance(statement, ast.withitem):
            block = self.tree.parent(statement)
            if isinstance(block, ast.With):
                return self._block(made, block, statement)
        return self._refusal("no-with", call, f"{shown} is not opened by a with statement")

    def _block(self, made: Writing, block: ast.With, item: ast.withitem) -> Change | Refusal:
        """``with open(path, "w") as handle:``"""
        if not isinstance(item.optional_vars, ast.Name):
            return self._refusal("no-handle", made.call, "nothing is written to what is opened")
        handle = item.optional_vars.id
        why = why_not_block(self.source, block, handle, made.target)
        if why is not None:
            return self._refusal(why[0], made.call, why[1])
        twice = [
            other
            for other in block.items
            if other is not item
            and any(
                ast.unparse(node) == ast.unparse(made.target)
                for node in ast.walk(other.context_expr)
                if isinstance(node, ast.expr)
            )
        ]
        if twice:
            text = f"{ast.unparse(made.target)} is opened twice at once"
            return self._refusal("path-used", made.call, text)
        what = f"{ast.unparse(made.target)} is replaced when it is written in full"
        reused = self.choice.reused(made, block)
        if reused is not None:
            return self._change(made.call, what, reused)
        index = block.items.index(item)
        name, edits = self._given(made)
        if isinstance(name, Refusal):
            return name
        variable = self.choice.variable(made.call)
        layout = self.choice.layout(made, block, name, variable)
        payload = Opened(
            name, variable, index, made.part, made.keyword, layout, made.wants == "text"
        )
        span = self.source.span(block)
        operation = Operation(self.source.path, span, payload, Unit.STATEMENT)
        return self._change(made.call, what, (operation, *edits))

    def _whole(self, made: Writing, statement: ast.Expr) -> Change | Refusal:
        """``path.write_text(text)``, or a function that writes all of a file."""
        what = f"{ast.unparse(made.target)} is replaced when it is written in full"
        reused = self.choice.reused(made, None)
        if reused is not None:
            return self._change(made.call, what, reused)
        name, edits = self._given(made)
        if isinstance(name, Refusal):
            return name
        payload = Opened(
            name,
            self.choice.variable(made.call),
            0,
            made.part,
            made.keyword,
            "nested",
            made.wants == "text",
        )
        span = self.source.span(statement)
        operation = Operation(self.source.path, span, payload, Unit.STATEMENT)
        return self._change(made.call, what, (operation, *edits))

    def _given(self, made: Writing) -> tuple[str | Refusal, tuple[Edit, ...]]:
        # A call that is told nothing by a ``str()`` gets what it got, and that is a path.
        as_path = made.part == "receiver" or (
            made.by_name and made.wants == "path" and made.target is made.path
        )
        return self.choice.given(made.call, made.target, as_path=as_path, keep_suffix=made.by_name)

    def _change(self, at: ast.AST, what: str, edits: tuple[Edit, ...]) -> Change:
        assert isinstance(at, ast.expr)
        return Change(site_of(self.source, at), what, edits, Safety.REVIEW, (NOTE,))

    def _refusal(self, reason: str, at: ast.expr, detail: str) -> Refusal:
        return Refusal(reason, detail, site_of(self.source, at))

"""The writes of one place, and what can be done about each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.codemod import Change, Edit, Operation, Place, Refusal, Safety, Unit, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.names import free_name
from codemods.syntax.statements import block_of
from codemods.syntax.tree import Tree
from codemods.tables import words
from codemods.transforms.atomic_write.choice import Choice
from codemods.transforms.atomic_write.edit import Entered, Opened
from codemods.transforms.atomic_write.evidence import helped, is_staged
from codemods.transforms.atomic_write.helpers import moved
from codemods.transforms.atomic_write.plan import AtomicPlan
from codemods.transforms.atomic_write.targets import removed_on_error, why_not_target
from codemods.transforms.atomic_write.uses import why_not_block
from codemods.transforms.atomic_write.writes import Writing, surrounding, writing

NOTE = (
    "the written file is a new one: hard links, owner and access control lists of the old "
    "file are lost"
)
_UNIQUE = tuple(words("uuid getpid get_ident token_hex mkstemp NamedTemporaryFile random time_ns"))
_TEMPORARY = tuple(
    f".{word}{quote}" for word in words("tmp temp part partial new") for quote in "'\""
)


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
        found = {
            call: made
            for call in calls
            if (made := writing(self.project, self.source, call, self.plan.writers)) is not None
            and not (isinstance(made, Writing) and made.only_reads)
        }
        handed = [
            node
            for node in self.tree.within(self.place.node, ast.Attribute)
            if node.attr in ("write_text", "write_bytes")
            and isinstance(node.ctx, ast.Load)
            and isinstance(self.tree.parent(node), ast.Call)
            and getattr(self.tree.parent(node), "func", None) is not node
        ]
        meant = set(self.place.focus([*found, *handed]))
        found = {call: made for call, made in found.items() if call in meant}
        writers = {surrounding(self.tree, call) for call in found}
        if isinstance(self.place.node, ast.Module) and len(writers) > 1:
            detail = (
                f"{self.source.path} writes files in several functions, and the finding names "
                "none of them"
            )
            yield self._refusal("several-functions", next(iter(found)), detail)
            return
        for node in handed:
            if node in meant:
                detail = f"{ast.unparse(node)} is passed on, not called"
                yield self._refusal("handed-on", node, detail)
        for call, made in found.items():
            yield self._verdict(call, made)

    def _staged(self, calls: list[ast.Call]) -> Iterator[Change | Refusal]:
        """The places that rename a file already."""
        for call in calls:
            ends = moved(self.source, call)
            assert ends is not None
            joined = self._joined(call, ends) if self.plan.unique else None
            if joined is not None:
                yield joined
                continue
            detail = f"{ast.unparse(ends[0])} is already written first and then replaces the file"
            yield Refusal("replaced", detail, site_of(self.source, call), already=True)

    def _joined(self, call: ast.Call, ends: tuple[ast.expr, ast.expr]) -> Change | Refusal | None:
        """The statements from the name of a temporary file to its renaming in a block of the
        helper; ``None`` where it has a name of its own already."""
        found = _staged_between(self.source, call, ends)
        if not isinstance(found, tuple):
            return found
        first, temporary, suffix = found
        target = ends[1]
        name, edits = self.choice.given(call, target, as_path=True, keep_suffix=suffix)
        if isinstance(name, Refusal):
            return name
        payload = Entered(name, self.source.segment(target), temporary)
        span = self.source.statements_span(first, self.tree.statement(call))
        operation = Operation(self.source.path, span, payload, Unit.STATEMENTS)
        what = f"each writer of {ast.unparse(target)} gets its own temporary file"
        return self._change(call, what, (operation, *edits))

    def _verdict(self, call: ast.Call, made: Writing | str) -> Change | Refusal:
        if isinstance(made, str):
            return self._refusal("other-opener", call, made)
        if is_staged(self.project, self.source, made):
            detail = "the code already writes a temporary file that replaces the file"
            return Refusal("replaced", detail, site_of(self.source, call), already=True)
        shown = ast.unparse(made.target)
        if made.wants == "unknown":
            return self._refusal(
                "path-type", call, f"the type of the path {shown} could not be determined"
            )
        if made.mode is None:
            return self._refusal(
                "mode", call, f"the mode in which {shown} is opened is not a literal"
            )
        if "x" in made.mode:
            return self._refusal(
                "exclusive", call, f'{shown} is opened with "x" and must not exist before'
            )
        if "a" in made.mode or "r" in made.mode:
            return self._refusal(
                "kept-content", call, f"{shown} is opened in a mode that keeps its content"
            )
        why = why_not_target(self.source, made.target) or removed_on_error(
            self.source, call, made.target
        )
        if why is not None:
            return self._refusal(why[0], call, why[1])
        if any(item.arg in ("opener", "closefd") for item in call.keywords):
            return self._refusal(
                "opener", call, f"{shown} is opened with a custom opener or closefd"
            )
        if made.unbuffered:
            return self._refusal(
                "in-pieces",
                call,
                f"{shown} is written without a buffer, so it may be read while it grows",
            )
        statement = self.tree.parent(call)
        if not made.opens:
            if not isinstance(statement, ast.Expr):
                return self._refusal("result-used", call, f"the result of writing {shown} is used")
            return self._replaced(made, statement)
        if isinstance(statement, ast.withitem):
            block = self.tree.parent(statement)
            if isinstance(block, ast.With):
                return self._block(made, block, statement)
        return self._refusal("no-with", call, f"{shown} is not opened by a with statement")

    def _block(self, made: Writing, block: ast.With, item: ast.withitem) -> Change | Refusal:
        """``with open(path, "w") as handle:``"""
        if not isinstance(item.optional_vars, ast.Name):
            return self._refusal(
                "no-handle", made.call, "the opened file has no name, so nothing is written to it"
            )
        handle = item.optional_vars.id
        why = why_not_block(self.source, block, handle, made.target)
        if why is not None:
            return self._refusal(why[0], made.call, why[1])
        others = [other.context_expr for other in block.items if other is not item]
        beside = [node for other in others for node in ast.walk(other)]
        path = ast.unparse(made.target)
        if any(isinstance(node, ast.expr) and ast.unparse(node) == path for node in beside):
            return self._refusal(
                "path-used", made.call, f"{path} is opened twice by the same with statement"
            )
        return self._replaced(made, block, block.items.index(item))

    def _replaced(
        self, made: Writing, statement: ast.With | ast.Expr, index: int = 0
    ) -> Change | Refusal:
        """The ``with`` statement of which item ``index`` opens the file, or the call of what
        writes all of it, with another file."""
        at, target = made.call, made.target
        what = f"{ast.unparse(target)} is replaced after it is completely written"
        block = statement if isinstance(statement, ast.With) else None
        reused = self.choice.reused(made, block)
        if reused is not None:
            return self._change(at, what, reused)
        # A call that is told nothing by a ``str()`` gets what it got, and that is a path.
        as_path = made.part == "receiver" or (
            made.by_name and made.wants == "path" and target is made.path
        )
        name, edits = self.choice.given(at, target, as_path=as_path, keep_suffix=made.by_name)
        if isinstance(name, Refusal):
            return name
        variable = free_name(self.tree, surrounding(self.tree, at), "temporary")
        layout = self.choice.layout(made, block, name, variable) if block else "nested"
        as_text = made.wants == "text"
        payload = Opened(name, variable, index, made.part, made.keyword, layout, as_text)
        span = self.source.span(statement)
        operation = Operation(self.source.path, span, payload, Unit.STATEMENT)
        return self._change(at, what, (operation, *edits))

    def _change(self, at: ast.expr, what: str, edits: tuple[Edit, ...]) -> Change:
        return Change(site_of(self.source, at), what, edits, Safety.REVIEW, (NOTE,))

    def _refusal(self, reason: str, at: ast.expr, detail: str) -> Refusal:
        return Refusal(reason, detail, site_of(self.source, at))


def _staged_between(
    source: SourceFile, call: ast.Call, ends: tuple[ast.expr, ast.expr]
) -> tuple[ast.Assign, str, bool] | Refusal | None:
    """The statement that names the temporary file, that name, and whether the file needs the
    suffix of the other.

    Args:
        call: what renames.
        ends: from where to where.

    Returns:
        ``None`` where the temporary file has a name of its own already.
    """
    temporary, target = ends
    found = block_of(source.tree, source.tree.statement(call))
    site = site_of(source, call)
    if not isinstance(temporary, ast.Name) or found is None:
        return Refusal(
            "temporary-name", "where the temporary file gets its name could not be determined", site
        )
    block, index = found
    for start in range(index):
        match block[start]:
            case ast.Assign(targets=[ast.Name(id=temporary.id)]) as named:
                break
    else:
        detail = f"{temporary.id} is assigned in another block than the one that renames it"
        return Refusal("temporary-name", detail, site)
    value = ast.unparse(named.value)
    if any(word in value for word in _UNIQUE):
        return None
    why = _why_not(source, block[start : index + 1], temporary.id, target, call)
    if why is not None:
        return Refusal(*why, site)
    suffix = not any(ending in value for ending in _TEMPORARY)
    return named, temporary.id, suffix


def _why_not(
    source: SourceFile, block: list[ast.stmt], temporary: str, target: ast.expr, call: ast.Call
) -> tuple[str, str] | None:
    tree = source.tree
    named, *between, renames = block
    assert isinstance(named, ast.Assign)
    text = ast.unparse(target)
    if not isinstance(renames, ast.Expr) or renames.value is not call or not between:
        return (
            "temporary-name",
            f"nothing is written between the assignment of {temporary} and its renaming",
        )
    match named.value:
        case ast.Call(func=ast.Attribute(value=base, attr="with_suffix" | "with_name")) if (
            ast.unparse(base) == text
        ):
            pass
        case _:
            # A text would be handed on where the helper gives a path.
            return (
                "temporary-name",
                f"{temporary} is not made from {text} by with_suffix() or with_name()",
            )
    for item in between:
        for node in ast.walk(item):
            if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await, ast.Return)):
                return "leaves", f"line {node.lineno} may leave before {temporary} is renamed"
            if (
                isinstance(node, ast.Name)
                and isinstance(node.ctx, ast.Store)
                and node.id in (temporary, *text.split("."))
            ):
                return "temporary-name", f"{node.id} is assigned again on line {node.lineno}"
    around = tree.function(call) or tree.module
    end = renames.end_lineno or renames.lineno
    for name in tree.within(around, ast.Name):
        if name.id == temporary and not named.lineno <= name.lineno <= end:
            return "temporary-name", f"{temporary} is also used on line {name.lineno}"
    for item in (named, renames):
        lines = range(item.lineno, (item.end_lineno or item.lineno) + 1)
        if any("#" in source.line_text(line) for line in lines):
            return "comment", f"line {item.lineno} has a comment that would be lost"
    above = source.line_text(renames.lineno - 1).strip()
    if above.startswith("#"):
        return "comment", f"line {renames.lineno - 1} is a comment that would be lost"
    return None

"""Copies of a constant in one file: a second definition, a default, a literal in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codemods.analysis.names.constants import definition_in, homes
from codemods.analysis.names.import_paths import imports, module_for
from codemods.codemod import (
    AddImport,
    Change,
    DropLines,
    Edit,
    Operation,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.findings.model import LineRange
from codemods.project.source import SourceFile, readable
from codemods.rewriting.parsed import Becomes
from codemods.rewriting.reach import spelled
from codemods.rewriting.removal import lines_of
from codemods.syntax.lines import Lines
from codemods.syntax.spans import Span
from codemods.syntax.tree import Tree
from codemods.transforms.import_constant.meaning import (
    constants_meant,
    given_to,
    literal,
    takes_floats,
)
from codemods.transforms.import_constant.plan import ConstantHints, ConstantPlan


@dataclass(frozen=True, slots=True)
class Copies:
    """Decides about the copies of the finding's constants in one file."""

    scope: Scope
    source: SourceFile
    plan: ConstantPlan
    hints: ConstantHints
    lines: tuple[LineRange, ...]
    places: tuple[LineRange, ...]

    @property
    def tree(self) -> Tree:
        """The tree of the file."""
        return self.source.tree

    def _unclear(self, meant: Sequence[str]) -> Refusal:
        values, modules = " and ".join(self.plan.values), " and ".join(self.plan.modules)
        text = f"{modules} has no matching constant with the value {values}"
        if meant:
            text = (
                f"the finding could mean {' or '.join(meant)} in {modules}, which have the "
                f"value {values}"
            )
        first = self.tree.module.body[0] if self.tree.module.body else None
        return Refusal("no-home", text, site_of(self.source, first) if first else None)

    def verdicts(self) -> Sequence[Change | Refusal]:
        """A change or a refusal for each copy, constant by constant."""
        if not self.plan.names:
            meant = constants_meant(self.scope, self.source, self.plan, self.hints)
            if len(meant) != 1:
                return (self._unclear(meant),)
            return replace(self, plan=replace(self.plan, names=meant)).verdicts()
        places = {name: self._home(name) for name in self.plan.names}
        found = [
            verdict
            for name, home in places.items()
            if not isinstance(home, Refusal)
            for verdict in self._copies(name, home)
        ]
        return found or [home for home in places.values() if isinstance(home, Refusal)]

    def _copies(self, name: str, home: SourceFile) -> Iterator[Change | Refusal]:
        tree = readable(home)
        canonical = definition_in(tree, name) if tree is not None else None
        assert canonical is not None
        assert canonical.value is not None
        own = home.path == self.source.path
        if not own and (copy := definition_in(self.tree, name)) is not None:
            yield self._copy_goes(name, home, copy, canonical.value)
            return
        value = literal(canonical.value)
        found = False
        for node in [*self._literals(name, value)] or self._shown(value):
            if own and self.tree.statement(node) in (canonical, *_above(self.tree, canonical)):
                # The name is not there yet.
                continue
            found = True
            yield self._literal_goes(name, home, node, value)
        if not found and any(alias.name == name for alias in self.tree.of(ast.alias)):
            first = self.tree.module.body[0]
            text = f"{self.source.path} already imports {name}"
            yield Refusal("imported", text, site_of(self.source, first), already=True)

    def _home(self, name: str) -> SourceFile | Refusal:
        """The file that defines the constant for all."""
        found = homes(self.scope.project, name)
        others = [item for item in found if item.path != self.source.path]
        for module in self.plan.modules:
            path = f"/{module.removesuffix('.py').replace('.', '/')}"
            named = [item for item in found if f"/{item.path.rpartition('.')[0]}".endswith(path)]
            # The finding names the files of the copies as well.
            if len(named) == 1 and (named[0].path != self.source.path or not others):
                return named[0]
        if len(others) == 1:
            return others[0]
        if not others and found:
            return found[0]
        first = self.tree.module.body[0] if self.tree.module.body else self.tree.module
        assert isinstance(first, ast.stmt)
        where = " and ".join(item.path for item in others)
        text = f"{name} is {'defined in ' + where if where else 'not defined anywhere else'}"
        return Refusal("no-home", text, site_of(self.source, first))

    def _copy_goes(
        self, name: str, home: SourceFile, copy: ast.Assign | ast.AnnAssign, canonical: ast.expr
    ) -> Change | Refusal:
        assert copy.value is not None
        mine, theirs = literal(copy.value), literal(canonical)
        shown = f"{name} = {ast.unparse(copy.value)}"
        if mine is None or theirs is None:
            if ast.unparse(copy.value) != ast.unparse(canonical) or mine is not theirs:
                text = f"{shown} is not a literal, so whether both are equal is unknown"
                return self._refusal("no-literal", copy, text)
        elif self._differs_in_type(copy.value, mine, theirs):
            text = (
                f"{shown} is {_article(mine)}, but {theirs!r} in {home.path} is {_article(theirs)}"
            )
            return self._refusal("type-differs", copy, text)
        elif mine != theirs and not self.plan.different:
            text = f"{shown} differs from {theirs!r} in {home.path}"
            return self._refusal("value-differs", copy, text)
        module = module_for(self.scope.project, self.source, home)
        if module is None:
            text = f"how {self.source.path} could import {home.path} is unknown"
            return self._refusal("no-import", copy, text)
        if imports(self.scope.project, home, self.source.path):
            text = f"{home.path} imports {self.source.path}, so the import would be circular"
            return self._refusal("circular", copy, text)
        alone = self._has_own_comment(copy)
        span = lines_of(self.source, copy, comments_above=alone)
        if span is not None and alone:
            span = self._with_blank(copy, span)
        if span is None:
            return self._refusal("shares-lines", copy, f"{shown} shares its line with other code")
        edits: tuple[Edit, ...] = (
            DropLines(self.source.path, span),
            AddImport(self.source.path, module, name),
        )
        notes = () if mine == theirs else (f"{shown} becomes {theirs!r}",)
        what = f"{name} is imported from {module} instead of copied"
        return Change(site_of(self.source, copy), what, edits, Safety.REVIEW, notes)

    def _going(self) -> set[int]:
        """The lines of the copies that are there."""
        return {
            line
            for name in self.plan.names
            if (item := definition_in(self.tree, name)) is not None
            for line in range(item.lineno, (item.end_lineno or item.lineno) + 1)
        }

    def _has_own_comment(self, copy: ast.stmt) -> bool:
        """Whether the comment above is about copies alone: the lines up to the next blank one
        all go."""
        lines = Lines(self.source.utf8)
        going = self._going()
        line = copy.lineno
        while line in going and not lines.is_blank(line):
            line += 1
        return lines.is_blank(line)

    def _with_blank(self, copy: ast.stmt, span: Span) -> Span:
        """With the blank lines behind the last of several copies, where others stand above the
        first, so that no gap grows."""
        lines = Lines(self.source.utf8)
        first, last = copy.lineno, copy.end_lineno or copy.lineno
        going = self._going()
        while first > 1 and (first - 1 in going or lines.is_comment(first - 1)):
            first -= 1
        above, below = lines.blank_around(first, last)
        if last + below >= len(lines):
            return span
        return Span(span.start, max(span.end, lines.end(last + min(above, below))))

    def _literals(self, name: str, value: object) -> Iterator[ast.Constant]:
        """Literals that stand for the constant: by what they are given to, or by their line."""
        if value is None:
            return
        lower = name.lower()
        others = {other.lower() for other in self.plan.names if other != name}
        for node in self.tree.of(ast.Constant):
            if isinstance(node.value, bool) or node.value != value:
                continue
            given = given_to(self.tree, node)
            if given is not None and given.lower() == lower:
                if given != name:
                    yield node
            elif (given or "").lower() in others:
                # It stands for another of the constants, which happens to be equal.
                continue
            elif not others and self._is_as_shown(node, given) and self._is_reported(node):
                yield node

    def _shown(self, value: object) -> list[ast.Constant]:
        """Literals that are given as the finding shows them, in the definitions that it means:
        lines drift, and ``timeout=30.0`` twice in two functions is told by that."""
        found = [
            node
            for node in self.tree.of(ast.Constant)
            if node.value == value
            and (given_to(self.tree, node), ast.unparse(node)) in self.hints.shown
            and any(node.lineno in item for item in self.places)
        ]
        return found if len(self.plan.names) == 1 and len(found) == (self.hints.count or 1) else []

    def _is_as_shown(self, node: ast.Constant, given: str | None) -> bool:
        """Whether the finding shows the literal; one that it shows as the value of something is no
        other one of that value on its line."""
        text = ast.unparse(node)
        owners = {name for name, value in self.hints.shown if value == text}
        return text in self.hints.literals and (not owners or given in owners)

    def _is_reported(self, node: ast.Constant) -> bool:
        near = [item for item in self.lines if item.end - item.start <= 2 and node.lineno in item]
        same = [
            other
            for other in self.tree.of(ast.Constant)
            if other.value == node.value and other.lineno == node.lineno
        ]
        return bool(near) and len(same) == 1

    def _literal_goes(
        self, name: str, home: SourceFile, node: ast.Constant, value: object
    ) -> Change | Refusal:
        if self._differs_in_type(node, node.value, value):
            text = f"{ast.unparse(node)} is {_article(node.value)}, but {name} is {_article(value)}"
            return self._refusal("type-differs", node, text)
        written = spelled(self.scope.project, self.source, node, home, name)
        if isinstance(written, str):
            return self._refusal("no-import", node, written)
        given = given_to(self.tree, node)
        what = f"{given or 'the literal'} {ast.unparse(node)} becomes {written[0]}"
        operation = Operation(self.source.path, self.source.span(node), Becomes(written[0]))
        notes = () if type(node.value) is type(value) else (f"{node.value!r} becomes {value!r}",)
        edits: tuple[Edit, ...] = (operation, *written[1])
        return Change(site_of(self.source, node), what, edits, Safety.REVIEW, notes)

    def _differs_in_type(self, node: ast.expr, mine: object, theirs: object) -> bool:
        """Whether a value of another type would stand there; an ``int`` is a ``float`` where the
        annotation says so."""
        if type(mine) is type(theirs):
            return False
        numbers = {type(mine), type(theirs)} == {int, float}
        return not (numbers and takes_floats(self.tree, node))

    def _refusal(self, reason: str, node: ast.expr | ast.stmt, detail: str) -> Refusal:
        return Refusal(reason, detail, site_of(self.source, node))


def _above(tree: Tree, statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements of a module that run before ``statement``."""
    for item in tree.module.body:
        if item is statement:
            return
        yield from (part for part in ast.walk(item) if isinstance(part, ast.stmt))


def _article(value: object) -> str:
    kind = type(value).__name__
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"

"""What is done about one link of a loader option, or why it stays."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from codemods.analysis.orm.loader_options import (
    NEW,
    OLD,
    Link,
    called_on_chain,
    cardinality_of,
    has_join_depth,
    is_polymorphic,
)
from codemods.analysis.orm.queries import loads_one_object, locks_rows
from codemods.codemod import (
    AddImport,
    Change,
    DropImport,
    Edit,
    Operation,
    Refusal,
    Safety,
    Site,
    Unit,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes, LastName
from codemods.syntax.imports import can_import, local_name
from codemods.syntax.names import binding
from codemods.syntax.tree import walk
from codemods.transforms.joinedload_to_selectinload.edit import ImportedToo

_MODULE = "sqlalchemy.orm"


def site(source: SourceFile, link: Link) -> Site:
    """Where the name of the link stands: links of one chain begin at the same place."""
    function = link.node.func
    word = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    start = source.span(function).end - len(word.encode("utf-8"))
    line = source.line_of(start)
    before = source.utf8[source.line_starts[line - 1] : start]
    name, column = source.tree.qualified_name(link.node), len(before.decode("utf-8")) + 1
    return Site(source.path, line, link.node.end_lineno or line, name, column)


_NEEDLESS = ("many-to-one", "not-asked-for")
"""Joins that are as they should be, or that nobody speaks of."""


def _with_others(edits: tuple[Edit, ...], made: Sequence[tuple[Edit, ...]]) -> tuple[Edit, ...]:
    """The edits of a link, with those of the others that stand on the same local import: once it
    is gone, none of them may be left."""
    gone = {
        item
        for item in edits
        if isinstance(item, Operation)
        and isinstance(item.payload, ImportedToo)
        and item.payload.unneeded is not None
    }
    together = [*edits, *(item for other in made if gone & {*other} for item in other)]
    return tuple(dict.fromkeys(together))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Decides about the links of one file."""

    project: Project
    source: SourceFile
    named: bool
    """Whether a report names them."""
    attributes: frozenset[str]
    """The relationships that it asks for; empty for all."""

    def of(self, found: list[Link]) -> Iterator[Change | Refusal]:
        """A change or a refusal for each link."""
        refusals = {link.node: self._refused(link) for link in found}
        changing = {
            link.node.func
            for link in found
            if refusals[link.node] is None and self._safety(link)[0] is not Safety.DISPLAY
        }
        made = {link.node: refusals[link.node] or self._edits(link, changing) for link in found}
        changed = [item for item in made.values() if not isinstance(item, Refusal)]
        for link in found:
            edits = made[link.node]
            if isinstance(edits, Refusal):
                yield edits
                continue
            safety, notes = self._safety(link)
            what = f"{self._name(link)} is loaded by selectinload"
            at, defect = site(self.source, link), f"{self._name(link)} is loaded by a join"
            yield Change(at, what, _with_others(edits, changed), safety, notes, found=defect)

    def _refused(self, link: Link) -> Refusal | None:
        why = self._written(link) or self._queried(link)
        return self._refusal(why[0], link, why[1]) if why is not None else None

    def _written(self, link: Link) -> tuple[str, str] | None:
        """What about the link as written keeps it as it is: a stable reason, and words."""
        node, argument = link.node, link.argument
        if not link.is_known:
            return "not-sqlalchemy", "is not known to be SQLAlchemy's"
        if argument is None or isinstance(argument, ast.Starred):
            return "several-keys", "does not have exactly one relationship as its argument"
        if any(item.arg == "innerjoin" for item in node.keywords):
            return "innerjoin", "has innerjoin, which selectinload does not support"
        if node.keywords:
            return "keywords", "has keywords that selectinload may not support"
        if isinstance(argument, ast.Constant) and argument.value == "*":
            return "wildcard", "applies to every relationship"
        if isinstance(argument, ast.Constant):
            told = "names its relationship by a string, so what it loads is unknown"
            return "string-argument", told
        if any(isinstance(it, ast.Attribute) and it.attr == "of_type" for it in walk(argument)):
            return "of-type", "loads a subtype"
        if is_polymorphic(self.source.tree, link):
            return "with-polymorphic", "belongs to a polymorphic entity"
        return None

    def _queried(self, link: Link) -> tuple[str, str] | None:
        """What about its chain, its query, its mapping or the finding keeps it as it is."""
        tree = self.source.tree
        if called_on_chain(tree, link, "contains_eager"):
            return "contains-eager", "follows contains_eager(), which decides what is loaded"
        if locks_rows(tree, link.node):
            told = (
                "belongs to a query that locks its rows, and a second statement would not lock them"
            )
            return "with-for-update", told
        if has_join_depth(self.project, self.source, link):
            return "join-depth", "has a join_depth in its mapping"
        if cardinality_of(self.project, self.source, link) == "one":
            return "many-to-one", "loads one object, so the join repeats no rows"
        if not self.named and cardinality_of(self.project, self.source, link) is None:
            # Most relationships that are named by a variable lead to one object.
            return "cardinality-unknown", "may load only one object: how many it loads is unknown"
        if self.attributes and ".".join(link.relationship or ()) not in self.attributes:
            return "not-asked-for", "is not what the finding asks for"
        return None

    def _safety(self, link: Link) -> tuple[Safety, tuple[str, ...]]:
        """How far the change is to be trusted, and what is to be said of it."""
        notes = ["selectinload runs a separate statement, which may see later commits"]
        safety = Safety.REVIEW
        if cardinality_of(self.project, self.source, link) is None:
            notes.append(f"the cardinality of {self._name(link)} is not known from the repository")
            safety = Safety.REVIEW if self.named else Safety.DISPLAY
        if loads_one_object(self.source.tree, link.node):
            notes.append("the query loads one object, so one statement becomes two")
            safety = Safety.REVIEW if self.named else Safety.DISPLAY
        return safety, tuple(notes)

    def _edits(self, link: Link, changing: Collection[ast.expr]) -> tuple[Edit, ...] | Refusal:
        path, tree, function = self.source.path, self.source.tree, link.node.func
        target = self.source.span(function)
        if not isinstance(function, ast.Name):
            return (Operation(path, target, LastName(NEW)),)
        there = local_name(tree, link.node, _MODULE, NEW)
        if there is not None and not there.isidentifier():
            # The file imports such functions by name: so does the fix.
            there = None
        edits: list[Edit] = [Operation(path, target, Becomes(there or NEW))]
        found = binding(tree, function)
        if there is None and (why := can_import(tree, link.node, _MODULE, NEW)) is not None:
            return self._refusal("name-taken", link, why)
        if found.scope_node is tree.module:
            if there is None:
                edits.append(AddImport(path, _MODULE, NEW))
            edits.append(DropImport(path, function.id))
            return tuple(edits)
        statement = tree.parent(found.nodes[0]) if len(found.nodes) == 1 else None
        if not isinstance(statement, ast.ImportFrom) or statement.module != _MODULE:
            return self._refusal("local-import", link, "is imported in a way that is not supported")
        if there is None:
            uses = [
                item
                for item in tree.within(found.scope_node or tree.module, ast.Name)
                if item.id == function.id
            ]
            unneeded = function.id if all(item in changing for item in uses) else None
            span = self.source.span(statement)
            edits.append(Operation(path, span, ImportedToo(unneeded), Unit.STATEMENT))
        return tuple(edits)

    def _name(self, link: Link) -> str:
        argument = link.argument
        return ast.unparse(argument) if argument is not None else OLD

    def _refusal(self, reason: str, link: Link, detail: str) -> Refusal:
        text = f"{OLD}({', '.join(map(ast.unparse, link.node.args))}) {detail}"
        asked = False if reason in _NEEDLESS else None
        return Refusal(reason, " ".join(text.split()), site(self.source, link), asked=asked)

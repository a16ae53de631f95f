"""What a codemod is asked, and where it looks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from codemods.codemod.change import Site
from codemods.findings.model import LineRange, Location
from codemods.project.paths import ends_in
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.tree import FUNCTIONS

Positioned = ast.expr | ast.stmt | ast.excepthandler
"""A node that stands on lines of its own."""
Located = TypeVar("Located", bound=Positioned)
Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a codemod is to do: targets, values and choices, as a person would write them.

    Each codemod derives its own. Its fields are plain values (texts, numbers, tuples, dataclasses
    of such), so that a plan can be shown, written down and handed over as TOML.
    """


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What the words of a finding only hinted: by it ``find`` chooses among sites, and nothing
    else. Without a finding there are none. A codemod may derive its own."""

    scopes: tuple[str, ...] = ()
    """Definitions that the finding names as the place, if the codemod knows better than
    :mod:`codemods.engine.locating.locate`."""
    anchors: tuple[str, ...] = ()
    """Names of which at least one must stand in the place: callees, state, sinks."""
    whole_files: bool = False
    """Whether a file that the finding names is place enough where no definition in it can be
    told: the codemod finds the names that are meant by itself."""
    locations: tuple[Location, ...] = ()
    """Places that the codemod read elsewhere in a finding whose own locations name no file."""
    count: int | None = None
    """How many places the finding speaks of, when it says so."""
    aspects: tuple[str, ...] = ()
    """What is asked for beside the plan, and may be done with it."""


Hinted = TypeVar("Hinted", bound=Hints)
NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: one file, or one definition of it."""

    source: SourceFile
    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    evidence: tuple[LineRange, ...] = ()
    """Lines of the file at which the finding's evidence stands today."""
    reported: tuple[LineRange, ...] = ()
    """Lines that the report names; they only break ties."""
    by: str = ""
    """By what the place was found, in words."""

    @property
    def lines(self) -> LineRange:
        """The lines of the definition, decorators included."""
        if isinstance(self.node, ast.Module):
            return LineRange(1, len(self.source.line_starts))
        first = min([self.node.lineno, *(item.lineno for item in self.node.decorator_list)])
        return LineRange(first, self.node.end_lineno or first)

    def focus(self, nodes: Sequence[Located]) -> list[Located]:
        """Those of ``nodes`` that the finding means, when several would do.

        Nodes on lines where the evidence stands go before nodes on reported lines; where neither
        picks any, all of them stay: the report's lines only break ties.
        """
        return self.meant(nodes, itself)

    def meant(self, items: Sequence[Item], node: Callable[[Item], Positioned]) -> list[Item]:
        """The same for what is no node and has one, which ``node`` gives."""
        for ranges in (self.evidence, self.reported):
            chosen = [item for item in items if overlaps(node(item), ranges)]
            if chosen:
                return chosen
        return list(items)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a codemod looks, and whom it may ask."""

    project: Project
    places: tuple[Place, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    """The settings of the codemod, as :meth:`Option.of` reads them."""
    hints: Hints = NO_HINTS
    """What the finding hinted; nothing in a scan, and where a plan was handed over."""

    def hinted(self, kind: type[Hinted]) -> Hinted:
        """The hints of a codemod that has its own; empty ones where nothing was hinted."""
        return self.hints if isinstance(self.hints, kind) else kind()

    def nodes(self, *kinds: type[Located]) -> Iterator[tuple[Place, list[Located]]]:
        """Each place with its nodes of exactly these kinds; :meth:`once` holds for them."""
        return self.once(lambda place: place.source.tree.within(place.node, *kinds), itself)

    def once(
        self,
        look: Callable[[Place], Iterable[Item]],
        node: Callable[[Item], ast.AST],
        also: Iterable[Place] = (),
    ) -> Iterator[tuple[Place, list[Item]]]:
        """Each place with what is found in it, and was in none before: two places of a finding may
        lie in each other.

        Args:
            look: what to find in a place.
            node: by which node two of them are the same.
            also: places that come behind those of the scope.
        """
        seen: set[ast.AST] = set()
        for place in (*self.places, *also):
            found = []
            for item in look(place):
                if node(item) not in seen:
                    seen.add(node(item))
                    found.append(item)
            yield place, found

    def listed(
        self, locations: Iterable[Location], wanted: Callable[[SourceFile, ast.Call], bool]
    ) -> Iterator[Place]:
        """The functions of further calls that stand at the very lines that a finding lists: its
        words cannot name the definitions of all. Those in a place of the scope are known already.

        Args:
            locations: where the finding says that they stand; what gives no line tells none.
            wanted: whether a call is one of them.
        """
        known: list[ast.AST] = [place.node for place in self.places]
        for location in locations:
            source = self.source_named(location.path, beside=False) if location.lines else None
            for call in source.tree.of(ast.Call) if source is not None else ():
                assert source is not None
                function = source.tree.function(call)
                if (
                    any(call.lineno in lines for lines in location.lines)
                    and isinstance(function, FUNCTIONS)
                    and not any(item in known for item in source.tree.ancestors(call))
                    and wanted(source, call)
                ):
                    known.append(function)
                    yield Place(source, function, reported=location.lines)

    def site(self, source: SourceFile, node: Positioned) -> Site:
        """The site of ``node`` for a result."""
        return site_of(source, node)

    def source_named(self, written: str | None, *, beside: bool = True) -> SourceFile | None:
        """The one file that a path in a report can mean, by its end. ``None`` where there is none,
        or where it cannot be parsed.

        Args:
            written: the path.
            beside: whether of several the one is meant that lies beside a place of the finding.
        """
        paths = [path for path in self.project.python_paths if ends_in(path, written)]
        if beside and len(paths) > 1:
            folders = {place.source.path.rpartition("/")[0] for place in self.places}
            paths = [path for path in paths if path.rpartition("/")[0] in folders]
        source = self.project.source(paths[0]) if len(paths) == 1 else None
        # Nothing was located there; a file that cannot be read gives nothing either.
        return source if source is not None and readable(source) is not None else None


def itself(node: Located) -> Located:
    """A node is its own."""
    return node


def lines_of(node: Positioned) -> LineRange:
    """The lines that ``node`` stands on."""
    return LineRange(node.lineno, node.end_lineno or node.lineno)


def overlaps(node: Positioned, ranges: Iterable[LineRange]) -> bool:
    """Whether ``node`` stands on a line of one of the ranges."""
    here = lines_of(node)
    return any(item.overlaps(here) for item in ranges)


def site_of(source: SourceFile, node: Positioned) -> Site:
    """Where ``node`` stands, for people."""
    column = node.col_offset
    if not source.is_ascii:
        start = source.line_starts[node.lineno - 1]
        column = len(source.utf8[start : start + column].decode("utf-8", "replace"))
    return Site(
        source.path,
        node.lineno,
        node.end_lineno or node.lineno,
        source.tree.qualified_name(node),
        column + 1,
    )

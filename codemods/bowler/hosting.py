"""A query of Bowler as a codemod: found in a scan, checked by the gates, written by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from codemods.bowler.rewriting import HostedQuery, Hunk
from codemods.codemod import Change, Codemod, Match, Plan, Refusal, Safety, Scope, Site
from codemods.demands.demands import Demands
from codemods.project.source import SourceFile

if TYPE_CHECKING:
    from bowler import Query


def hosted(
    name: str,
    query: Callable[[], Query],
    *,
    triggers: tuple[bytes, ...],
    what: str = "",
    safety: Safety = Safety.DISPLAY,
    recognise: Callable[[Demands], Match[Plan] | None] = lambda _demands: None,
    documentation: str = "",
) -> Codemod:
    """A codemod that does what a query does.

        codemod = hosted(
            "fetch-to-load",
            lambda: Query().select_function("fetch").rename("load"),
            triggers=(b"fetch",),
        )

    Args:
        name: of the codemod.
        query: makes the query; its paths count for nothing, and neither does ``execute()``.
        triggers: bytes of which at least one is in every file that the query could change.
        what: what it does, in words; by default that the query rewrites these lines.
        safety: of its changes. Bowler's ``rename`` goes by names alone, whatever they mean, so
            they are only shown unless the author says otherwise.
        recognise: which findings ask for it; by default none does.
        documentation: its page; by default the docstring of its module.

    Raises:
        ImportError: in a scan, when Bowler is not installed.
    """
    made = cache(lambda: HostedQuery(query()))

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        for place in scope.places:
            for hunk in made().hunks(place.source):
                if plan is not None and hunk.line not in place.lines:
                    continue
                yield change_of(place.source, hunk, what or f"the query {name} rewrites it", safety)

    # The cache of a scan knows a plug-in's code by its module.
    find.__module__ = query.__module__
    return Codemod(
        name=name,
        recognise=recognise,
        find=find,
        triggers=triggers,
        documentation=documentation,
    )


def change_of(source: SourceFile, hunk: Hunk, what: str, safety: Safety) -> Change:
    """A hunk as a change."""
    tree = source.tree
    around = [
        node for node in tree.definitions() if node.lineno <= hunk.line <= (node.end_lineno or 0)
    ]
    inner = max(around, key=lambda node: node.lineno, default=None)
    function = tree.qualified_name(inner) if inner is not None else ""
    return Change(Site(source.path, hunk.line, hunk.end_line, function), what, hunk.edits, safety)

"""Which functions of the project must become ``async`` with one, or which of them cannot.

A plain function that becomes ``async def`` gives a coroutine to whoever calls it: each call has
to be awaited, so each caller that is no coroutine yet has to become one, and so on. The callers
are followed by name, import and receiver across all files. One caller that cannot follow stops
all of it: half a colour change is a program that forgets to await.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from codemods.analysis.colour.checks import (
    ColourRefusal,
    definition_refusal,
    mention_refusal,
    unread_refusal,
)
from codemods.analysis.flow.around import binds_tighter
from codemods.analysis.names.index import CallSite, index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.awaiting import in_cancelled_handler, in_finally, why_no_await
from codemods.syntax.locks import held_locks
from codemods.syntax.suspension import new_suspension_hazard

__all__ = ["AwaitedCall", "ColourPlan", "ColourRefusal", "colour"]

LIMIT = 60
"""How many functions may change their colour at once: what is more is a decision of its own."""

_FOLLOWED = ("function-not-async", "inside-nested-function")


@dataclass(frozen=True, slots=True)
class AwaitedCall:
    """A call that gets an ``await``."""

    source: SourceFile
    node: ast.Call
    parenthesised: bool
    """Whether the awaited result is used further: ``(await f()).x``."""


@dataclass(frozen=True, slots=True)
class ColourPlan:
    """Everything that has to change together."""

    definitions: tuple[DefinitionRef, ...]
    """The plain functions that become ``async``, those that were asked for first."""
    calls: tuple[AwaitedCall, ...]
    notes: tuple[str, ...] = ()
    """What a reader has to know: mocks in tests, new suspension points in delicate places."""


def colour(
    project: Project, functions: Sequence[DefinitionRef], *, public: Sequence[str] = ()
) -> ColourPlan | ColourRefusal:
    """Make ``functions`` coroutines, with all their callers, or say who cannot follow.

    Args:
        project: whose every file is looked through.
        functions: plain functions or methods; those that are ``async`` already need nothing.
        public: patterns of dotted names (``package.module.Class.method``, or only
            ``Class.method``) that people outside the project may call.
    """
    definitions: dict[ast.AST, DefinitionRef] = {}
    calls: dict[ast.Call, AwaitedCall] = {}
    notes: dict[str, None] = {}
    queue = [item for item in functions if not item.is_async]
    while queue:
        ref = queue.pop(0)
        if ref.node in definitions:
            continue
        definitions[ref.node] = ref
        if len(definitions) > LIMIT:
            detail = (
                f"more than {LIMIT} functions would have to become async, starting with "
                f"{ref.name}()"
            )
            return ColourRefusal("too-many-callers", detail, ref.source, ref.node)
        stopped = _stopped(project, ref, public, notes)
        if stopped is not None:
            return stopped
        for site in index_of(project).callers(ref):
            if site.awaited:
                continue
            followed = _followed(project, ref, site)
            if isinstance(followed, ColourRefusal):
                return followed
            if followed is not None:
                queue.append(followed)
            calls[site.node] = AwaitedCall(
                site.source, site.node, binds_tighter(site.source, site.node)
            )
            notes.update(dict.fromkeys(_call_notes(ref, site)))
    return ColourPlan(tuple(definitions.values()), tuple(calls.values()), tuple(notes))


def _stopped(
    project: Project, ref: DefinitionRef, public: Sequence[str], notes: dict[str, None]
) -> ColourRefusal | None:
    """Why ``ref`` itself cannot become ``async``, whoever calls it."""
    name = f"{index_of(project).resolver.modules.name(ref.path)}.{ref.qualified_name}"
    if any(fnmatchcase(name, item) or fnmatchcase(ref.qualified_name, item) for item in public):
        detail = f"{ref.qualified_name}() is public, and other code calls it without awaiting"
        return ColourRefusal("public-api", detail, ref.source, ref.node)
    return (
        definition_refusal(project, ref)
        or unread_refusal(project, ref)
        or mention_refusal(project, ref, notes)
        or _uncalled(project, ref)
    )


def _uncalled(project: Project, ref: DefinitionRef) -> ColourRefusal | None:
    """Why a public function stays plain that nothing of the project calls: whoever does calls it
    from elsewhere, and without awaiting. What is decorated is called by a framework."""
    if ref.name.startswith("_") or ref.node.decorator_list or index_of(project).callers(ref):
        return None
    detail = (
        f"nothing in the project calls {ref.qualified_name}(), and code outside it would not "
        "await it"
    )
    return ColourRefusal("uncalled", detail, ref.source, ref.node)


def _followed(
    project: Project, ref: DefinitionRef, site: CallSite
) -> DefinitionRef | ColourRefusal | None:
    """The caller that has to become ``async`` in turn, ``None`` where it is, or why it cannot."""
    tree, call = site.source.tree, site.node
    where = f"{site.source.path}:{call.lineno}"

    def refused(reason: str, detail: str) -> ColourRefusal:
        return ColourRefusal(reason, detail, site.source, call)

    text = ast.unparse(call.func)
    if is_test(site.source.path):
        return refused("called-in-a-test", f"the test at {where} calls {text}() without awaiting")
    if not site.certain:
        return refused(
            "ambiguous-call", f"{where} calls {text}(), which may or may not be {ref.name}()"
        )
    stays = why_no_await(tree, call, target_python=project.target_python)
    if stays is not None and stays[0] not in _FOLLOWED:
        return refused(
            stays[0], f"{where} calls {ref.name}() where no await is allowed: {stays[1]}"
        )
    for lock in held_locks(tree, call):
        if not lock.is_async:
            return refused(
                "under-threading-lock",
                f"{where} calls {ref.name}() while it holds {lock.text}, a threading lock",
            )
    if stays is None:
        return None
    function = tree.function(call)
    if not isinstance(function, ast.FunctionDef):
        return refused("outside-function", f"{where} calls {ref.name}() outside any function")
    return index_of(project).resolver.reference(site.source, function)


def _call_notes(ref: DefinitionRef, site: CallSite) -> Iterator[str]:
    tree = site.source.tree
    where = f"{site.source.path}:{site.node.lineno}"
    hazard = new_suspension_hazard(tree, site.node)
    if hazard is not None:
        yield (
            f"the new await at {where} lets other tasks run between the check on line "
            f"{hazard[0]} and the use on line {hazard[1]}"
        )
    if in_finally(tree, site.node) or in_cancelled_handler(tree, site.node):
        yield f"the new await of {ref.name}() at {where} is cut short if the task is cancelled"

"""A worker that waits for a free place by sleeping, and what the counter is good for."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import method_of
from codemods.syntax.statements import behind

_COUNTED = frozenset({"active", "running", "current", "num", "n"})
_COUNTS = frozenset({"count", "running", "active"})


@dataclass(frozen=True, slots=True)
class BusyWait:
    """``while self.active >= self.limit: await asyncio.sleep(…)`` and the call behind it."""

    loop: ast.While
    following: ast.stmt
    """The statement that awaits the work."""
    counter: str
    limit: str
    anchor: ast.stmt
    """The assignment in ``__init__`` behind which the limit is known."""
    name: str
    """What the semaphore is called: ``self._job_slots``."""
    asyncio: str
    """How :mod:`asyncio` is written there."""


def busy_wait(
    project: Project, source: SourceFile, owner: ast.ClassDef
) -> BusyWait | tuple[str, str] | None:
    """The busy-wait of a class that a semaphore can take the place of.

    Returns:
        ``None`` where the class has none; a reason and a sentence where it must stay.
    """
    tree = source.tree
    for loop in tree.within(owner, ast.While):
        match loop:
            case ast.While(
                test=ast.Compare(
                    left=ast.Attribute(value=ast.Name(id="self"), attr=counter),
                    ops=[ast.GtE()],
                    comparators=[ast.Attribute(value=ast.Name(id="self"), attr=limit)],
                ),
                body=[ast.Expr(value=ast.Await(value=ast.Call(func=function)))],
                orelse=[],
            ) if qualified_name(tree, function) == "asyncio.sleep":
                return _judged(project, source, owner, loop, function, counter, limit)
    return None


def _judged(
    project: Project,
    source: SourceFile,
    owner: ast.ClassDef,
    loop: ast.While,
    sleep: ast.expr,
    counter: str,
    limit: str,
) -> BusyWait | tuple[str, str]:
    tree = source.tree
    behind = _following(source, loop)
    if behind is None:
        return "busy-wait", "no awaited call directly follows the loop"
    following, work = behind
    if not isinstance(work.func, ast.Attribute) or ast.unparse(work.func.value) != "self":
        return "busy-wait", "the call after the loop is not a method of the class"
    method = method_of(owner, work.func.attr)
    counted = [
        item
        for item in tree.of(ast.AugAssign)
        if isinstance(item.target, ast.Attribute) and item.target.attr == counter
    ]
    if method is None or any(tree.function(item) is not method for item in counted):
        return "busy-wait", f"{counter} counts something other than the calls after the loop"
    callers = index_of(project).callers(index_of(project).resolver.reference(source, method))
    if any(item.node is not work for item in callers):
        return "busy-wait", f"{method.name}() is also called from elsewhere, without the semaphore"
    if project.target_python < (3, 10):
        return (
            "busy-wait",
            "before Python 3.10, a semaphore belongs to the event loop in which it is created",
        )
    anchor = _anchor(project, owner, limit)
    if anchor is None:
        return "busy-wait", f"{limit} is not set exactly once, in __init__"
    if "#" in source.segment(loop):
        return "busy-wait", "the loop contains a comment that would be lost"
    asyncio = source.segment(sleep).rpartition(".")[0]
    if not asyncio:
        return "busy-wait", "asyncio itself is not imported"
    return BusyWait(
        loop,
        following,
        f"self.{counter}",
        f"self.{limit}",
        anchor,
        f"self.{_free(owner, _slots(counter))}",
        asyncio,
    )


def _following(source: SourceFile, loop: ast.While) -> tuple[ast.stmt, ast.Call] | None:
    """The statement right behind the loop, if it awaits a call and nothing else."""
    match behind(source.tree, loop):
        case [ast.Expr(value=ast.Await(value=ast.Call() as work)) as statement, *_]:
            return statement, work
    return None


def _anchor(project: Project, owner: ast.ClassDef, limit: str) -> ast.stmt | None:
    """The one assignment of ``self.limit``, in the outermost block of ``__init__``."""
    set_in: list[ast.stmt] = []
    for source in project.containing(limit.encode("utf-8")):
        try:
            nodes = source.tree.attributes[limit]
        except SourceError:
            return None
        set_in += [
            source.tree.statement(node) for node in nodes if not isinstance(node.ctx, ast.Load)
        ]
    init = method_of(owner, "__init__")
    return set_in[0] if len(set_in) == 1 and init is not None and set_in[0] in init.body else None


def _slots(counter: str) -> str:
    """``_job_slots`` of ``active_jobs``."""
    first, _, rest = counter.strip("_").partition("_")
    word = rest if rest and first in _COUNTED else counter.strip("_")
    rest, _, last = word.rpartition("_")
    word = (rest if rest and last in _COUNTS else word).removesuffix("s")
    return f"_{word}_slots" if word.isidentifier() else "_slots"


def _free(owner: ast.ClassDef, name: str) -> str:
    taken = {item.attr for item in ast.walk(owner) if isinstance(item, ast.Attribute)}
    while name in taken:
        name = f"{name}_"
    return name

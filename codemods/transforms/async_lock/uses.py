"""Who takes a lock, and whether all of them can await it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from codemods.analysis.colour.plan import ColourPlan, ColourRefusal, colour
from codemods.analysis.locks.reentry import OwnLock, taken_again
from codemods.analysis.names.index import index_of
from codemods.analysis.threads.handed_over import runs_in_threads
from codemods.codemod import Refusal, Scope, site_of
from codemods.project.paths import is_test
from codemods.rewriting.colour import PUBLIC
from codemods.syntax.tree import Function


def coloured(scope: Scope, lock: OwnLock, found: dict[ast.With, Function]) -> ColourPlan | Refusal:
    """What becomes ``async`` so that every taking can await, or who cannot."""
    functions = list(dict.fromkeys(found.values()))
    source = lock.owner.source
    site = site_of(source, next(iter(found)))
    if (thread := runs_in_threads(scope.project, functions)) is not None:
        detail = f"{thread}, where an asyncio lock would not exclude anything"
        return Refusal("runs-in-threads", detail, site)
    if (again := taken_again(lock)) is not None:
        detail = f"{again.function.name}() takes {lock.shown} again while holding it"
        return Refusal("taken-again", detail, site_of(source, again.node))
    index = index_of(scope.project)
    plain = [item for item in functions if isinstance(item, ast.FunctionDef)]
    refs = [index.resolver.reference(source, item) for item in plain]
    plan = colour(scope.project, refs, public=tuple(map(str, PUBLIC.of(scope.options))))
    if not isinstance(plan, ColourRefusal):
        return plan
    detail = plan.detail
    number = sum(
        is_test(call.source.path)
        and not call.awaited
        # A receiver that is not known is another class's, where the file has not heard of this.
        and (call.certain or lock.owner.name.encode() in call.source.data)
        for ref in refs
        for call in index.callers(ref)
    )
    if number > 1 or (number and plan.reason != "called-in-a-test"):
        calls = "call" if number == 1 else "calls"
        detail += f"; {number} plain {calls} in the tests would also have to change"
    return Refusal(plan.reason, detail, site)


def notes(lock: OwnLock, found: Iterable[ast.With], plan: ColourPlan) -> Iterator[str]:
    """What a reader has to know of the change."""
    if not any(isinstance(part, ast.Await) for item in found for part in ast.walk(item)):
        yield (
            f"no section of {lock.shown} awaits, so tasks of one event loop never waited for "
            "it, only threads did"
        )
    yield f"{lock.shown} now excludes the tasks of one event loop, but not threads"
    yield from plan.notes

"""Let an HTTPException pass through a broad exception handler.

A broad handler that responds with a 500 also catches the 404 and 503 that were raised on purpose:

```python
try:
    if album is None:
        raise HTTPException(status_code=404, detail="no such album")
    return render(album)
except Exception:
    logger.error("cannot render", exc_info=True)
    raise HTTPException(status_code=500, detail="cannot render")
```

becomes

```python
try:
    if album is None:
        raise HTTPException(status_code=404, detail="no such album")
    return render(album)
except HTTPException:
    raise
except Exception:
    logger.error("cannot render", exc_info=True)
    raise HTTPException(status_code=500, detail="cannot render")
```

The `try` must raise one, in its own body or in a function of the project that it calls, up to four
calls deep, and the broad handler must raise another exception; if a report names it, that may be
any exception. If the report names the lines, the fix is also made when no `HTTPException` is found
in the `try`, and a note says so.

## Fix safety

Needs review: clients get the intended status instead of a 500, and the broad handler no longer logs
the exception.

## Not rewritten

* Handlers that re-raise the exception, check what it is, or call a function that does.
* A `try` that already has a handler for `HTTPException`, whatever it does.
* Broad handlers that raise nothing: they return a value or continue, and may be meant to catch
  everything. In a scan, also handlers that do so on one of their paths, or whose response is a
  fixed text with a status other than 500.
* In a scan, handlers that do more than log and raise: a rollback, a close, a counter or a record
  may also have to run for an `HTTPException`. For these the fix is only shown, and so it is for
  handlers with a fixed text if a called function turns every failure into an `HTTPException`.
* Exceptions raised in an inner `try` that catches them, or in a function that is only defined
  there.
* `except*`.

## Known limitations

Only FastAPI's and Starlette's exception is recognized, with the classes of the project that inherit
from it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.exceptions.http import HttpExceptions, always_raises, clean_up, tells
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Hints,
    Match,
    Operation,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    Unit,
    itself,
    overlaps,
    site_of,
)
from codemods.demands.demands import Demands
from codemods.findings.model import Severity
from codemods.rewriting.handlers import OneMore
from codemods.rewriting.reach import reach
from codemods.syntax.handlers import is_broad


@dataclass(frozen=True, kw_only=True)
class ReraisePlan(Plan):
    """Handlers that are to let an ``HTTPException`` through."""


def recognise(demands: Demands) -> Match[ReraisePlan] | None:
    """A claim to findings that say that a handler takes an ``HTTPException``, or that want
    ``except HTTPException: raise`` before it."""
    titled = demands.title.says("http-error-taken")
    told = demands.opening.says("http-error-taken", "status-becomes-500")
    if not titled and not (told and demands.fix.says("http-error-goes-on")):
        return None
    hints = Hints(anchors=("HTTPException", "Exception"))
    return Match(plan=ReraisePlan(), strength=90 if titled else 75, hints=hints)


def find(scope: Scope, plan: ReraisePlan | None) -> Iterator[Change | Refusal]:
    """The broad handlers that take an ``HTTPException`` for a failure."""
    exceptions = HttpExceptions(scope.project)

    def broad(place: Place) -> list[ast.Try]:
        blocks = [
            node
            for node in place.source.tree.within(place.node, ast.Try)
            if any(is_broad(handler) for handler in node.handlers)
        ]
        named = plan is not None and isinstance(place.node, ast.Module)
        return place.focus(blocks) if named else blocks

    for place, blocks in scope.once(broad, itself):
        for block in blocks:
            verdict = _verdict(place, block, exceptions, plan is not None)
            if verdict is not None:
                yield verdict


def _verdict(
    place: Place, block: ast.Try, exceptions: HttpExceptions, named: bool
) -> Change | Refusal | None:
    source = place.source
    handler = next(item for item in block.handlers if is_broad(item))
    index = block.handlers.index(handler)
    handled = any(exceptions.catches(source, item) for item in block.handlers[:index])
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    # What the calls of the body let out is asked last: that may lead through the whole project.
    if not named and (
        handled
        or not raises
        # Where it goes on instead, or has one answer for everything, it is there for this too.
        or not always_raises(handler.body)
        # Another exception is no answer to a client: it may be for whoever calls this.
        or not exceptions.answers(source, handler)
        or exceptions.is_chosen(source, handler)
        or exceptions.passes_on(source, handler)
    ):
        return None
    raised = exceptions.raised_in(source, block)
    if not raised and not (named and _is_shown(place, block)):
        return None
    site = site_of(source, handler)
    if handled:
        detail = "an HTTPException already has its own handler"
        return Refusal("handled", detail, site, already=True)
    if exceptions.passes_on(source, handler):
        detail = "the handler already lets an HTTPException through"
        return Refusal("passed-on", detail, site, already=True)
    if not raises:
        detail = "the handler raises nothing, and may be meant to catch everything"
        return Refusal("swallows", detail, site)
    module = "starlette.exceptions" if "starlette" in raised else "fastapi"
    reached = reach(source, block, module, "HTTPException")
    if isinstance(reached, str):
        return Refusal("import", f"HTTPException cannot be imported: {reached}", site)
    span = source.statements_span(block, block)
    handler_before = OneMore(f"except {reached.text}:\n    raise\n", index)
    added = Operation(source.path, span, handler_before, Unit.STATEMENT)
    note = "nothing in the try is known to raise an HTTPException, but the finding says so"
    notes = () if raised else (note,)
    safety = Safety.REVIEW
    work = None if named else clean_up(source.tree, handler)
    if work is not None:
        # A roll back, or what counts failures, would not run for an HTTPException any more.
        safety = Safety.DISPLAY
        line = getattr(work, "lineno", handler.lineno)
        notes = (f"line {line} does more than log and raise, and an HTTPException may need it",)
    elif not named and not tells(handler) and (maker := exceptions.makes_all(source, block)):
        # "Your changes were not saved" would never be said again.
        safety = Safety.DISPLAY
        notes = (f"{maker}() turns every failure into an HTTPException: this text is for those",)
    what = f"an HTTPException passes through the handler for {_types(handler)}"
    found = f"the handler for {_types(handler)} also catches an HTTPException"
    return Change(site, what, (added, *reached.imports), safety, notes, found=found)


def _types(handler: ast.ExceptHandler) -> str:
    return "everything" if handler.type is None else ast.unparse(handler.type)


def _is_shown(place: Place, block: ast.Try) -> bool:
    """Whether the finding names the lines of the ``try``, or its function alone."""
    ranges = (*place.evidence, *place.reported)
    return not ranges or overlaps(block, ranges)


codemod = Codemod(
    name="reraise-http-exception",
    area="Web and clients",
    asked_in="let httpexception through handler",
    recognise=recognise,
    plan=ReraisePlan,
    find=find,
    subjects=("http-error-taken",),
    triggers=(b"HTTPException",),
    audit=AuditWords(
        "A broad handler catches an HTTPException",
        Severity.MEDIUM,
        "Error Handling",
        "The client gets the handler's status instead of the one that was raised for it.",
    ),
)

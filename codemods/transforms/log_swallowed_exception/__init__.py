"""Log an exception that a handler drops.

A handler that does nothing leaves no trace of what went wrong:

```python
try:
    observer.stop()
except Exception:
    pass  # the scan goes on
```

becomes

```python
try:
    observer.stop()
except Exception:
    # the scan goes on
    logger.debug("observer.stop() failed", exc_info=True)
```

The level is the one that the report names; where a rule of a linter points at the handler, it is
`debug`, since a linter does not know how much it matters. Where the report suggests the whole call,
with names that are there, its text is taken; otherwise the message names what the `try` calls, or
the function. The logger is the module's own, whatever it is called: of the standard library,
structlog, loguru, or a function of the project such as `warning(f"stop() failed: {e}")`. A module
that has none gets one as the other modules of the project have theirs.

`return None`, `continue` and the like stay, behind the log line, where the report speaks of them
or points at the handler. A bare `except:` that the report is about becomes `except Exception:`,
or gets the types that the report names, with their imports, and so does `Exception`. Where the
report shows the new handler in a fence or a diff, its type, level and text are taken as they are
shown, for each handler from the `try` that it is shown with.
`with contextlib.suppress(Exception):` becomes a `try` that logs, where the report names it.

## Fix safety

Safe where only the log line is added. To be reviewed where another type is caught than before, or
where the level of a log call changes.

## Not rewritten

* Handlers in `__del__()`, which may run when nothing can be logged any more.
* Handlers of narrow types, which are mostly an answer and no failure (`ImportError`, `KeyError`,
  `queue.Empty`), finalizers, what is registered with `atexit` or for a signal, and the steps of a
  cleanup, unless the report points at that very place.
* Handlers that take `CancelledError` or `KeyboardInterrupt` beside `Exception`.
* `emit()` and other functions that the logging itself runs.
* Handlers that log, raise, print, or give their exception to somebody.
* A bare `except:` that raises again or cleans up: it is there for every way out.
* One round of a loop that tries one way after another and ends with the first that works, and a
  handler that a linter points at in a test, or that does something else than to give a value.
* A handler that does something else than the one that the report shows: a log line would be half
  of that.
* A handler that logs a text without its exception: that is no fix, and no silence either.
* Several handlers of which the report does not say which one is meant, and one that nothing ties
  to it: no name of the function, no evidence, no word of the title, and no line on which a silent
  handler stands.
* A module in which nothing is logged, of a project in which nothing is; code that runs before the
  logger of its module is made.

## Known limitations

There is no scan. Eleven code bases have some 140 handlers for `Exception` with a bare `pass` and no
comment, tests aside; of 60 that were read, about ten hide a failure. The others look whether
something is there, try one way before another, or clean up.

A message that the report suggests is taken for a single handler only. Where a `try` does several
things, the message says that a part of the function failed, and the traceback says which.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from codemods.codemod import Change, Codemod, Place, Refusal, Scope, overlaps, site_of
from codemods.findings.model import LineRange
from codemods.project.source import SourceFile
from codemods.rewriting.log_calls import LOGGERS
from codemods.syntax.handlers import type_names
from codemods.transforms.log_swallowed_exception.choice import Choice, choose, lacks
from codemods.transforms.log_swallowed_exception.handlers import logs_in
from codemods.transforms.log_swallowed_exception.plan import (
    BARE_RULES,
    BLIND_RULES,
    SILENT_RULES,
    SwallowedHints,
    SwallowedPlan,
    recognise,
)
from codemods.transforms.log_swallowed_exception.shown import is_like
from codemods.transforms.log_swallowed_exception.suppress import suppressions
from codemods.transforms.log_swallowed_exception.verdicts import Verdicts


def find(scope: Scope, plan: SwallowedPlan) -> Iterator[Change | Refusal]:
    """The silent handlers that a finding means."""
    hints = scope.hinted(SwallowedHints)
    meant: dict[ast.AST, tuple[Place, Choice]] = {}
    refused: list[Refusal] = []
    for place in _places(scope):
        source = place.source
        chosen = choose(place, plan, hints)
        for choice in chosen.meant:
            # Two places of a finding may lie in each other.
            meant.setdefault(choice.handler, (place, choice))
        would = f"{len(chosen.several)} handlers there would do"
        detail = f"{would}, and the finding does not say which it means"
        refused += [Refusal("several", detail, site_of(source, item)) for item in chosen.several]
        refused += [_done(place, handler, plan, hints) for handler in chosen.done]
    for place in _others_at_lines(scope, meant):
        # Only lines say which handlers these are; the words of the title are those of the others.
        for choice in choose(place, plan, replace(hints, neighbors=())).meant:
            meant.setdefault(choice.handler, (place, choice))
    template = plan.template if len(meant) == 1 else ""
    verdicts = [
        Verdicts(scope, place.source, plan, template).of(choice) for place, choice in meant.values()
    ]
    if plan.suppress and plan.level:
        verdicts += suppressions(scope, plan)
    for verdict in verdicts:
        if isinstance(verdict, Change):
            verdict = replace(verdict, notes=_notes(hints, verdicts))
        yield verdict
    told = {(place.source.path, choice.handler.lineno) for place, choice in meant.values()}
    for item in refused:
        # What is done already is no news beside what is to be done.
        line = (item.site.path, item.site.line) if item.site is not None else ("", 0)
        if line not in told and not (verdicts and item.already):
            told.add(line)
            yield item
    if hints.by_rule and not verdicts and not told:
        yield from _answered(scope)


def _answered(scope: Scope) -> Iterator[Refusal]:
    """The handlers that a linter points at, and that do something with the exception."""
    for place in scope.places:
        lines = (*place.evidence, *place.reported)
        for handler in place.source.tree.within(place.node, ast.ExceptHandler):
            if any(handler.lineno in item for item in lines):
                detail = "the handler does something of its own: a log line is not what it lacks"
                yield Refusal("answered", detail, site_of(place.source, handler))


def _places(scope: Scope) -> tuple[Place, ...]:
    """Where to look: of a list of places, whole files with the lines that it names. The code that
    is shown beside one of them is no evidence for the others."""
    if not scope.hints.locations:
        return scope.places
    lines: dict[SourceFile, dict[LineRange, None]] = {}
    for place in scope.places:
        lines.setdefault(place.source, {}).update(dict.fromkeys(place.reported))
    return tuple(
        Place(source, source.tree.module, reported=tuple(some)) for source, some in lines.items()
    )


def _others_at_lines(
    scope: Scope, meant: Mapping[ast.AST, tuple[Place, Choice]]
) -> Iterator[Place]:
    """Files with the reported lines that lie in none of the places, where the lines are exact: a
    handler that is meant stands on one of them."""
    exact = {
        place.source for place, choice in meant.values() if overlaps(choice.handler, place.reported)
    }
    for source in exact:
        places = [place for place in scope.places if place.source is source]
        lines = {lines: None for place in places for lines in place.reported}
        outside = [item for item in lines if not any(item.overlaps(it.lines) for it in places)]
        if outside:
            yield Place(source, source.tree.module, reported=tuple(outside))


def _notes(hints: SwallowedHints, verdicts: Sequence[Change | Refusal]) -> tuple[str, ...]:
    """What the finding lists and nothing was said about."""
    if hints.elsewhere:
        listed = ", ".join(hints.elsewhere)
        return (f"left alone, since only the text of the finding lists them: {listed}",)
    sites = [item.site for item in verdicts if item.site is not None]
    left = [
        f"{location.path}:{lines.start}"
        for location in hints.locations
        for lines in location.lines
        if not any(
            f"/{site.path}".endswith(f"/{location.path}")
            and LineRange(site.line - 1, site.end_line + 1).overlaps(lines)
            for site in sites
        )
    ]
    return (f"left alone, since no silent handler stands there: {', '.join(left)}",) if left else ()


def _done(
    place: Place, handler: ast.ExceptHandler, plan: SwallowedPlan, hints: SwallowedHints
) -> Refusal:
    site = site_of(place.source, handler)
    if missing := lacks(place, handler, plan):
        return Refusal("half-done", f"the handler {missing}", site)
    logs = logs_in(place.source.tree, handler)
    as_wanted = any(is_like(item, handler) for item in plan.handlers)
    if any(overlaps(call, place.evidence) for call in logs) and not as_wanted:
        # What it does is what the finding complains of.
        return Refusal("as-shown", "the handler is as the finding shows it, and logs", site)
    if hints.by_rule:
        return Refusal("as-shown", "the handler logs, and which types it is for is not said", site)
    if plan.level:
        return Refusal("logged", "the handler logs its exception", site, already=True)
    types = ", ".join(type_names(handler))
    return Refusal("caught", f"the handler is for {types}", site, already=True)


codemod = Codemod(
    name="log-swallowed-exception",
    area="Errors and logs",
    recognise=recognise,
    plan=SwallowedPlan,
    find=find,
    subjects=("swallowed-exception", "bare-except"),
    triggers=(b"except", b"suppress("),
    scans=False,
    options=(LOGGERS,),
    rules=(*SILENT_RULES, *BLIND_RULES, *BARE_RULES),
)

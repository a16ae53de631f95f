"""Log an exception that a handler silently ignores.

A handler that does nothing leaves no trace of the failure:

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

The report names the level; if a linter rule points at the handler, the level is `debug`, because a
linter does not know how important the handler is. If the report suggests the whole call, and all
its names are defined, its text is used; otherwise the message names the function that the `try`
calls, or the function around it. The logger is the module's own: of the standard library,
structlog, loguru, or a function of the project such as `warning(f"stop() failed: {e}")`. A module
without a logger gets one in the style of the project's other modules.

`return None`, `continue` and the like stay, after the log call, if the report mentions them or
points at the handler. A bare `except:` becomes `except Exception:`, or gets the types that the
report names, with their imports, and so does `Exception`. If the report shows the new handler in a
fence or a diff, its type, level and text are used as shown, for each handler of the `try` that it
shows. `with contextlib.suppress(Exception):` becomes a `try` that logs, if the report names it.

## Fix safety

Safe if only the log call is added. Needs review if another type is caught than before, or if the
level of a log call changes.

## Not rewritten

* Handlers in `__del__()`, which may run when logging no longer works.
* Handlers of narrow types, which usually expect the exception (`ImportError`, `KeyError`,
  `queue.Empty`), finalizers, functions registered with `atexit` or for a signal, and the steps of a
  cleanup, unless the report points at that very place.
* Handlers that catch `CancelledError` or `KeyboardInterrupt` as well as `Exception`.
* `emit()` and other functions that logging itself runs.
* Handlers that log, raise, print, or pass on their exception.
* A bare `except:` that re-raises or cleans up: it must catch every exception.
* A handler in a loop that tries several ways until one works, and a handler that a linter points at
  in a test or that does more than provide a value.
* A handler that differs from the one in the report: a log call alone would be half of the fix.
* A handler that logs a text without its exception: it is neither fixed nor silent.
* Several handlers, if the report does not say which one is meant, and a handler that the report
  does not point at: by the function's name, the evidence, a word of the title, or the line of a
  silent handler.
* A module without a logger in a project without loggers, and code that runs before the logger of
  its module is defined.

## Known limitations

There is no scan. Eleven code bases have some 140 handlers for `Exception` with a bare `pass` and no
comment, not counting tests; of 60 that were read, about ten hide a failure. The others check
whether something exists, try one way before another, or clean up.

A message from the report is only used for a single handler. If a `try` does several things, the
message says that a part of the function failed, and the traceback shows which.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from codemods.codemod import Change, Codemod, Place, Refusal, Scope, overlaps, site_of
from codemods.findings.model import LineRange
from codemods.project.source import SourceFile
from codemods.rewriting.log_options import LOGGERS
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
        would = f"{len(chosen.several)} handlers match"
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
                detail = "the handler does more than ignore the exception, so it is not silent"
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
        return (f"not changed: {listed}, which only the text of the finding lists",)
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
    return (f"not changed: {', '.join(left)}, which contains no silent handler",) if left else ()


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
        return Refusal("as-shown", "the handler looks as in the finding, but it already logs", site)
    if hints.by_rule:
        return Refusal(
            "as-shown",
            "the handler already logs, and the finding does not say which types it should catch",
            site,
        )
    if plan.level:
        return Refusal("logged", "the handler already logs its exception", site, already=True)
    types = ", ".join(type_names(handler))
    return Refusal("caught", f"the handler already catches only {types}", site, already=True)


codemod = Codemod(
    name="log-swallowed-exception",
    area="Errors and logs",
    asked_in="log exception handler drops",
    recognise=recognise,
    plan=SwallowedPlan,
    find=find,
    subjects=("swallowed-exception", "bare-except"),
    triggers=(b"except", b"suppress("),
    scans=False,
    options=(LOGGERS,),
    rules=(*SILENT_RULES, *BLIND_RULES, *BARE_RULES),
)

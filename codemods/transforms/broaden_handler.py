"""Catch every exception of an optional import, and log the traceback.

A handler for `ImportError` around an optional part of a program misses the other ways in which its
import can fail: a syntax error, a missing file, a wrong version.

```python
try:
    from reports import router
    app.include_router(router)
except ImportError:
    logger.warning("no reports")
```

becomes

```python
try:
    from reports import router
    app.include_router(router)
except Exception:
    logger.warning("no reports", exc_info=True)
```

The type that the report names is replaced by `Exception`, and the first log call of the handler
shows the traceback: without it, no one would notice an error other than a missing package.

## Fix safety

Needs review: errors that stopped the program are now only logged.

## Not rewritten

* A handler that logs nothing: it would hide every error.
* A handler whose log call redacts or shortens the exception (`redact(error)`).
* A handler followed by other handlers of the same `try`, which would never run.
* A handler that reads an attribute that only the narrow type has (`error.name`).
* Handlers of types that the report does not name.

## Known limitations

There is no scan, because the code does not show whether a part is optional.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from codemods.analysis.exceptions.whole import tells_all
from codemods.analysis.logs.levels import METHODS
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind, kind_of
from codemods.analysis.logs.tracebacks import shows_traceback
from codemods.analysis.logs.withheld import redacted_by
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Hints,
    Match,
    Node,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.demands.code import exceptions_in
from codemods.demands.demands import Demands
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_edits import Told
from codemods.rewriting.parsed import Becomes
from codemods.syntax.handlers import BROAD, innermost_handler, type_names
from codemods.syntax.lazy import cst

_BROAD = "Exception"
_OWN = {
    "ImportError": ("name", "path", "msg"),
    "ModuleNotFoundError": ("name", "path", "msg"),
    "OSError": ("errno", "strerror", "filename"),
    "KeyError": (),
}


@dataclass(frozen=True, kw_only=True)
class BroadPlan(Plan):
    """A handler that catches too little."""

    narrow: str
    """The type that the handler catches: ``ImportError``."""


@dataclass(frozen=True, slots=True)
class _Broad:
    """The broad type stands there."""

    def edit(self, node: Node) -> Edited:
        """The type; the parentheses of a tuple are its own."""
        if isinstance(node, cst.Tuple):
            return cst.Name(_BROAD)
        return Becomes(_BROAD).edit(node)


def recognise(demands: Demands) -> Match[BroadPlan] | None:
    """A claim to findings that want ``Exception`` caught in place of a narrower type."""
    for pair in demands.fix.pairs:
        old, new = _caught(pair.old), _caught(pair.new)
        if new == _BROAD and old in exceptions_in(old) and old not in BROAD:
            hints = Hints(anchors=(old, _BROAD))
            return Match(plan=BroadPlan(narrow=old), strength=85, hints=hints)
    return None


def _caught(code: str) -> str:
    """The type of ``except (ImportError):``, or of the type alone."""
    return code.removeprefix("except ").strip(" ():")


def find(scope: Scope, plan: BroadPlan) -> Iterator[Change | Refusal]:
    """The handlers of a place that catch the narrow type."""
    for place, handlers in scope.nodes(ast.ExceptHandler):
        source = place.source
        narrow = _for(plan.narrow, handlers)
        for handler in place.focus(narrow):
            yield _verdict(scope.project, source, handler, plan.narrow)
        inside = source.tree.within(place.node, ast.ExceptHandler) if not narrow else []
        for handler in place.focus(_for(_BROAD, inside)):
            site = site_of(source, handler)
            yield Refusal("broad", "the handler already catches Exception", site, already=True)


def _for(name: str, handlers: list[ast.ExceptHandler]) -> list[ast.ExceptHandler]:
    return [handler for handler in handlers if type_names(handler) == (name,)]


def _verdict(
    project: Project, source: SourceFile, handler: ast.ExceptHandler, narrow: str
) -> Change | Refusal:
    tree = source.tree
    site = site_of(source, handler)
    if getattr(tree.parent(handler), "handlers", [handler])[-1] is not handler:
        detail = f"the handlers after the one for {narrow} would never run"
        return Refusal("handlers-behind", detail, site)
    for node in ast.walk(handler):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if (
                name == handler.name and attr in _OWN.get(narrow, ())
            ):
                detail = f"the handler reads {name}.{attr}, which only {narrow} has"
                return Refusal("own-attribute", detail, site)
    calls = [
        call
        for statement in handler.body
        for call in tree.within(statement, ast.Call)
        if innermost_handler(tree, call) is handler
    ]
    logged = [call for call in calls if _is_log(project, source, call)]
    shown = any(shows_traceback(tree, call) for call in calls)
    if not logged and not shown:
        detail = f"the handler for {narrow} logs nothing, so it would hide every error"
        return Refusal("not-logged", detail, site)
    if handler.type is None:
        return Refusal("bare", "the handler already catches everything", site, already=True)
    whole = partial(tells_all, index_of(project), source)
    redacted = None if shown else redacted_by(tree, handler, logged[0], whole)
    if redacted is not None:
        return Refusal("redacted", redacted, site)
    edits = [Operation(source.path, source.span(handler.type), _Broad())]
    what = f"the handler catches {_BROAD} instead of {narrow}"
    if not shown:
        edits.append(Operation(source.path, source.span(logged[0]), Told("exc-info")))
        what += ", and logs the traceback"
    return Change(site, what, tuple(edits), Safety.REVIEW)


def _is_log(project: Project, source: SourceFile, call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in METHODS:
        return False
    if any(item.arg in ("exc_info", None) for item in call.keywords):
        # Somebody decided.
        return False
    return kind_of(project, source, call.func.value, FAMILIAR) is LoggerKind.STANDARD


codemod = Codemod(
    name="broaden-handler",
    area="Errors and logs",
    asked_in="let part optional fail",
    recognise=recognise,
    plan=BroadPlan,
    find=find,
    triggers=(b"except",),
    scans=False,
)

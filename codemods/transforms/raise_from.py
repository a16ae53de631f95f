"""Add `from` to an exception that a handler raises.

An exception that is raised in a handler without `from` looks as if the handler itself had failed:
its traceback says "During handling of the above exception, another exception occurred".

```python
try:
    port = int(text)
except ValueError:
    raise ConfigError(f"no port: {text}")
```

becomes

```python
try:
    port = int(text)
except ValueError as e:
    raise ConfigError(f"no port: {text}") from e
```

A handler that does not name its exception gets the name that the file uses most, if it is free
there. If a report asks for `from None`, that is written instead, and no name is needed.

## Fix safety

Safe: only the traceback differs, and `__cause__` is set. `from None`, which hides the first
exception, needs review.

## Not rewritten

* The exception itself: `raise`, `raise e`, `raise e.with_traceback(…)`.
* An exception that already exists: `raise self.error`, `raise errors[0]`, `raise last_error`. It
  may have its own cause.
* The result of a function (`raise to_http(e)`), unless it is a function of the project that only
  creates new exceptions: the result may be the exception that is being handled, which cannot be its
  own cause.
* A `raise` in a function or class that is only defined in the handler, in the `else` or `finally`
  of the `try`, or after it.
* Handlers that assign or delete their exception's name, for example in an inner handler with the
  same name.
* A bare `except:`, which cannot name what it catches, and `except*`.
* In a scan, exceptions that end something and report no failure: `StopIteration`,
  `StopAsyncIteration`, `SystemExit`, `typer.Exit` and the like.
* In a scan, lines with `# noqa: B904` or `# pylint: disable=raise-missing-from`.

## Known limitations

A scan never writes `from None`: whether it would be better is for a person to decide.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codemods.analysis.exceptions.made import is_made
from codemods.analysis.exceptions.naming import exception_name
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Edited,
    Hints,
    Match,
    Node,
    Operation,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    Unit,
    itself,
    site_of,
)
from codemods.demands.demands import Demands
from codemods.findings.model import Severity
from codemods.project.linter_comments import switched_off
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.handlers import Named
from codemods.syntax.blocks import blocks_under, ends_of
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import innermost_handler
from codemods.syntax.lazy import cst
from codemods.syntax.names import names_bound
from codemods.syntax.tree import is_none, walk

_ENDS = frozenset(
    {
        *("StopIteration", "StopAsyncIteration", "GeneratorExit", "CancelledError"),
        *("SystemExit", "KeyboardInterrupt", "Exit", "Abort"),
    }
)
"""Exceptions that end an iteration, a task or a program: nobody reads their cause."""
RULES = (
    *("B904", "raise-without-from-inside-except"),
    *("W0707", "raise-missing-from", "TRY200", "reraise-no-cause"),
)


@dataclass(frozen=True, kw_only=True)
class RaiseFromPlan(Plan):
    """Exceptions that are to be raised from the one that is being handled."""

    hide: bool = False
    """Whether to hide the handled exception from the traceback: ``from None``."""


@dataclass(frozen=True, slots=True)
class From:
    """A ``raise`` names its cause."""

    cause: str

    def edit(self, node: Node) -> Edited:
        """The statement, or the handler with it on the line of its head."""
        if isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)):
            body = node.body
            if not isinstance(body, cst.SimpleStatementSuite):
                return None
            made = self._chained(body.body)
            if isinstance(made, Refusal):
                return made
            return node.with_changes(body=body.with_changes(body=[made]))
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        made = self._chained(node.body)
        return made if isinstance(made, Refusal) else node.with_changes(body=[made])

    def _chained(self, body: Sequence[cst.BaseSmallStatement]) -> cst.Raise | Refusal:
        if len(body) != 1 or not isinstance(raised := body[0], cst.Raise):
            return Refusal("fragment", "the raise shares its line with other statements")
        cause = cst.From(cst.Name(self.cause), whitespace_before_from=cst.SimpleWhitespace(" "))
        return raised.with_changes(cause=cause)


def recognise(demands: Demands) -> Match[RaiseFromPlan] | None:
    """A claim to findings that miss the cause of an exception."""
    named = demands.rule is not None and demands.rule.upper() in RULES
    titled = demands.title.says("unchained-exception")
    told = demands.opening.says("unchained-exception") and demands.fix.says("chains-exception")
    if not (named or titled or told):
        return None
    fix = demands.fix if demands.fix else demands.opening
    if titled and not named and not fix.says("chains-exception"):
        return None
    hide = fix.says("hides-cause") and not fix.says("keeps-cause")
    hints = Hints(
        count=demands.opening.count, aspects=demands.advice.requests(but=("chains-exception",))
    )
    return Match(plan=RaiseFromPlan(hide=hide), strength=95 if named else 88, hints=hints)


def find(scope: Scope, plan: RaiseFromPlan | None) -> Iterator[Change | Refusal]:
    """The exceptions that are raised in handlers without a cause."""

    def raised(place: Place) -> list[ast.Raise]:
        found = [
            node
            for node in place.source.tree.within(place.node, ast.Raise)
            if node.exc is not None
            and (handler := innermost_handler(place.source.tree, node)) is not None
            and not _is_itself(node.exc, handler.name)
            and (plan is not None or node.cause is None)
        ]
        return found if plan is None else place.focus(found)

    for place, found in scope.once(raised, itself):
        for node in found:
            verdict = _verdict(scope.project, place.source, node, plan)
            yield verdict


def _is_itself(raised: ast.expr, name: str | None) -> bool:
    """Whether a ``raise`` hands on the exception that is being handled."""
    match raised:
        case ast.Call(func=ast.Attribute(value=value, attr="with_traceback")):
            return _is_itself(value, name)
        case ast.Name(id=word):
            return word == name
    return False


def _verdict(
    project: Project, source: SourceFile, node: ast.Raise, plan: RaiseFromPlan | None
) -> Change | Refusal:
    tree = source.tree
    site = site_of(source, node)
    handler = innermost_handler(tree, node)
    assert handler is not None and node.exc is not None
    shown = _shown(node.exc)
    hide = plan is not None and plan.hide
    if node.cause is not None:
        as_wanted = not hide or is_none(node.cause)
        detail = f"{shown} is raised from {ast.unparse(node.cause)}"
        return Refusal("chained", detail, site, already=as_wanted)
    if isinstance(tree.parent(handler), ast.TryStar):
        return Refusal("except-star", "the handler is an except*", site)
    line = switched_off(source, node.lineno, node.end_lineno or node.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks to keep {shown} as it is", site)
    if plan is None and last_part(shown) in _ENDS:
        return Refusal("no-failure", f"{shown} ends something and reports no failure", site)
    if not is_made(index_of(project), source, node.exc):
        detail = f"{shown} may already exist, with its own cause"
        return Refusal("not-made-here", detail, site)
    cause = "None" if hide else handler.name
    edits = []
    if cause is None:
        if handler.type is None:
            return Refusal("bare", "a bare except cannot name what it catches", site)
        cause = exception_name(tree, handler)
        edits.append(Operation(source.path, source.span(handler), Named(cause), Unit.HANDLER))
    elif not hide and _is_bound_again(handler):
        return Refusal("name-bound-again", f"the handler assigns {cause} again", site)
    edits.insert(0, _operation(source, handler, node, cause))
    what = f"{shown} is raised from {cause}"
    found = f"{shown} is raised without the exception that caused it"
    safety = Safety.REVIEW if hide else Safety.SAFE
    return Change(site, what, tuple(edits), safety, found=found)


def _shown(raised: ast.expr) -> str:
    return ast.unparse(raised.func if isinstance(raised, ast.Call) else raised)


def _is_bound_again(handler: ast.ExceptHandler) -> bool:
    if any(handler.name in names_bound(statement) for statement in handler.body):
        return True
    return any(
        isinstance(node, (ast.Nonlocal, ast.Global)) and handler.name in node.names
        for node in walk(handler)
    )


def _operation(
    source: SourceFile, handler: ast.ExceptHandler, node: ast.Raise, cause: str
) -> Operation:
    head = handler.type.end_lineno if handler.type is not None else handler.lineno
    if handler.body[0].lineno == head and node in handler.body:
        # The body stands behind the colon, in no line of its own.
        return Operation(source.path, source.span(handler), From(cause), Unit.HANDLER)
    return Operation(source.path, source.statements_span(node, node), From(cause), Unit.STATEMENT)


_HANDLER = re.compile(rb"except\b")
_STRING = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
_CAUSE = re.compile(rb"[\w)\]}] *\bfrom +[\w.]+ *\r?\Z")
_LONG = 2000
"""How many bytes of a statement are looked through; a longer one is parsed."""


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether a ``raise`` without a cause may stand in a handler."""
    return any(
        not _names_cause(block, end)
        for _, block in blocks_under(source.data, _HANDLER)
        for end in ends_of(b"raise ", block)
    )


def _names_cause(block: bytes, start: int) -> bool:
    """Whether what stands behind a ``raise`` surely ends in ``from …``, or is surely no statement.
    What is hard to tell does not: comments, continued lines, strings over several lines."""
    before = block[block.rfind(b"\n", 0, start) + 1 : start - len(b"raise ")].rstrip()
    if before and not before.endswith((b":", b";")):
        return True
    stop = start
    while stop - start < _LONG:
        stop = block.find(b"\n", stop + 1)
        text = block[start : stop if stop != -1 else len(block)]
        plain = _STRING.sub(b"s", text)
        if b"\\" in text or any(mark in plain for mark in (b"#", b"'", b'"')):
            return False
        opened = sum(plain.count(mark) for mark in (b"(", b"[", b"{"))
        if stop == -1 or opened == sum(plain.count(mark) for mark in (b")", b"]", b"}")):
            return _CAUSE.search(plain) is not None
    return False


codemod = Codemod(
    name="raise-from",
    area="Errors and logs",
    asked_in="raise exception handled",
    recognise=recognise,
    plan=RaiseFromPlan,
    find=find,
    triggers=(b"except",),
    prefilter=prefilter,
    rules=RULES,
    audit=AuditWords(
        "An exception is raised without its cause",
        Severity.LOW,
        "Error Handling",
        "The traceback reads as if the handler had failed, and the cause is not linked.",
    ),
)

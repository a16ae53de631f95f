"""Log the traceback of an exception that is logged as an error.

A handler that logs only an error's message hides where the exception was raised. The log call gets
`exc_info=True` as its last argument:

```python
except OSError as error:
    logger.error("cannot read %s: %s", path, error)
```

becomes

```python
except OSError as error:
    logger.error("cannot read %s: %s", path, error, exc_info=True)
```

With the option `style = "exception"`, a call of `error()` becomes
`logger.exception("cannot read %s: %s", …)` if that logs the same, on a logger whose `exception()`
is the library's. All other calls get `exc_info=True`.

It rewrites calls of `error()`, `critical()` and `fatal()`, and of `log()` with one of these levels,
on loggers of the standard library and of structlog. With loguru, which takes `exc_info` for a value
of the message, the call becomes `logger.opt(exception=True).error(…)`. If the next line logs
`traceback.format_exc()` at the same level and nothing else, that line is replaced, with its import.

A report may name a call of any level. Then only that call changes.

## Fix safety

Safe: the log record contains more, and nothing else changes.

Needs review in a scan if the handler is for errors of a library or the project only and its record
has their text already, because that text often says it all, and if an exception of an
authentication or token handler may contain a secret (CWE-532), which a note says.

Needs review if a report asks for it in a handler that raises again (the code that catches the
exception may log it a second time), if the exception is usually expected (a format error, an
`assert` or an attribute look-up used as a condition, a branch that checks what the exception is, a
`ValueError` whose text is returned, a loop that tries several ways, a message for a terminal), if
the exception is passed on (`future.set_exception(error)`, another exception that is raised), if the
call withholds something (`type(error).__name__` without the text), and if a traceback line is
replaced, because two records become one.

A scan does not report the handlers in the last paragraph, because nothing is lost there, nor a
call in a handler for credentials if the text of the exception is not in the log already. It only
shows a call with a second record of the same exception (`logger.error(error)`), which
`exc_info=True` would replace; `--force` writes that. It also shows an error whose text has another
number of placeholders than values (`logger.error("not saved", error)`): `logging` never writes that
record, and would not write its traceback either.

## Not rewritten

* Calls outside a handler: in the `else` or `finally` of a `try`, after it, or in a function, lambda
  or class that is only defined in the handler. Their record would end in `NoneType: None`.
* Handlers that already show the traceback: with `exc_info` in another call, `logger.exception()`,
  anything of `traceback`, or a function of the project that does one of these. Of several calls on
  one path through a handler, one is changed.
* `exc_info=False` and `stack_info=True`, which are deliberate, and `**details`, which may contain
  `exc_info`.
* Calls that log the exception through a function (`redact(error)`, `summary_of(error)`), and other
  calls in the same handler: a traceback ends with the whole text. A function of the project that
  returns the whole text does not count, nor does one of a library that is named like a conversion
  (`to_text(error)`). A name with `secure`, `safe`, `mask` or `clean` always counts.
* Records that cannot be formatted: the traceback would be lost with them.
* In a scan, calls in a narrow handler if one for every exception beside it logs its traceback, and
  calls beside a record of the exception at a lower level (`logger.debug(error)`) or a line that
  prints it (`print(error)`, `click.echo(…)`): who is to see what has been decided.
* In a scan, calls followed by a `raise … from None` that hides the exception.
* In a scan, calls in handlers of exceptions that are usually expected (option `expected`, and
  `ValueError` of a conversion such as `int(text)`), of private exceptions (`_Done`), and of
  exceptions that the `try` raises itself: where they come from is known. Handlers of `ValueError`
  or `NotImplementedError` alone, handlers that respond with a status between 400 and 499, and
  handlers that end the program: they report a mistake of someone else. If `except Exception` does
  that, anything may have failed: a service that ends gets its traceback, and for a response to a
  client or the end of a command it is a message for someone.
* In a scan, a `try` of a module that imports or tries something and notes that it is not there
  (`HAS_SCALE = False`), and a function that answers `has_…` or `…_exists` with `False`.
* In a scan, calls with `# noqa` or `# noqa: TRY400`, in files with `# ruff: noqa: TRY400`, under a
  comment such as `# log it without the traceback`, or next to a comment that mentions `exc_info`. A
  traceback that the next line logs at another level is kept there.
* Anything that only looks like a logger: `parser.error()`, `self.error()`, consoles, and the
  project's own functions and classes without an `exc_info` parameter. Loggers of Twisted and txaio,
  and `self.log` of a class that another library gives it, take no `exc_info` as far as is known.
* A traceback line that has a comment.

## Known limitations

A helper that is only called from handlers is not found, because other code may call it too:

```python
def failed(error):
    logger.error("failed: %s", error)
```

`raise HTTPException(…) from error` counts as raising again, although most frameworks log such an
exception without a traceback. structlog's `aerror()` logs in another thread and is not changed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from operator import attrgetter

from codemods.analysis.logs.levels import ERRORS
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind
from codemods.analysis.logs.tracebacks import shows_traceback
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Place,
    Refusal,
    Scope,
    by_position,
    overlaps,
)
from codemods.demands.code import calls_in
from codemods.findings.model import Severity
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_calls import Judge, LogCall
from codemods.rewriting.log_options import EXPECTED, LOGGERS, STYLE, Style
from codemods.syntax.blocks import blocks_under
from codemods.transforms.add_exc_info.plan import RULES, ExcInfoPlan, message_of, recognise


def find(scope: Scope, plan: ExcInfoPlan | None) -> Iterator[Change | Refusal]:
    """The log calls that a finding names, or all of a file that lose a traceback."""

    def judge(place: Place) -> Judge:
        familiar = (*FAMILIAR, *LOGGERS.of(scope.options))
        expected = EXPECTED.of(scope.options)
        style = Style(STYLE.of(scope.options))
        named = plan is not None
        return Judge(scope.project, place.source, familiar, expected, named, style=style)

    def logged(place: Place) -> list[LogCall]:
        calls = list(judge(place).calls(place.node))
        return calls if plan is None else _meant(place, judge(place), calls, plan)

    for place, calls in scope.once(logged, _node):
        yield from _verdicts(judge(place), calls)


def _verdicts(judge: Judge, calls: list[LogCall]) -> list[Change | Refusal]:
    suspect = [call for call in calls if judge.named or _is_suspect(judge, call)]
    inside = [call for call in suspect if judge.in_handler(call) is not None]
    outside = (judge.outside(call) for call in suspect if judge.in_handler(call) is None)
    return sorted((*filter(None, outside), *judge.judge(inside)), key=by_position)


def _is_suspect(judge: Judge, call: LogCall) -> bool:
    """Whether a scan looks at the call: an error, without a traceback of its own."""
    if call.level not in ERRORS:
        return False
    inner = judge.tree.within(call.node, ast.Call)
    if not any(shows_traceback(judge.tree, item) for item in inner):
        return judge.in_handler(call) is not None or judge.kind(call) is not LoggerKind.OTHER
    # loguru takes exc_info for something else: that is worth a word.
    asked = any(item.arg == "exc_info" for item in call.node.keywords)
    return asked and judge.kind(call) is LoggerKind.LOGURU


def _meant(place: Place, judge: Judge, calls: list[LogCall], plan: ExcInfoPlan) -> list[LogCall]:
    """Those of the calls of a place that the finding means."""
    texts = {call: next(calls_in(place.source.segment(call.node)), None) for call in calls}
    same = [call for call, text in texts.items() if text and message_of(text) in plan.messages]
    if same:
        return place.meant(same, _node)
    levels = {*ERRORS, "exception", *plan.levels}
    shown = [call for call in calls if call.level in levels and overlaps(call.node, place.evidence)]
    if shown or plan.messages:
        # Where the texts that the finding shows are gone, other calls are no target.
        return shown
    errors = [call for call in calls if call.level in (*ERRORS, "exception")]
    return place.meant([call for call in errors if judge.in_handler(call) is not None], _node)


_node = attrgetter("node")
_CALL = re.compile(rb"\.(?:%b)\b" % "|".join((*ERRORS, "log")).encode())
_PARTS = (re.compile(rb"except\b"), re.compile(rb"else[ \t]*:"), re.compile(rb"finally[ \t]*:"))


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether a log call may stand in a handler, or in the ``else`` or ``finally`` of a ``try``."""
    data = source.data
    if b"except" not in data and b"finally" not in data:
        return False
    if b"from logging import" in data:
        return True
    return _CALL.search(data) is not None and any(
        _CALL.search(block) for _, block in blocks_under(data, *_PARTS)
    )


codemod = Codemod(
    name="add-exc-info",
    area="Errors and logs",
    asked_in="log traceback error",
    recognise=recognise,
    plan=ExcInfoPlan,
    find=find,
    subjects=("traceback-lost",),
    triggers=(b".error", b".critical", b".fatal", b".log", b"from logging import"),
    options=(LOGGERS, EXPECTED, STYLE),
    prefilter=prefilter,
    rules=RULES,
    audit=AuditWords(
        "An error is logged without its traceback",
        Severity.LOW,
        "Error Handling",
        "The log does not show where the exception was raised.",
    ),
)

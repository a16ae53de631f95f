"""Keep exception text from clients (CWE-209).

The text of an exception tells a client of paths, tables, hosts and libraries. It goes to the log
instead, with its traceback, and the client gets a fixed text:

```python
except Exception as e:
    logger.error(f"Failed to update artwork: {e}")
    raise HTTPException(status_code=500, detail=f"Failed to update artwork: {e}")
```

becomes

```python
except Exception as e:
    logger.error(f"Failed to update artwork: {e}", exc_info=True)
    raise HTTPException(status_code=500, detail="Failed to update artwork")
```

Looked at are the answers of FastAPI, Starlette, Flask, Django, aiohttp and others, what routes
return, what WebSockets and broadcasts send, and gRPC's `abort()` and `set_details()`; a project
names its own in `sinks`. A report may name any call, and the code that it shows decides which
places it means. What else goes the same way is listed as `sibling`, and left alone.

Exception text is `str(e)`, `repr(e)`, `e.args` and attributes like `strerror` and `stderr`, in
f-strings, `%`, `format()`, concatenations, dictionaries and encoders, tracebacks as text, and a
variable of the same handler that was built from these. `type(e).__name__` is none.

The new text is, in this order: the report's own; what is left of the old one without the
exception and the punctuation before it; what the handler's own log says has failed; `Failed to
<operation>`, where the function is named by a verb and has one `try`; else the option `message`.
An entry for a traceback becomes `None`.

The log call of the handler is completed as `add-exc-info` does it; where there is none, one is
inserted before the text is sent. A module without a logger gets one as the project's other
modules make theirs. `as e` goes when nothing uses it any more.

## Fix safety

To be reviewed: clients see another text. Where a test or a front end looks for the old one, it is
named, and a scan only shows the change.

## Not rewritten

* In a scan, answers with a status below 500 or one that is given or unknown, handlers of
  `ValueError`, of parsers and of the project's own exceptions (their messages were written for
  somebody to read), exceptions whose own code is sent too, one text among others that the code
  chooses from or that the `try` raises (`raise RuntimeError("no answer")`), what is logged at debug
  level only, routes for operators (`internal`, and what is called health, admin or debug), other
  parts of the same system (ZeroMQ, RPC), and tests. A report that names such a place gets it, with
  a note.
* In a scan, texts of which a comment says that somebody is to read them, those that a function of
  the project makes, gRPC, and what goes out with status 200 in a response or a model of the answer,
  or returned from the handler of a certain exception: they are only shown.
* `e.detail`, `e.errors()`, `e.user_message`: attributes that were written for clients.
* What a function makes of the exception: `safe_message(e)`. A log that redacts it stays as it is.
* In a scan, a handler that raises `from None` and would have to log the traceback.
* Texts that go out only with a debug setting.
* Logs, command lines, and exceptions for other code.
* Texts that are put together in several steps, or in a variable that is used elsewhere too.
* Handlers without a log, in a project that has no loggers, or in a module whose own logger cannot
  take a traceback: the detail would be lost.
* HTML that would be cut in the middle.

## Known limitations

An exception that is kept in a variable and sent behind its handler is not seen:

```python
except OSError as e:
    problem = str(e)
return {"error": problem}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from codemods.analysis.web.answers import sink_words
from codemods.codemod import AuditWords, Change, Codemod, Refusal, Scope
from codemods.findings.model import Severity
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_calls import LOGGERS
from codemods.syntax.blocks import blocks_under, comes_behind
from codemods.transforms.hide_exception_text.plan import RULES, HidePlan, recognise
from codemods.transforms.hide_exception_text.planned import in_finding
from codemods.transforms.hide_exception_text.scan import AUTHORED, INTERNAL, MESSAGE, SINKS, in_scan

_NAMED = re.compile(rb"except\b[^:]{0,400}?\bas\s+(\w+)\s*:")
_HANDLER = re.compile(rb"except\b")
_FUNCTION = re.compile(rb"def\s+\w+\s*\(")
_GIVEN = re.compile(rb"(?:Exception|Error)\b")
_LOGGED = re.compile(rb"^[ \t]*(?:self\.)?_*log\w*\.\w+\(", re.IGNORECASE)
_CLASS = re.compile(rb"class[ \t]+(\w+)[ \t]*\(([^)]*)(?:\)|\Z)")
_WORD = re.compile(rb"\w+")


def find(scope: Scope, plan: HidePlan | None) -> Iterator[Change | Refusal]:
    """The texts that a finding names, or all that a file sends to clients."""
    yield from in_scan(scope) if plan is None else in_finding(scope, plan)


def _own_answers(project: Project) -> frozenset[bytes]:
    """The names of the project's own answers: classes that are derived from a sink."""
    # One piece of bytes each: as names and sets, those of a large project take many times as much.
    classes = project.in_each_file(_derived_classes, tuple[bytes, ...])
    headers = [header for _, items in classes for header in items]
    known = {word.encode() for word in sink_words().calls}
    found: set[bytes] = set()
    fresh = known
    while fresh:
        derived = (_WORD.findall(header) for header in headers)
        fresh = {name for name, *bases in derived if not fresh.isdisjoint(bases)} - found - known
        found |= fresh
    return frozenset(found)


def _derived_classes(_path: str, data: bytes) -> tuple[bytes, ...]:
    """The heads of the classes of a file that have bases."""
    return tuple(item[1] + b" " + item[2] for item in _CLASS.finditer(data) if item[2])


def prepare(project: Project) -> None:
    """Find the project's own answers once, before a scan."""
    project.survey(_own_answers)


def may_leak(project: Project, source: SourceFile, options: Mapping[str, object]) -> bool:
    """Whether an exception goes anywhere but to a log and to the exception raised from it, in a
    block that says something to a client."""
    data = source.data
    way_out = _way_out(project.surveyed(_own_answers), bool(SINKS.of(options)))

    def says(block: bytes) -> bool:
        return (
            way_out.search(block) is not None
            or (b"return" in block and _routes().search(data) is not None)
            or _is_renamed(data)
        )

    return (
        (comes_behind(data, _FUNCTION, _GIVEN, b")") and says(data))
        or any(
            _is_used(item[1], block) and says(block) for item, block in blocks_under(data, _NAMED)
        )
        or any(
            _is_traced(block) and says(block)
            for _, block in (blocks_under(data, _HANDLER) if _is_traced(data) else ())
        )
    )


def _is_traced(block: bytes) -> bool:
    return b"format_exc" in block or b"exc_info()" in block


def _is_used(name: bytes, block: bytes) -> bool:
    word = _word(name)
    chained = b" from " + name
    return any(
        word.search(line.rstrip().removesuffix(chained))
        for line in block.split(b"\n")
        if name in line and not _LOGGED.match(line)
    )


@cache
def _word(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\b%b\b" % re.escape(name))


def _is_renamed(data: bytes) -> bool:
    """Whether something that is called like an answer is given another name."""
    calls = sink_words().calls
    position = data.find(b" as ")
    while position != -1:
        word = data[data.rfind(b" ", 0, position) + 1 : position]
        if word.rpartition(b".")[2].decode("ascii", "replace").lstrip("(") in calls:
            return True
        position = data.find(b" as ", position + 4)
    return False


@cache
def _routes() -> re.Pattern[bytes]:
    """The decorator of a function whose return value is the answer."""
    methods = b"|".join(sorted(word.encode() for word in sink_words().routes))
    return re.compile(rb"@[^\s@]+\.(?:%b)\(" % methods)


@cache
def _way_out(derived: frozenset[bytes] | None, has_own: bool) -> re.Pattern[bytes]:
    """What stands wherever something is said to a client."""
    words = sink_words()
    called = {word.encode() for word in words.calls} | (derived or set())
    methods = b"|".join(sorted(word.encode() for word in words.methods))
    parts = [rb"\b(?:%b)\(" % b"|".join(sorted(map(re.escape, called))), rb"\.(?:%b)\(" % methods]
    if derived is None:
        # Which classes are answers is not known: any may be.
        parts.append(rb"\b[A-Z]\w*\(|\bsuper\(")
    elif derived:
        parts.append(rb"\bsuper\(")
    # A pattern of the settings may stand for any name.
    if has_own:
        parts.append(rb"\w\(")
    return re.compile(b"|".join(parts))


codemod = Codemod(
    name="hide-exception-text",
    area="Web and clients",
    recognise=recognise,
    plan=HidePlan,
    find=find,
    subjects=("names-exposure", "exposes-exception"),
    triggers=(b"except",),
    options=(SINKS, MESSAGE, AUTHORED, INTERNAL, LOGGERS),
    prefilter=may_leak,
    prepare=prepare,
    rules=RULES,
    audit=AuditWords(
        "Exception text reaches a client",
        Severity.HIGH,
        "Error Handling",
        "Paths, queries and other internals are shown to whoever sends the request (CWE-209).",
    ),
)

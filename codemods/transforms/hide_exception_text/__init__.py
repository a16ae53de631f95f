"""Keep exception text out of responses to clients (CWE-209).

The text of an exception reveals paths, tables, hosts and libraries to a client. It is logged
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

It checks the responses of FastAPI, Starlette, Flask, Django, aiohttp and others, the return values
of routes, messages over WebSockets and broadcasts, and gRPC's `abort()` and `set_details()`; a
project adds its own in the option `sinks`. A report may name any call, and the code that it shows
decides which places it means. Other places that send the text in the same way are listed as
`sibling` and not changed.

Exception text is `str(e)`, `repr(e)`, `e.args` and attributes like `strerror` and `stderr`, in
f-strings, `%`, `format()`, concatenations, dictionaries and encoders, tracebacks as text, and a
variable of the same handler that is built from these. `type(e).__name__` is not.

The new text is the first of these: the report's own text; the old text without the exception and
the punctuation before it; the text of the handler's own log call; `Failed to <operation>`, if the
function name starts with a verb and the function has one `try`; the option `message`. An entry for
a traceback becomes `None`.

The handler's log call is completed as by `add-exc-info`; if there is none, one is inserted before
the text is sent. A module without a logger gets one in the style of the project's other modules.
`as e` is removed when nothing uses it any more.

## Fix safety

Needs review: clients see another text. If a test or a front end looks for the old text, a note
names it, and a scan only shows the fix.

## Not rewritten

* In a scan, responses with a status below 500 or an unknown one; handlers of `ValueError`, of
  parsers and of the project's own exceptions, whose messages are meant to be read; exceptions whose
  own code is also sent; one text among others that the code chooses from or that the `try` raises
  (`raise RuntimeError("no answer")`); exceptions logged only at debug level; routes for operators
  (option `internal`, and names with health, admin or debug); other parts of the same system
  (ZeroMQ, RPC); and tests. If a report names such a place, it is changed, with a note.
* In a scan, texts that a comment says are meant to be read, texts that a function of the project
  creates, gRPC, and texts sent with status 200 in a response or a response model, or returned from
  the handler of a specific exception: the fix is only shown.
* `e.detail`, `e.errors()`, `e.user_message`: attributes that are meant for clients.
* The result of a function such as `safe_message(e)`. A log call that redacts the exception stays as
  it is.
* In a scan, a handler that raises `from None` and would have to log the traceback.
* Texts that are only sent under a debug setting.
* Logs, command lines, and exceptions for other code.
* Texts that are built in several steps, or in a variable that is also used elsewhere.
* Handlers without a log call, in a project without loggers or in a module whose logger cannot take
  a traceback: the details would be lost.
* HTML that would be cut in the middle.

## Known limitations

An exception that is stored in a variable and sent after its handler is not noticed:

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
from codemods.rewriting.log_options import LOGGERS
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
    asked_in="keep exception text clients",
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
        "Paths, queries and other internals are shown to the sender of the request (CWE-209).",
    ),
)

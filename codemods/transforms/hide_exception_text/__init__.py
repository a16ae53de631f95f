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

* In a scan, answers with a status below 500, handlers of `ValueError`, of parsers and of the
  project's own exceptions (their messages were written for somebody to read), exceptions whose own
  code is sent too, routes for operators (`internal`), and tests. A report that names such a place
  gets it, with a note.
* `e.detail`, `e.errors()`, `e.user_message`: attributes that were written for clients.
* What a function makes of the exception: `safe_message(e)`.
* Texts that go out only with a debug setting.
* Logs, command lines, and exceptions for other code.
* Texts that are put together in several steps, or in a variable that is used elsewhere too.
* Handlers without a log, in a project that has no loggers: the detail would be lost.

## Known limitations

An exception that is kept in a variable and sent behind its handler is not seen:

```python
except OSError as e:
    problem = str(e)
return {"error": problem}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import AuditWords, Change, Codemod, Refusal, Scope
from codemods.findings.model import Severity
from codemods.rewriting.log_calls import LOGGERS
from codemods.transforms.hide_exception_text.options import AUTHORED, INTERNAL, MESSAGE, SINKS
from codemods.transforms.hide_exception_text.plan import RULES, HidePlan, recognise
from codemods.transforms.hide_exception_text.planned import in_finding
from codemods.transforms.hide_exception_text.prefilter import may_leak, prepare
from codemods.transforms.hide_exception_text.scan import in_scan


def find(scope: Scope, plan: HidePlan | None) -> Iterator[Change | Refusal]:
    """The texts that a finding names, or all that a file sends to clients."""
    yield from in_scan(scope) if plan is None else in_finding(scope, plan)


codemod = Codemod(
    name="hide-exception-text",
    recognise=recognise,
    find=find,
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

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

from codemods.codemod import AuditWords, Change, Codemod, Operation, Option, Refusal, Scope
from codemods.findings.model import Severity
from codemods.rewriting import log_call_edit
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst
from codemods.transforms.hide_exception_text.plan import RULES, HidePlan, recognise
from codemods.transforms.hide_exception_text.prefilter import may_leak, prepare
from codemods.transforms.hide_exception_text.reported import in_finding
from codemods.transforms.hide_exception_text.scan import AUTHORED, INTERNAL, in_scan

MESSAGE = "Internal server error"


def find(scope: Scope, plan: HidePlan | None) -> Iterator[Change | Refusal]:
    """The texts that a finding names, or all that a file sends to clients."""
    settings = {item.name: item.default for item in codemod.options} | dict(scope.options)
    if plan is None:
        yield from in_scan(scope, settings)
    else:
        yield from in_finding(scope, plan, settings)


def edit(
    operation: Operation, node: cst.CSTNode
) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel | Refusal:
    """The new text, the log in front of it, or the handler without its name."""
    match operation.kind, node:
        case "text", cst.BaseExpression():
            text = cst.parse_expression(f"({operation.payload})")
            # The parentheses around the old text hold the lines of the new one together.
            return text.with_changes(lpar=node.lpar, rpar=node.rpar)
        case "insert-log", cst.SimpleStatementLine():
            return _before(node, cst.parse_statement(operation.payload))
        case "add-logger", cst.SimpleStatementLine():
            logger = cst.parse_statement(operation.payload)
            blank = cst.EmptyLine(indent=False)
            return cst.FlattenSentinel([node, logger.with_changes(leading_lines=[blank])])
        case "exc-info-of", cst.Call():
            return append_keyword(node, "exc_info", cst.Name(operation.payload))
        case "drop-name", cst.ExceptHandler() | cst.ExceptStarHandler():
            return node.with_changes(name=None)
        case (("text" | "insert-log" | "add-logger" | "drop-name" | "exc-info-of"), _):
            return Refusal("fragment", "the place is not there in the concrete syntax")
    return log_call_edit.edit(operation, node)


def _before(
    node: cst.SimpleStatementLine, added: cst.SimpleStatementLine | cst.BaseCompoundStatement
) -> cst.FlattenSentinel[cst.CSTNode]:
    """``added`` in front of ``node``, whose comments stay with it."""
    lines = list(node.leading_lines)
    blank = []
    while lines and lines[0].comment is None:
        blank.append(lines.pop(0))
    return cst.FlattenSentinel(
        [added.with_changes(leading_lines=blank), node.with_changes(leading_lines=lines)]
    )


codemod = Codemod(
    "hide-exception-text",
    recognise,
    find,
    edit,
    triggers=(b"except",),
    options=(
        Option("sinks", [], "callees whose arguments reach a client, as patterns: `*.notify`"),
        Option("message", MESSAGE, "the text where nothing says what failed"),
        Option(
            "authored", list(AUTHORED), "exceptions, as patterns, whose texts are meant for clients"
        ),
        Option(
            "internal",
            list(INTERNAL),
            "routes and functions, as patterns, of operators",
        ),
        Option("loggers", [], "receivers that are loggers too, as in `add-exc-info`"),
    ),
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

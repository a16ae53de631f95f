"""Add a timeout to a call that can wait forever.

A request, a process, a lock or a queue without a timeout may wait forever.

```python
answer = requests.get(address)
```

becomes

```python
answer = requests.get(address, timeout=10)
```

It knows the functions and sessions of requests and httpx, `aiohttp.ClientSession` (which gets a
`ClientTimeout`), `urlopen`, `create_connection`, SMTP, FTP and HTTP connections, `subprocess`,
`Future.result()`, `as_completed`, and the queues, locks, events and conditions of the standard
library. The number of seconds comes from the report; a constant that it names is imported from the
one file of the project that defines it. For an awaited coroutine, see `await-with-timeout`.

## Fix safety

Needs review: a call that took longer now fails. A note says which exception it raises, and which
handler catches it. For requests and `urlopen`, a scan only shows the fix, with the option's number
of seconds, because only a person knows how long is too long. If the project sets the option, a scan
writes the fix. A scan does not report tests, scripts, examples and commands, where only the person
who started them waits.

## Not rewritten

* Calls that already have a timeout, by keyword, by position or from their client, and calls that do
  not wait at all.
* `**options`, which may contain a timeout.
* `acquire()` and `wait()` whose result is not checked: they return when the timeout expires, and
  the code after them would run without the lock.
* Calls on an object of unknown type: `queue.get()` of asyncio has no such parameter, and neither
  does `dict.get()`.
* Findings that give no number and name no constant.

## Known limitations

It does not notice a timeout that a session or an adapter sets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.blocking.timeouts import (
    FUNCTIONS,
    METHODS,
    Ending,
    WaitingCall,
    of_timed_client,
    waiting_calls,
)
from codemods.analysis.flow.around import goes_to
from codemods.analysis.logs.products import of_a_program
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Edit,
    Operation,
    Option,
    Place,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.findings.model import Severity
from codemods.project.linter_comments import switched_off
from codemods.project.paths import is_test
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes, Keyword
from codemods.rewriting.reach import reach, value_at
from codemods.syntax.dotted import last_name, last_part
from codemods.transforms.add_timeout.plan import RULES, CallTimeoutPlan, recognise

SECONDS: Option[int] = Option(
    "seconds", 30, "the timeout that a scan writes; if unset, a scan only shows the fix"
)
_SCANNED = ("requests.", "urllib.request.urlopen")
_REQUESTS = {last_part(name) for name in (*FUNCTIONS, *METHODS) if name.startswith(_SCANNED)}


def find(scope: Scope, plan: CallTimeoutPlan | None) -> Iterator[Change | Refusal]:
    """The calls that a finding means, or the requests of a file."""
    index = index_of(scope.project)

    def waits(place: Place) -> list[WaitingCall]:
        if plan is None:
            requests = waiting_calls(index, place.source, place.node, _REQUESTS)
            return [item for item in requests if item.name.startswith(_SCANNED)]
        found = waiting_calls(index, place.source, place.node)
        return place.meant(_named(found, plan), lambda item: item.call)

    for place, found in scope.once(waits, lambda item: item.call):
        for item in found:
            if plan is not None or item.is_unbounded:
                yield _verdict(scope, place.source, item, plan)


def _named(found: list[WaitingCall], plan: CallTimeoutPlan) -> list[WaitingCall]:
    """Those that the plan names: as they are written, else by their package, else by what is called
    on anything."""
    written = [item for item in found if {ast.unparse(item.call.func), item.name} & {*plan.calls}]
    written = written or [item for item in found if item.name.partition(".")[0] in plan.calls]
    last = {last_part(name) for name in plan.calls}
    return written or [item for item in found if not last or last_name(item.call.func) in last]


def _verdict(
    scope: Scope, source: SourceFile, item: WaitingCall, plan: CallTimeoutPlan | None
) -> Change | Refusal:
    call, how = item.call, item.how
    site = site_of(source, call)
    shown = f"{ast.unparse(call.func)}()"
    if not item.is_unbounded:
        return Refusal("timed", f"{shown} already has a timeout", site, already=True)
    if of_timed_client(source, call):
        return Refusal("timed", f"the client of {shown} already has a timeout", site, already=True)
    if item.never_waits:
        return Refusal("does-not-wait", f"{shown} does not wait here", site)
    line = switched_off(source, call.lineno, call.end_lineno or call.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks for {shown} without a timeout", site)
    alone = _waits_alone(source, call) if plan is None else None
    if alone is not None:
        return Refusal("runs-alone", alone, site)
    if any(keyword.arg is None for keyword in call.keywords) or any(
        isinstance(argument, ast.Starred) for argument in call.args
    ):
        return Refusal(
            "arguments", f"the unpacked arguments of {shown} may already contain a timeout", site
        )
    if how.ending is Ending.ANSWERS and isinstance(source.tree.parent(call), ast.Expr):
        detail = f"{shown} returns when the timeout expires, and its result is not checked"
        return Refusal("answer-unused", detail, site)
    value: str | int | float | None = SECONDS.of(scope.options) if plan is None else plan.timeout
    if value is None:
        return Refusal("no-value", "the finding does not say how long the timeout should be", site)
    written = _value(scope, source, item, str(value))
    if isinstance(written, Refusal):
        return written
    text, edits = written
    given = item.given
    if given is not None:
        edits.insert(0, Operation.at(source, given, Becomes(text)))
    else:
        edits.insert(0, Operation.at(source, call, Keyword("timeout", text)))
    note = goes_to(source, call, how.raises, how.bases)
    if not how.raises or how.ending is Ending.ANSWERS:
        note = "its result says whether the timeout expired"
    decided = plan is not None or SECONDS.name in scope.options
    return Change(
        site,
        f"{shown} gets a timeout of {value} seconds",
        tuple(edits),
        Safety.REVIEW if decided else Safety.DISPLAY,
        (note,),
        found=f"{shown} has no timeout",
    )


def _waits_alone(source: SourceFile, call: ast.Call) -> str | None:
    """Why only whoever started the program waits there, in words: a test, a script, a command."""
    if is_test(source.path):
        return f"{source.path} is a test"
    if source.tree.function(call) is None:
        return f"line {call.lineno} runs when {source.path} is run or imported"
    return of_a_program(source, call)


def _value(
    scope: Scope, source: SourceFile, item: WaitingCall, value: str
) -> tuple[str, list[Edit]] | Refusal:
    """The timeout as it is written there, and what has to be imported for it."""
    site = site_of(source, item.call)
    written = value_at(scope.project, source, item.call, value)
    if isinstance(written, str):
        return Refusal("no-value", written, site)
    if not item.how.is_client:
        return written.text, [*written.imports]
    client = reach(source, item.call, "aiohttp", "ClientTimeout")
    if isinstance(client, str):
        return Refusal("name-taken", f"ClientTimeout cannot be imported: {client}", site)
    return f"{client.text}(total={written.text})", [*written.imports, *client.imports]


codemod = Codemod(
    name="add-timeout",
    area="Blocking calls and timeouts",
    asked_in="tell call long wait",
    recognise=recognise,
    plan=CallTimeoutPlan,
    find=find,
    triggers=(b"requests", b"urlopen"),
    options=(SECONDS,),
    rules=RULES,
    audit=AuditWords(
        "A request has no timeout",
        Severity.MEDIUM,
        "Error Handling",
        "The caller waits for as long as the other side takes.",
    ),
)

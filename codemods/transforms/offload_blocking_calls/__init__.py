"""Move blocking calls in coroutines to a thread.

A call that waits for a file, a process or a network inside `async def` stops the whole event loop:
no other request is served in the meantime. The call is moved to a thread, and the coroutine waits
for it:

```python
audio, rate = load_audio(job.path)
```

becomes

```python
audio, rate = await asyncio.to_thread(load_audio, job.path)
```

* `time.sleep(n)` becomes `await asyncio.sleep(n)`.
* A file that is read or written as a whole, in a `with open(…)` of one statement or in an
  expression, becomes a method of `Path`: `await asyncio.to_thread(Path(path).read_bytes)`.
  `json.load(f)` and `json.dump(value, f)` become `json.loads` and `json.dumps` around it.
* A larger `with open(…)` block becomes a local function that runs in a thread, if that is safe.
* `sorted(folder.glob("*"))`, which consumes a lazy iterator at once, is moved to the thread as a
  whole.
* If the report gives a timeout: `await asyncio.wait_for(asyncio.to_thread(…), timeout=10.0)`.

A report names the calls, in its title, description, evidence or suggestion; `processor.process()`
means every call of a method `process()` in the located function. If it names handlers and no call,
and in a scan, a table of blocking callables decides.

## Fix safety

Always needs review: between the call and its result, other tasks now run. If the new await is
between a check and a use of shared state, a note names both lines; if an `asyncio.Lock` is held,
another note says so. The thread gets a copy of the context variables and nothing of
`threading.local`. A cancelled or timed-out await does not stop the thread. A timeout raises a
`TimeoutError`; a note says which handler catches it.

The fix is only shown for calls in a `finally` or in code that handles a cancellation; for a part of
the blocking work alone (`urlopen()`, `requests.get(stream=True)`, `os.popen()`, a session of
`smtplib` in a `with`, also through a function of the project); for a `with open(…)` whose block
cannot become a function; for a heavy call in a command, a script or a benchmark; and in a file that
imports anyio and may not run on asyncio.

In a scan, it is also only shown for calls in `__aexit__()`, for waits for a lock or a queue, and
for the project's own constructors. A call of the project's own function that blocks further down is
only shown if the call chain is long (option `depth`), if it ends in a small file or a sleep of
milliseconds, or if the function changes or iterates over state of its object or module, or notifies
listeners (`notify_all()`), without a lock: in a thread it would race with the event loop.

A scan follows the project's own functions through all files, and a note gives the call chain. It
follows only code that always runs: no branches or handlers, no cached results (`functools.cache`,
`if key in cache: return cache[key]`), no buffers in memory, and no locks, queues or futures.

## Not rewritten

* Code in which no await is allowed: plain functions and lambdas, class bodies, generator
  expressions, nested comprehensions before Python 3.11, module level, and code under a threading
  lock.
* Coroutines, calls that are already awaited, asynchronous libraries, and code that already runs in
  a thread.
* Objects that must stay in their thread: sqlite3 connections and cursors, SQLAlchemy sessions,
  locks, signal handlers, user interfaces. They are recognized by type if it is known, otherwise by
  names like `session` and `cursor`, also as arguments.
* Generators and lazy iterators, context managers, and calls that may raise `StopIteration` (the
  await would never complete).
* `open()` outside a `with`. Blocks that await, return, change shared state, or call something that
  may not be safe in a thread are only shown.
* Functions that need the event loop or the calling thread, also through the project's own
  functions: the running loop (`create_task`, `get_running_loop`), its events, queues and futures,
  the main thread (`signal.signal`), a context variable or a `threading.local` that they set. In a
  scan, also functions that call what they are given.
* Shadowed names, files that import trio, curio, Twisted, gevent or eventlet, projects whose
  coroutines run under one of these or are run by the project itself, and projects that support
  Python 3.8 (where `asyncio.sleep` is still written).
* In a scan: test files (option `tests`) and stubs; input from a person at a terminal; a small file
  behind a long call chain, in a constructor or at the start of a program; calls that a comment, a
  docstring or a `noqa: ASYNC…` says block on purpose (or forever), or do not block; and calls
  that take less time than starting a thread: checks of a file (`os.path.exists`, `Path.resolve`),
  creating or removing a name (`mkdir`, `unlink`, `tempfile.mkstemp`), and a small file in a
  command, a script or a benchmark.

## Known limitations

The called function is assumed to be safe in a thread: the codemod does not check whether it uses
shared state, or whether an argument is an ORM object of a live session. Work that keeps the
processor busy holds the interpreter lock in a thread too. `Path` does not accept a file descriptor
or bytes: a variable that contains one is not recognized. The value to write is computed before the
file is truncated, not after.

On a network disk, a call that is usually fast can take seconds, and a scan does not know which disk
it is.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Mapping

from codemods.analysis.blocking.bodies import last_names, row_of
from codemods.analysis.blocking.callers import coroutine_calls, find_blocking_callers
from codemods.analysis.blocking.decided import runs_alone, said_on_purpose, sleeps_forever
from codemods.analysis.blocking.halves import rest_stays, returns_unread
from codemods.analysis.blocking.immediate import (
    given_buffer,
    in_memory,
    is_done_in_memory,
    is_immediate,
)
from codemods.analysis.blocking.paths import BlockingPath, blocking_path
from codemods.analysis.blocking.table import BlockingKind, Row, Weight
from codemods.analysis.flow.around import words
from codemods.analysis.names.index import index_of
from codemods.analysis.threads.handed_over import runs_in_thread
from codemods.analysis.threads.shared import shared_with_loop
from codemods.codemod import AuditWords, Change, Codemod, Option, Refusal, Safety, Scope
from codemods.findings.model import Severity
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.awaiting import why_no_await
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.tree import FUNCTIONS, position
from codemods.tables import WordTable
from codemods.transforms.offload_blocking_calls.changes import Changes
from codemods.transforms.offload_blocking_calls.plan import RULES, OffloadPlan, recognise
from codemods.transforms.offload_blocking_calls.planned import planned

TESTS: Option[bool] = Option("tests", False, "whether a scan includes test files")
DEPTH: Option[float] = Option(
    "depth",
    3,
    "the longest call chain to a blocking call for which a scan writes the fix; for longer "
    "ones it only shows the fix",
)
_CONTENT = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "load", "dump"})
"""Of the callables that are neither cheap nor heavy: those that move a file's whole content."""
_HANDLE = "io.TextIOWrapper."
_STARTING = WordTable("main amain acli async_main start* setup* lifespan init* anit boot*")
"""Words of the names of coroutines that run before anybody waits."""


def find(scope: Scope, plan: OffloadPlan | None) -> Iterator[Change | Refusal]:
    """Every blocking call in the scope, as a change or with the reason why it stays."""
    if plan is not None:
        yield from planned(scope, plan)
        return
    changes = Changes(scope)
    for place in scope.places:
        path = place.source.path
        # Nothing runs a stub.
        if not path.endswith(".pyi") and (TESTS.of(scope.options) or not is_test(path)):
            yield from _Scan(scope, place.source, changes).results(place.node)


class _Scan:
    def __init__(self, scope: Scope, source: SourceFile, changes: Changes) -> None:
        self.scope = scope
        self.source = source
        self.tree = source.tree
        self.index = index_of(scope.project)
        self.changes = changes
        self.names = last_names() | {
            alias.asname
            for alias in self.tree.of(ast.alias)
            if alias.asname and last_part(alias.name) in last_names()
        }
        known = scope.project.surveyed(find_blocking_callers)
        self.own = known.callers.get(source.path, frozenset()) if known else None
        """The words by which the file calls what blocks further down, where that is known."""

    def results(self, root: ast.AST) -> Iterator[Change | Refusal]:
        """What each call of a blocking callable comes to that nobody wants where it stands, in
        source order; where nobody else waits for the loop it is only shown."""
        for result, node, is_heavy in self._found(root):
            site = self.scope.site(self.source, node)
            line = said_on_purpose(self.source, node)
            alone = runs_alone(self.source, node)
            if line is not None:
                detail = f"line {line} says that it blocks on purpose"
                yield Refusal("on-purpose", detail, site)
            elif sleeps_forever(self.tree, node):
                detail = "the loop around it does nothing else and never ends"
                yield Refusal("on-purpose", detail, site)
            elif isinstance(result, Refusal) or alone is None:
                yield result
            elif is_heavy:
                notes = (*result.notes, alone)
                yield dataclasses.replace(result, safety=Safety.DISPLAY, notes=notes)
            else:
                yield Refusal("runs-alone", alone, site)

    def _found(self, root: ast.AST) -> Iterator[tuple[Change | Refusal, ast.With | ast.Call, bool]]:
        """What each call of a blocking callable comes to, in source order, and whether it waits
        for something heavy."""
        calls = {
            id(call): call
            for function in self.tree.within(root, ast.AsyncFunctionDef)
            for call in self.tree.within(function, ast.Call)
        }
        blocks: set[ast.With] = set()
        for call in sorted(calls.values(), key=position):
            name = last_name(call.func)
            if name in self.names:
                row = row_of(self.index, self.source, call)
                if row is not None:
                    for result in self._of_row(call, row, blocks):
                        block = self._block_around(call)
                        yield result, block or call, not block and row.weight is Weight.HEAVY
                    continue
            if self.own is None or name in self.own:
                for result in self._of_own(call):
                    # Of a script or a command only what stands there itself is worth a word.
                    yield result, call, False

    def _of_row(
        self, call: ast.Call, row: Row, blocks: set[ast.With]
    ) -> Iterator[Change | Refusal]:
        if runs_in_thread(self.tree, call) is not None or is_immediate(self.tree, call, row):
            return
        if in_memory(self.index, self.source, call, row):
            detail = f"{words(self.source, call.func)}() works in memory and does not block"
            yield Refusal("in-memory", detail, self.scope.site(self.source, call))
            return
        if row.kind is BlockingKind.CONSOLE:
            detail = (
                f"{words(self.source, call.func)}() waits for a person at the console, so no "
                "other client is waiting"
            )
            yield Refusal("asks-a-person", detail, self.scope.site(self.source, call))
            return
        block = self._block_around(call)
        if block is not None:
            # One answer for a block, whatever is called in it.
            if block not in blocks:
                blocks.add(block)
                yield self.changes.of_block(self.source, block)
            return
        if row.weight.is_trifle and row.offload and not row.name.startswith(_HANDLE):
            # A look at a file, a folder that is made: a thread takes longer to start.
            detail = f"{words(self.source, call.func)}() takes less time than starting a thread"
            yield Refusal("trifle", detail, self.scope.site(self.source, call))
            return
        rest = rest_stays(self.index, self.source, call)
        if rest is not None:
            yield self._shown(call, rest)
            return
        is_opener = self.changes.files.is_opener
        if row.name.startswith(_HANDLE) and not is_opener(self.source, call):
            # ``open(p).read()``: the ``open`` has its own answer.
            if not (
                isinstance(call.func, ast.Attribute) and is_opener(self.source, call.func.value)
            ):
                detail = f"{self.source.segment(call.func)}() uses a file that is opened elsewhere"
                yield Refusal("open-without-with", detail, self.scope.site(self.source, call))
        elif row.name != "json.load" or not call.args or not is_opener(self.source, call.args[0]):
            consumer = self.changes.checks.consumer(self.source, call) if row.lazy else None
            yield self.changes.of(self.source, consumer or call, _safety(row))

    def _shown(self, call: ast.Call, note: str) -> Change | Refusal:
        """A call that blocks, and of which a thread is not for itself alone."""
        stays = why_no_await(self.tree, call, target_python=self.scope.project.target_python)
        site = self.scope.site(self.source, call)
        if stays is not None:
            return Refusal(*stays, site)
        found = f"{words(self.source, call.func)}() blocks the event loop"
        return Change(site, found, (), Safety.DISPLAY, (note,), found=found)

    def _of_own(self, call: ast.Call) -> Iterator[Change | Refusal]:
        """A call of one of the project's functions that surely blocks further down."""
        if (
            isinstance(self.tree.parent(call), ast.Await)
            or not isinstance(self.tree.function(call), ast.AsyncFunctionDef)
            or runs_in_thread(self.tree, call) is not None
        ):
            return
        path = blocking_path(self.scope.project, self.source, call, strict=True)
        if path is None:
            return
        if is_done_in_memory(path.row) and given_buffer(self.index, self.source, call):
            detail = f"{words(self.source, call.func)}() is given a buffer in memory"
            yield Refusal("in-memory", detail, self.scope.site(self.source, call))
            return
        # A long way may not be gone every time, and a small local file is read before a thread
        # has started.
        short = len(path.steps) <= DEPTH.of(self.scope.options)
        is_sure = short and path.row.weight is Weight.HEAVY and not self._makes_object(call)
        names = {step.name for step in path.steps}
        if not is_sure and path.row.weight is not Weight.HEAVY:
            stays = self._trifle(call, path, short=short)
            if stays is not None:
                yield Refusal("trifle", stays, self.scope.site(self.source, call))
                return
        half = returns_unread(self.index, self.source, call)
        if half is not None:
            yield self._shown(call, half)
            return
        shared = shared_with_loop(self.index, self.source, call, names) if is_sure else None
        written = is_sure and shared is None
        result = self.changes.of(self.source, call, Safety.REVIEW if written else Safety.DISPLAY)
        if isinstance(result, Change):
            notes = (*result.notes, f"it blocks through {path}")
            if shared is not None:
                notes = (*notes, f"{shared}: a thread and the event loop would race on it")
            result = dataclasses.replace(result, notes=notes)
        yield result

    def _trifle(self, call: ast.Call, path: BlockingPath, *, short: bool) -> str | None:
        """Why a small file that is read further down is not worth a word."""
        made = f"{words(self.source, call.func)}() "
        if not short:
            return f"{made}reaches a small file through a long call chain: {path}"
        if self._makes_object(call):
            return f"{made}creates an object and only touches a small file: {path}"
        function = getattr(self.tree.function(call), "name", "")
        if _STARTING.found_in(function):
            return f"{function}() is startup code, where {path} takes little time"
        return None

    def _makes_object(self, call: ast.Call) -> bool:
        """A constructor: what it waits for is mostly a trifle, and an object may belong to the
        thread that makes it."""
        made = self.index.definition_of(self.source, call.func)
        return any(isinstance(item.node, ast.ClassDef) for item in made)

    def _block_around(self, call: ast.Call) -> ast.With | None:
        """The ``with open(…)`` that ``call`` is a part of, in the same function."""
        for ancestor in self.tree.ancestors(call):
            if isinstance(ancestor, ast.With) and self.changes.files.opens(self.source, ancestor):
                return self.changes.files.together(self.source, ancestor)
            if isinstance(ancestor, FUNCTIONS):
                return None
        return None


def _safety(row: Row) -> Safety:
    """A folder listed, a lock or a person waited for: worth showing, seldom worth a thread."""
    is_small = row.weight is Weight.NORMAL and row.kind is BlockingKind.FILE and not row.lazy
    is_shown = (
        row.kind is BlockingKind.LOCK
        or (row.replacement is not None and row.kind is not BlockingKind.SLEEP)
        or (is_small and last_part(row.name) not in _CONTENT)
    )
    return Safety.DISPLAY if is_shown else Safety.REVIEW


_MANY = 100
"""From how many files with coroutines on it is cheaper to find all that blocks at once."""


def prefilter(project: Project, source: SourceFile, options: Mapping[str, object]) -> bool:
    """Whether a coroutine of the file may call something that blocks."""
    if is_test(source.path) and not TESTS.of(options):
        return False
    blocking_callers = project.surveyed(find_blocking_callers)
    if blocking_callers is None:
        # The way of a call may lead anywhere.
        return True
    words = blocking_callers.holders.get(source.path, ())
    return source.path in blocking_callers.callers or coroutine_calls(source.data, words)


def prepare(project: Project) -> None:
    """Find what blocks in the whole project, once, where many files may ask."""
    if project.surveyed(find_blocking_callers) is None and _coroutine_files(project) >= _MANY:
        project.survey(find_blocking_callers)


def _coroutine_files(project: Project) -> int:
    """How many files beside tests have coroutines; the others never ask."""
    return sum(1 for _ in project.in_each_file(_has_coroutines, bool))


def _has_coroutines(path: str, data: bytes) -> bool:
    return b"async def" in data and not is_test(path)


codemod = Codemod(
    name="offload-blocking-calls",
    area="Blocking calls and timeouts",
    asked_in="move blocking calls coroutines thread",
    recognise=recognise,
    plan=OffloadPlan,
    find=find,
    subjects=("blocked-loop", "waits-in-coroutine"),
    triggers=(b"async def",),
    options=(TESTS, DEPTH),
    prefilter=prefilter,
    prepare=prepare,
    rules=RULES,
    audit=AuditWords(
        "A blocking call stalls the event loop",
        Severity.HIGH,
        "Performance",
        "Every other request waits until the call returns.",
    ),
)

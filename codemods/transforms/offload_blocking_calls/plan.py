"""What a finding about a blocked event loop asks for: which calls, and with which timeout."""

from __future__ import annotations

import ast
import builtins
import keyword
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import first_names
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part

_TAKES = {
    "to_thread": 0,
    "run_in_threadpool": 0,
    "run_sync": 0,
    "run_in_executor": 1,
    "partial": 0,
}
"""What gives a callable to a thread, and which of its arguments that is."""
_KINDS = ("file", "media", "archive", "network", "process", "database", "cpu", "sleep")
_LOCKS = frozenset({"Lock", "RLock", "TLock", "Semaphore"})
_MOST = 20
BUILTINS = frozenset(dir(builtins))
_NO_CALLEES = _TAKES.keys() | {
    "create_subprocess_exec", "create_task", "ensure_future", "gather", "get_event_loop",
    "get_running_loop", "run", "run_until_complete", "ThreadPoolExecutor", "ProcessPoolExecutor",
    "wait_for",
}  # fmt: skip
FILE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes"})

RULES = (
    *("ASYNC210", "blocking-http-call-in-async-function"),
    *("ASYNC212", "blocking-http-call-httpx-in-async-function"),
    *("ASYNC220", "create-subprocess-in-async-function"),
    *("ASYNC221", "run-process-in-async-function"),
    *("ASYNC222", "wait-for-process-in-async-function"),
    *("ASYNC230", "blocking-open-call-in-async-function"),
    *("ASYNC240", "blocking-path-method-in-async-function"),
    *("ASYNC250", "blocking-input-in-async-function"),
    *("ASYNC251", "blocking-sleep-in-async-function"),
)
"""What other tools call a blocking call of a coroutine, by both of its names."""


@dataclass(frozen=True, kw_only=True)
class OffloadPlan(Plan):
    """Calls of coroutines that are to run in a thread."""

    calls: tuple[str, ...] = ()
    """The calls: ``load_audio``, ``processor.process`` for that method of any object, ``open``
    for blocks that open a file; empty for all calls that are known to block."""
    timeout: str | int | float | None = None
    """The timeout in seconds: ``10``, ``"0.5"``, or the name of a constant."""


@dataclass(frozen=True, kw_only=True)
class OffloadHints(Hints):
    """What a finding says besides, where it is not sure of the calls."""

    blamed: tuple[str, ...] = ()
    """Those names, of the calls and others, that a sentence, or a marked line of the evidence,
    calls blocking; the suggestion gives the other calls to a thread itself."""
    mentioned: tuple[str, ...] = ()
    """Every other name in the title and the description: a handler, perhaps."""
    kinds: frozenset[str] = frozenset()
    """What the finding says is waited for: :class:`~codemods.analysis.blocking.table.BlockingKind`;
    empty when it does not say."""


def recognise(demands: Demands) -> Match[OffloadPlan] | None:
    """A claim to findings about calls that block the event loop."""
    sleeps = "asyncio.sleep" in demands.fix.raw and "time.sleep" in demands.account.raw
    threads = sleeps or demands.fix.says("moves-to-thread")
    blocks = demands.story.says("blocked-loop")
    mixes = demands.opening.says("waits-in-coroutine")
    targets = _targets(demands.fix)
    if not (blocks or mixes or targets or sleeps) or _is_about_tests(demands):
        return None
    if _names_lock(demands.title) or (not threads and _names_lock(demands.fix)):
        # A lock held on the loop has another cure, and belongs to another codemod.
        return None
    if not threads and not (blocks and mixes and demands.fix.says("names-asynchrony")):
        # A nested loop, a slow query, a missing test: not a call that only has to move.
        return None
    fine = {name for block in demands.shown for name in _targets(Text(block.text))} - {*targets}
    called = (*_marked(demands), *_blamed(demands, lambda text: text.called))
    called += ("time.sleep",) * sleeps
    if blocks and not (targets or called):
        called = _shown_alone(demands)
    explicit = bool(targets or {*called} - fine)
    named = called if targets or called else _blamed(demands, lambda text: text.dotted)
    blamed = tuple(name for name in dict.fromkeys(named) if name not in {*targets, *fine})
    titled = {*demands.title.called, "time.sleep"}
    if sleeps and demands.fix.says("moves-to-thread") and titled.issuperset((*targets, *blamed)):
        # "`to_thread()` for the request and `asyncio.sleep()` for the wait": the request has no
        # name here, and whose name the title has is most likely the coroutine.
        explicit, blamed = False, ()
    calls = (*targets, *blamed) if explicit else ()
    mentioned = tuple(
        name
        for name in _callable_names(demands.opening.dotted)
        if name not in {*targets, *blamed, *fine}
    )
    waits = any(last_part(call.name) == "wait_for" for call in demands.fix.calls)
    waits = waits or "wait_for" in demands.fix.raw
    said = demands.opening + demands.fix
    count = demands.opening.count
    return Match(
        plan=OffloadPlan(calls=calls, timeout=_timeout(demands.fix) if waits else None),
        strength=50 + 20 * threads + 10 * (blocks or mixes) + 10 * bool(targets),
        hints=OffloadHints(
            anchors=tuple(dict.fromkeys(last_part(name) for name in calls)),
            # A number that no function has is something else.
            count=count if count is not None and count <= _MOST else None,
            aspects=("timeout",) if waits else (),
            blamed=blamed,
            mentioned=mentioned,
            kinds=frozenset(kind for kind in _KINDS if said.says(f"waits-for-{kind}")),
        ),
    )


def _is_about_tests(demands: Demands) -> bool:
    return any(
        text.says("lacks-tests", "skips-tests") for text in (demands.title, Text(demands.dimension))
    )


def _names_lock(text: Text) -> bool:
    return not _LOCKS.isdisjoint(text.written_words)


def _timeout(fix: Text) -> str | None:
    """The first value that is a number, or a name that stands for one."""
    values = (value for value in fix.given("timeout") if value[0] not in "\"'")
    return next((v for v in values if v[0].isdigit() or "_" in v or "." in v or v.isupper()), None)


def _targets(text: Text) -> tuple[str, ...]:
    """What ``text`` gives to ``to_thread`` and its like."""
    return _callable_names(first_names(text.raw, _TAKES))


def _marked(demands: Demands) -> tuple[str, ...]:
    """The calls on lines of the evidence whose comment, on them or right above, says that they
    block."""
    found: list[str] = []
    above = False
    for line in demands.shown_code.raw.split("\n"):
        code, _, comment = line.partition("#")
        marked = Text(comment).says("marks-waiting") and not Text(line).says("is-fine")
        if marked or (above and code.strip() and not Text(line).says("is-fine")):
            found += _callable_names(Text(code).called)
        # A comment with a file is the heading of what is shown.
        above = marked and not code.strip() and ".py" not in comment
    return tuple(found)


def _shown_alone(demands: Demands) -> tuple[str, ...]:
    """What alone is called by an evidence of plain statements: there is nothing else that it
    blames."""
    try:
        body = ast.parse(textwrap.dedent(demands.shown_code.raw)).body
    except (SyntaxError, ValueError):
        # It is cut off, or other code.
        return ()
    nodes = [node for statement in body for node in ast.walk(statement)]
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    compound = any(isinstance(node, (ast.Await, ast.stmt)) and node not in body for node in nodes)
    return _callable_names(called) if len(called) == 1 and not compound else ()


def _blamed(demands: Demands, names: Callable[[Text], tuple[str, ...]]) -> tuple[str, ...]:
    """The names in sentences that speak of blocking, and in those that ask for a thread."""
    # Of fenced code only the marked lines count: the others are there to be understood by.
    texts = (demands.title, demands.description.unfenced, demands.advice)
    found = [
        name
        for text in texts
        for sentence in text.sentences("speaks-of-waiting", but=("is-fine",))
        for name in names(sentence)
    ]
    return _callable_names(found)


def _callable_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name in dict.fromkeys(item.removeprefix("self.") for item in names)
        if name == "subprocess.run"
        or (
            last_part(name) not in _NO_CALLEES
            and not keyword.iskeyword(name)
            and (name not in BUILTINS or name in ("open", "input"))
            and name.partition(".")[0] != "asyncio"
        )
    )

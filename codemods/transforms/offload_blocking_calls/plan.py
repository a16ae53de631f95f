"""What a finding about a blocked event loop asks for: which calls, and with which timeout."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import called_names, dotted_names, spoken_count
from codemods.findings.model import Code, Finding
from codemods.syntax.dotted import last_part

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_THREAD = re.compile(
    r"\bto_thread\b|\brun_in_executor\b|\brun_in_threadpool\b|\bto a (?:worker )?thread\b"
)
_TARGET = re.compile(
    rf"(?:\bto_thread|\brun_in_threadpool|\brun_sync|\brun_in_executor\(\s*[\w.]+\s*,|\bpartial)"
    rf"\s*(?:\(\s*)?(?:lambda\s*:\s*)?({_NAME})"
)
_SPOKEN = r"[\w()./`-]{1,60}+"
_EVENT_LOOP = re.compile(
    # Up to four words in between, of which the last may hang together with it (``the-event loop``).
    rf"\b(?:block|stall|freez|froz|starv|hang)\w*+\W++(?:(?:{_SPOKEN}\W++){{0,4}}?"
    rf"|(?:{_SPOKEN}\W++){{0,3}}?[\w()./`-]{{1,60}}[()./`-])event[ -]loop\b"
    r"|\bevent[ -]loop\W+(?:\w+\W+){0,3}?(?:block|stall|froz|starv)"
    r"|\bon(?:to)? the (?:\w+ )?event[ -]loop\b",
    re.IGNORECASE,
)
_SYNC_IN_ASYNC = re.compile(
    r"\b(?:sync|synchronous(?:ly)?|blocking)\b[^.\n]{0,60}?"
    r"(?:`async def`|\basync\b|\bcoroutines?\b)",
    re.IGNORECASE,
)
_LOCK = re.compile(r"\b(?:[RT]?Lock|threading\.R?Lock|Semaphore)\b")
_ABOUT_TESTS = re.compile(
    r"\btest (?:coverage|gap)\b|\b(?:untested|no (?:\w+ )?tests?\b|stress tests?)|\bskipped\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z`*\"(])|\n\s*\n|\n\s*(?=[-*] |\d+\. )")
_DEFECT = re.compile(
    r"to_thread|run_in_executor|\bwrap|\boffload|\bblock|\bsync|event[ -]loop|\bfreez|\bstall",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"\b(?:correctly|properly|already|mirror(?:s|ing)?|match(?:es|ing)?|same (?:fix|pattern)|unlike"
    r"|long[- ]term|instead of|pattern used)\b",
    re.IGNORECASE,
)
_BLOCKS = re.compile(
    r"#[^#\n]*\b(?:block|sync|slow|stall|no timeout|not offloaded|on (?:the )?event loop)", re.I
)
_TIMEOUT = re.compile(r"\btimeout\s*=\s*(\d+(?:\.\d+)?|[A-Za-z_][\w.]*)")
_SYNC = re.compile(r"\basync\b|\basyncio\b|\bthread\b|\bnon-blocking\b", re.IGNORECASE)
_KINDS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("file", "files?|disk|read|write|mkdir"),
        ("media", "files?|audio|image|metadata|decode"),
        ("archive", "files?|archive|zip|tar"),
        ("network", "networks?|HTTP|requests?|sockets?|downloads?"),
        ("process", "subprocess|process|ffmpeg"),
        ("database", r"DB|database|SQL\w*|quer(?:y|ies)|repositor\w+"),
        ("cpu", r"CPU|DSP|NumPy|comput\w+"),
        ("sleep", "sleep"),
    )
)
_MOST = 20
BUILTINS = frozenset(dir(builtins))
THREADS = frozenset({"to_thread", "run_in_executor", "run_in_threadpool", "run_sync", "wait_for"})
_NO_CALLEES = THREADS | {
    "create_subprocess_exec", "create_task", "ensure_future", "gather", "get_event_loop",
    "get_running_loop", "run", "run_until_complete", "ThreadPoolExecutor", "ProcessPoolExecutor",
}  # fmt: skip
FILE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes"})


@dataclass(frozen=True, kw_only=True)
class OffloadPlan(ReadPlan):
    """Which calls are meant, as the finding names them."""

    targets: tuple[str, ...] = ()
    """What the suggestion gives to ``to_thread`` itself: the surest names."""
    callees: tuple[str, ...] = ()
    """Other names that a sentence, or a marked line of the evidence, calls blocking."""
    explicit: bool = False
    """Some of the names are written as calls: then only those are meant."""
    mentioned: tuple[str, ...] = ()
    """Every other name in the title and the description: a handler, perhaps."""
    kinds: frozenset[str] = frozenset()
    """What the finding says is waited for: :class:`~codemods.analysis.blocking.table.BlockingKind`;
    empty when it does not say."""
    timeout: str | None = None
    """As the suggestion writes it: ``10.0``, or the name of a constant."""

    @property
    def names(self) -> tuple[str, ...]:
        """Targets, then callees, each once."""
        return tuple(dict.fromkeys((*self.targets, *self.callees)))


def recognise(finding: Finding) -> OffloadPlan | None:
    """The plan, ``None`` where the finding is not about calls that block the event loop."""
    suggestion = "\n".join(item.text for item in finding.suggestion)
    story = "\n".join((finding.title, finding.description, finding.impact))
    opening = f"{finding.title}\n{finding.description}"
    sleeps = "asyncio.sleep" in suggestion and _shows(finding, "time.sleep")
    threads = _THREAD.search(suggestion) is not None or sleeps
    blocks = _EVENT_LOOP.search(story) is not None
    mixes = _SYNC_IN_ASYNC.search(opening) is not None
    targets = _targets(suggestion)
    if not (blocks or mixes or targets or sleeps) or _is_about_tests(finding):
        return None
    if _LOCK.search(finding.title) or (not threads and _LOCK.search(suggestion)):
        # A lock held on the loop has another cure, and belongs to another codemod.
        return None
    if not threads and not (blocks and mixes and _SYNC.search(suggestion)):
        # A nested loop, a slow query, a missing test: not a call that only has to move.
        return None
    fine = {name for block in finding.evidence_code for name in _targets(block.text)} - {*targets}
    sleeping = ("time.sleep",) if sleeps else ()
    called = {*_marked(finding.evidence_code), *_blamed(finding, called_names), *sleeping}
    named = () if targets or called else _blamed(finding, dotted_names)
    blamed = _blamed(finding, called_names)
    order = (*_marked(finding.evidence_code), *blamed, *named, *sleeping)
    callees = tuple(
        name for name in dict.fromkeys(order) if name not in targets and name not in fine
    )
    mentioned = tuple(
        name
        for name in _callable_names(dotted_names(opening))
        if name not in targets and name not in callees and name not in fine
    )
    timeout = _TIMEOUT.search(suggestion) if "wait_for" in suggestion else None
    explicit = bool(targets or called - fine)
    return OffloadPlan(
        strength=50 + 20 * threads + 10 * (blocks or mixes) + 10 * bool(targets),
        anchors=tuple(last_part(name) for name in (*targets, *callees)) if explicit else (),
        count=_count(opening),
        aspects=("timeout",) if "wait_for" in suggestion else (),
        targets=targets,
        callees=callees,
        explicit=explicit,
        mentioned=mentioned,
        kinds=frozenset(
            kind for kind, pattern in _KINDS if pattern.search(f"{opening}\n{suggestion}")
        ),
        timeout=timeout[1] if timeout else None,
    )


def _shows(finding: Finding, name: str) -> bool:
    """Whether the finding's own account of the code, in words or as code, holds ``name``."""
    account = (finding.title, finding.description, *(item.text for item in finding.evidence))
    return any(name in text for text in account)


def _count(text: str) -> int | None:
    """How many places the text speaks of; a number that no function has is something else."""
    number = spoken_count(text)
    return number if number is not None and number <= _MOST else None


def _is_about_tests(finding: Finding) -> bool:
    dimension = finding.dimension or ""
    return _ABOUT_TESTS.search(f"{finding.title}\n{dimension}") is not None


def _targets(text: str) -> tuple[str, ...]:
    """What ``text`` gives to ``to_thread`` and its like."""
    return _callable_names(found[1] for found in _TARGET.finditer(text))


def _marked(blocks: Iterable[Code]) -> Iterator[str]:
    """The calls on lines of the evidence whose comment says that they block."""
    for block in blocks:
        for line in block.text.split("\n"):
            if _BLOCKS.search(line) and not _FINE.search(line):
                yield from _callable_names(called_names(line.partition("#")[0]))


def _blamed(finding: Finding, names_in: Callable[[str], tuple[str, ...]]) -> Iterator[str]:
    """The names in sentences that speak of blocking, and in those that ask for a thread."""
    told = (item.prose for item in finding.all("description", "summary"))
    # Of fenced code only the marked lines count: the others are there to be understood by.
    asked = (item.prose for item in finding.suggestion)
    for text in (finding.title, *told, *asked):
        for sentence in _SENTENCE.split(text):
            if _DEFECT.search(sentence) and not _FINE.search(sentence):
                yield from _callable_names(names_in(sentence))


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

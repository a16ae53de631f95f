"""Which findings ask for a lock around shared state, and what they say of state and lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import assignments_in, attributes_in, bound_in
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part
from codemods.syntax.locks import LockKind, names_lock


@dataclass(frozen=True, kw_only=True)
class LockPlan(Plan):
    """Shared state that is to go under a lock."""

    state: tuple[str, ...] = ()
    """Attributes of the class or module variables: ``_entries``."""
    locks: tuple[str, ...] = ()
    """The lock, as written: ``_audio_lock``, ``self.file_manager._audio_lock``."""
    adds: bool = True
    """Whether that lock may be a new one."""
    kind: LockKind | None = None
    """The kind of lock; empty for the kind that the code needs."""
    threads: bool = False
    """Whether threads use the state, not only the tasks of one event loop."""
    reentrant: bool = False
    """Whether the lock should be an ``RLock``."""
    bodies: bool = False
    """Whether attributes that change in the same methods belong to the state."""
    whole: tuple[str, ...] = ()
    """Methods whose whole bodies run under the lock."""


@dataclass(frozen=True, kw_only=True)
class LockHints(Hints):
    """What a finding says, of which some is the state that it means."""

    title_names: tuple[str, ...] = ()
    """Last parts of the names in the title; the state, when one of them is state."""
    text_names: tuple[str, ...] = ()
    """The same of description and suggestion."""
    evidence_names: tuple[str, ...] = ()
    """Attributes and variables that the evidence shows."""
    methods: tuple[str, ...] = ()
    """What title, description and suggestion call: ``get``, ``_get_or_create_processor``."""
    spoken: frozenset[str] = frozenset()
    """The same of everything that is said and shown: a function among it is one of its places."""
    title_words: tuple[str, ...] = ()
    """Every word of the title, in lower case."""


def recognise(demands: Demands) -> Match[LockPlan] | None:
    """A claim to findings that want a lock around state that several tasks or threads touch.

    Locks that are held too long, taken twice or of the wrong kind are other findings, and so are
    locked files and database rows.
    """
    title, told, fix = demands.title, demands.opening, demands.fix
    if title.says("lock-misused", "no-matter-of-locks"):
        return None
    in_title = title.says("unguarded")
    if not in_title and not told.says("unguarded"):
        return None
    # Where the title is about something else, a lock must be what is suggested first.
    wanted = fix if in_title else Text(fix.raw.strip()[:100])
    if not wanted.says("wants-lock") or fix.says("starts-with-removing", "is-undecided"):
        return None
    prose = told + fix
    examples = {name for text in fix.phrases("like-another-lock") for name in text.names}
    hints = _hints(demands, prose, like_another=bool(examples))
    made = _made(fix)
    plan = LockPlan(
        locks=tuple(
            name
            for name in dict.fromkeys((*(title + fix + demands.description).names, *made))
            if names_lock(name) and name.rpartition(".")[0] not in ("asyncio", "threading")
            if name.lower() not in ("lock", "rlock") and name not in examples
        ),
        adds=fix.says("makes-new") or bool(made),
        kind=_kind(fix) or _kind(told) or _kind_of_runners(told),
        threads=(prose + demands.impact).says("threads"),
        reentrant=fix.says("reentrant-lock"),
        bodies=fix.says("whole-class"),
        whole=hints.methods if fix.says("whole-bodies") else (),
    )
    return Match(plan=plan, strength=70 if in_title else 45, hints=hints)


def _hints(demands: Demands, prose: Text, *, like_another: bool) -> LockHints:
    code = demands.shown_code.raw
    shown = _last((*attributes_in(code), *bound_in(code)))
    in_title = _last(demands.title.names)
    attributes = attributes_in(demands.remarks.raw)
    in_text = _last((*demands.description.names, *demands.fix.names, *attributes))
    words = demands.title.words.tokens
    return LockHints(
        anchors=_spellings((*in_title, *in_text, *shown)),
        aspects=demands.advice.requests(but=("like-another-lock",)) if like_another else (),
        title_names=in_title,
        text_names=in_text,
        evidence_names=shown,
        methods=tuple(name for name in _last(prose.called) if not names_lock(name)),
        spoken=frozenset(_last((*demands.prose.names, *demands.shown_code.names))),
        title_words=tuple(part for item in words for part in item.word.split(".") if part[1:]),
    )


def _made(text: Text) -> tuple[str, ...]:
    """The locks that are shown being made: ``_rows_lock = asyncio.Lock()``."""
    return tuple(
        item.name
        for item in assignments_in(text.raw)
        if names_lock(item.name) and "Lock" in item.annotation + item.value
    )


def _kind(text: Text) -> LockKind | None:
    """The kind of lock that is named first."""
    of_loop = text.place_of("lock-of-loop")
    of_threads = text.place_of("lock-of-threads", "reentrant-lock")
    if of_loop is None:
        return None if of_threads is None else "thread"
    return "async" if of_threads is None or of_loop < of_threads else "thread"


def _kind_of_runners(text: Text) -> LockKind | None:
    only_threads = text.says("threads") and not text.says("in-coroutines", "tasks")
    return "thread" if only_threads else None


def _last(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(last_part(name) for name in names))


def _spellings(names: Iterable[str]) -> tuple[str, ...]:
    """Every name with and without its leading underscore: reports drop and add it."""
    found: dict[str, None] = {}
    for name in names:
        bare = name.lstrip("_")
        if bare and not names_lock(bare) and not name.endswith("__"):
            found |= {name: None, bare: None, f"_{bare}": None}
    return tuple(found)

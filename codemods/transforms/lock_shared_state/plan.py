"""Which findings ask for a lock around shared state, and what they say of state and lock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.other_requests import other_requests
from codemods.demands.text import called_names, identifiers
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part
from codemods.syntax.locks import LockKind, names_lock

_UNGUARDED = re.compile(
    r"\b(?:no|without|lacks?|missing|needs?)\s+(?:\w+[ -]){0,2}?(?:locks?|locking|synchroni\w+|"
    r"thread[ -]safety|protection)\b|"
    r"\b(?:not|isn't|never|non)[ -](?:\w+[ -])?(?:thread[ -]?safe|protected|locked|guarded|atomic|"
    r"synchroni[sz]ed|lock-protected)\b|"
    r"\b(?:un(?:protected|locked|guarded|synchroni[sz]ed))\b|\bthread[ -]?safety\b|"
    r"\b(?:data |init )?races?\b|\brace[ -]conditions?\b|\braced?s?\b|\bTOCTOU\b|"
    r"\bconcurrent(?:ly)?\b|\bbypass(?:es)?\b[^.]{0,200}\block\b|"
    r"\boutside (?:any |the |of any |a |`?\w*_?)lock\b|"
    r"\bwithout (?:holding |taking |acquiring )?(?:the |its )?`?(?:self\.)?\w*_r?lock\b",
    re.IGNORECASE,
)
_WANTS_LOCK = re.compile(
    r"\b(?:asyncio|threading)\.R?Lock\b|"
    r"\b(?:add|acquire|use|using|hold|extend|protect|guard|wrap|take|apply|put|serialis?z?e|move)\b"
    r"[^;\n]{0,140}?(?:\b\w*locks?\b|`\w*R?Lock\b)|"
    r"\b(?:under|with|inside) (?:a |the |an |one |`?self\.)?`?\w*lock\b|"
    r"\bdouble[d-]*[ -]check",
    re.IGNORECASE,
)
_OTHER_CURE = re.compile(
    r"\bdeadlock\b|\block[ -]?(?:order(?:ing)?|inversion)|\bnon-?reentrant\b|\bacquired twice\b|"
    r"\b(?:hold(?:s|ing)?|held|keeps)\b[^.]{0,200}lock\b|\bunder (?:the |a )?`?\w*lock\b|"
    r"\bcallback-under-lock\b|\bblocks? (?:the )?(?:asyncio |event )|\block[ -]?files?\b|"
    r"\bin async context\b|\bacross event loops\b|\bafter lock release\b|\bfile[ -]lock\w*\b|"
    r"\bdead code\b|\bconcurrency tests?\b|\bunbounded\b|\bleaks?\b|\bzero (?:instan|call)|"
    r"\bskip guards?\b|\btests?\b",
    re.IGNORECASE,
)
_THREADS = re.compile(
    r"\bthread(?:s|ing|ed|-safe| safety)?\b|\bthreadpool|to_thread|executor", re.IGNORECASE
)
_TASKS = re.compile(r"\basyncio\b|\bcoroutines?\b|\basync\b|\btasks?\b|\bevent[ -]loop\b", re.I)
_BODIES = re.compile(
    r"\b(?:wrap|protect|guard|hold)\b[^.;]{0,200}"
    r"\b(?:bodies|all public methods|all state|every method)",
    re.IGNORECASE,
)
_REMOVES = re.compile(r"\W*(?:decide|delete|remove|drop)\b", re.IGNORECASE)
_FULL = re.compile(r"\b(?:full|whole|entire|existing) bod(?:y|ies)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(?:self|cls)\.([A-Za-z_]\w*)(?!\w|\s*\()")
_ASSIGNED = re.compile(r"^[^\S\n]*(?:global\s+)?([A-Za-z_]\w*)\s*(?::[^=\n]+)?=[^=]", re.MULTILINE)
_EXAMPLE = re.compile(
    r"\b(?:copy|mirror|follow|replicate)\b(?: the)? `(?:self\.)?(?P<lock>\w*[a-z]_r?lock)` "
    r"(?:double[d-]*[ -]check\w*[ -]?(?:locking )?)?(?:pattern|idiom|approach)\b",
    re.IGNORECASE,
)
"""A lock of other state, named for how it is used: this state is to have one like it."""


@dataclass(frozen=True, kw_only=True)
class LockPlan(ReadPlan):
    """What a finding about shared state without a lock names."""

    title_names: tuple[str, ...] = ()
    """Last parts of the names in the title; the state, when one of them is state."""
    text_names: tuple[str, ...] = ()
    """The same of description and suggestion."""
    evidence_names: tuple[str, ...] = ()
    """Attributes and variables that the evidence shows."""
    methods: tuple[str, ...] = ()
    """What title, description and suggestion call: ``get``, ``_get_or_create_processor``."""
    locks: tuple[str, ...] = ()
    """Names of locks as written: ``_audio_lock``, ``self.file_manager._audio_lock``."""
    adds: bool = False
    """Whether the suggestion says that the lock is new."""
    kind: LockKind | None = None
    """Which lock is asked for; ``None`` where the finding does not say."""
    threads: bool = False
    """Whether the finding speaks of threads."""
    reentrant: bool = False
    """Whether an ``RLock`` is asked for."""
    title_words: tuple[str, ...] = ()
    """Every word of the title, in lower case."""
    bodies: bool = False
    """Whether all of the class is meant, and not one attribute."""
    full: bool = False
    """Whether the whole bodies of the named methods are meant."""


def recognise(finding: Finding) -> LockPlan | None:
    """A plan for findings that want a lock around state that several tasks or threads touch.

    Locks that are held too long, taken twice or of the wrong kind are other findings, and so are
    locked files and database rows.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    about = f"{finding.title}\n{finding.description}"
    if _OTHER_CURE.search(finding.title):
        return None
    in_title = bool(_UNGUARDED.search(finding.title))
    if not in_title and not _UNGUARDED.search(about):
        return None
    # Where the title is about something else, a lock must be what is suggested first.
    wanted = suggestion if in_title else suggestion.strip()[:100]
    if not _WANTS_LOCK.search(wanted) or _REMOVES.match(suggestion):
        return None
    prose = f"{about}\n{suggestion}"
    evidence = "\n".join(block.text for block in finding.evidence_code)
    examples = tuple(item["lock"] for item in _EXAMPLE.finditer(suggestion))
    locks = tuple(
        name
        for name in identifiers(f"{finding.title}\n{suggestion}\n{finding.description}")
        if names_lock(name) and name.rpartition(".")[0] not in ("asyncio", "threading")
        if name.lower() not in ("lock", "rlock") and name not in examples
    )
    state = _last((*_ATTRIBUTE.findall(evidence), *_ASSIGNED.findall(evidence)))
    title_names = _last(identifiers(finding.title))
    text_names = _last((*identifiers(finding.description), *identifiers(suggestion)))
    evidence_prose = "\n".join(item.prose for item in finding.evidence)
    text_names = tuple(dict.fromkeys((*text_names, *_ATTRIBUTE.findall(evidence_prose))))
    anchors = _spellings((*title_names, *text_names, *state))
    return LockPlan(
        strength=70 if in_title else 45,
        anchors=anchors,
        aspects=other_requests(finding.suggestion_prose, _EXAMPLE) if examples else (),
        title_names=title_names,
        text_names=text_names,
        evidence_names=state,
        methods=_last(called_names(prose)),
        locks=locks,
        adds=bool(
            re.search(r"\b(?:add|introduce|dedicated|new)\b|\block\w* *[:=]", suggestion, re.I)
        ),
        kind=_kind(suggestion, about),
        threads=bool(_THREADS.search(_without_class_names(prose + finding.impact))),
        reentrant=bool(re.search(r"\bRLock\b", suggestion)),
        title_words=tuple(re.findall(r"[a-z_]\w+", finding.title.lower())),
        bodies=bool(_BODIES.search(suggestion)),
        full=bool(_FULL.search(suggestion)),
    )


def _kind(suggestion: str, about: str) -> LockKind | None:
    for text in (suggestion, about):
        asynchronous = re.search(r"\basyncio\.Lock\b|\basync with\b", text)
        threaded = re.search(r"\bthreading\.R?Lock\b|\bRLock\b", text)
        if asynchronous and threaded:
            return "async" if asynchronous.start() < threaded.start() else "thread"
        if asynchronous:
            return "async"
        if threaded:
            return "thread"
    return "thread" if _THREADS.search(about) and not _TASKS.search(about) else None


def _without_class_names(text: str) -> str:
    """``threading.Lock`` is what is asked for, and says nothing of who runs the code."""
    return re.sub(r"threading\.\w+", "", text)


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

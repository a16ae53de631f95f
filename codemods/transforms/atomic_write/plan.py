"""Which findings ask for a file that is written whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.other_requests import other_requests
from codemods.demands.text import called_names
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part

_WORDS = r"(?:[^.\n]|\.(?=\S))"
_STAGED = re.compile(
    r"\bos\.(?:replace|rename)\b|\bPath\.(?:replace|rename)\b|"
    r"\batomic(?:ally)?[ -](?:file[ -])?(?:writ(?:e|ing)|sav(?:e|ing)|renam(?:e|ing)|"
    r"replac(?:e|ing)|swap)|\bwrite\w*[ -]atomic|"
    rf"\btemp(?:orary)?\b{_WORDS}{{0,60}}\b(?:rename|replace|move)\b",
    re.IGNORECASE,
)
_UNIQUE = re.compile(
    rf"\b(?:temp\w*+|tmp|`\.tmp`){_WORDS}{{0,40}}\bunique\b|\bunique\b{_WORDS}{{0,40}}\b(?:temp|tmp)",
    re.IGNORECASE,
)
_TORN = re.compile(
    r"\bnon-?atomic(?:ally)?\b|\bnot\b[^.\n]{0,20}\batomic(?:ally)?\b|\bpartial(?:ly)?[ -]writ|"
    r"\bhalf[ -]written\b|\btorn\b|\btruncat\w+|\bcorrupt\w*|\bpartial\b[^.\n]{0,20}\bfiles?\b|"
    r"\bincomplete\b",
    re.IGNORECASE,
)
_FILES = re.compile(
    r"\bfiles?\b|\bsidecar|\bon disk\b|\bwrite_(?:text|bytes)\b|\bopen\(|\bjson\.dump\b|\.json\b",
    re.IGNORECASE,
)
_DATABASE = re.compile(r"\b(?:transactions?|SAVEPOINT|BEGIN IMMEDIATE|session\.commit)\b")
_DURABLE = re.compile(
    r"\bcrash\w*|\bpower (?:loss|cut|failure|outage)|\bkill -9\b|\bSIGKILL\b|\bfsync\b|"
    r"\bunclean (?:shutdown|exit)|\bprocess dies\b|\bOOM\b",
    re.IGNORECASE,
)
_LOCKING = re.compile(
    r"\bfile[ -]lock\w*|\bflock\b|\bfcntl\b|\bportalocker\b|\bfilelock\b", re.IGNORECASE
)
_DONE = re.compile(
    r"\bos\.(?:replace|rename)\b|\batomic|\btemp(?:orary|file)?\b|\bNamedTemporaryFile\b|"
    r"\bmkstemp\b|\.(?:tmp|part)\b|\brename|\bfile[ -]lock",
    re.IGNORECASE,
)
_WRITER = re.compile(r"(?:^|_)(?:save|write|export|dump|store)(?:_|$)|(?:File|Writer)$")
_CLASS = re.compile(r"`(?:\w+\.)*(?P<name>[A-Z]\w+)`")
_NO_WRITERS = (
    *("write", "write_text", "write_bytes", "writelines", "dump", "safe_dump", "dump_all"),
    *("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"),
)
LOCKED = "lock the file while it is read and written"


@dataclass(frozen=True, kw_only=True)
class AtomicPlan(ReadPlan):
    """What a finding about a file that can be seen half-written says."""

    durable: bool = False
    """Whether it speaks of crashes: the file is then forced to the disk before it is renamed."""
    unique: bool = False
    """Whether it is about a temporary file whose name several writers share."""
    writers: tuple[str, ...] = ()
    """Names of functions and classes that it says write the file: ``save_audio``."""


def recognise(finding: Finding) -> AtomicPlan | None:
    """A plan for findings about a file that is written in place and should be replaced whole."""
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}\n{finding.prose}"
    unique = _UNIQUE.search(suggestion) is not None
    if not (_STAGED.search(suggestion) or unique):
        return None
    if not _TORN.search(words) or not _FILES.search(words) or _DATABASE.search(suggestion):
        return None
    code = "\n".join(
        (
            *(item.text for item in finding.evidence),
            finding.description,
            *(item.text for item in finding.evidence_code),
        )
    )
    last = (last_part(name) for name in called_names(code) + _named_classes(code))
    writers = tuple(
        dict.fromkeys(name for name in last if _WRITER.search(name) and name not in _NO_WRITERS)
    )
    aspects = other_requests(finding.suggestion_prose, _DONE)
    if _LOCKING.search(suggestion):
        aspects = (LOCKED, *aspects)
    return AtomicPlan(
        strength=90 if _TORN.search(finding.title) else 85,
        whole_files=True,
        durable=_DURABLE.search(words) is not None,
        unique=unique,
        writers=writers,
        aspects=aspects,
    )


def _named_classes(code: str) -> tuple[str, ...]:
    """Classes that are named and not called: "opens the output `sf.SoundFile` sink"."""
    return tuple(match["name"] for match in _CLASS.finditer(code))

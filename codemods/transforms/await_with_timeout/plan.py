"""Which findings are about an ``await`` that may take for ever, and for how long it may."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.other_requests import other_requests
from codemods.demands.text import called_names, durations, inline_code, spoken_count
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part

_MISSING = re.compile(
    r"\b(?:no|without|lacks?|miss(?:es|ing)|not)\b[^.\n]{0,50}(?:\btime-?outs?\b|\bwait_for\b)|"
    r"\b(?:unbounded|unlimited)\b[^.\n]{0,40}\bawait|\btime-?outs?\s+(?:is\s+)?missing\b|"
    r"\bhangs?\s+(?:forever|indefinitely)\b|\bno `?asyncio\.wait_for",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\bwait_for\b|\basyncio\.timeout\b")
_OFFLOADED = re.compile(r"wait_for`?\(\s*(?:\w+\.)?to_thread\(")
_VALUE = re.compile(r"\btimeout\s*=\s*~?(?P<value>\d+(?:\.\d+)?|[A-Za-z_][\w.]*)")
_DONE = re.compile(r"\bwait_for\b|\bwrap\b|\btime-?out", re.IGNORECASE)
_ERROR = re.compile(r"\b(?:TimeoutError|the timeout)\b", re.IGNORECASE)
_NAME = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:\([^()]*\))?$")

WRAPPERS = frozenset({"to_thread", "run_in_executor", "run_in_threadpool", "gather", "shield"})
_NOT_MEANT = WRAPPERS | {"wait_for", "timeout", "asyncio", "sleep", "TimeoutError", "await"}

TIMEOUT_ERROR = "the handling of TimeoutError"


@dataclass(frozen=True, kw_only=True)
class TimeoutPlan(ReadPlan):
    """What a finding about a missing timeout names."""

    callees: tuple[tuple[str, ...], ...] = ()
    """Groups of names of what is awaited, the surest group first: by the suggestion, the title,
    the description and evidence."""
    wrapped: frozenset[str] = frozenset()
    """Of ``to_thread`` and its kin those that the finding names: what runs in them is meant."""
    timeout: str | None = None
    """A number of seconds or the name of a constant."""


def recognise(finding: Finding) -> TimeoutPlan | None:
    """A plan for findings that miss a timeout on something that is awaited.

    A call that blocks, and wants a thread and a timeout, is for ``offload-blocking-calls``.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    if not _MISSING.search(finding.title) or not _WRAPPED.search(suggestion):
        return None
    if _OFFLOADED.search(suggestion):
        return None
    evidence = "\n".join(block.text for block in finding.evidence_code)
    groups = tuple(
        names
        for text in (suggestion, finding.title, f"{finding.description}\n{evidence}")
        if (names := _awaited(text))
    )
    shown = f"{suggestion}\n{finding.description}"
    wrapped = frozenset(name for name in WRAPPERS if re.search(rf"\b{name}\b", shown))
    last = {last_part(name) for group in groups for name in group}
    handling = _ERROR.search(suggestion)
    return TimeoutPlan(
        strength=95,
        callees=groups,
        wrapped=wrapped,
        timeout=_timeout(suggestion),
        anchors=(*sorted(last), *sorted(wrapped), "wait_for"),
        count=spoken_count(suggestion) or spoken_count(finding.description),
        aspects=(
            *((TIMEOUT_ERROR,) if handling else ()),
            *other_requests(finding.suggestion_prose, _DONE),
        ),
    )


def _timeout(suggestion: str) -> str | None:
    found = _VALUE.search(suggestion)
    if found is not None:
        return found["value"]
    seconds = durations(suggestion)
    return f"{seconds[0]:g}" if seconds else None


def _awaited(text: str) -> tuple[str, ...]:
    """Names of what could be awaited: called ones, and those in inline code."""
    found = [*called_names(text)]
    for match in re.finditer(r"to_thread\(\s*([A-Za-z_][\w.]*)", text):
        found.append(match[1])
    for code in inline_code(text):
        if _NAME.match(code) and not code.isupper():
            found.append(code.partition("(")[0])
    return tuple(
        dict.fromkeys(
            name
            for name in found
            if last_part(name) not in _NOT_MEANT and not last_part(name).isupper()
        )
    )

"""Which findings are about tracebacks that a log call loses, and which call they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.analysis.logs.levels import METHODS
from codemods.codemod import ReadPlan
from codemods.demands.text import inline_code, spoken_count
from codemods.findings.model import Finding

_TRACEBACK = r"(?:stack[ -]?traces?|trace[ -]?backs?|`?exc_info(?:\s*=\s*True)?`?)"
_LOST = (
    r"(?:los(?:es?|t|ing)|lacks?|lacking|miss(?:es|ing)?|without|omit(?:s|ted|ting)?|"
    r"drop(?:s|ped|ping)?|discard(?:s|ed|ing)?|hid(?:es?|den|ing)|no|not|never|don't|doesn't|"
    r"forgets?|instead of|needs?|should)"
)
_STATES = (
    r"(?:lost|missing|dropped|discarded|hidden|invisible|omitted|absent|unavailable|not (?:logged|"
    r"included|recorded|kept|preserved|visible)|never logged|(?:logged )?only (?:logged )?at debug|"
    r"logged at debug)"
)
_ABOUT = re.compile(
    rf"\b{_LOST}\b[^.\n]{{0,60}}?{_TRACEBACK}|{_TRACEBACK}[^.\n]{{0,50}}?\b{_STATES}\b",
    re.IGNORECASE,
)
_SUGGESTED = re.compile(rf"{_TRACEBACK}|\.exception\(", re.IGNORECASE)
_TO_CLIENTS = re.compile(
    r"\b(?:clients?|responses?|leak\w*|expos\w+|disclos\w+|payloads?|print)\b", re.IGNORECASE
)
RULES = ("TRY400", "error-instead-of-exception")

_LEVELS = "|".join((*METHODS, "log"))
_LOG_CALL = re.compile(
    rf"[\w.]*?\.?\b(?P<level>{_LEVELS}|exception)\(\s*(?:[\w.]+\s*,\s*)?(?P<arguments>.*)",
    re.DOTALL,
)
_STARTS = re.compile(rf"(?=(?<![\w.])[\w.]+\.(?:{_LEVELS})\()")
_STRING = re.compile(
    r"(?P<prefix>[rbuRBUfF]{0,2})(?P<quote>\"\"\"|'''|\"|')(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)"
    r"(?P=quote)",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


@dataclass(frozen=True, kw_only=True)
class ExcInfoPlan(ReadPlan):
    """What a finding about a lost traceback names."""

    messages: tuple[str, ...] = ()
    """The texts of the log calls that its evidence shows, as :func:`message_of` gives them."""
    levels: tuple[str, ...] = ()
    """The methods that they call: ``error``, ``warning``."""


def recognise(finding: Finding) -> ExcInfoPlan | None:
    """A plan for findings that say that a log call loses the traceback.

    A finding about texts for clients suggests ``exc_info`` as well, and is not meant; neither is
    one about tracebacks that leak, nor one whose evidence has no log call in it.
    """
    strength = _strength(finding)
    if not strength:
        return None
    shown = [block.text for block in finding.evidence_code]
    if not shown:
        prose = (finding.title, finding.description, finding.text("evidence"))
        shown = [text for part in prose for text in inline_code(part)]
        shown += [text for part in finding.suggestion for text in inline_code(part.prose)]
    calls = [call for text in shown for call in _log_calls(text)]
    if finding.evidence_code and not calls:
        return None
    return ExcInfoPlan(
        strength=strength,
        messages=tuple(dict.fromkeys(message for _, message in calls if message)),
        levels=tuple(dict.fromkeys(level for level, _ in calls)),
        count=spoken_count(f"{finding.title}\n{finding.description}"),
    )


def _strength(finding: Finding) -> int:
    if finding.rule in ("add-exc-info", *RULES):
        return 95
    if _TO_CLIENTS.search(finding.title):
        return 0
    if _ABOUT.search(finding.title):
        return 90
    suggestion = "\n".join(item.text for item in finding.suggestion)
    if _ABOUT.search(finding.description) and _SUGGESTED.search(suggestion):
        return 75
    return 0


def _log_calls(code: str) -> list[tuple[str, str]]:
    """Level and message of each log call in a piece of code, which need not parse."""
    found = []
    for part in _STARTS.split(code)[1:]:
        call = _LOG_CALL.match(part)
        if call is not None:
            found.append((call["level"], message_of(part)))
    return found


def message_of(call: str) -> str:
    """The text of a log call's first string, with ``{}`` for what an f-string puts in.

    ``""`` where the call does not begin with a string.
    """
    match = _LOG_CALL.match(call)
    if match is None:
        return ""
    string = _STRING.match(match["arguments"])
    if string is None:
        return ""
    text = string["text"]
    if "f" in string["prefix"].lower():
        text = _PLACEHOLDER.sub("{}", text)
    return " ".join(text.split())

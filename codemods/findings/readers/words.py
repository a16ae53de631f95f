"""Severities, ids and places in titles and cells, as all kinds of reports write them."""

from __future__ import annotations

import re

from codemods.findings.model import Severity
from codemods.findings.readers.headings import parse_heading
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.status import severity_of_id
from codemods.findings.text import code_spans
from codemods.tables import words

_LEVELS = {
    Severity.CRITICAL: words(
        "critical crit blocker p0 sev0 sev-0 critique kritisch crítica crítico critica critico "
        "критический критическая критично критическое 严重 致命 危急 🔴 🚨 ⛔ 🛑 🔥"
    ),
    Severity.HIGH: words(
        "high severe major error p1 sev1 sev-1 haute haut élevée élevé hoch alta alto высокий "
        "высокая высокое 高 高危 🟠"
    ),
    Severity.MEDIUM: words(
        "medium moderate med warning warn p2 sev2 sev-2 moyenne moyen moyenne mittel media medio "
        "средний средняя среднее 中 中危 🟡 ⚠️ ⚠"
    ),
    Severity.LOW: words(
        "low minor info informational note trivial nit p3 p4 sev3 sev-3 basse bas faible niedrig "
        "gering baja bajo низкий низкая низкое 低 低危 🟢 🔵 ⚪"
    ),
}
_OF_WORD = {word: severity for severity, names in _LEVELS.items() for word in names}
_WORD = re.compile(r"[^\W\d_]+(?:-?\d)?|[🔴🚨⛔🛑🔥🟠🟡🟢🔵⚪]|⚠️?", re.UNICODE)
_CVSS = re.compile(r"(?<![\d.])(10(?:\.0)?|\d(?:\.\d)?)(?![\d.])")
_TAG = re.compile(
    r"^(?:[\[(【]\s*(?:\*\*)?(?P<boxed>[^\W\d_]+(?:-?\d)?)(?:\*\*)?\s*[\])】](?:\*\*)?"
    r"|(?:\*\*|__)[\[(]?(?P<bold>[^\W\d_]+(?:-?\d)?)[\])]?:?(?:\*\*|__)"
    r"|(?P<plain>[^\W\d_]+(?:-?\d)?)(?=\s*[:：|·–—]|\s+-))"
)
_AT_END = re.compile(r"[\[(（]\s*(?P<inner>[^\[\]()（）]{1,60})[\])）]\s*$")
_EMOJI = re.compile(r"^(?:[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D]+\s*)+")
_NUMBER = re.compile(
    r"^(?:(?:issue|bug|finding|problem|vulnerability|fix|defect|item|task|problème|problema|fehler|"
    r"проблема|ошибка|问题)\s*)?(?P<id>#?\d+(?:\.\d+){0,3}[a-z]?(?:-\d+)?)(?:[.):：]|\s*[-–—|·]|(?=\s))\s*",
    re.IGNORECASE,
)
_LETTER = re.compile(r"^(?P<id>[A-Za-z]{1,4}-?\d{1,4}[a-z]?)(?:[.):：]|\s*[-–—|·]|\s+(?=\S))\s*")


def severity_word(text: str) -> Severity | None:
    """The severity that one of the first words of a field names, an emoji or a CVSS score."""
    for word in _WORD.findall(text[:60].lower()):
        if word in _OF_WORD:
            return _OF_WORD[word]
        if word in ("none", "na"):
            return None
    score = _CVSS.search(text[:60])
    if score is None:
        return None
    value = float(score[1])
    bounds = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))
    return next((severity for bound, severity in bounds if value >= bound), Severity.LOW)


def is_severity(text: str) -> bool:
    """Whether a text is the word for a severity, and nothing else."""
    return text.strip(" *_[]():").lower() in _OF_WORD


class Heading:
    """A title taken apart: emoji, id, severity and place that stand in it."""

    def __init__(self, written: str) -> None:
        self.id: str | None = None
        self.alias: str | None = None
        self.severity: Severity | None = None
        self.place: str | None = None
        self.marked = False
        """Whether severity was said as a tag, and not only by an emoji."""
        text = written.strip()
        for _ in range(5):
            before = text
            text = self._peeled(text)
            if text == before:
                break
        self._end(text)

    def _peeled(self, text: str) -> str:
        if text.startswith("**") and text.count("**") == 2 and text.endswith("**"):
            text = text[2:-2].strip()
        emoji = _EMOJI.match(text)
        if emoji is not None:
            self.severity = self.severity or severity_word(emoji[0])
            return text[emoji.end() :].strip()
        own = parse_heading(text) if self.id is None else None
        if own is not None and own.separated and own.title and not own.is_range:
            self.id, self.alias = own.id, own.alias
            self.severity = self.severity or severity_of_id(own.id)
            return _unwrapped(own.title)
        if self.id is None:
            number = _NUMBER.match(text) or _LETTER.match(text)
            if number is not None and number.end() < len(text):
                self.id = number["id"]
                return _unwrapped(text[number.end() :])
        tag = _TAG.match(text)
        word = tag[tag.lastgroup or 0].lower() if tag is not None else ""
        if tag is not None and (found := _OF_WORD.get(word)) is not None:
            self.severity = found
            self.marked = True
            return _unwrapped(text[tag.end() :].lstrip(" -–—:|·*"))
        return text

    def _end(self, text: str) -> None:
        """What stands in parentheses at the end, and the place at the beginning or the end."""
        inner = _AT_END.search(text)
        if inner is not None:
            severity = _said_alone(inner["inner"])
            if severity is not None:
                self.severity, self.marked = severity, True
                text = text[: inner.start()].strip()
        spans = code_spans(text)
        for span in (spans[:1], spans[-1:]):
            if span and (span[0].start == 0 or text[span[0].end :].strip(" )]") == ""):
                found = locations_of(f"`{span[0].text}`")
                if found and found[0].path and found[0].lines:
                    self.place = text[span[0].start : span[0].end]
                    rest = (text[: span[0].start] + text[span[0].end :]).strip()
                    text = rest.strip(" -–—:|·()[]").strip() or text
                    break
        self.title = text.strip().removesuffix("**").removeprefix("**").strip(" :") or text


def _unwrapped(text: str) -> str:
    text = text.strip()
    return text[2:-2].strip() if text.startswith("**") and text.endswith("**") else text


def _said_alone(inner: str) -> Severity | None:
    """The severity of ``(HIGH)``, ``(CVSS 9.8)``, ``(Severity: low)``, and of no sentence."""
    found = [word.lower() for word in re.findall(r"[^\W\d_]+", inner)]
    filler = {"severity", "priority", "cvss", "risk", "score"}
    rest = [word for word in found if word not in filler]
    if "cvss" in found or (len(rest) == 1 and rest[0] in _OF_WORD):
        return severity_word(inner)
    return None

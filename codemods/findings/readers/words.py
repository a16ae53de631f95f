"""Titles as all kinds of reports write them: ids, severities, places and statuses in them."""

from __future__ import annotations

import re

from codemods.findings.model import Severity, StatusKind
from codemods.findings.readers.headings import parse_heading
from codemods.findings.readers.lexicon import (
    names,
    pattern,
    says,
    severity_in,
    severity_of_word,
    status_at_start,
)
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.status import severity_of_id
from codemods.findings.roles import Role, role_of
from codemods.findings.text import code_spans, mentioned_lines

_CVSS = re.compile(r"(?<![\d.])(10(?:\.0)?|\d(?:\.\d)?)(?![\d.])")
_TAG = re.compile(
    r"^(?:[\[(【]\s*(?:\*\*)?(?P<boxed>[^\W\d_]{1,20}(?:-?\d)?)(?:\*\*)?\s*[\])】](?:\*\*)?"
    r"|(?:\*\*|__)(?:[🔴🚨⛔🛑🔥🟠🟡🟢🔵⚪]\s{0,2})?[\[(]?(?P<bold>[^\W\d_]{1,20}(?:-?\d)?)[\])]?:?(?:\*\*|__)"
    r"|`(?P<coded>[^\W\d_]{1,20})`(?=[ \t])"
    r"|(?P<plain>[^\W\d_]{1,20}(?:-?\d)?)(?:[ \t]+(?:priority|severity|risk|issue|bug))?"
    r"(?=\s{0,3}[:：|·–—]|\s+-))",
    re.IGNORECASE,
)
_AT_END = re.compile(r"[\[(（]\s{0,3}(?P<inner>[^\[\]()（）]{1,60})[\])）]\s*$")
_EMOJI = re.compile(
    r"^(?:[\U0001F300-\U0001FAFF\u2190-\u21FF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D]\s{0,2})+"
)
_LAST_EMOJI = re.compile(
    r"\s(?P<emoji>[🔴🚨⛔🛑🔥🟠🟡🟢🔵⚪]|⚠️?)\s{0,3}(?P<word>[^\W\d_]{0,20})\s{0,3}$"
)
_NUMBER = re.compile(
    r"^(?P<id>#?\d{1,5}(?:\.\d{1,4}){0,3}[a-z]?(?:-\d{1,5})?)"
    r"(?:[.):：]|\s{0,3}[-–—|·]|(?=\s)|$)\s*"
)
_LETTER = re.compile(
    r"^(?P<id>[A-Za-z]{1,4}-?\d{1,4}[a-z]?)(?:[.):：]|\s{0,3}[-–—|·]|\s+(?=\S)|$)\s*"
)
_LAST = re.compile(
    r"[ \t]{1,3}[-–—|:·•][ \t]{1,3}(?:\*\*)?(?P<word>[^\W\d_]{1,20})"
    r"(?:[ \t](?P<of>[^\W\d_]{4,8}))?(?:\*\*)?$",
    re.IGNORECASE,
)
"""A severity at the end of a title, behind a dash: ``… - HIGH``."""
_IMAGE = re.compile(r"!\[(\w{1,20})\]\([^()\s]{1,300}\)")
"""A badge, whose text says what it shows."""
_CODED = re.compile(r"[ \t]`(?P<word>[^\W\d_]{1,20})`$")
_AT_LINE = re.compile(
    r"^(?:\*\*)?(?P<word>[^\W\d_]{1,12}(?:\(s\))?)\.?\s{0,2}"
    r"(?P<lines>\d{1,7}(?:\s?[-–]\s?\d{1,7})?)(?:\*\*)?(?:\s{0,2}[:：–—-]\s{0,3}|\s{1,3}(?=[\[(]))"
)
_APART = re.compile(r"[ \t]*(?:[-–—:|·→])[ \t]")
_BARE_PLACE = re.compile(
    r"(?P<path>(?<![\w./\\`-])(?:[A-Za-z]:[\\/])?[\w./\\-]{1,200}\.pyi?)"
    r"(?P<at>(?::|#L|,?[ ](?:@[ ])?(?:lines?[ ]|L))\d{1,7}(?:[-–]L?\d{1,7})?)?(?![\w.`-])"
)
"""A file with its lines that stands in a title without marks."""
_BEFORE_PLACE = re.compile(r"(?:[ \t](?:[-–—:|·@]|in|at)|[(\[:@])[ \t]*$")
_TAIL = 90
"""Characters at the end of a title in which something may be said of it."""
_SAID_AT_END = re.compile(
    r"(?P<apart>[ \t][-–—|:][ \t]|(?<!\w)[(\[✅✓✔☑])\s{0,2}(?P<said>[^-–—|\[\]]{2,80}+)\]?\s{0,3}$"
)


def severity_word(text: str) -> Severity | None:
    """The severity that one of the first words of a field names, an emoji or a CVSS score."""
    start = text[:60]
    if re.match(r"\W*(?:none|n/?a)\b", start, re.IGNORECASE):
        return None
    found = severity_in(start)
    score = _CVSS.search(start)
    if found is not None or score is None:
        return found
    value = float(score[1])
    bounds = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))
    return next((severity for bound, severity in bounds if value >= bound), Severity.LOW)


def says_well(text: str) -> bool:
    """Whether a severity is none: ``✅ Pass``."""
    return text.strip(" *_✅✓✔☑️").lower() in names("title", "praise")


def is_severity(text: str) -> bool:
    """Whether a text is the word for a severity, and nothing else."""
    return severity_of_word(text) is not None


class Heading:
    """A title taken apart: emoji, id, severity, status and place that stand in it."""

    def __init__(self, written: str) -> None:
        self.id: str | None = None
        self.alias: str | None = None
        self.severity: Severity | None = None
        self.place: str | None = None
        self.lines: str | None = None
        """The lines that it names by itself: ``Line 45: …`` below the title of a file."""
        self.is_called = False
        """Whether it says what it is: ``Issue: …``."""
        self.marked = False
        """Whether severity was said in a word, and not only by an emoji."""
        self.status: StatusKind | None = None
        self.status_text = ""
        self.is_praise = False
        """Whether it says that something is well."""
        text = _IMAGE.sub(r"[\1]", written.strip())
        for _ in range(6):
            before = text
            text = self._peeled(_unwrapped(text))
            if text == before:
                break
        self._end(text)

    def _peeled(self, text: str) -> str:
        emoji = _EMOJI.match(text)
        if emoji is not None and emoji.end() < len(text):
            self.severity = self.severity or severity_word(emoji[0])
            return text[emoji.end() :].strip()
        if self.id is None and (rest := self._named(text)) is not None:
            return rest
        line = _AT_LINE.match(text)
        if line is not None and self.lines is None and role_of(line["word"]) is Role.LINE:
            self.lines = line["lines"]
            return text[line.end() :]
        tag = _TAG.match(text)
        word = (tag[tag.lastgroup or 0] if tag is not None else "").lower()
        if tag is None or tag.end() >= len(text):
            return text
        rest = text[tag.end() :].lstrip(" -–—:：|·*")
        if word in names("title", "praise"):
            self.is_praise = True
        elif (found := severity_of_word(word)) is not None:
            remark = tag.lastgroup == "plain" and says("title", "remarks", word)
            if remark and not tag["plain"].isupper():
                return text
            self.severity, self.marked = found, True
        elif (said := status_at_start(word)) is not None and said[1] == len(word):
            self.status, self.status_text = said[0], word
        elif word not in names("title", "kinds"):
            return text
        else:
            self.is_called = True
        return rest

    def _named(self, text: str) -> str | None:
        """What follows the id that a title begins with, if it begins with one."""
        kind = pattern("title", "kinds").match(text)
        rest = text[kind.end() :].lstrip() if kind is not None else text
        number = _NUMBER.match(rest)
        if number is not None and number.end() < len(rest):
            self.id = number["id"]
            return rest[number.end() :]
        own = parse_heading(text)
        if own is not None and own.separated and not own.is_range:
            if not own.title and own.alias is None and text.strip("*`: ") != own.id:
                return None
            self.id, self.alias = own.id, own.alias
            noted = _said_alone(own.note) if own.note is not None else None
            self.marked = self.marked or noted is not None
            self.severity = noted or self.severity or severity_of_id(own.id)
            return own.title
        letter = _LETTER.match(text)
        if letter is not None and letter.end() < len(text) and not _is_standard(letter["id"]):
            self.id = letter["id"]
            return text[letter.end() :]
        return None

    def _end(self, text: str) -> None:
        """What stands at the end: status, severity; and the place at either end."""
        text = self._without_status(text)
        coded = _CODED.search(text, max(0, len(text) - _TAIL))
        if coded is not None and (said := severity_of_word(coded["word"])) is not None:
            self.severity, self.marked = said, True
            text = text[: coded.start()].strip()
        last = _LAST.search(text, max(0, len(text) - _TAIL))
        fits = last is not None and (last["of"] or "").lower() in {
            *names("chapter", "severity_only"),
            "",
        }
        said = severity_of_word(last["word"]) if last is not None and fits else None
        if (
            last is not None
            and said is not None
            and last.start()
            and self._is_meant(text[: last.start()], last["word"])
        ):
            self.severity, self.marked = said, True
            text = text[: last.start()].strip()
        inner = _AT_END.search(text)
        if inner is not None and self.lines is None and (lines := _only_lines(inner["inner"])):
            self.lines = lines
            text = text[: inner.start()].strip()
            inner = _AT_END.search(text)
        if inner is not None and (severity := _said_alone(inner["inner"])) is not None:
            self.severity, self.marked = severity, True
            text = text[: inner.start()].strip()
        emoji = _LAST_EMOJI.search(text)
        if emoji is not None and (not emoji["word"] or is_severity(emoji["word"])):
            self.severity = severity_word(emoji["word"]) or severity_word(emoji["emoji"])
            self.marked = bool(emoji["word"])
            text = text[: emoji.start()].strip()
        text = self._without_place(_unwrapped(text))
        self.title = text.replace("**", "").strip(" :") or text

    def _is_meant(self, before: str, word: str) -> bool:
        """Whether a severity at the end is that of a title: no other word of a sentence, as in
        ``… - error``, and not of a step of a plan: ``Week 3 - MEDIUM PRIORITY``."""
        if pattern("title", "plans").match(before.strip()) and len(before.split()) < 4:
            return False
        return word[0].isupper() and (word.isupper() or not says("title", "remarks", word))

    def _without_status(self, text: str) -> str:
        struck = re.fullmatch(r"~~(.{1,400})~~(.{0,80})", text)
        if struck is not None:
            self.status, self.status_text = StatusKind.FIXED, struck[2].strip() or "struck out"
            return struck[1]
        found = _SAID_AT_END.search(text, max(0, len(text) - _TAIL))
        if found is None or found.start() < 3:
            return text
        words = found["said"].lstrip("✅✓✔☑️ ")
        said = status_at_start(words)
        ticked = pattern("title", "ticked").match(words)
        if ticked is not None and "✅" in found[0] and said is None:
            said = StatusKind.FALSE_POSITIVE, ticked.end()
        if said is None:
            return text
        rest = words[said[1] :].strip(" )]!.*")
        marked = found["apart"] in "✅✓✔☑" or "✅" in found[0]
        boxed = found["apart"] in "([" and len(rest.split()) <= 4
        if not (marked or boxed or not rest):
            return text
        words = words.strip(" ]*")
        if words.count(")") > words.count("("):
            words = words.rstrip(")")
        self.status, self.status_text = said[0], words
        return text[: found.start()].rstrip(" -–—|:✅✓✔☑")

    def _without_place(self, text: str) -> str:
        label, colon, value = text.partition(":")
        if (
            colon
            and role_of(label) is Role.PLACE
            and any(item.path for item in locations_of(value))
        ):
            self.place = value.strip()
            return text
        spans = code_spans(text)
        named = (at for span in (*spans[:1], *spans[-1:]) for at in locations_of(f"`{span.text}`"))
        if not any(at.path for at in named):
            return self._without_bare_place(text)
        for span in (spans[:1], spans[-1:]):
            if not span:
                continue
            before, after = text[: span[0].start], text[span[0].end :]
            ahead = not before and _APART.match(after)
            behind = not after.strip(" )]") and (before.rstrip()[-1:] in "-–—:|·([")
            found = locations_of(f"`{span[0].text}`")
            if found and found[0].path and (found[0].lines or not before):
                self.place = text[span[0].start : span[0].end]
                tail = after.strip(" ,()")
                if not found[0].lines and len(tail) < 30 and mentioned_lines(tail):
                    self.place += f" ({tail})"
                if ahead or behind:
                    return (before + after).strip(" -–—:|·()[]").strip() or text
                return text
        return text

    def _without_bare_place(self, text: str) -> str:
        """As :meth:`_without_place`, for a file without marks at one end of the title."""
        for found in _BARE_PLACE.finditer(text):
            before, after = text[: found.start()], text[found.end() :]
            ahead = not before.strip() and _APART.match(after)
            behind = not after.strip(" )]") and _BEFORE_PLACE.search(before)
            whole = not before.strip() and not after.strip()
            if not (ahead or behind or whole) or not (found["at"] or "/" in found["path"]):
                continue
            self.place = f"`{found['path']}`{found['at'] or ''}"
            if whole or (behind and behind[0].strip() in ("in", "at")):
                return text
            rest = after if ahead else before[: behind.start()] if behind else ""
            return rest.strip(" -–—:|·()[]@") or text
        return text


def _is_standard(id: str) -> bool:
    """Whether what looks like an id is what everybody calls something: ``Base64``, ``UTF-8``."""
    return id.rstrip("abcdefghijklmnopqrstuvwxyz").rstrip("-0123456789").lower() in names(
        "title", "standards"
    )


def _only_lines(inner: str) -> str | None:
    """The lines of ``(line 10)`` and ``(lines 10-12)``."""
    found = _AT_LINE.match(f"{inner.strip()}: ")
    fits = found is not None and found.end() == len(inner.strip()) + 2
    return (
        found["lines"]
        if found is not None and fits and role_of(found["word"]) is Role.LINE
        else None
    )


def _unwrapped(text: str) -> str:
    """A text without bold marks that are around all of it."""
    text = text.strip()
    for mark in ("***", "**", "__"):
        if text.startswith(mark) and text.endswith(mark) and text.count(mark) == 2:
            return text[len(mark) : -len(mark)].strip()
    return text


_ALONE = re.compile(
    r"\W{0,6}(?:(?:severity|priority|risk|level)\W{1,4})?(?P<word>[^\W_]{1,20}(?:-\d)?)"
    r"(?:\W*$|\s{0,2}[-–—:,|/]|\s+(?:priority|severity|risk|issues?|impact)\b)",
    re.IGNORECASE,
)


def _said_alone(inner: str) -> Severity | None:
    """The severity of ``(HIGH)``, ``(CVSS 9.8)``, ``(Severity: low)``, and of no sentence."""
    if "cvss" in inner.lower():
        return severity_word(inner)
    found = _ALONE.match(inner)
    return severity_of_word(found["word"]) if found is not None else None


def section_severity(title: str) -> Severity | None:
    """The severity of ``Critical Issues (3)``, ``HIGH PRIORITY``, ``Medium``: a short title."""
    rest = re.sub(r"\([^()]{0,80}\)", "", title)
    words = re.findall(r"[^\W\d_]{1,30}\d?|[🔴🟠🟡🟢🔵⚪]", rest)
    # ``🔴 High`` is high: a word says more than a sign.
    said = sorted(
        (not word[0].isalpha(), i) for i, word in enumerate(words[:4]) if is_severity(word)
    )
    at = said[0][1] if said else None
    if at is None or len(words) > 8 or title.lstrip().startswith("`"):
        return None
    others = [word for i, word in enumerate(words) if i != at and not is_severity(word)]
    told = [
        word
        for word in others
        if says("chapter", "findings", word) or says("chapter", "severity_only", word)
    ]
    return severity_of_word(words[at]) if len(others) - len(told) <= bool(told) else None

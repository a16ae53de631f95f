"""Findings in lines as gcc writes them: ``app/cache.py:25: warning: it is shared [a-rule]``.

mypy writes them too, and many a tool that can be told how; people write them with any word for a
severity and without a rule. One line is one finding; other lines say none.
"""

from __future__ import annotations

import re
from collections import Counter

from codemods.findings.model import (
    Finding,
    LineRange,
    Location,
    LocationKind,
    Severity,
    Status,
    StatusKind,
)
from codemods.findings.readers.entries import first_sentence, sentence_fields
from codemods.findings.readers.lexicon import severity_of_word
from codemods.findings.readers.made_ids import made_id, tail_of, title_id
from codemods.findings.readers.reading import FormatError, Reading

_PLACE = r"(?P<path>(?:[A-Za-z]:[\\/])?[^:\s][^:]*):(?P<line>[0-9]{1,7})(?::[0-9]{1,7})?"
_CODED = re.compile(rf"{_PLACE}:?[ \t]+(?P<rule>[A-Z]{{1,5}}[0-9]{{2,5}})[ \t]+(?P<text>\S.*)")
"""As flake8 and ruff write: ``app/cache.py:25:1: F401 it is not used``."""
_RATED = re.compile(
    rf"\[?(?P<level>[A-Z]{{3,12}})\]?:?[ \t]+{_PLACE}:?[ \t]+(?:[-–—][ \t]+)?(?P<text>\S.*)"
)
"""As people write: ``[HIGH] app/cache.py:25 It is shared``."""
_SHOWN = re.compile(
    r"[ \t]{0,12}-->[ \t]{1,4}(?P<place>[^:\s][^:]{0,400}:[0-9]{1,7}:[0-9]{1,7})\s*"
)
_RULED = re.compile(r"(?P<rule>[A-Z]{1,5}[0-9]{2,5})[ \t]+(?P<text>\S.*)")
_LINE = re.compile(
    r"(?P<path>(?:[A-Za-z]:[\\/])?[^:\s][^:]*):(?P<line>[0-9]{1,7})(?::[0-9]{1,7})?:[ \t]+"
    r"(?P<level>(?:fatal )?\[?[^\W\d_]{3,12}\]?)(?::|(?<=\])[ \t])(?P<text>.*)"
)


def is_gcc(text: str) -> bool:
    """Whether most of the lines of a text are such lines, and nothing in it is Markdown."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = sum(_level(line) is not None for line in lines)
    shown = sum(_SHOWN.fullmatch(line) is not None for line in lines)
    heads = sum(_RULED.fullmatch(line.rstrip()) is not None for line in lines)
    return found * 2 >= len(lines) > 0 or 0 < shown == heads


def _level(line: str) -> tuple[re.Match[str], Severity | None] | None:
    """A line taken apart, if it is one of gcc's and its level is a word for a severity, or if it
    has the code of a rule in its place."""
    line = line.rstrip()
    coded = _CODED.fullmatch(line)
    if coded is not None:
        return coded, None
    found = _LINE.fullmatch(line) or _RATED.fullmatch(line)
    word = found["level"].strip("[]").removeprefix("fatal ") if found is not None else ""
    if found is None or not (word.islower() or word.isupper()):
        return None
    severity = severity_of_word(word)
    return (found, severity) if severity is not None else None


def _in_lines(lines: list[str]) -> list[str]:
    """The lines, where what ruff writes over several of them, with the code, is one line each."""
    found = list(lines)
    for at in range(1, len(lines)):
        shown, head = _SHOWN.fullmatch(lines[at]), _RULED.fullmatch(lines[at - 1].rstrip())
        if shown is None or head is None:
            continue
        told = head["text"].removeprefix("[*] ")
        found[at - 1] = f"{shown['place']}: {head['rule']} {told}"
    return found


def read_gcc(text: str, report: str) -> Reading:
    """The findings of a text, in its order.

    A note without a rule explains the line above it, and is none.

    Args:
        text: the whole report.
        report: its path as it was given; kept in every finding.

    Raises:
        FormatError: when no line is one of gcc's.
    """
    findings: list[Finding] = []
    same: Counter[str] = Counter()
    fits = False
    for number, line in enumerate(_in_lines(text.split("\n")), start=1):
        level = _level(line)
        fits = fits or level is not None
        if level is None:
            continue
        word = level[0].groupdict().get("level")
        if word == "note" and not _title_and_rule(line)[1]:
            continue
        findings.append(_finding(*level, report, number, len(findings) + 1, same))
    if not fits:
        raise FormatError("has no line such as `app/cache.py:25: warning: it is shared [a-rule]`")
    return Reading(tuple(findings))


def _finding(
    found: re.Match[str],
    severity: Severity | None,
    report: str,
    number: int,
    ordinal: int,
    same: Counter[str],
) -> Finding:
    path = found["path"].replace("\\", "/").removeprefix("./")
    line = int(found["line"])
    said = found.groupdict()
    told, rule = _title_and_rule(found["text"].removeprefix("[*] "))
    rule = said.get("rule") or rule
    fields = () if rule else tuple(sentence_fields(told, number))
    title = first_sentence(fields[0].text) if fields else told or rule
    # Tools that speak of a whole file name line 0: lines are counted from one.
    lines = (LineRange(line, line),) if line else ()
    made = (
        made_id(rule, tail_of(path), title, same=same) if rule else title_id(title, path, same=same)
    )
    return Finding(
        id=made,
        title=title,
        report=report,
        line=number,
        ordinal=ordinal,
        severity=severity,
        severity_text=said.get("level"),
        dimension=None,
        status=Status(StatusKind.UNSTATED, ""),
        locations=(Location(LocationKind.FILE, path, lines, line=number),),
        fields=fields,
        rule=rule or None,
    )


def _title_and_rule(text: str) -> tuple[str, str]:
    """What stands before ``[rule]`` at the end, and the rule, or ``""``: ``list[int]`` is none."""
    text = text.strip()
    title, bracket, rule = text.removesuffix("]").rpartition("[")
    apart = not title or title[-1].isspace()
    if text.endswith("]") and bracket and apart and re.fullmatch(r"[^\s\]]+", rule):
        return title.strip(), rule
    return text, ""

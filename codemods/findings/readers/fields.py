"""The fields of a finding: ``- **Name** (qualifier): value`` and its relatives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from codemods.findings.model import Code, Field
from codemods.findings.readers.directives import INFO
from codemods.findings.readers.document import Document
from codemods.findings.readers.locations import begins_with_path
from codemods.findings.text import code_spans, in_code

KNOWN = frozenset(
    name.strip()
    for name in """
    acceptance criteria, affected files, age, attack vector, attempted disproof, boundary,
    call path, changed file, changed files, code, commit, confidence, current code,
    deprecated api, deprecated since, description, detail, details, dimension,
    disproof attempt, disproof attempted, effort, evidence, evidence / code paths, example,
    expected, exploit scenario, file, file checked, files, fix, fix description, fix present,
    flow, id, impact, introduced, issue, issues, location, locations, migration effort,
    migration path, mitigation, note, notes, owasp, owasp category, owner, problem,
    proposed fix, reason, recommendation, recommended fix, related, related issues,
    remediation, removal version, replacement, required fix, risk, root cause, scenario,
    severity, siblings, solution, source, status, suggested fix, suggestion, summary,
    test files, test plan, tests exist, trigger, trigger conditions, verified against,
    what breaks, when, why it matters
    """.replace("\n", " ").split(",")
)
"""Names that begin a field wherever they stand at the fields' own indentation."""

CORE = KNOWN & {
    *("description", "dimension", "evidence", "impact", "location", "locations"),
    *("severity", "status", "suggested fix"),
}
"""Names that begin a field even a little further in, where a bullet's paragraph goes on."""

_LABEL = re.compile(
    r"\*\*(?P<name>[A-Za-z][^*\n`:]{0,60}?)(?P<inner>\s*\([^()*\n]*\))?"
    r"(?:\s*:\s*\*\*|\*\*(?P<qualifier>\s*\((?:[^()\n]|\([^()\n]*\))*\))?\s*:)[ \t]*"
)
_START = re.compile(rf"^(?P<indent>[ \t]*)(?P<bullet>[-*+][ \t]+(?!\*\*\*))?{_LABEL.pattern}")
_COMPOUND = re.compile(r"^(?P<first>[^/—–]*[^/—–\s])\s*[/—–]\s*(?P<rest>\S.*)$")
_BULLET = re.compile(r"^(?P<indent>[ \t]*)[-*+][ \t]+(?=\S)")
_VALUES = frozenset(("location", "locations", "file", "files", "severity", "status", "effort"))
"""Fields whose value ends at a blank line."""
_SHORT = frozenset(("age", "dimension", "effort", "location", "severity", "status"))
"""Fields whose value is no list of sentences."""
_SEPARATOR = re.compile(r"(?<![ \t])(?:[ \t]+[·•|;/][ \t]*|[ \t]*[·•|;][ \t]+|[ \t]{2,}|\.[ \t]+)$")
_ID_LIKE = re.compile(r"^[A-Z][A-Z0-9]*-?[0-9]|^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a field begins."""

    line: int
    column: int
    """Where its value begins on that line."""
    name: str
    qualifier: str | None
    indent: int
    bullet: bool
    stop: int | None = None
    """Where the value ends when the next field follows on the same line."""


def read_fields(document: Document, first: int, last: int) -> tuple[Field, ...]:
    """The fields between two lines, both included.

    What stands before the first field belongs to none of them.
    """
    starts = _starts(document, first, last)
    ends = [*(following.line - 1 for following in starts[1:]), last]
    found: list[Field] = []
    for start, end in zip(starts, ends, strict=False):
        below = _prose_below(document, start, max(end, start.line))
        if below is None:
            found.append(field_of(document, start, max(end, start.line)))
            continue
        found.append(field_of(document, start, below - 1))
        found.append(prose_field(document, "description", below, end))
    return tuple(found)


def _prose_below(document: Document, start: Start, end: int) -> int | None:
    """The line of the first paragraph behind a blank line that ends the short value of a field.

    A list there may be the rest of the value, and so may what is indented; code is looked at by
    itself.
    """
    head = document.line(start.line)[start.column : start.stop]
    if start.bullet or start.name not in _VALUES or start.stop is not None:
        return None
    if not head.strip() and (start.line >= end or not _BULLET.match(document.line(start.line + 1))):
        return None
    blank = next(
        (at for at in range(start.line + 1, end + 1) if not document.line(at).strip()), end
    )
    below = next((at for at in range(blank + 1, end + 1) if document.line(at).strip()), None)
    if below is None or below in document.literal:
        return None
    return below if re.match(r"[^\s>|#*+-]|`[^`]|\*\*?\w", document.line(below)) else None


def prose_field(document: Document, name: str, first: int, last: int) -> Field:
    """The lines ``first`` to ``last`` as a field that nobody named."""
    return field_of(document, Start(first, 0, name, None, 0, False), last)


def _starts(document: Document, first: int, last: int) -> list[Start]:
    headings = {item.line: item for item in document.headings_in(first, last)}
    found: list[Start] = []
    style: Start | None = None
    for number in range(first, last + 1):
        if number in document.literal:
            continue
        if number in headings:
            # A sub-heading such as ``#### Evidence`` is a field too.
            name = headings[number].text.strip(" *:").lower()
            if name in KNOWN:
                found.append(Start(number, len(document.line(number)), name, None, 0, False))
            continue
        start = _start(document.line(number), number)
        if start is None:
            said = _unnamed(document.line(number), number, style, found)
            found += [said] if said is not None else []
        elif _is_field(start, style, found):
            style = style or start
            found += _packed(document.line(number), start)
    return found


def _start(line: str, number: int) -> Start | None:
    match = _START.match(line)
    if match is None:
        return None
    name, qualifier = match["name"].strip().lower(), _qualifier(match)
    compound = _COMPOUND.match(name)
    if compound is not None and name not in KNOWN and compound["first"] in KNOWN:
        # ``Evidence — all endpoints`` and ``Replacement / Migration Path`` are one field each.
        name, qualifier = compound["first"], qualifier or compound["rest"]
    return Start(
        number,
        match.end(),
        name,
        qualifier,
        len(match["indent"].expandtabs(4)),
        match["bullet"] is not None,
    )


def _unnamed(line: str, number: int, style: Start | None, found: list[Start]) -> Start | None:
    """A bullet without a name among bulleted fields: the description, if there is none yet.

    Condensed findings have a location, a sentence and a fix; the sentence is no part of the
    location. More places, one a bullet, are.
    """
    bullet = _BULLET.match(line)
    if bullet is None or style is None or not style.bullet or begins_with_path(line):
        return None
    names = {item.name for item in found}
    if found[-1].name not in _SHORT or names & {"description", "summary"}:
        return None
    if len(bullet["indent"].expandtabs(4)) != style.indent:
        return None
    return Start(number, bullet.end(), "description", None, style.indent, True)


def _qualifier(match: re.Match[str]) -> str | None:
    text = (match["qualifier"] or match["inner"] or "").strip()
    return text[1:-1].strip() or None if text else None


def _is_field(start: Start, style: Start | None, found: list[Start]) -> bool:
    if _ID_LIKE.match(start.name.upper()):
        # ``- **DS-6**: …`` is a member of a list of findings.
        return False
    if style is None:
        return start.name in KNOWN or start.indent == 0
    if start.name in CORE and start.indent <= style.indent + 2 and not start.bullet:
        return start.name not in {item.name for item in found}
    if start.indent > style.indent:
        return False
    if start.name in KNOWN:
        return True
    # An unknown name is a field when it is written like the others; a bullet below an unbulleted
    # ``**Impact**:`` is part of the impact, and so is an unbulleted line below a bullet.
    return start.bullet == style.bullet and start.indent == style.indent


def _packed(line: str, start: Start) -> list[Start]:
    """The fields of one line: ``**Severity**: LOW · **Effort**: small``."""
    spans = code_spans(line)
    found = [start]
    for match in _LABEL.finditer(line, start.column):
        if in_code(spans, match.start()):
            continue
        separator = _SEPARATOR.search(line, found[-1].column, match.start())
        name = match["name"].strip().lower()
        if separator is None or name not in KNOWN:
            continue
        stop = separator.start() + separator[0].startswith(".")
        found[-1] = replace(found[-1], stop=stop)
        found.append(Start(start.line, match.end(), name, _qualifier(match), start.indent, False))
    return found


def field_of(document: Document, start: Start, last: int) -> Field:
    """The field that begins at ``start`` and ends with line ``last``."""
    head = document.line(start.line)[start.column : start.stop]
    # A field with another behind it on its line has no lines of its own below.
    last = last if start.stop is None else start.line
    rest = document.lines[start.line : last]
    fences = document.fences_in(start.line, last)
    fenced = {number for item in fences for number in range(item.line, item.end + 1)}
    # A fenced line leaves an empty one, so that lines of the prose keep their numbers until the
    # inline code has got its own.
    prose_lines = ["" if start.line + i in fenced else line for i, line in enumerate([head, *rest])]
    prose = "\n".join(prose_lines)
    return Field(
        name=start.name,
        text=_trimmed([head, *rest]),
        line=start.line,
        qualifier=start.qualifier,
        blocks=tuple(
            # What a review calls a suggestion is in the language of its file.
            Code(item.text, item.language if item.language != "suggestion" else None, item.line + 1)
            for item in fences
            if item.language != INFO
        ),
        inline=tuple(_inline(prose, start.line)),
        prose=_trimmed(
            [line for i, line in enumerate(prose_lines) if start.line + i not in fenced]
        ),
    )


def _inline(prose: str, line: int) -> Iterator[Code]:
    """The inline code of a text that begins on a line."""
    counted = 0
    for span in code_spans(prose):
        line += prose.count("\n", counted, span.start)
        counted = span.start
        yield Code(span.text, None, line, inline=True)


def _trimmed(lines: Iterable[str]) -> str:
    """The lines without empty ones around them; what is left is as it was written."""
    kept = list(lines)
    if kept and kept[0].strip():
        kept[0] = kept[0].lstrip()
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept).rstrip()

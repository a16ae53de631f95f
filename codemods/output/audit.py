"""The sites of a scan as a Markdown report, in the format that audits are written in.

What is written here is read again by :mod:`codemods.findings.readers.markdown`: a scan becomes a
report, and ``autofix apply --finding`` takes its ids.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Sequence

from codemods.codemod import AuditWords, Codemod, Safety
from codemods.engine.scanning.sites import Scanned, ScanSite
from codemods.findings.model import (
    Code,
    Field,
    Finding,
    LineRange,
    Location,
    LocationKind,
    Severity,
    Status,
    StatusKind,
)
from codemods.output.styled import one_line
from codemods.output.words import counted
from codemods.project.source import SourceFile

MOST_LINES = 12
"""Lines of code that a finding shows."""


def words_of(codemod: Codemod) -> AuditWords:
    """What is said of what a codemod finds."""
    return codemod.audit or AuditWords(
        f"Something that {codemod.name} fixes", Severity.MEDIUM, "Route Handlers", ""
    )


def audit_id(codemod: str, fingerprint: str, taken: Collection[str] = ()) -> str:
    """The id of a place that a scan found: the codemod's initials and a number of its own.

    It is made of the fingerprint, so that it is the same in the report of tomorrow; of equal
    places in one definition the second has a suffix.

    Args:
        codemod: its name.
        fingerprint: hexadecimal.
        taken: ids of the same report.
    """
    initials = "".join(part[0] for part in codemod.split("-") if part).upper()
    base = f"{initials}-{int(fingerprint, 16) % 10_000_000:07}"
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def audit_text(findings: Sequence[Finding], *, title: str, preamble: str = "") -> str:
    """A report.

    Args:
        findings: in the order in which they are written; each needs a severity.
        title: its first heading.
        preamble: what stands below that.
    """
    parts = [f"# {title}\n"]
    if preamble:
        parts.append(f"{preamble}\n")
    parts.append(_summary(findings))
    parts += ["\n".join(_finding(item)) for item in findings]
    return "\n".join(parts)


def _summary(findings: Sequence[Finding]) -> str:
    lines = ["## Summary", "", "| Severity | Findings |", "|---|---|"]
    for severity in Severity:
        number = sum(item.severity is severity for item in findings)
        lines.append(f"| {severity} | {number} |")
    return "\n".join((*lines, "", "## Findings", ""))


def _finding(finding: Finding) -> Iterator[str]:
    yield f"### {finding.id}: {_one_line(finding.title)}"
    yield f"- **Severity**: {finding.severity or Severity.MEDIUM}"
    yield f"- **Dimension**: {finding.dimension or '-'}"
    places = []
    for place in finding.locations:
        lines = "".join(f":{_range(item)}" for item in place.lines[:1])
        name = f" (`{place.symbol}`)" if place.symbol else ""
        places.append(f"`{one_line(place.path or '')}{lines}`{name}")
    yield f"- **Location**: {', '.join(places)}"
    yield f"- **Status**: {finding.status.text or 'NEW'}"
    if finding.rule:
        yield f"- **Rule**: `{finding.rule}`"
    yield f"- **Description**: {_one_line(finding.description)}"
    for block in finding.evidence_code:
        fence = _fence(block.text)
        yield "- **Evidence**:"
        yield f"  {fence}{block.language or ''}"
        yield from (f"  {line}".rstrip() for line in block.text.split("\n"))
        yield f"  {fence}"
    if finding.impact:
        yield f"- **Impact**: {_one_line(finding.impact)}"
    for item in finding.suggestion:
        yield f"- **Suggested Fix**: {_one_line(item.text)}"
    yield ""


def _range(lines: LineRange) -> str:
    return str(lines.start) if lines.start == lines.end else f"{lines.start}-{lines.end}"


def _fence(code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    return "`" * max(3, longest + 1)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def as_audit(scanned: Scanned) -> str:
    """The report; worst first, then by path and line."""
    findings: list[Finding] = []
    taken: set[str] = set()
    for site in scanned.sites:
        source = scanned.project.source(site.change.site.path)
        name = audit_id(site.codemod, site.fingerprint, taken)
        taken.add(name)
        words = words_of(scanned.request.codemods[site.codemod])
        findings.append(finding_of(site, source, words, name, len(findings) + 1))
    findings.sort(key=lambda item: item.severity.rank if item.severity else 0)
    preamble = (
        f"Written by `autofix scan --output-format audit`: {counted(scanned.files, 'file')} read. "
        "`autofix apply --report THIS_FILE --finding ID` fixes one."
    )
    return audit_text(findings, title="Audit by autofix", preamble=preamble)


def finding_of(
    site: ScanSite, source: SourceFile, words: AuditWords, name: str, ordinal: int
) -> Finding:
    """A site as an auditor would put it."""
    place = site.change.site
    last = min(place.end_line, place.line + MOST_LINES - 1)
    lines = (source.line_text(number) for number in range(place.line, last + 1))
    code = Code(textwrap.dedent("\n".join(lines)), "python", 0)
    where = f" in {place.function}" if place.function else ""
    story = f"{words.defect}{where}: {site.message}"
    forced = " (shown only: `--force` writes it)" if site.change.safety is Safety.DISPLAY else ""
    fix = f"`{site.codemod}`: {site.change.what}{forced}"
    lines_at = LineRange(place.line, place.end_line)
    return Finding(
        id=name,
        title=f"{words.defect}{where}",
        report="",
        line=ordinal,
        ordinal=ordinal,
        severity=words.severity,
        severity_text=str(words.severity),
        dimension=words.dimension,
        status=Status(StatusKind.NEW, "NEW"),
        locations=(Location(LocationKind.FILE, place.path, (lines_at,), place.function or None),),
        fields=(
            Field("description", story, 0, prose=story),
            Field("evidence", code.text, 0, blocks=(code,)),
            Field("impact", words.impact, 0, prose=words.impact),
            Field("suggested fix", fix, 0, prose=fix),
        ),
        rule=site.codemod,
    )

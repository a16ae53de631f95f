"""The sites of a scan as findings, and as a report that ``apply --finding`` takes again."""

from __future__ import annotations

import textwrap

from codemods.codemod import Safety
from codemods.engine.scanning.sites import Scanned, Site
from codemods.findings.model import (
    Code,
    Field,
    Finding,
    LineRange,
    Location,
    LocationKind,
    Status,
    StatusKind,
)
from codemods.output.audit import audit_id, audit_text, words_of
from codemods.project.source import SourceFile
from codemods.transforms import catalogue

MOST_LINES = 12
"""Lines of code that a finding shows."""


def as_audit(scanned: Scanned) -> str:
    """The report; worst first, then by path and line."""
    findings: list[Finding] = []
    taken: set[str] = set()
    for site in scanned.sites:
        source = scanned.project.source(site.change.site.path)
        name = audit_id(site.codemod, site.fingerprint, taken)
        taken.add(name)
        findings.append(finding_of(site, source, name, len(findings) + 1))
    findings.sort(key=lambda item: item.severity.rank if item.severity else 0)
    files = f"{scanned.files} file{'' if scanned.files == 1 else 's'}"
    preamble = (
        f"Written by `autofix scan --output-format audit`: {files} read. "
        "`autofix apply --report THIS_FILE --finding ID` fixes one."
    )
    return audit_text(findings, title="Audit by autofix", preamble=preamble)


def finding_of(site: Site, source: SourceFile, name: str, ordinal: int) -> Finding:
    """A site as an auditor would put it."""
    place, pattern = site.change.site, words_of(catalogue()[site.codemod])
    last = min(place.end_line, place.line + MOST_LINES - 1)
    lines = (source.line_text(number) for number in range(place.line, last + 1))
    code = Code(textwrap.dedent("\n".join(lines)), "python", 0)
    where = f" in {place.function}" if place.function else ""
    story = f"{pattern.defect}{where}: {site.message}"
    forced = " (shown only: `--force` writes it)" if site.change.safety is Safety.DISPLAY else ""
    fix = f"`{site.codemod}`: {site.change.what}{forced}"
    lines_at = LineRange(place.line, place.end_line)
    return Finding(
        id=name,
        title=f"{pattern.defect}{where}",
        report="",
        line=ordinal,
        ordinal=ordinal,
        severity=pattern.severity,
        severity_text=str(pattern.severity),
        dimension=pattern.dimension,
        status=Status(StatusKind.NEW, "NEW"),
        locations=(Location(LocationKind.FILE, place.path, (lines_at,), place.function or None),),
        fields=(
            Field("description", story, 0, prose=story),
            Field("evidence", code.text, 0, blocks=(code,)),
            Field("impact", pattern.impact, 0, prose=pattern.impact),
            Field("suggested fix", fix, 0, prose=fix),
        ),
        rule=site.codemod,
    )

"""The sites of a scan as a page, each with its fix; nothing is decided there."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import AuditWords
from codemods.engine.outcomes import Patch
from codemods.engine.scanning.fixes import NoFix, fixes_of
from codemods.engine.scanning.sites import Scanned, ScanSite
from codemods.output.audit import audit_id, words_of
from codemods.output.entries import Entry, changes_of, excerpt
from codemods.output.html.page import About, page
from codemods.output.styled import harmless


def as_html(scanned: Scanned) -> bytes:
    """The page, in UTF-8."""
    about = About("autofix scan", (), None, decidable=False, noun="site")
    return page(_entries(scanned), about)


def _entries(scanned: Scanned) -> Iterator[Entry]:
    taken: set[str] = set()
    for site, fix in zip(scanned.sites, fixes_of(scanned), strict=True):
        name = audit_id(site.codemod, site.fingerprint, taken)
        taken.add(name)
        yield _entry(scanned, site, fix, name, words_of(scanned.request.codemods[site.codemod]))


def _entry(
    scanned: Scanned, site: ScanSite, fix: Patch | NoFix, name: str, words: AuditWords
) -> Entry:
    place = site.change.site
    lines = scanned.project.source(place.path).text.split("\n")
    shown = [harmless(line.removesuffix("\r")) for line in lines]
    made = None if isinstance(fix, NoFix) else fix
    return Entry(
        name=name,
        id=name,
        title=harmless(site.message),
        severity=words.severity.value,
        codemod=harmless(site.codemod),
        safety=site.change.safety.value,
        outcome="fixable" if made else "only-shown",
        reason="" if made else harmless(fix.reason if isinstance(fix, NoFix) else ""),
        report="",
        where=harmless(f"{place.path}:{place.line}"),
        said=(),
        found=(),
        now=() if made else (excerpt(place.path, shown, place.line, place.end_line),),
        changes=changes_of((site.change,)),
        left=tuple(harmless(item.detail) for item in made.refusals) if made else (),
        notes=(),
        gates=made.gates if made else (),
        files=made.files if made else (),
    )

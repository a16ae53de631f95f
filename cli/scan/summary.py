"""``autofix scan --summary``: what was found, as Markdown for the page of a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from codemods.delivery.inert import span
from codemods.engine.scanning.sites import Scanned
from codemods.output.audit import words_of
from codemods.output.words import HINTS, counted

MOST_SITES = 50
"""Sites that are listed; GitHub takes a megabyte, and a person less."""


def summary(scanned: Scanned) -> str:
    """The page: counts first, then the places, the worst first."""
    return "".join(f"{line}\n" for line in _lines(scanned))


def _lines(scanned: Scanned) -> Iterator[str]:
    words = {name: words_of(item) for name, item in scanned.request.codemods.items()}
    sites = sorted(scanned.sites, key=lambda site: words[site.codemod].severity.rank)
    found = counted(len(sites), "site") if sites else "nothing"
    yield f"### autofix scan: {found} in {counted(scanned.files, 'file')}"
    yield ""
    for item in scanned.unread:
        yield f"- **not read** {span(item.path)}: {span(item.reason)}"
    if sites:
        yield from ("| codemod | severity | sites | what is wrong |", "| --- | --- | ---: | --- |")
    for name, number in Counter(site.codemod for site in sites).items():
        severity, defect = words[name].severity, span(words[name].defect, cell=True)
        yield f"| {span(name, cell=True)} | {severity} | {number} | {defect} |"
    if not sites:
        return
    yield from ("", "| place | what | fix |", "| --- | --- | --- |")
    for site in sites[:MOST_SITES]:
        place = site.change.site
        where = span(f"{place.path}:{place.line}", cell=True)
        yield f"| {where} | {span(site.message, cell=True)} | {HINTS[site.change.safety]} |"
    if len(sites) > MOST_SITES:
        yield ""
        yield f"{len(sites) - MOST_SITES} more are not listed here."

"""How the sites of a scan are written: for people, one a line, as JSON, as annotations."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console

from codemods.codemod import Change, Operation, Safety
from codemods.project.project import Project
from codemods.project.selection import Selection

from .console import styled
from .scan_run import Scanned, Site

STYLES = {Safety.SAFE: "green", Safety.REVIEW: "yellow", Safety.DISPLAY: "dim"}
_HINTS = {
    Safety.SAFE: "fixable with --fix",
    Safety.REVIEW: "fixable with --fix --unsafe-fixes",
    Safety.DISPLAY: "only shown",
}


def rendered(kind: str, scanned: Scanned, selection: Selection, seconds: float) -> bytes:
    """The whole document in one of the formats, as it goes to stdout or into a file."""
    if kind == "text":
        with io.StringIO() as stream:
            print_text(Console(file=stream, color_system=None, soft_wrap=True), scanned)
            text = stream.getvalue()
    elif kind == "json":
        document = as_json(scanned, selection, seconds)
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    elif kind == "sarif":
        from .scan_sarif import as_sarif

        text = json.dumps(as_sarif(scanned), ensure_ascii=False, indent=2) + "\n"
    elif kind == "audit":
        from .scan_audit import as_audit

        text = as_audit(scanned)
    else:
        lines = github(scanned) if kind == "github" else concise(scanned.sites)
        text = "".join(f"{line}\n" for line in lines)
    return text.encode("utf-8", "backslashreplace")


def print_text(out: Console, scanned: Scanned) -> None:
    """Grouped by file, each site with its line and a caret."""
    path = None
    for site in scanned.sites:
        place = site.change.site
        if place.path != path:
            if path is not None:
                out.print()
            path = place.path
            out.print(styled(path, "bold"))
        head = styled(f"{place.line}:{place.column}: ")
        head.append(site.codemod, style=STYLES[site.change.safety])
        head.append_text(styled(f" {site.message}"))
        head.append(f" [{site.change.safety}]", style="dim")
        out.print(head, soft_wrap=True)
        number, text, marks = _shown(scanned.project, site.change)
        bar = " " * len(number)
        out.print(styled(f"  {number} | {text}"), soft_wrap=True)
        out.print(styled(f"  {bar} | {marks}", "red"), soft_wrap=True)


def _shown(project: Project, change: Change) -> tuple[str, str, str]:
    """The line number, the line without its indentation, and the carets below it."""
    place = change.site
    source = project.source(place.path)
    line = source.line_text(place.line)
    end = len(line)
    start = source.offset(place.line, 0)
    for edit in change.edits:
        if isinstance(edit, Operation) and edit.path == place.path:
            target = edit.target
            column = len(source.utf8[start : target.start].decode("utf-8", "replace")) + 1
            if column == place.column and source.line_of(target.start) == place.line:
                width = len(source.utf8[start : target.end].decode("utf-8", "replace"))
                end = min(end, width)
                break
    text = line.lstrip()
    gone = len(line) - len(text)
    # Tabs are shown as one blank, so that the carets stand where they should.
    shown = text.replace("\t", " ")
    column = max(place.column - 1 - gone, 0)
    return str(place.line), shown, " " * column + "^" * max(end - gone - column, 1)


def concise(sites: Iterable[Site]) -> Iterator[str]:
    """``path:line:column: codemod message [safety]``."""
    for site in sites:
        place = site.change.site
        where = f"{place.path}:{place.line}:{place.column}"
        yield f"{where}: {site.codemod} {site.message} [{site.change.safety}]"


def github(scanned: Scanned) -> Iterator[str]:
    """GitHub's workflow commands: what it shows beside the lines of a pull request."""
    for site in scanned.sites:
        place = site.change.site
        level = "notice" if site.change.safety is Safety.DISPLAY else "warning"
        properties = (
            f"file={_property(place.path)},line={place.line},endLine={place.end_line},"
            f"col={place.column},title={_property(f'autofix: {site.codemod}')}"
        )
        yield f"::{level} {properties}::{_data(f'{site.message} ({_HINTS[site.change.safety]})')}"
    for item in scanned.unread:
        line = f",line={item.line}" if item.line else ""
        yield f"::error file={_property(item.path)}{line},title=autofix::{_data(item.reason)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_json(scanned: Scanned, selection: Selection, seconds: float) -> dict[str, Any]:
    """The document of DESIGN.md."""
    skipped = [{"path": item.path, "reason": item.reason} for item in scanned.unread]
    skipped += [{"path": item.path, "reason": str(item.reason)} for item in selection.left_out]
    return {
        "version": 1,
        "sites": [
            {
                "path": site.change.site.path,
                "line": site.change.site.line,
                "column": site.change.site.column,
                "end_line": site.change.site.end_line,
                "function": site.change.site.function,
                "codemod": site.codemod,
                "safety": str(site.change.safety),
                "message": site.message,
                "fixable": site.fixable,
            }
            for site in scanned.sites
        ],
        "files": scanned.files,
        "parsed": scanned.parsed,
        "skipped": sorted(skipped, key=lambda item: item["path"]),
        "seconds": round(seconds, 3),
    }


def summary(scanned: Scanned, selection: Selection, *, writing: bool) -> Iterator[str]:
    """What a person wants to know at the end, a line each."""
    many = len(scanned.sites)
    where = len({site.change.site.path for site in scanned.sites})
    files = _count(scanned.files, "file")
    if scanned.patches:
        done = _by_codemod(item.codemod for item in scanned.fixed)
        verb = "fixed" if writing else "would fix"
        total = _count(len(scanned.fixed), "site")
        yield f"{verb} {total} in {_count(len(scanned.patches), 'file')}: {done}"
    if many:
        rest = "left: " if scanned.patches else ""
        safeties = Counter(site.change.safety for site in scanned.sites)
        kinds = ", ".join(f"{safeties[item]} {item}" for item in Safety if safeties[item])
        yield f"{rest}{_count(many, 'site')} in {_count(where, 'file')} ({kinds}); {files} read"
    else:
        yield f"nothing {'more ' if scanned.patches else ''}to fix; {files} read"
    if scanned.known:
        yield f"{_count(scanned.known, 'known site')} left out by the baseline"
    if scanned.gone:
        gone = sum(item.count for item in scanned.gone)
        yield f"{_count(gone, 'site')} of the baseline stand nowhere: `autofix baseline` drops them"
    if scanned.elsewhere:
        yield f"{_count(scanned.elsewhere, 'site')} on lines that did not change"
    if selection.counts:
        reasons = ", ".join(f"{number} {reason}" for reason, number in selection.counts.items())
        yield f"left out: {reasons}"
    if not writing and not scanned.patches:
        safeties = Counter(site.change.safety for site in scanned.sites if site.fixable)
        for safety in (Safety.SAFE, Safety.REVIEW):
            if safeties[safety]:
                yield f"{safeties[safety]} {_HINTS[safety]}"


def statistics(scanned: Scanned, stages: Sequence[tuple[str, float]]) -> Iterator[Sequence[str]]:
    """Rows of codemod, sites, fixed and seconds; then of the stages."""
    found = Counter(site.codemod for site in scanned.sites)
    fixed = Counter(item.codemod for item in scanned.fixed)
    for name, seconds in stages:
        sites = str(found[name]) if name in found else ""
        done = str(fixed[name]) if name in fixed else ""
        yield (name, sites, done, f"{seconds:.3f}")


def _by_codemod(names: Iterable[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in Counter(names).most_common())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""How the sites of a scan are written: for people, one a line, as JSON, as annotations."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console

from codemods.codemod import Change, Operation, Safety
from codemods.engine.scanning.sites import Scanned, Site
from codemods.output.styled import styled
from codemods.project.project import Project

STYLES = {Safety.SAFE: "green", Safety.REVIEW: "yellow", Safety.DISPLAY: "dim"}
HINTS = {
    Safety.SAFE: "fixable with --fix",
    Safety.REVIEW: "fixable with --fix --unsafe-fixes",
    Safety.DISPLAY: "only shown",
}


def rendered(kind: str, scanned: Scanned, seconds: float) -> bytes:
    """The whole document in one of the formats, as it goes to stdout or into a file."""
    if kind == "text":
        with io.StringIO() as stream:
            print_text(Console(file=stream, color_system=None, soft_wrap=True), scanned)
            text = stream.getvalue()
    elif kind == "json":
        document = as_json(scanned, seconds)
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    elif kind == "sarif":
        from codemods.output.sarif import as_sarif

        text = json.dumps(as_sarif(scanned), ensure_ascii=False, indent=2) + "\n"
    elif kind == "audit":
        from codemods.output.scan_audit import as_audit

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
        yield f"::{level} {properties}::{_data(f'{site.message} ({HINTS[site.change.safety]})')}"
    for item in scanned.unread:
        line = f",line={item.line}" if item.line else ""
        yield f"::error file={_property(item.path)}{line},title=autofix::{_data(item.reason)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_json(scanned: Scanned, seconds: float) -> dict[str, Any]:
    """The document of DESIGN.md."""
    skipped = [{"path": item.path, "reason": item.reason} for item in scanned.unread]
    skipped += [
        {"path": item.path, "reason": str(item.reason)} for item in scanned.selection.left_out
    ]
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

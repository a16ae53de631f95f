"""The sites of a scan for people, with the lines that they stand on."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console

from codemods.codemod import Change, Operation, Safety
from codemods.engine.scanning.sites import Scanned
from codemods.output.styled import harmless_line, one_line, styled
from codemods.project.project import Project

STYLES = {Safety.SAFE: "green", Safety.REVIEW: "yellow", Safety.DISPLAY: "dim"}


def as_text(scanned: Scanned) -> str:
    """As :func:`print_text` prints it, for a file."""
    with io.StringIO() as stream:
        print_text(Console(file=stream, color_system=None, soft_wrap=True), scanned)
        return stream.getvalue()


def print_text(out: Console, scanned: Scanned) -> None:
    """Grouped by file, each site with its line and a caret."""
    if out.color_system is None and out.soft_wrap:
        # Nothing is styled or wrapped: rich takes longer for that than the scan for a site.
        for line in _lines(scanned):
            out.file.write(line)
        return
    path = None
    for site in scanned.sites:
        place = site.change.site
        if place.path != path:
            if path is not None:
                out.print()
            path = place.path
            out.print(styled(one_line(scanned.request.shown(path)), "bold"))
        head = styled(f"{place.line}:{place.column}: ")
        head.append(site.codemod, style=STYLES[site.change.safety])
        head.append_text(styled(f" {one_line(site.message)}"))
        head.append(f" [{site.change.safety}]", style="dim")
        number, text, marks = _shown(scanned.project, site.change)
        bar = " " * len(number)
        head.append_text(styled(f"\n  {number} | {text}\n"))
        head.append_text(styled(f"  {bar} | {marks}", "red"))
        # At once: a call of rich's takes longer than all that is found out about a site.
        out.print(head, soft_wrap=True)


def _lines(scanned: Scanned) -> Iterator[str]:
    """The same without styles."""
    path = None
    for site in scanned.sites:
        place = site.change.site
        if place.path != path:
            if path is not None:
                yield "\n"
            path = place.path
            yield f"{harmless_line(one_line(scanned.request.shown(path)))}\n"
        number, text, marks = _shown(scanned.project, site.change)
        bar = " " * len(number)
        what = f"{site.codemod} {one_line(site.message)} [{site.change.safety}]"
        head = f"{place.line}:{place.column}: {what}"
        yield f"{harmless_line(head)}\n"
        yield f"  {number} | {harmless_line(text)}\n  {bar} | {marks}\n"


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

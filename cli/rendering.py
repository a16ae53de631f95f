"""How results look on a terminal: diffs and results for people, one JSON document for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from codemods.engine.outcomes import AlreadyFixed, FilePatch, Resolution
from codemods.output.json import json_text
from codemods.output.results import Result, refusals, sites
from codemods.output.styled import one_line, styled
from codemods.output.words import unwritten
from codemods.project.redaction import redacted

from .exit import DONE, NOT_FIXED

if TYPE_CHECKING:
    from codemods.output.documents import Document

STYLES = {
    "fixed": "green",
    "partly-fixed": "bold yellow",
    "already-fixed": "cyan",
    "refused": "yellow",
    "not-found": "magenta",
    "no-codemod": "dim",
    "failed": "bold red",
    "skipped": "dim",
    "stale": "yellow",
}
SEVERITY_STYLES = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "dim"}


def exit_status(results: Iterable[Result]) -> int:
    """0 when everything is fixed or was already, else 1."""
    return DONE if all(result.done for result in results) else NOT_FIXED


def where(resolution: Resolution) -> str:
    """``engine.py:361`` and how many places more, for a table; ``""`` when it was not located."""
    found = [site for site, _ in sites(resolution)]
    found += [item.site for item in refusals(resolution) if item.site]
    lines = list(dict.fromkeys(f"{one_line(site.path)}:{site.line}" for site in found))
    if not lines:
        # The evidence, where it was found, is nearer than the definition around it.
        lines = [
            f"{one_line(place.source.path)}:{(*place.evidence, place.lines)[0].start}"
            for place in resolution.places
        ]
    more = f" +{len(lines) - 1}" if len(lines) > 1 else ""
    return f"{lines[0]}{more}" if lines else ""


def write_json(document: Document) -> None:
    """One document to stdout, in UTF-8 whatever the terminal's encoding is."""
    write_bytes(json_text(document).encode("utf-8", "backslashreplace"))


def write_bytes(data: bytes) -> None:
    """To stdout as they are: a diff holds the bytes of files, and no terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_diff(
    console: Console, files: Iterable[FilePatch], diff: bytes, *, forced: bool = False
) -> None:
    """A diff to stdout: for people on a terminal, byte for byte for everything else.

    ``FORCE_COLOR`` does not count here: CI systems set it for every command, and a coloured diff
    is none that ``git apply`` takes. ``forced`` is ``--color always``, which colours the diff that
    a pipe gets.
    """
    if sys.stdout.isatty():
        draw(console, files)
        return
    if not forced:
        write_bytes(diff)
        return
    for line in diff.decode("utf-8", "replace").removesuffix("\n").split("\n"):
        console.print(styled(line.removesuffix("\r"), _line_style(line)), soft_wrap=True)


def draw(console: Console, files: Iterable[FilePatch]) -> None:
    """A diff for people: side by side where that fits, and folded, not cut."""
    from codemods.output.sides import sides

    from .drawing import SIDE_BY_SIDE, TERMINAL, drawn

    width = console.width
    for line in drawn(sides(files), width, TERMINAL, two=width >= SIDE_BY_SIDE):
        console.print(line, soft_wrap=True)


def _line_style(line: str) -> str:
    if line.startswith(("diff --git", "--- ", "+++ ", "index ", "new file", "deleted file")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")


def outcome_text(name: str, *, written: bool = False) -> Text:
    """An outcome's name in its colour.

    Args:
        written: whether it says what was done, and not only what could be.
    """
    return styled(name if written else unwritten(name), style=STYLES.get(name, ""))


def explain(console: Console, result: Result, *, steps: bool = False, written: bool) -> None:
    """One result for people: what was done, where, and what was left.

    Args:
        steps: say first how the place was found.
        written: whether it was done, and not only found out.
    """
    resolution = result.resolution
    head = styled(resolution.finding.id, style="bold")
    head.append("  ").append_text(outcome_text(result.outcome, written=written))
    if resolution.codemod:
        head.append(f"  {resolution.codemod}")
    if result.patch:
        head.append(f"  ({result.patch.safety.value})", style="dim")
    console.print(head)
    for step in resolution.steps if steps else ():
        console.print(styled(f"  {one_line(step)}", "dim"))
    if result.problem:
        # What the fix would have done is not what was done.
        console.print(styled(f"  {one_line(redacted(result.problem))}"))
        quote(console, result)
        return
    for line in details(resolution):
        console.print(styled(f"  {one_line(redacted(line))}"))
    if result.branch:
        console.print(styled(f"  branch {result.branch_or_reason}"))
    if result.checked is not None:
        console.print(styled(f"  verified: {result.checked.summary}"))


def quote(console: Console, result: Result) -> None:
    """The last lines of what the project's command printed, where it failed."""
    if result.checked is not None and not result.checked.passed:
        for line in result.checked.quotation:
            console.print(styled(f"  | {line}", "dim"), soft_wrap=True)


def details(resolution: Resolution) -> Iterator[str]:
    """The lines below a result's head."""
    outcome, patch = resolution.outcome, resolution.patch
    listed = list(sites(resolution))
    for site, what in listed:
        inside = f" in {site.function}" if site.function else ""
        yield f"{site.path}:{site.line}{inside}: {what}"
    if listed and isinstance(outcome, AlreadyFixed):
        yield from (item.detail for item in outcome.evidence if item.site is None)
    left = refusals(resolution)
    for item in left:
        prefix = "not changed: " if patch is not None else ""
        place = f"{item.site.path}:{item.site.line}: " if item.site else ""
        yield f"{prefix}{place}{item.detail} [{item.reason}]"
    if not listed and not left:
        yield from outcome.attempts if outcome.name == "not-found" else [outcome.reason]  # type: ignore[union-attr]
    if patch is not None:
        yield from (f"left to do: {item}" for item in patch.left)
        yield from (f"not addressed: {aspect}" for aspect in patch.beside)
        yield from (f"note: {note}" for note in patch.notes)

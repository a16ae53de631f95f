"""Suppressions for what a scan found: a project starts clean, and each comment can be looked at.

A comment changes nothing: the tree of every file stays what it was, and each comment has to keep
its place out. Where a line takes no comment (in a string, before a backslash), the next one of the
place is tried.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from codemods.engine.outcomes import FilePatch
from codemods.engine.scanning.sites import Scanned, ScanSite
from codemods.engine.suppressions import COMMENT, suppressing
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.spans import Span


@dataclass(frozen=True, slots=True)
class Ignored:
    """What came of it; nothing is written."""

    patches: tuple[FilePatch, ...]
    sites: tuple[ScanSite, ...]
    """Those that a comment keeps out."""
    left: tuple[tuple[ScanSite, str], ...]
    """Those that none could be written for, each with the reason."""


def with_ignores(scanned: Scanned) -> Ignored:
    """A comment for each site of a scan."""
    by_path: dict[str, list[ScanSite]] = {}
    for site in scanned.sites:
        by_path.setdefault(site.change.site.path, []).append(site)
    patches: list[FilePatch] = []
    done: list[ScanSite] = []
    left: list[tuple[ScanSite, str]] = []
    for path, sites in by_path.items():
        source = scanned.project.source(path)
        made = _with_comments(source, sites)
        if isinstance(made, str):
            left += [(site, made) for site in sites]
            continue
        after, kept_out = made
        known = {id(site) for site in kept_out}
        reason = "no line of it takes a comment"
        left += [(site, reason) for site in sites if id(site) not in known]
        if kept_out:
            patches.append(FilePatch(path, source.data, after.data))
            done += kept_out
    return Ignored(tuple(patches), tuple(done), tuple(left))


def _with_comments(
    source: SourceFile, sites: Iterable[ScanSite]
) -> tuple[SourceFile, list[ScanSite]] | str:
    """The file with its comments and the sites that they keep out, or why it has none."""
    comments = _ends_of_lines(source)
    if comments is None:
        return "the file cannot be read token by token"
    wanted: dict[int, set[str]] = {}
    for site in sites:
        place = site.change.site
        line = next(
            (number for number in range(place.line, place.end_line + 1) if number in comments),
            None,
        )
        if line is not None:
            wanted.setdefault(line, set()).add(site.codemod)
    try:
        after = source.replaced(_edits(source, comments, wanted))
    except SourceError as error:
        return str(error)
    if _shape(source) != _shape(after):
        return "the comments would change the code"
    kept_out = [
        site
        for site in sites
        if suppressing(after, site.change.site.line, site.change.site.end_line, site.codemod)
    ]
    return after, kept_out


def _ends_of_lines(source: SourceFile) -> Mapping[int, str] | None:
    """The lines that may end with a comment, each with the one that it has; ``None``: who knows."""
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.string
            elif token.type in (tokenize.NEWLINE, tokenize.NL):
                found.setdefault(token.start[0], "")
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return found


def _edits(
    source: SourceFile, comments: Mapping[int, str], wanted: Mapping[int, set[str]]
) -> Iterator[tuple[Span, bytes]]:
    for line, names in wanted.items():
        start, text = source.line_starts[line - 1], source.line_text(line)
        ours = COMMENT.search(comments[line])
        if ours is not None and ours["names"] is not None:
            # One comment with all names: a second one would say nothing.
            known = [name.strip() for name in ours["names"].split(",") if name.strip()]
            every = dict.fromkeys((*known, *sorted(names)))
            begin = text.rfind(comments[line].rstrip())
            first = start + len(text[: begin + ours.start("names")].encode())
            last = first + len(ours["names"].encode())
            yield Span(first, last), ", ".join(every).encode()
            continue
        end = start + len(text.rstrip().encode())
        yield (
            Span(end, start + len(text.encode())),
            f"  # autofix: ignore[{', '.join(sorted(names))}]".encode(),
        )


def _shape(source: SourceFile) -> str:
    """What the code says, whatever stands in comments; of a file that does not parse, nothing is
    known, and nothing is the same."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(source.text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return f"{id(source)}"

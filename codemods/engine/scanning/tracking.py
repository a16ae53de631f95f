"""Where a line of an edited file came from, and fixing only some of the sites of a scan, or one."""

from __future__ import annotations

import dataclasses
import difflib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from codemods.codemod import Change, Codemod, Plan, Refusal, Scope
from codemods.project.files import Files
from codemods.project.project import Project
from codemods.project.source import SourceFile

Asked = Collection[tuple[str, str, int]]
"""Sites by codemod, path and line."""


def only(codemod: Codemod, asked: Asked, original: Files) -> Codemod:
    """``codemod``, finding nothing but the sites that are asked for.

    Args:
        codemod: any.
        asked: the sites, by their lines in ``original``.
        original: the files before any edit. A codemod that runs on what another one left finds
            its sites on other lines.
    """
    origins: dict[bytes, Callable[[int], range]] = {}

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        for item in codemod.find(scope, plan):
            if isinstance(item, Change):
                path = item.site.path
                now = scope.project.source(path).utf8
                if now not in origins:
                    before = SourceFile(path, original.read(path)).utf8
                    origins[now] = line_origins(before, now)
                lines = origins[now](item.site.line)
                if not any((codemod.name, path, line) in asked for line in lines):
                    yield Refusal("not-asked-for", "known, or on a line that stays", item.site)
                    continue
            yield item

    return dataclasses.replace(codemod, find=find)


def more(
    found: Iterable[Change], before: Iterable[Change], project: Project, now: Project
) -> Iterator[Change]:
    """The changes that are found now and were not found before, by the lines that they stand on.

    Args:
        found: in ``now``.
        before: in ``project``; each of them accounts for one of ``found``.
        project: the state before.
        now: the state after an edit.
    """
    left = Counter((item.site.path, item.site.line) for item in before)
    origins: dict[str, Callable[[int], range]] = {}
    for item in found:
        path = item.site.path
        if path not in origins:
            old = project.source(path).utf8 if project.files.exists(path) else b""
            origins[path] = line_origins(old, now.source(path).utf8)
        places = [(path, line) for line in origins[path](item.site.line)]
        place = next((place for place in places if left[place] > 0), None)
        if place is None:
            yield item
        else:
            left[place] -= 1


def line_origins(before: bytes, after: bytes) -> Callable[[int], range]:
    """For a line of ``after``, from one, the lines of ``before`` that stand in its place.

    A line that stayed has one; a line that was replaced has all that were replaced with it; a
    line that was added has none.
    """
    old, new = before.split(b"\n"), after.split(b"\n")
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle = old[same : len(old) - tail], new[same : len(new) - tail]
    blocks = difflib.SequenceMatcher(None, *middle, autojunk=False).get_opcodes()

    def origin(line: int) -> range:
        index = line - 1
        if index < same:
            return range(line, line + 1)
        if index >= len(new) - tail:
            moved = line + len(old) - len(new)
            return range(moved, moved + 1)
        for tag, first, last, start, end in blocks:
            if start <= index - same < end:
                if tag == "equal":
                    moved = first + (index - same - start) + same + 1
                    return range(moved, moved + 1)
                return range(first + same + 1, last + same + 1)
        return range(0)

    return origin

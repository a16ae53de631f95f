"""Pairs in code: what is wrong and what is right, in one fence or in a diff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise
from textwrap import dedent

from codemods.findings.model import Code, Field
from codemods.findings.readers.lexicon import names
from codemods.findings.roles import Role, role_of

PATCHED = "patched file"
"""The name of a field with a file that a diff changes: a place where nothing else names one."""
_HUNK = re.compile(r"^(?:@@ .*|diff --git .*|index [0-9a-f]+\.\..*|(?:---|\+\+\+)(?: .*|$))$")


@cache
def _marks() -> re.Pattern[str]:
    """A comment that is a mark: a sign, or a word with nothing but a colon or so behind it."""
    sides = []
    for side in ("bad", "good"):
        words = names("pair", side)
        signs = "|".join(re.escape(word) for word in words if not word[0].isalpha())
        said = "|".join(re.escape(word) for word in sorted(words, key=len) if word[0].isalpha())
        sides.append(
            rf"(?P<{side}>(?:{signs})|(?:{said})(?!\w)(?=\s*$|\s{{0,2}}[:：(\-–—]|[ \w]{{1,40}}:))"
        )
    return re.compile(
        rf"^\s{{0,40}}(?:#|//|--)\s{{0,4}}{_PLACED}(?:{'|'.join(sides)})", re.IGNORECASE
    )


_PLACED = (
    r"(?P<placed>(?:(?:around|near|at)\s{1,2})?(?:lines?\s{1,2}\d{1,7}|[\w./-]{1,200}\.\w{1,5}:\d{1,7})"
    r"(?:[-–]\d{1,7})?\s{0,3}[-–—:]\s{1,3})?"
)
"""What may stand before a mark: ``Lines 3-5 - BEFORE:``, ``app/a.py:7 - AFTER:``."""


def paired(fields: list[Field]) -> list[Field]:
    """The fields, with wrong and right code that share a fence, or a diff, taken apart."""
    found: list[Field] = list(_patched(fields))
    has_fix = any(role_of(item.name) is Role.FIX and item.blocks for item in fields)
    for item in fields:
        parts = [
            pieces(piece)
            for block in item.blocks
            for part in _hunks(block)
            for piece in _each(part)
        ]
        wrong = tuple(code for bad, _ in parts for code in bad)
        right = tuple(code for _, good in parts for code in good)
        if not right or (has_fix and role_of(item.name) is not Role.FIX):
            found.append(item)
            continue
        if role_of(item.name) is Role.EVIDENCE:
            found.append(replace(item, blocks=wrong))
        else:
            if item.prose:
                found.append(replace(item, blocks=(), text=item.prose))
            found.append(replace(item, name=Role.EVIDENCE.value, blocks=wrong, prose="", inline=()))
        text = "\n".join(f"```python\n{block.text}\n```" for block in right)
        found.append(Field(Role.FIX.value, text, right[0].line, blocks=right))
    return found


_PATCHED = re.compile(
    r"^--- (?:a/)?(?P<old>[^\t\n]{1,300}+)[^\n]{0,80}\n"
    r"\+\+\+ (?:b/)?(?P<new>[^\t\n]{1,300}+)[^\n]{0,80}"
    r"(?:\n@@ -(?P<first>\d{1,7})(?:,(?P<count>\d{1,5}))?)?",
    re.MULTILINE,
)
"""The head of a file in a diff, with the lines of its first hunk."""


def _patched(fields: list[Field]) -> Iterator[Field]:
    """The files that the diffs of a finding change, with the lines of their first hunks."""
    for item in fields:
        for block in item.blocks:
            if not _is_diff(block, block.text.split("\n")):
                continue
            for found in _PATCHED.finditer(block.text):
                if found["old"].strip() != found["new"].strip():
                    # What it adds or moves is not where the problem is.
                    continue
                first, count = int(found["first"] or 0), int(found["count"] or 1)
                lines = f":{first}-{first + max(count, 1) - 1}" if first else ""
                text = f"`{found['new'].strip()}{lines}`"
                yield Field(PATCHED, text, block.line, prose=text)


def _hunks(block: Code) -> list[Code]:
    """The hunks of a diff, each by itself: they are of different places. Other code as it is."""
    lines = block.text.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("@@")]
    if len(starts) < 2 or not _is_diff(block, lines):
        return [block]
    # What stands above the first one is the head of the file.
    bounds = [0, *starts[1:], len(lines)]
    return [
        replace(block, text="\n".join(lines[start:end]), line=block.line + start)
        for start, end in pairwise(bounds)
    ]


def _each(block: Code) -> list[Code]:
    """The pairs of a block whose marks say where each is, each by itself. Other code as it is.

    Code above the first mark belongs to all of them: such a block is not taken apart.
    """
    lines = block.text.split("\n")
    if _is_diff(block, lines):
        return [block]
    found = [
        (at, mark) for at, line in enumerate(lines) if (mark := _marks().match(line)) is not None
    ]
    sides = [mark["bad"] is not None for _, mark in found]
    placed = all(mark["placed"] for _, mark in found)
    if len(found) < 4 or not placed or sides != [True, False] * (len(sides) // 2):
        return [block]
    if _is_code(lines[: found[0][0]]):
        return [block]
    bounds = [at for at, mark in found if mark["bad"] is not None] + [len(lines)]
    return [
        replace(block, text="\n".join(lines[start:end]), line=block.line + start)
        for start, end in pairwise(bounds)
    ]


def _is_code(lines: list[str]) -> bool:
    """Whether there is more in these lines than comments."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def pieces(block: Code) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    """What is wrong and what is right in a piece of code; all of it is wrong where it has no pair.

    A second way to do it right is a piece of its own, and so is a second wrong one: together with
    the first they would be no code that somebody means.
    """
    lines = block.text.split("\n")
    if _is_diff(block, lines):
        body = [line for line in lines if not _HUNK.match(line)]
        old = "\n".join(line[1:] for line in body if line[:1] in ("", "-", " "))
        new = "\n".join(line[1:] for line in body if line[:1] in ("", "+", " "))
        gone = tuple(_taken_away(body))
        return (replace(block, text=old, language="python"),), (
            replace(block, text=new, language="python", gone=gone),
        )
    found = [(at, mark) for at, line in enumerate(lines) if (mark := _marks().match(line))]
    first = next((number for number, (_, mark) in enumerate(found) if mark["bad"]), len(found))
    found = found[first:]
    if all(mark["bad"] for _, mark in found):
        return (block,), ()
    if found[0][1]["placed"] and _is_code(lines[: found[0][0]]):
        # A helper above the pair is of the new code, too: half of that would not run.
        return (block,), ()
    bounds = [*(at for at, _ in found), len(lines)]
    wrong: list[Code] = []
    right: list[Code] = []
    for (at, end), (_, mark) in zip(pairwise(bounds), found, strict=True):
        text = _code(lines[at + 1 : end])
        if not text:
            return (block,), ()
        side = wrong if mark["bad"] else right
        side.append(replace(block, text=text, line=block.line + at + 1))
    return tuple(wrong), tuple(right)


def _taken_away(body: list[str]) -> Iterator[str]:
    """The lines of a hunk that go, with no new ones beside them."""
    runs = [(mark, list(lines)) for mark, lines in groupby(body, key=lambda line: line[:1])]
    for number, (mark, lines) in enumerate(runs):
        beside = [runs[at][0] for at in (number - 1, number + 1) if 0 <= at < len(runs)]
        if mark == "-" and "+" not in beside:
            yield dedent("\n".join(line[1:] for line in lines))


def _is_diff(block: Code, lines: list[str]) -> bool:
    """Whether code is a diff: it says so, or every line has a mark and both kinds are there."""
    if block.language == "diff":
        return any(line.startswith(("-", "+")) for line in lines)
    first = {line[:1] for line in lines if line}
    return {"-", "+"} <= first <= {"-", "+", " ", "@"}


def _code(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")

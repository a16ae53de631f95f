"""Comments that switch off a linter rule, as a decision."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from codemods.project.source import SourceFile

_LINE = re.compile(
    r"#\s?(?P<word>noqa|nosec)\b(?P<colon>\s?:)?(?P<codes>[ \w,-]{0,200})", re.IGNORECASE
)
_FILE = re.compile(
    r"#\s?(?:ruff|flake8):\s?noqa\b(?P<colon>\s?:)?(?P<codes>[ \w,-]{0,200})", re.IGNORECASE
)
_PYLINT = re.compile(r"#\s?pylint:\s?(?P<what>disable(?:-next)?)\s?=\s?(?P<codes>[ \w,-]{1,200})")
_WORD = re.compile(r"[\w-]+")
_CODE = re.compile(r"[a-z]+\d*$")


def switched_off(
    source: SourceFile, line: int, end_line: int, rules: Collection[str]
) -> int | None:
    """The line of the comment that switches one of the rules off for some lines of a file.

    Known are ``# noqa`` and ``# nosec`` on one of the lines, with the rule's code, the beginning
    of it, or without any; ``# ruff: noqa`` and ``# flake8: noqa`` for the file; and pylint's
    ``disable`` on one of the lines, or on a line of its own above in the same block or around it.

    Args:
        source: the file.
        line: the first line of what the rules are about.
        end_line: the last one.
        rules: codes and names, ``B904`` and ``raise-missing-from``, in any case.
    """
    if not any(source.holds(word) for word in (b"noqa", b"NOQA", b"nosec", b"pylint")):
        return None
    wanted = {rule.lower() for rule in rules}
    for number in range(line, end_line + 1):
        if _on_line(source.line_text(number), wanted):
            return number
    return next(_above(source, line, wanted), None)


def _above(source: SourceFile, line: int, wanted: set[str]) -> Iterator[int]:
    """The comments above that count for ``line``."""
    text = source.line_text(line)
    indentation = len(text) - len(text.lstrip())
    for number in range(1, line):
        text = source.line_text(number)
        comment = text.lstrip()
        if not comment.startswith("#"):
            continue
        whole = _FILE.match(comment)
        if whole is not None and _covers(whole, wanted):
            yield number
        pylint = _PYLINT.match(comment)
        if pylint is None or not _names(pylint["codes"], wanted):
            continue
        near = pylint["what"] == "disable" or number == line - 1
        if near and len(text) - len(comment) <= indentation:
            yield number


def _on_line(text: str, wanted: set[str]) -> bool:
    return any(_covers(match, wanted) for match in _LINE.finditer(text)) or any(
        match["what"] == "disable" and _names(match["codes"], wanted)
        for match in _PYLINT.finditer(text)
    )


def _covers(match: re.Match[str], wanted: set[str]) -> bool:
    """Whether a ``noqa`` names one of the rules, or none at all. bandit writes its codes behind
    ``nosec`` without a colon."""
    if match["colon"] is None and match.groupdict().get("word", "").lower() != "nosec":
        return True
    return not match["codes"].strip() or _names(match["codes"], wanted)


def _names(codes: str, wanted: set[str]) -> bool:
    words = [item.lower() for item in _WORD.findall(codes)]
    return any(
        item == "all" or item in wanted or (_CODE.match(item) and _begins(item, wanted))
        for item in words
    )


def _begins(code: str, wanted: set[str]) -> bool:
    """Whether a code is the beginning of one of the rules' codes: ``B9`` of ``B904``."""
    return any(
        rule.startswith(code) and _CODE.match(rule) and rule[-1:].isdigit() for rule in wanted
    )

"""Which files may send an exception's text to a client, told by their bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from codemods.analysis.web.answers import sink_words
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.blocks import blocks_under
from codemods.transforms.hide_exception_text.options import SINKS

_NAMED = re.compile(rb"except\b[^:]*?\bas\s+(\w+)\s*:")
_HANDLER = re.compile(rb"except\b")
_GIVEN = re.compile(rb"def\s+\w+\s*\([^)]*(?:Exception|Error)\b")
_LOGGED = re.compile(rb"^[ \t]*(?:self\.)?_*log\w*\.\w+\(", re.IGNORECASE)
_CLASS = re.compile(rb"class[ \t]+(\w+)[ \t]*\(([^)]*)\)")
_CLASS_CALLED = re.compile(rb"\b[A-Z]\w*\(|\bsuper\(")
_WORD = re.compile(rb"\w+")


def own_answers(project: Project) -> frozenset[bytes]:
    """The names of the project's own answers: classes that are derived from a sink."""
    # One piece of bytes each: as names and sets, those of a large project take many times as much.
    headers: list[bytes] = []
    for path in project.python_paths:
        try:
            data = project.files.read(path)
        except OSError:
            # Whoever scans the file says so.
            continue
        headers += [item[1] + b" " + item[2] for item in _CLASS.finditer(data) if item[2]]
    known = {word.encode() for word in sink_words().calls}
    found: set[bytes] = set()
    fresh = known
    while fresh:
        derived = (_WORD.findall(header) for header in headers)
        fresh = {name for name, *bases in derived if not fresh.isdisjoint(bases)} - found - known
        found |= fresh
    return frozenset(found)


def prepare(project: Project) -> None:
    """Find the project's own answers once, before a scan."""
    project.survey(own_answers)


def may_leak(project: Project, source: SourceFile, options: Mapping[str, object]) -> bool:
    """Whether an exception goes anywhere but to a log and to the exception raised from it, in a
    block that says something to a client."""
    data = source.data
    way_out = _way_out(project, options)

    def says(block: bytes) -> bool:
        return (
            way_out.search(block) is not None
            or (b"return" in block and _routes().search(data) is not None)
            or _is_renamed(data)
        )

    if _GIVEN.search(data) and says(data):
        return True
    if any(
        _is_used(match[1], block) and says(block) for match, block in blocks_under(data, _NAMED)
    ):
        return True
    return (b"format_exc" in data or b"exc_info()" in data) and any(
        (b"format_exc" in block or b"exc_info()" in block) and says(block)
        for _, block in blocks_under(data, _HANDLER)
    )


def _is_used(name: bytes, block: bytes) -> bool:
    word = _word(name)
    chained = b" from " + name
    return any(
        word.search(line.rstrip().removesuffix(chained))
        for line in block.split(b"\n")
        if name in line and not _LOGGED.match(line)
    )


@cache
def _word(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\b%b\b" % re.escape(name))


def _is_renamed(data: bytes) -> bool:
    """Whether something that is called like an answer is given another name."""
    calls = sink_words().calls
    position = data.find(b" as ")
    while position != -1:
        word = data[data.rfind(b" ", 0, position) + 1 : position]
        if word.rpartition(b".")[2].decode("ascii", "replace").lstrip("(") in calls:
            return True
        position = data.find(b" as ", position + 4)
    return False


@cache
def _routes() -> re.Pattern[bytes]:
    """The decorator of a function whose return value is the answer."""
    methods = b"|".join(sorted(word.encode() for word in sink_words().routes))
    return re.compile(rb"@\S+\.(?:%b)\(" % methods)


def _way_out(project: Project, options: Mapping[str, object]) -> re.Pattern[bytes]:
    """What stands wherever something is said to a client."""
    own = tuple(map(str, SINKS.of(options)))
    return _pattern(project.surveyed(own_answers), own)


@cache
def _pattern(derived: frozenset[bytes] | None, own: Sequence[str]) -> re.Pattern[bytes]:
    words = sink_words()
    called = {word.encode() for word in words.calls} | (derived or set())
    methods = b"|".join(sorted(word.encode() for word in words.methods))
    parts = [
        rb"\b(?:%b)\(" % b"|".join(sorted(map(re.escape, called))),
        rb"\.(?:%b)\(" % methods,
    ]
    if derived is None:
        # Which classes are answers is not known: any may be.
        parts.append(_CLASS_CALLED.pattern)
    elif derived:
        parts.append(rb"\bsuper\(")
    # A pattern of the settings may stand for any name.
    if own:
        parts.append(rb"\w\(")
    return re.compile(b"|".join(parts))

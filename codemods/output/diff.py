"""Unified diffs over bytes, as ``git apply`` takes them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from codemods.engine.outcomes import FilePatch
from codemods.syntax.lines import byte_lines

NO_NEWLINE = b"\\ No newline at end of file\n"
_CONTEXT = 3
"""Lines that are shown around a change."""
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}


def unified_diff(files: Iterable[FilePatch], new: Mapping[str, str] | None = None) -> bytes:
    """The diff of a patch.

    Args:
        files: before and after (``None``: deleted); files that did not change add nothing.
        new: the paths that do not exist before, with their mode: ``{"a.py": "100644"}``.
    """
    return b"".join(_file(item, (new or {}).get(item.path)) for item in files)


def _file(item: FilePatch, mode: str | None) -> bytes:
    if item.before == item.after and mode is None:
        return b""
    old, now = _quoted(f"a/{item.path}"), _quoted(f"b/{item.path}")
    head = f"diff --git {old} {now}\n"
    gone = item.after is None
    if mode is not None:
        head += f"new file mode {mode}\n"
    elif gone:
        head += "deleted file mode 100644\n"
    hunks = list(_hunks(byte_lines(item.before), byte_lines(item.after or b"")))
    if not hunks:
        return _encoded(head)
    # A tab ends a name with a space in it: else `patch` and git take the rest for a date.
    names = [
        "/dev/null" if mode is not None else old + ("\t" if " " in old else ""),
        "/dev/null" if gone else now + ("\t" if " " in now else ""),
    ]
    body = b"".join(line if line.endswith(b"\n") else line + b"\n" + NO_NEWLINE for line in hunks)
    return _encoded(f"{head}--- {names[0]}\n+++ {names[1]}\n") + body


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    """The lines of all hunks.

    Not :func:`difflib.unified_diff`: in files of more than 200 lines it takes every frequent line
    for junk, and shows lines that nobody changed as removed and added.
    """
    first = next(
        (index for index, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    rest = min(len(old), len(new)) - first
    backwards = zip(reversed(old[first:]), reversed(new[first:]), strict=False)
    last = next((index for index, pair in enumerate(backwards) if pair[0] != pair[1]), rest)
    # What both begin and end with needs no search, but for the context that is shown.
    start = max(0, first - _CONTEXT)
    end = max(0, last - _CONTEXT)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        (_, left, _, right, _), (_, _, left_end, _, right_end) = group[0], group[-1]
        yield (
            f"@@ -{_range(start + left, start + left_end)} "
            f"+{_range(start + right, start + right_end)} @@\n"
        ).encode()
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (b" " + line for line in before[i1:i2])
                continue
            yield from (b"-" + line for line in before[i1:i2])
            yield from (b"+" + line for line in after[j1:j2])


def _range(start: int, end: int) -> str:
    """Lines from ``start`` (from zero) to ``end`` (not included) as a hunk's header has them."""
    length = end - start
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def _quoted(name: str) -> str:
    """A name as git writes it: in quotes, with C's escapes, where it holds a control character,
    a quotation mark or a backslash."""
    if not any(character in '"\\' or ord(character) < 32 for character in name):
        return name
    escaped = "".join(
        _ESCAPES.get(ord(character)) or f"\\{ord(character):03o}"
        if ord(character) < 32
        else f"\\{character}"
        if character in '"\\'
        else character
        for character in name
    )
    return f'"{escaped}"'


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

"""Whether a file is Python that can be read, and why not."""

from __future__ import annotations

import logging
import re

from codemods.plugins import one_line
from codemods.project.source import SourceError, SourceFile

logger = logging.getLogger(__name__)
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_PYTHON_2 = re.compile(rb"print [\"'%]|except \w[\w.]*, ?\w+:")
_SMALL = 20_000
"""Bytes of a file in which brackets are counted: in larger ones, more often than not, those of
regular expressions and texts do not pair."""
_GOES_ON = b"([{,:=\\"
"""What no file ends with."""


def is_odd(data: bytes) -> bool:
    """Whether a file may be none that Python, and we, can read: it is parsed although nothing that
    is looked for stands in it.

    A CR-only file or UTF-16 hides what is looked for. In a folder a file without any of it is not
    parsed for its own sake: to parse all takes as long as a warm scan ten times over. What costs
    next to nothing is to see that it looks damaged: markers of a conflict, an end in the middle of
    a statement, brackets that do not pair, Python 2.
    """
    if b"\0" in data or (b"\n\t" in data and b"\n " in data):
        return True
    if b"\r" in data and _LONE_RETURN.search(data) is not None:
        return True
    if b"\n<<<<<<< " in data or b"\n>>>>>>> " in data or data.startswith(b"<<<<<<< "):
        return True
    if data[-80:].rstrip()[-1:] in _GOES_ON:
        return bool(data.strip())
    if len(data) <= _SMALL and any(data.count(one) != data.count(two) for one, two in _PAIRS):
        return True
    return _PYTHON_2.search(data) is not None


_PAIRS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))


def why_unparsed(source: SourceFile) -> str | None:
    """Why a file has no tree, in words; ``None`` where it has one."""
    try:
        _ = source.tree
    except SourceError as error:
        return str(error)
    except Exception as error:
        # A defect of a parser, of which there are two.
        logger.debug("%s cannot be parsed", source.path, exc_info=True)
        return f"cannot be parsed: {one_line(error)}"
    return None

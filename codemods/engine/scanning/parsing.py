"""Whether a file is Python that can be read, and why not."""

from __future__ import annotations

import logging
import re

from codemods.plugins import one_line
from codemods.project.source import SourceError, SourceFile

logger = logging.getLogger(__name__)
_LONE_RETURN = re.compile(rb"\r(?!\n)")


def is_odd(data: bytes) -> bool:
    """Whether a file may be none that Python, and we, can read: it is looked at although nothing
    that is looked for stands in it, since a CR-only file or UTF-16 hides that."""
    if b"\0" in data or (b"\n\t" in data and b"\n " in data):
        return True
    return b"\r" in data and _LONE_RETURN.search(data) is not None


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

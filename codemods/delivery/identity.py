"""What a fix is known by: a key that is made of code alone, and git's own id of its diff.

The key stays when lines move, when a report is written anew, and when the finding gets another
title; the patch's id stays when lines move and blanks change, and is another one where the code
that is written is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from codemods.codemod import Change
from codemods.delivery.repository import Repository
from codemods.engine.scanning.baseline import first_line
from codemods.project.project import Project

KEY = 12
"""Hexadecimal digits of a key."""


def finding_key(codemod: str, changes: Iterable[Change], project: Project) -> str:
    """The key of what a codemod changes.

    Args:
        codemod: its name.
        changes: all of the patch; their order says nothing.
        project: the state that they were found in.
    """
    places = sorted(
        {(item.site.path, item.site.function, _first_line(item, project)) for item in changes}
    )
    parts = [codemod, *("\0".join(place) for place in places)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:KEY]


def _first_line(change: Change, project: Project) -> str:
    path = change.site.path
    # A file that a fix makes has no line yet.
    return first_line(change.site, project.source(path)) if project.files.exists(path) else ""


def patch_id(repository: Repository, diff: bytes) -> str:
    """The id of a diff, as ``git patch-id --stable`` gives it.

    Raises:
        GitError: when git cannot tell.
    """
    text = repository.ask("patch-id", "--stable", stdin=diff).text
    # git has no word for a file that comes or goes empty.
    return text.split()[0] if text else hashlib.sha1(diff, usedforsecurity=False).hexdigest()

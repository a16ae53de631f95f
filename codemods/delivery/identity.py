"""Git's own id of a diff: it stays when lines move and blanks change, and is another one where the
code that is written is. What it fixes is known by a key; see :mod:`codemods.engine.keys`."""

from __future__ import annotations

import hashlib

from codemods.delivery.repository import Repository


def patch_id(repository: Repository, diff: bytes) -> str:
    """The id of a diff, as ``git patch-id --stable`` gives it.

    Raises:
        GitError: when git cannot tell.
    """
    text = repository.ask("patch-id", "--stable", stdin=diff).text
    # git has no word for a file that comes or goes empty.
    return text.split()[0] if text else hashlib.sha1(diff, usedforsecurity=False).hexdigest()

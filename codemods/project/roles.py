"""What a file is for, told by its path."""

from __future__ import annotations

_FOLDERS = frozenset({"test", "tests", "testing"})


def is_test(path: str) -> bool:
    """Whether a file belongs to the tests, by its name or that of a folder."""
    *folders, name = path.split("/")
    return (
        not _FOLDERS.isdisjoint(folders)
        or name.startswith(("test_", "conftest"))
        or name.endswith(("_test.py", "_tests.py"))
    )

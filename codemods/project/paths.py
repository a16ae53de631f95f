"""What the path of a file shows."""

from __future__ import annotations

_TEST_FOLDERS = frozenset({"test", "tests", "testing", "unittests"})
_TESTS = ("_test", "_tests")


def is_test(path: str) -> bool:
    """Whether a file belongs to the tests, by its name or that of a folder."""
    *folders, name = path.split("/")
    return (
        any(part.strip("_") in _TEST_FOLDERS or part.endswith(_TESTS) for part in folders)
        or name.startswith(("test_", "conftest"))
        or name.endswith(("_test.py", "_tests.py"))
    )


def ends_in(path: str, written: str | None) -> bool:
    """Whether a file is the one that a report writes as ``written``, or may be: whole parts at
    the end of its path are the same."""
    return written is not None and f"/{path}".endswith(f"/{written}")

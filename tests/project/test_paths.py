"""What the path of a file tells."""

from __future__ import annotations

import pytest

from codemods.project.paths import is_test


@pytest.mark.parametrize(
    "path",
    (
        "tests/views.py",
        "app/_tests/views.py",
        "app/testing/views.py",
        "app/api_tests/views.py",
        "integration_test/views.py",
        "app/test_views.py",
        "app/views_test.py",
        "conftest.py",
    ),
)
def test_tests(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    ("app/contest.py", "app/attest/views.py", "latest/views.py", "app/tested.py", "greatest.py"),
)
def test_no_tests(path: str) -> None:
    assert not is_test(path)

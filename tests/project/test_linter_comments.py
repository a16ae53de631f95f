"""Comments that switch a linter's rule off."""

from __future__ import annotations

import pytest

from codemods.project.linter_comments import switched_off
from codemods.project.source import SourceFile

RULES = ("B904", "raise-missing-from", "W0707")


def off(text: str, line: int) -> int | None:
    return switched_off(SourceFile("app.py", text.encode()), line, line, RULES)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "# noqa: E501",
        "# noqa: B9040, E501",
        "# noqa: C904",
        "# nosec B113",
        "# pylint: disable=broad-except",
        "# pylint: enable=raise-missing-from",
        "# B904 is not for us",
        "# raise-missing-from",
        "# noqa: raise",
    ],
)
def test_a_comment_that_means_something_else(comment: str) -> None:
    assert off(f"raise A  {comment}\n", 1) is None


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA: b904",
        "# noqa : B904",
        "# noqa: E501,B904",
        "# noqa: B9",
        "# noqa: B",
        "# type: ignore # noqa: B904",
        "# nosec",
        "# pylint: disable=raise-missing-from",
        "# pylint: disable = W0707, broad-except",
        "# pylint: disable=all",
    ],
)
def test_a_comment_on_the_line(comment: str) -> None:
    assert off(f"x = 1\nraise A  {comment}\n", 2) == 2


@pytest.mark.parametrize(
    "text",
    [
        "    # pylint: disable=W0707\nraise A\n",
        "# pylint: disable-next=W0707\nx = 1\nraise A\n",
        "x = 1  # pylint: disable=W0707\ny = 1\nraise A\n",
        "# ruff: noqa: E501\n\nraise A\n",
        "raise B  # noqa: B904\n\nraise A\n",
    ],
)
def test_a_comment_above_for_something_else(text: str) -> None:
    assert off(text, text.count("\n")) is None


@pytest.mark.parametrize(
    "text",
    [
        "# pylint: disable=W0707\n\nraise A\n",
        "# pylint: disable-next=W0707\nraise A\n",
        "# ruff: noqa\n\nraise A\n",
        "# ruff: noqa: B904\n\nraise A\n",
        "# flake8: noqa: B904\n\nraise A\n",
    ],
)
def test_a_comment_above(text: str) -> None:
    assert off(text, text.count("\n")) == 1

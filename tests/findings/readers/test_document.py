"""Blocks of code that are never closed, or closed elsewhere than Markdown would have it."""

from __future__ import annotations

import random

from codemods.findings.readers.document import Fence, parse_document


def fences(text: str) -> tuple[Fence, ...]:
    return parse_document(text).fences


def test_an_open_block_ends_at_the_next_heading() -> None:
    document = parse_document("# A\n\n```python\nx = 1\n\n## B\n\n```python\ny = 2\n```\n")
    assert [item.text for item in document.headings] == ["A", "B"]
    assert document.fences == (
        Fence(3, 5, "python", "x = 1\n", closed=False),
        Fence(8, 10, "python", "y = 2"),
    )


def test_a_comment_of_code_ends_nothing() -> None:
    assert fences("```sh\n# first\n## second\nls\n```\n") == (
        Fence(1, 5, "sh", "# first\n## second\nls"),
    )


def test_a_template_shows_blocks_in_its_block() -> None:
    text = "````md\n## B-1\n```python\nx\n```\n````\n"
    assert fences(text) == (Fence(1, 6, "md", "## B-1\n```python\nx\n```"),)


def test_a_longer_run_closes_and_a_shorter_one_does_not() -> None:
    assert fences("````\n```\na\n`````\nb\n") == (Fence(1, 4, None, "```\na"),)
    assert fences("~~~\n```\n~~~~\n") == (Fence(1, 3, None, "```"),)
    assert fences("```\n    ```\n```\n") == (Fence(1, 3, None, "    ```"),)


def test_code_at_the_margin_leaves_its_list_and_the_list_goes_on() -> None:
    document = parse_document(
        "1. one\n   ```python\nx = 1\n```\n2. two\n   ```\n   y\n   ```\n\n## B\n"
    )
    assert document.fences == (Fence(2, 4, "python", "x = 1"), Fence(6, 8, None, "y"))
    assert [item.line for item in document.headings] == [10]


def test_an_open_block_of_a_list_ends_with_it() -> None:
    text = "- one\n  ```python\n  x = 1\n- two\n\n~~~\nz\n~~~\n"
    assert fences(text) == (
        Fence(2, 3, "python", "x = 1", closed=False),
        Fence(6, 8, None, "z"),
    )


def test_every_line_of_a_block_is_found_whatever_stands_around_it() -> None:
    """Blocks are in their order, do not overlap, and lie within the text."""
    chance = random.Random(3)
    pieces = (
        "```",
        "````python",
        "~~~",
        "  ```",
        "- ```",
        "> ```",
        "## B-1",
        "x",
        "",
        "- a",
        "---",
    )
    for _ in range(300):
        text = "\n".join(chance.choice(pieces) for _ in range(20))
        document = parse_document(text)
        end = 0
        for item in document.fences:
            assert end < item.line <= item.end <= len(document.lines), text
            end = item.end
        assert not {item.line for item in document.headings} & document.literal, text

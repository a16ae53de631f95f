"""``# autofix: ignore``: which places it keeps out, and which not."""

from __future__ import annotations

from codemods.engine.suppressions import suppressing, suppressions
from codemods.project.source import SourceFile

NAME = "add-exc-info"


def _source(text: str) -> SourceFile:
    return SourceFile("app.py", text.encode())


def test_another_codemod_is_not_kept_out() -> None:
    source = _source("call()  # autofix: ignore[other]\n")
    assert suppressing(source, 1, 1, NAME) is None


def test_another_line_is_not_kept_out() -> None:
    source = _source("first()  # autofix: ignore\nsecond()\n")
    assert suppressing(source, 2, 2, NAME) is None


def test_the_definition_beside_it_is_not_kept_out() -> None:
    source = _source("def one():  # autofix: ignore\n    pass\n\n\ndef two():\n    call()\n")
    assert suppressing(source, 6, 6, NAME) is None


def test_other_words_are_no_suppression() -> None:
    assert suppressions(_source("x = 1  # autofix ignore\ny = 2  # noqa\n")) == ()


def test_a_line_is_kept_out() -> None:
    source = _source("call()  # autofix: ignore\n")
    found = suppressing(source, 1, 1, NAME)
    assert found is not None and found.line == 1 and not found.names


def test_any_line_of_a_statement_counts() -> None:
    source = _source("call(\n    1,\n)  # autofix: ignore[add-exc-info, other]\n")
    found = suppressing(source, 1, 3, NAME)
    assert found is not None and found.names == {NAME, "other"}


def test_the_first_line_of_a_definition_covers_what_is_in_it() -> None:
    source = _source(
        "class A:  # autofix: ignore\n  def run(self):\n    def inner():\n      call()\n"
    )
    assert suppressing(source, 4, 4, NAME) is not None

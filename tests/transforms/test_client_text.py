"""What is left of a text when the exception goes out of it."""

from __future__ import annotations

import ast

import pytest

from codemods.analysis.exceptions.text import LeafKind, exceptions_at
from codemods.project.source import SourceFile
from codemods.transforms.hide_exception_text.text import Cleaned, cleaned, is_poor, trimmed


def _cleaned(text: str) -> Cleaned | None:
    code = f"try:\n    read()\nexcept OSError as e:\n    send({text})\n"
    source = SourceFile("before.py", code.encode())
    call = _send(source)
    exceptions = exceptions_at(source.tree, call)
    assert exceptions is not None
    return cleaned(source, exceptions, call.args[0])


def _send(source: SourceFile) -> ast.Call:
    return next(
        item
        for item in source.tree.of(ast.Call)
        if isinstance(item.func, ast.Name) and item.func.id == "send"
    )


@pytest.mark.parametrize(
    "text",
    [
        "str(e)",
        "e",
        "e.args[0]",
        'f"{e}"',
        'f"Error: {e}"',
        'f"Exception - {e!r}"',
        '"%s" % e',
        '"Error: " + str(e)',
        '"{}".format(e)',
        'f"{name}: {e}"',
        'str(e) or "UNKNOWN"',
    ],
)
def test_nothing_worth_sending_is_left(text: str) -> None:
    found = _cleaned(text)
    assert found is not None and found.source is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('f"Failed to load: {e}"', '"Failed to load"'),
        ("f'Failed to load: {e}'", "'Failed to load'"),
        ('rf"Failed to load \\d: {e}"', 'r"Failed to load \\d"'),
        ('f"Failed to load ({e})"', '"Failed to load"'),
        ("f\"Failed to load '{e}'\"", '"Failed to load"'),
        ('f"Failed to load because of {e}"', '"Failed to load"'),
        ('f"Failed to load with error: {e}"', '"Failed to load"'),
        ('f"Failed to load, reason: {e}"', '"Failed to load"'),
        ('f"Failed to load: {e}. Try again."', '"Failed to load. Try again."'),
        ('f"{e} while loading"', '"while loading"'),
        ('f"Processing error: {e}"', '"Processing error"'),
        ('f"Failed to load {name}: {e}"', 'f"Failed to load {name}"'),
        ('f"Failed to load {{it}}: {e}"', '"Failed to load {it}"'),
        ('f"{type(e).__name__} in loading: {e}"', 'f"{type(e).__name__} in loading"'),
        ('f"Failed to load\\n{e}"', '"Failed to load"'),
        ('"Failed " f"to load: {e}"', '"Failed " "to load"'),
        ('"100%% of %s failed: %s" % (name, e)', '"100%% of %s failed" % (name,)'),
        ('"100%% failed: %s" % e', '"100% failed"'),
        ('"Failed {}: {}".format(name, e)', '"Failed {}".format(name)'),
        ('"Failed to load " + name + ": " + str(e)', '"Failed to load " + name'),
    ],
)
def test_the_rest_of_a_text(text: str, expected: str) -> None:
    found = _cleaned(text)
    assert found is not None and found.source is not None
    assert ast.dump(ast.parse(found.source)) == ast.dump(ast.parse(expected))
    assert found.source.startswith(expected[:2])


@pytest.mark.parametrize(
    "text",
    ["type(e).__name__", "e.user_message", "e.errors()", "e.code", "safe(e)", "other", '"e"'],
)
def test_what_is_no_text_of_an_exception(text: str) -> None:
    code = f"try:\n    read()\nexcept OSError as e:\n    send({text})\n"
    source = SourceFile("before.py", code.encode())
    call = _send(source)
    exceptions = exceptions_at(source.tree, call)
    assert exceptions is not None
    assert exceptions.kind(call.args[0]) not in (LeafKind.TEXT, LeafKind.TRACEBACK)


@pytest.mark.parametrize("text", ["Error", "An error: ", "", "Exception!", "unknown error"])
def test_texts_that_say_nothing(text: str) -> None:
    assert is_poor(text)


@pytest.mark.parametrize("text", ["Failed to load", "Processing error", "No connection"])
def test_texts_that_say_something(text: str) -> None:
    assert not is_poor(text)
    assert trimmed(text) == text

"""Keywords that a call surely takes, and calls that lack their arguments."""

from __future__ import annotations

import ast

import pytest

from codemods.codemod import Place
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms.apply_suggestion.calls import lacks_arguments, takes

HEAD = """\
import threading
import threading as t
import numpy as np
from numpy import zeros
import unknown


def own(text, urgent=False, *, loud=False):
    return text


class Player:
    def send(self, text, urgent=False):
        return text

    def reset(self, deep=True):
        return deep


def twice(urgent):
    return urgent


class Other:
    def twice(self, urgent):
        return urgent


"""


def _place(code: str) -> tuple[Project, Place, ast.Call]:
    project = Project(MemoryFiles({"app/main.py": (HEAD + code + "\n").encode()}))
    source = project.source("app/main.py")
    statement = source.tree.module.body[-1]
    call = next(node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return project, Place(source, source.tree.module), call


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("unknown.Thread(target=1)", "daemon"),
        ("threading.Thread(target=1, daemon=False)", "daemon"),
        ("threading.Thread(**options)", "daemon"),
        ("threading.Thread(*arguments)", "daemon"),
        ("threading.Thread(target=1)", "detached"),
        ("np.clip(x, 0, 1)", "dtype"),
        ("x.zeros(3)", "dtype"),
        ("own('a', True)", "urgent"),
        ("own('a')", "quiet"),
        ("other.send('a')", "urgent"),
        ("twice(1)", "urgent"),
        ("len(x)", "key"),
    ],
)
def test_not_sure(code: str, name: str) -> None:
    _, place, call = _place(code)
    assert not takes(place, call, name)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("threading.Thread(target=1)", "daemon"),
        ("t.Thread(target=1)", "daemon"),
        ("np.zeros(3)", "dtype"),
        ("zeros((3, 4))", "dtype"),
        ("open(path)", "encoding"),
        ("zip(a, b)", "strict"),
        ("own('a')", "urgent"),
        ("own('a', True)", "loud"),
    ],
)
def test_sure(code: str, name: str) -> None:
    _, place, call = _place(code)
    assert takes(place, call, name)


def test_an_own_method() -> None:
    code = "def run(self):\n    self.send('a')"
    _, place, call = _place(code)
    assert takes(place, call, "urgent")


@pytest.mark.parametrize("code", ["x.send()", "own()", "x.optimise()", "mystery()"])
def test_arguments_are_lacking(code: str) -> None:
    project, _, call = _place(code)
    assert lacks_arguments(project, call) is not None


@pytest.mark.parametrize("code", ["x.reset()", "x.rollback()", "x.send('a')", "mystery(1)"])
def test_nothing_is_lacking(code: str) -> None:
    project, _, call = _place(code)
    assert lacks_arguments(project, call) is None

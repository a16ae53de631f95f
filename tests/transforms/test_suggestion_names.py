"""Names of new code: what is there, what can be imported, and what surely is not."""

from __future__ import annotations

import ast

import pytest

from codemods.codemod import AddImport, Place
from codemods.demands.code import Origin
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms.apply_suggestion.names import Missing, names_for

MAIN = """\
import numpy as np
from app import shapes


class Player:
    def __init__(self):
        self.level = 1.0

    def play(self, audio):
        before = 1
        gain = audio * 2
        after = before
        return after
"""
OTHER = """\
from scipy.signal import sosfiltfilt
from app.shapes import circle


def unique_helper(x):
    return x
"""


def _names(new: str, given: tuple[Origin, ...] = ()) -> list[AddImport] | Missing:
    project = Project(
        MemoryFiles(
            {"app/main.py": MAIN.encode(), "app/other.py": OTHER.encode(), "app/__init__.py": b""}
        )
    )
    source = project.source("app/main.py")
    at = next(node for node in source.tree.of(ast.Assign) if ast.unparse(node.targets[0]) == "gain")
    place = Place(source, source.tree.module)
    return names_for(project, place, at.value, ast.parse(new, mode="eval").body, given)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("np.hann(8)", "undefined-attribute"),
        ("math.ceiling(audio)", "undefined-attribute"),
        ("self.volume", "undefined-attribute"),
        ("nothing_defines_this(audio)", "undefined-name"),
        ("after * audio", "undefined-name"),
    ],
)
def test_missing(new: str, reason: str) -> None:
    found = _names(new)
    assert isinstance(found, Missing)
    assert found.reason == reason


@pytest.mark.parametrize(
    "new", ["np.zeros(8)", "self.level", "before * audio", "[x for x in audio]", "len(audio)"]
)
def test_there(new: str) -> None:
    assert _names(new) == []


def test_imported_as_elsewhere_in_the_project() -> None:
    assert _names("sosfiltfilt(audio)") == [AddImport("app/main.py", "scipy.signal", "sosfiltfilt")]


def test_imported_from_where_the_project_defines_it() -> None:
    assert _names("unique_helper(audio)") == [
        AddImport("app/main.py", "app.other", "unique_helper")
    ]


def test_imported_as_the_finding_shows() -> None:
    assert _names("hann(8)", (Origin("scipy.signal.windows", "hann"),)) == [
        AddImport("app/main.py", "scipy.signal.windows", "hann")
    ]


def test_a_module_of_the_standard_library_imports_itself() -> None:
    assert _names("math.ceil(audio)") == [AddImport("app/main.py", "math", None)]

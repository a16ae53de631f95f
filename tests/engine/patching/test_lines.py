"""Whole lines that a codemod takes out: with their comments, and nothing else."""

from __future__ import annotations

import pytest

from codemods.codemod import Change, DropLines, Edit, Operation, Safety, Site, Unit
from codemods.engine.patching.formatting import formatter_for
from codemods.engine.patching.gates import GateError, check_file
from codemods.engine.patching.rewrite import Rewritten, rewrite
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.rewriting.parsed import Behind
from codemods.syntax.spans import Span

TEXT = b"""a = 1  # kept
# above
def gone():
    # inside
    return 2  # behind


b = 3  # kept
"""
GONE = Span(TEXT.index(b"# above"), TEXT.index(b"\n\nb") + 2)


def _rewritten(*edits: Edit) -> Rewritten:
    project = Project(MemoryFiles({"app.py": TEXT}), target_python=(3, 11))
    changes = [Change(Site("app.py", 1, 1), "it goes", edits, Safety.REVIEW)]

    return rewrite(project, changes, lambda source: formatter_for(project, source))


def test_lines_go_with_their_comments() -> None:
    made = _rewritten(DropLines("app.py", GONE))
    (file,) = made.files
    assert file.after.data == b"a = 1  # kept\nb = 3  # kept\n"
    check_file(file)


def test_a_comment_outside_of_them_is_missed() -> None:
    made = _rewritten(DropLines("app.py", GONE))
    (file,) = made.files
    narrower = Span(GONE.start + len(b"# above\n"), GONE.end)
    object.__setattr__(file, "removed", (narrower,))
    with pytest.raises(GateError, match="above"):
        check_file(file)


def test_lines_inside_of_another_edit_are_refused() -> None:
    inside = Span(TEXT.index(b"    # inside"), TEXT.index(b"    return"))
    around = Span(TEXT.index(b"def gone"), TEXT.index(b"  # behind"))
    made = _rewritten(
        Operation("app.py", around, Behind("pass"), Unit.STATEMENT),
        DropLines("app.py", inside),
    )
    assert not made.files
    assert [item.reason for item in made.refusals] == ["overlap"]


def test_blank_lines_above_go_with_the_last_lines_of_a_file() -> None:
    # Two neighbours up to the end: each leaves the blank lines above it to what follows.
    last = Span(TEXT.index(b"b = 3"), len(TEXT))
    made = _rewritten(
        DropLines("app.py", GONE),
        DropLines("app.py", last),
    )
    (file,) = made.files
    assert file.after.data == b"a = 1  # kept\n"
    check_file(file)


def test_blank_lines_in_front_of_what_stays_are_kept() -> None:
    middle = Span(TEXT.index(b"# above"), TEXT.index(b"\n\nb") + 1)
    (file,) = _rewritten(DropLines("app.py", middle)).files
    assert file.after.data == b"a = 1  # kept\n\n\nb = 3  # kept\n".replace(b"\n\n\n", b"\n\n", 1)

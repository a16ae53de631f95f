"""Edited Changes: what a person wrote passes the gates, and touches nothing else."""

from __future__ import annotations

import pytest

from codemods.codemod import AddImport, Change, DeleteFile, DropLines, Edit, Safety, Site
from codemods.engine.outcomes import FilePatch, Patch
from codemods.engine.patching.edited import EditError, check_edit, edited_patch
from codemods.output.diff import unified_diff
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.syntax.spans import Span

PATH = "app/a.py"
TEXT = """import time


def wait(seconds):
    # as long as asked
    time.sleep(seconds)
    return seconds


def twice(seconds):
    wait(seconds)
    wait(seconds)
"""


def project(text: str = TEXT) -> Project:
    return Project(MemoryFiles({PATH: text.encode(), "app/b.py": b"x = 1\n"}))


def change(*edits: Edit, line: int = 6) -> Change:
    made = edits or (AddImport(PATH, "asyncio"),)
    return Change(Site(PATH, line, line, "wait"), "it waits", made, Safety.REVIEW)


def diff(after: str, before: str = TEXT, path: str = PATH) -> str:
    return unified_diff([FilePatch(path, before.encode(), after.encode())]).decode()


SLEEP = TEXT.replace("time.sleep(seconds)", "time.sleep(seconds * 2)")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a diff"),
        ("what?", "is not a diff"),
        ("@@ -1 +1 @@\n-x\n+y\n", "is not a diff"),
        (diff("x = 2\n", "x = 1\n", "app/b.py"), "it does not touch"),
        (diff("x = 2\n", "x = 1\n", "../../etc/passwd"), "it does not touch"),
        (diff(SLEEP) + diff("x = 2\n", "x = 1\n", "app/b.py"), "it does not touch"),
        (diff(SLEEP.replace("wait", "hold"), TEXT.replace("wait", "hold")), "no longer applies"),
        (diff(TEXT.replace("(seconds)\n    return", "(seconds\n    return")), "compiles"),
        (diff(TEXT.replace("    # as long as asked\n", "")), "comments-kept"),
        (diff(TEXT.replace("time.sleep", "asyncio.sleep")), "names-defined"),
        (diff(SLEEP.replace("\n", "\r\n")), "bytes-kept"),
        (diff(TEXT.rstrip("\n")), "bytes-kept"),
        (diff(SLEEP).replace("@@ -3,7", "@@ -3,9"), "is not a diff"),
    ],
)
def test_what_is_not_taken(text: str, why: str) -> None:
    with pytest.raises(EditError, match=why):
        check_edit(change(), text, project())


def test_a_file_that_goes_has_no_text() -> None:
    with pytest.raises(EditError, match="deletes a file"):
        check_edit(change(DeleteFile(PATH)), diff(SLEEP), project())


def test_two_changes_of_one_line() -> None:
    other = diff(TEXT.replace("time.sleep(seconds)", "time.sleep(0)"))
    shown = Patch((), (change(), change(line=7)))
    with pytest.raises(EditError, match="two Changes write line 6"):
        edited_patch(shown, None, [(change(), diff(SLEEP)), (change(), other)], project())


def test_an_edit_over_what_the_rest_writes() -> None:
    rest = Patch((FilePatch(PATH, TEXT.encode(), SLEEP.encode()),), (change(),))
    other = diff(TEXT.replace("time.sleep(seconds)", "time.sleep(0)"))
    with pytest.raises(EditError, match="two Changes write"):
        edited_patch(rest, rest, [(change(), other)], project())


def test_what_a_person_wrote_is_the_patch() -> None:
    patch = check_edit(change(), diff(SLEEP), project())
    assert [file.after for file in patch.files] == [SLEEP.encode()]
    assert "a person edited the Change at app/a.py:6" in patch.notes[0]


def test_lines_that_moved() -> None:
    moved = "# more\n" * 5
    patch = check_edit(change(), diff(SLEEP), project(moved + TEXT))
    assert patch.files[0].after == (moved + SLEEP).encode()


def test_lines_that_were_to_go_may_go_with_their_comment() -> None:
    start = TEXT.index("    # as long")
    gone = change(DropLines(PATH, Span(start, TEXT.index("    time.sleep"))))
    after = TEXT.replace("    # as long as asked\n", "")
    assert check_edit(gone, diff(after), project()).files[0].after == after.encode()


def test_the_same_import_of_two_changes_is_one() -> None:
    once = "import asyncio\n" + TEXT
    rest = Patch((FilePatch(PATH, TEXT.encode(), once.encode()),), (change(),))
    edited = once.replace("time.sleep(seconds)", "asyncio.run(asyncio.sleep(seconds))")
    patch = edited_patch(rest, rest, [(change(), diff(edited))], project())
    assert patch.files[0].after == edited.encode()

"""Several patches in place: what stands in the way of one keeps no other from being written."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from codemods.codemod import AddImport, Change, Safety, Site
from codemods.delivery.worktree import NotWritten, Written, apart, write_in_place
from codemods.engine.outcomes import FilePatch, Patch
from codemods.project.writing import Staged
from tests.delivery.sandbox import Sandbox, patch

NAMES = tuple(f"m{number}.py" for number in range(6))
Put = Callable[[Staged], None]


def step(*paths: str, before: int = 1, after: int = 2) -> Patch:
    """``x = 1`` to ``x = 2`` in each of the files."""
    files = (FilePatch(path, b"x = %d\n" % before, b"x = %d\n" % after) for path in paths)
    return replace(patch(), files=tuple(files))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).write_bytes(b"x = 1\n")
    return tmp_path


def contents(top: Path) -> list[int]:
    """The numbers in the files; nothing else may lie there."""
    assert sorted(path.name for path in top.iterdir()) == sorted(NAMES)
    return [int((top / name).read_bytes()[4:5]) for name in NAMES]


def reasons(answers: Sequence[Written | NotWritten]) -> list[str | None]:
    return [item.reason if isinstance(item, NotWritten) else None for item in answers]


def when_put(
    monkeypatch: pytest.MonkeyPatch, name: str, then: Callable[[Put, Staged], None]
) -> None:
    """Let something happen at the moment a file is replaced."""
    real = Staged.put

    def put(self: Staged) -> None:
        if self.path == name:
            then(real, self)
        else:
            real(self)

    monkeypatch.setattr(Staged, "put", put)


def test_one_that_has_changed_is_left_alone(top: Path) -> None:
    (top / "m1.py").write_bytes(b"x = 9\n")
    answers = write_in_place(top, [step(name) for name in NAMES[:3]])
    assert reasons(answers) == [None, "m1.py has changed since it was read", None]
    assert contents(top) == [2, 9, 2, 1, 1, 1]


def test_an_edit_between_the_first_look_and_the_last_is_kept(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited(real: Put, staged: Staged) -> None:
        (top / "m1.py").write_bytes(b"x = 9\n")
        real(staged)

    when_put(monkeypatch, "m1.py", edited)
    answers = write_in_place(top, [step("m0.py"), step("m2.py", "m1.py"), step("m3.py")])
    # The other file of its patch was replaced already, and is what it was.
    assert reasons(answers) == [None, "m1.py has changed since it was read", None]
    assert contents(top) == [2, 9, 1, 2, 1, 1]


def test_what_stands_on_one_that_is_not_written_falls_with_it(top: Path) -> None:
    (top / "m1.py").write_bytes(b"x = 9\n")
    answers = write_in_place(
        top,
        [
            step("m0.py"),
            step("m0.py", "m1.py", before=2, after=3),
            step("m0.py", before=3, after=4),
            step("m2.py"),
        ],
    )
    assert reasons(answers) == [None, *["m1.py has changed since it was read"] * 2, None]
    assert contents(top) == [2, 9, 2, 1, 1, 1]


def test_patches_of_one_file_are_written_at_once(top: Path) -> None:
    steps = [step("m0.py"), step("m0.py", "m1.py", before=2, after=3), step("m2.py")]
    steps[1] = replace(
        steps[1], files=(steps[1].files[0], FilePatch("m1.py", b"x = 1\n", b"x = 3\n"))
    )
    assert reasons(write_in_place(top, steps)) == [None, None, None]
    assert contents(top) == [3, 3, 2, 1, 1, 1]


def test_a_disk_that_is_full_for_one(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(real: Put, staged: Staged) -> None:
        raise OSError(28, "No space left on device")

    when_put(monkeypatch, "m1.py", full)
    answers = write_in_place(top, [step("m0.py"), step("m1.py"), step("m2.py")])
    assert reasons(answers) == [None, "m1.py: No space left on device; nothing was changed", None]
    assert contents(top) == [2, 1, 2, 1, 1, 1]


def test_two_names_of_one_file(top: Path) -> None:
    (top / "m1.py").unlink()
    os.link(top / "m0.py", top / "m1.py")
    answers = write_in_place(top, [step("m0.py"), step("m1.py", after=3)])
    assert reasons(answers) == [None, "m1.py is the same file as m0.py, which is written too"]
    assert contents(top) == [2, 1, 1, 1, 1, 1]


def test_two_names_of_one_file_with_the_same_change(top: Path) -> None:
    (top / "m1.py").unlink()
    os.link(top / "m0.py", top / "m1.py")
    assert reasons(write_in_place(top, [step("m0.py"), step("m1.py")])) == [None, None]
    assert contents(top) == [2, 2, 1, 1, 1, 1]


def test_read_only_and_outside_and_another_s(tmp_path: Path) -> None:
    sandbox = Sandbox.create(tmp_path / "project")
    (tmp_path / "outside.py").write_bytes(b"x = 1\n")
    (sandbox.root / "pkg/deep/other.py").chmod(0o444)
    sandbox.look()
    for force in (False, True):
        answers = write_in_place(
            sandbox.root,
            [
                step("../outside.py"),
                step("pkg/deep/other.py"),
                replace(patch(), files=(FilePatch(".git/hooks/pre-commit", b"", b"x = 2\n"),)),
            ],
            repository=sandbox.repository,
            force=force,
        )
        assert reasons(answers) == [
            f"../outside.py is outside {sandbox.root}",
            "pkg/deep/other.py is read-only",
            ".git/hooks/pre-commit is in git's own folder",
        ]
    sandbox.assert_untouched()
    assert (tmp_path / "outside.py").read_bytes() == b"x = 1\n"


@pytest.mark.parametrize("name", ["m0.py", "m2.py", "m5.py"])
def test_ctrl_c_puts_all_files_back(top: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def stopped(real: Put, staged: Staged) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        real(staged)

    when_put(monkeypatch, name, stopped)
    with pytest.raises(KeyboardInterrupt) as caught:
        write_in_place(top, [step(item) for item in NAMES])
    last = name == "m5.py"
    # It comes when the last one is written: then nothing is half done.
    assert caught.value.__notes__ == ["6 files were written" if last else "nothing was changed"]
    assert contents(top) == ([2] * 6 if last else [1] * 6)


def test_an_exception_out_of_nowhere_puts_all_files_back(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a signal is where a thread beside this one takes it: after the file was replaced."""

    def stopped(real: Put, staged: Staged) -> None:
        real(staged)
        raise KeyboardInterrupt

    when_put(monkeypatch, "m2.py", stopped)
    with pytest.raises(KeyboardInterrupt) as caught:
        write_in_place(top, [step("m0.py", "m1.py"), step("m2.py", "m3.py"), step("m4.py")])
    assert caught.value.__notes__ == ["nothing was changed"]
    assert contents(top) == [1] * 6


def test_what_somebody_wrote_before_ctrl_c_is_named_and_stays(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(real: Put, staged: Staged) -> None:
        (top / "m0.py").write_bytes(b"x = 9\n")
        os.kill(os.getpid(), signal.SIGINT)
        real(staged)

    when_put(monkeypatch, "m1.py", stopped)
    with pytest.raises(KeyboardInterrupt) as caught:
        write_in_place(top, [step(item) for item in NAMES])
    assert caught.value.__notes__ == ["m0.py; these files were written and could not be put back"]
    assert contents(top) == [9, 1, 1, 1, 1, 1]


def test_a_signal_that_somebody_swallows_has_stopped_it_all_the_same(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(real: Put, staged: Staged) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        real(staged)

    when_put(monkeypatch, "m1.py", stopped)
    old = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        answers = write_in_place(top, [step(item) for item in NAMES])
    finally:
        signal.signal(signal.SIGTERM, old)
    assert set(reasons(answers)) == {"interrupted: nothing was changed"}
    assert contents(top) == [1] * 6


def test_what_a_change_ties_together_is_one_patch() -> None:
    def change(*paths: str) -> Change:
        edits = tuple(AddImport(path, "os") for path in paths)
        return Change(Site(paths[0], 1, 1), "x", edits, Safety.SAFE)

    files = [FilePatch(name, b"1", b"2") for name in "abcdef"]
    made = apart(files, [change("a", "c"), change("b"), change("c", "z"), change("f", "z")])
    assert [[item.path for item in one.files] for one in made] == [
        ["a", "c", "f"],
        ["b"],
        ["d"],
        ["e"],
    ]


def test_nothing_to_write_touches_nothing(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing is to be written")

    monkeypatch.setattr(Staged, "make", never)
    assert write_in_place(top, []) == ()
    assert write_in_place(top, [step("m0.py", after=1)]) == (Written(()),)
    assert contents(top) == [1] * 6

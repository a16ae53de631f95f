"""What git writes for a run is the repository's when all of it is there, and else gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.delivery.quarantine import quarantined, remove_left_over
from codemods.delivery.repository import Repository
from codemods.project.temporary import mark
from tests.delivery.sandbox import Sandbox, git

PREFIX = "tmp_objdir-autofix-"


@pytest.fixture
def dead() -> str:
    """The mark of a process that is gone."""
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=-1)
    return f"{mark().partition('-')[0]}-{int(done.stdout)}"


def objects(sandbox: Sandbox) -> Path:
    return sandbox.root / ".git/objects"


def folders(sandbox: Sandbox) -> list[Path]:
    return [path for path in objects(sandbox).iterdir() if path.name.startswith("tmp_")]


def left(sandbox: Sandbox, maker: str) -> Path:
    """What a run leaves that is killed while git writes."""
    folder = objects(sandbox) / f"{PREFIX}{maker}-abcdefgh"
    (folder / "pack").mkdir(parents=True)
    (folder / "pack/tmp_pack_x").write_bytes(b"PACK")
    (folder / "ab").mkdir()
    (folder / "ab/tmp_obj_x").write_bytes(b"x")
    return folder


def garbage(sandbox: Sandbox) -> int:
    """What git finds among its objects that is none, or not whole."""
    lines = git(sandbox.root, "count-objects", "-v").splitlines()
    return int(dict(line.split(": ") for line in lines)["garbage"])


def packed(sandbox: Sandbox) -> list[Path]:
    """The files of a pack of objects that the repository does not have, beside it."""
    blob = git(sandbox.root, "hash-object", "-w", "--stdin", stdin=b"new\n")
    other = sandbox.root.parent / "pack"
    git(sandbox.root, "pack-objects", "--quiet", str(other), stdin=f"{blob}\n".encode())
    (objects(sandbox) / blob[:2] / blob[2:]).unlink()
    return sorted(sandbox.root.parent.glob("pack-*"))


def test_what_a_living_process_writes_stays(sandbox: Sandbox) -> None:
    folder = left(sandbox, mark())
    sandbox.deliver_one()
    assert folders(sandbox) == [folder]


def test_what_was_not_finished_is_not_the_repository_s(sandbox: Sandbox) -> None:
    def stopped() -> None:
        with quarantined(sandbox.repository) as apart:
            blob = apart.ask("hash-object", "-w", "--stdin", stdin=b"new\n").text
            assert sandbox.repository.run("cat-file", "-e", blob).status != 0
            assert apart.ask("cat-file", "blob", blob).stdout == b"new\n"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert folders(sandbox) == []


@pytest.mark.parametrize("limit", [0, 100])
def test_objects_move_over(sandbox: Sandbox, limit: int) -> None:
    """A few as they are, and many as a pack."""
    sandbox.git("config", "fastimport.unpackLimit", str(limit))
    sandbox.deliver_one()
    assert folders(sandbox) == []
    assert bool(list(objects(sandbox).glob("pack/*.idx"))) == (limit == 0)
    git(sandbox.root, "fsck", "--strict")
    assert garbage(sandbox) == 0


def test_what_a_killed_run_left_goes(sandbox: Sandbox, dead: str) -> None:
    left(sandbox, dead)
    sandbox.deliver_one()
    assert folders(sandbox) == []


def test_a_pack_that_was_just_being_moved_gets_its_index(sandbox: Sandbox, dead: str) -> None:
    folder = left(sandbox, dead)
    for path in packed(sandbox):
        there = folder if path.suffix == ".idx" else objects(sandbox)
        shutil.move(path, there / "pack")
    assert garbage(sandbox) > 0
    remove_left_over(sandbox.repository)
    assert (folders(sandbox), garbage(sandbox)) == ([], 0)
    git(sandbox.root, "fsck", "--strict")


def test_a_pack_that_was_not_yet_moved_is_given_up(sandbox: Sandbox, dead: str) -> None:
    folder = left(sandbox, dead)
    for path in packed(sandbox):
        shutil.move(path, folder / "pack")
    remove_left_over(sandbox.repository)
    assert list((objects(sandbox) / "pack").glob("*")) == []


@pytest.mark.parametrize("name", ["a:b", 'a"b:c', '"a', "a b", "ü"])
def test_any_path(tmp_path: Path, name: str) -> None:
    sandbox = Sandbox.create(tmp_path / name / "project")
    sandbox.deliver_one()
    git(sandbox.root, "fsck", "--strict")


def test_objects_of_others_are_seen(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the repository's own alternates, and by those of the environment."""
    shared = tmp_path / "shared"
    git(tmp_path, "clone", "--quiet", "--shared", str(sandbox.root), str(shared))
    with quarantined(Repository.open(shared)) as apart:
        assert apart.ask("rev-parse", "HEAD^{tree}").text
        assert apart.run("cat-file", "-e", "HEAD:engine.py").status == 0
    empty = tmp_path / "empty"
    git(tmp_path, "init", "--quiet", str(empty))
    monkeypatch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", str(objects(sandbox)))
    with quarantined(Repository.open(empty)) as apart:
        assert apart.run("cat-file", "-e", sandbox.head).status == 0


def test_a_shared_repository_stays_shared(sandbox: Sandbox) -> None:
    sandbox.git("config", "core.sharedRepository", "group")
    before = set(objects(sandbox).iterdir())
    mask = os.umask(0o077)
    try:
        sandbox.deliver_one()
    finally:
        os.umask(mask)
    new = set(objects(sandbox).iterdir()) - before
    assert new
    assert all(path.stat().st_mode & 0o070 == 0o070 for path in new)
    sandbox.look()

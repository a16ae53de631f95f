"""A scan in several processes: the same as in one, whatever becomes of them."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import pytest

from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Node,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.engine.scanning.workers import can_fork
from codemods.plugins import Plugins
from codemods.project.source import SourceFile
from codemods.transforms import Catalogue
from tests.cli.conftest import Run, git
from tests.cli.test_scanning import FIXED, SAFE

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
FILES = 48


def _partner(scope: Scope, path: str) -> str | None:
    """The file that the fix of ``path`` reaches into: of each three one goes forwards, one back."""
    number = int(path.removeprefix("m").removesuffix(".py"))
    other = f"m{number + {0: 1, 1: 0, 2: -1}[number % 3]:02}.py"
    return other if other != path and scope.project.files.exists(other) else None


def _named(source: SourceFile, name: str) -> list[ast.Name]:
    return [node for node in source.tree.of(ast.Name) if node.id == name]


@dataclass(frozen=True)
class Renamed:
    """``new`` stands there; of which file, for edits that are not all alike."""

    path: str

    def edit(self, node: Node) -> Edited:
        return cst.ensure_type(node, cst.Name).with_changes(value="new")


_edit = Renamed.edit


def _renamed(source: SourceFile, node: ast.Name) -> Operation:
    return Operation(source.path, source.span(node), Renamed(source.path))


def _find(scope: Scope, _plan: Plan | None) -> Iterator[Change | Refusal]:
    """``old`` becomes ``new``, and so does ``peer`` of the partner."""
    for place in scope.places:
        for node in _named(place.source, "old"):
            other = _partner(scope, place.source.path)
            sources = [scope.project.source(other)] if other else []
            edits = [_renamed(place.source, node)]
            edits += (
                _renamed(source, peer) for source in sources for peer in _named(source, "peer")
            )
            yield Change(site_of(place.source, node), "renames it", tuple(edits), Safety.SAFE)


RENAME = Codemod(name="rename", recognise=lambda _finding: None, find=_find, triggers=(b"old",))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Codemod], None]:
    """Makes a codemod the whole catalogue, and eight files many."""

    def only(codemod: Codemod) -> None:
        known = Catalogue()
        known.__dict__.update(_own={}, _plugins=Plugins({codemod.name: codemod}, ()))
        monkeypatch.setattr("codemods.transforms.catalogue", lambda: known)
        monkeypatch.setattr("codemods.engine.scanning.scan.MANY", 8)

    return only


def _project(folder: Path) -> Path:
    folder.mkdir()
    for number in range(FILES):
        (folder / f"m{number:02}.py").write_text("new = 0\npeer = 1\nprint(old)\n")
    git(folder, "init", "-q", "-b", "main")
    return folder


def _contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.py")}


def test_fixing_in_processes_is_the_same_as_in_one(
    autofix: Run,
    tmp_path: Path,
    use: Callable[[Codemod], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pids = tmp_path / "pids"

    def edit(payload: Renamed, node: Node) -> Edited:
        with pids.open("a") as file:
            file.write(f"{os.getpid()}\n")
        return _edit(payload, node)

    monkeypatch.setattr(Renamed, "edit", edit)
    use(RENAME)
    told, left = [], []
    for jobs in (1, 2, 3):
        folder = _project(tmp_path / f"jobs{jobs}")
        pids.write_text("")
        done = autofix("scan", folder, "--fix", "--jobs", jobs, "--output-format", "json")
        told.append((done.status, json.loads(done.out)["sites"], done.lines))
        left.append(_contents(folder))
        workers = set(pids.read_text().split()) - {str(os.getpid())}
        assert bool(workers) == (jobs > 1)
    assert left[0] == left[1] == left[2]
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 0
    assert not [text for text in left[0].values() if "old" in text]
    # One way or the other, the file in the middle of each three lost its peer, and no other did.
    kept = sorted(name for name, text in left[0].items() if "peer" in text)
    assert len(kept) == FILES - FILES // 3


def _dies_in(path: str, how: Callable[[], object]) -> Codemod:
    """A codemod that ends its process at one file, but never this one."""
    here = os.getpid()

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        if scope.places[0].source.path == path:
            assert os.getpid() != here
            how()
        yield from _find(scope, plan)

    return dataclasses.replace(RENAME, find=find)


def test_a_file_that_kills_its_process_is_told_skipped_and_counts(
    autofix: Run, tmp_path: Path, use: Callable[[Codemod], None]
) -> None:
    use(_dies_in("m07.py", lambda: os.kill(os.getpid(), signal.SIGKILL)))
    folder = _project(tmp_path / "here")
    done = autofix("scan", folder, "--jobs", "2", "--output-format", "json")
    document = json.loads(done.out)
    assert done.status == 1
    reason = "the process that read it died (signal 9)"
    assert document["skipped"] == [{"path": "m07.py", "reason": reason}]
    assert len(document["sites"]) == FILES - 1
    assert f"a worker process died (signal 9); {FILES} files done again" in done.lines
    assert "a worker process died (signal 9); m07.py given up" in done.lines
    assert f"m07.py: not read: {reason}" in done.lines


def test_a_file_given_up_is_status_1_even_where_nothing_is_found(
    autofix: Run, tmp_path: Path, use: Callable[[Codemod], None]
) -> None:
    use(_dies_in("m07.py", lambda: os._exit(3)))
    folder = _project(tmp_path / "here")
    for path in folder.glob("*.py"):
        path.write_text("# old\n")
    done = autofix("scan", folder, "--jobs", "2", "--output-format", "json")
    assert done.status == 1
    assert json.loads(done.out)["sites"] == []
    done = autofix("baseline", "-C", folder, "--jobs", "2")
    assert done.status == 1
    assert "a worker process died (status 3); m07.py given up" in done.lines


def test_a_file_that_cannot_be_fixed_alive_stays_and_costs_no_other(
    autofix: Run,
    tmp_path: Path,
    use: Callable[[Codemod], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = os.getpid()

    def edit(payload: Renamed, node: Node) -> Edited:
        if payload.path == "m09.py":
            assert os.getpid() != here
            os._exit(7)
        return _edit(payload, node)

    monkeypatch.setattr(Renamed, "edit", edit)
    use(RENAME)
    folder = _project(tmp_path / "here")
    before = (folder / "m09.py").read_text()
    done = autofix("scan", folder, "--fix", "--jobs", "2", "--output-format", "json")
    assert done.status == 1
    assert (folder / "m09.py").read_text() == before
    assert [site["path"] for site in json.loads(done.out)["sites"]] == ["m09.py"]
    assert "m09.py: not fixed: its process died (status 7)" in done.lines
    assert "a worker process died (status 7); m09.py given up" in done.lines
    others = {name: text for name, text in _contents(folder).items() if name != "m09.py"}
    assert not [name for name, text in others.items() if "old" in text]


def test_what_a_codemod_raises_in_a_worker_is_told_of_each_file_and_writes_nothing(
    autofix: Run,
    tmp_path: Path,
    use: Callable[[Codemod], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def edit(_payload: Renamed, _node: Node) -> Edited:
        raise RuntimeError("wrong")

    monkeypatch.setattr(Renamed, "edit", edit)
    use(RENAME)
    folder = _project(tmp_path / "here")
    before = _contents(folder)
    done = autofix("scan", folder, "--fix", "--jobs", "2")
    assert done.status == 1
    told = [line for line in done.lines if "not fixed" in line]
    assert told == [f"m{n:02}.py: not fixed: rename: RuntimeError: wrong" for n in range(FILES)]
    assert _contents(folder) == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_statistics_count_every_process(
    autofix: Run, tmp_path: Path, use: Callable[[Codemod], None], jobs: int
) -> None:
    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        time.sleep(0.002)
        yield from _find(scope, plan)

    use(dataclasses.replace(RENAME, find=find))
    folder = _project(tmp_path / "here")
    for number in range(FILES, 100):
        (folder / f"m{number:02}.py").write_text("new = 0\nprint(old)\n")
    done = autofix("scan", folder, "--statistics", "--jobs", jobs)
    (row,) = (line.split() for line in done.lines if line.startswith("rename"))
    assert row[1] == "100"
    assert float(row[-1]) >= 100 * 0.002
    together = (
        "seconds of a codemod are summed over 2 processes; seconds of a stage are elapsed time"
    )
    assert (together in done.lines) == (jobs == 2)


_SLOWLY = """
import sys, time
from codemods.cli.app import run
from codemods.engine.scanning import fixing
plain = fixing.fix
def slowly(*arguments, **named):
    print("at work", file=sys.stderr, flush=True)
    time.sleep(0.5)
    return plain(*arguments, **named)
fixing.fix = slowly
sys.exit(run(["scan", "--fix", "--jobs", "2"]))
"""


def test_an_interrupt_while_several_fix_leaves_no_half_and_no_orphan(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"m{number:02}.py").write_text(SAFE)
    git(folder, "init", "-q", "-b", "main")
    parent = subprocess.Popen(
        [sys.executable, "-c", _SLOWLY],
        cwd=folder,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert parent.stderr is not None
    lines = [parent.stderr.readline() for _ in range(2)]
    assert lines == ["at work\n", "at work\n"]
    # Ctrl-C reaches every process of the group.
    os.killpg(parent.pid, signal.SIGINT)
    rest = parent.communicate(timeout=30)[1]
    assert parent.returncode == 130
    assert rest.splitlines()[-1] == "interrupted"
    assert "Traceback" not in rest
    assert set(_contents(folder).values()) == {SAFE}
    assert {path.suffix for path in folder.iterdir()} == {".py", ""}
    deadline = time.monotonic() + 30
    while _anybody(parent.pid):
        assert time.monotonic() < deadline, "a worker stayed"
        time.sleep(0.02)


def _anybody(group: int) -> bool:
    """Whether a process of a group lives."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[2]) == group:
            return True
    return False


def test_two_processes_fix_what_one_does(autofix: Run, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"m{number:02}.py").write_text(SAFE)
    done = autofix("scan", folder, "--fix", "--jobs", "2")
    assert done.status == 0
    assert set(_contents(folder).values()) == {FIXED}

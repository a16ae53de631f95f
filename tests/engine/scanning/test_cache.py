"""What a scan says with what an earlier one saw is what it says without."""

from __future__ import annotations

import dataclasses
import importlib
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from codemods.codemod import Codemod
from codemods.engine.scanning.cache.folder import NAME, CacheFolder, UnusableError
from codemods.engine.scanning.cache.run import CachedScans
from codemods.engine.scanning.cache.stored import Answer, stored
from codemods.engine.scanning.scan import ScanResult, prepare, scan
from codemods.engine.scanning.scope import ProjectFiles
from codemods.project.project import Project
from codemods.transforms import catalogue
from tests.engine.scanning.cache_edits import Edited

ALWAYS_SETTLED = -(10**18)
"""Seconds do not pass in a test: the times of files are believed at once."""
BLOCKS = "import time\n\n\nasync def wait():\n    time.sleep(2)\n"
CLEAN = "async def wait():\n    return 2\n"


def _options(_name: str) -> dict[str, object]:
    return {}


def _scanning() -> list[Codemod]:
    return [item for item in catalogue().values() if item.scans]


class _Counting:
    """A cached scan of a folder, and how many files were looked at anew."""

    def __init__(self, root: Path, settled: int = ALWAYS_SETTLED) -> None:
        self.root = root
        self.settled = settled
        self.told: list[str] = []
        self.looked = 0

    def scan(self, codemods: Sequence[Codemod] | None = None, jobs: int = 1) -> ScanResult:
        """One scan, as of a new process."""
        project = Project(ProjectFiles(self.root))
        seen: set[str] = set()
        used = {item.name: _noting(item, seen) for item in (codemods or _scanning())}
        folder = CacheFolder(self.root / NAME, self.root)
        cached = CachedScans(project, self.root, folder, self.told.append, settled=self.settled)
        result = cached.scan(used, project.python_paths, _options, jobs)
        self.looked = len(seen)
        return result


def _noting(codemod: Codemod, seen: set[str]) -> Codemod:
    def wants(project: Project, source: object, options: object) -> bool:
        seen.add(source.path)  # type: ignore[attr-defined]
        return codemod.prefilter is None or codemod.prefilter(project, source, options)  # type: ignore[arg-type]

    return dataclasses.replace(codemod, prefilter=wants)


def _anew(root: Path) -> ScanResult:
    project = Project(ProjectFiles(root))
    codemods = _scanning()
    prepare(project, codemods)
    return scan(project, codemods)


def _said(result: ScanResult) -> list[tuple[str, Answer]]:
    return [(item.path, stored(item, -1)) for item in result.looked]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text(BLOCKS)
    return tmp_path


@pytest.mark.parametrize("settled", [ALWAYS_SETTLED, 10**12], ids=["by time", "by content"])
def test_nothing_is_looked_at_twice(root: Path, settled: int) -> None:
    counting = _Counting(root, settled)
    first = counting.scan()
    assert counting.looked == 3
    again = counting.scan()
    assert counting.looked == 0
    assert _said(again) == _said(first) == _said(_anew(root))
    assert len(again.found) == 3
    assert not counting.told


@pytest.mark.parametrize("settled", [ALWAYS_SETTLED, 10**12], ids=["by time", "by content"])
def test_a_file_that_changed_is_looked_at(root: Path, settled: int) -> None:
    counting = _Counting(root, settled)
    counting.scan()
    (root / "b.py").write_text(CLEAN)
    assert _said(counting.scan()) == _said(_anew(root))
    assert 0 < counting.looked <= 3


def test_a_file_with_another_time_and_the_same_content_is_not(root: Path) -> None:
    counting = _Counting(root)
    counting.scan()
    os.utime(root / "b.py", (5, 5))
    counting.scan()
    assert counting.looked == 0


def test_what_is_found_through_another_file_is_looked_for_when_that_changes(root: Path) -> None:
    (root / "low.py").write_text("import time\n\n\ndef pause():\n    time.sleep(2)\n")
    (root / "top.py").write_text("from low import pause\n\n\nasync def serve():\n    pause()\n")
    counting = _Counting(root)
    assert [item.change.site.path for item in counting.scan().found][-1] == "top.py"
    (root / "low.py").write_text("def pause():\n    return 2\n")
    assert _said(counting.scan()) == _said(_anew(root))


def test_what_most_files_say_of_the_event_loop_is_asked_again(root: Path) -> None:
    for name in ("a", "b"):
        (root / f"{name}.py").write_text(
            "import trio\n\n\nasync def nap():\n    await trio.sleep(1)\n"
        )
    counting = _Counting(root)
    assert not counting.scan().found
    for name in ("a", "b"):
        (root / f"{name}.py").write_text(CLEAN)
    assert [item.change.site.path for item in counting.scan().found] == ["c.py"]


def test_a_file_that_comes_or_goes_is_seen(root: Path) -> None:
    counting = _Counting(root)
    counting.scan()
    (root / "d.py").write_text(BLOCKS)
    assert len(counting.scan().found) == 4
    (root / "a.py").unlink()
    assert len(counting.scan().found) == 3


def test_other_codemods_and_settings_have_answers_of_their_own(root: Path) -> None:
    counting = _Counting(root)
    counting.scan()
    counting.scan([catalogue()["add-exc-info"]])
    assert counting.looked == 0, "it has no trigger there"
    assert len(list((root / NAME).glob("*.scan"))) == 2


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _flipped, _emptied])
def test_a_damaged_file_is_told_and_made_anew(root: Path, damage: Callable[[Path], None]) -> None:
    counting = _Counting(root)
    counting.scan()
    (file,) = (root / NAME).glob("*.scan")
    damage(file)
    assert _said(counting.scan()) == _said(_anew(root))
    assert [text.split(":")[0] for text in counting.told] == [
        f"{NAME}/{file.name} is damaged and was ignored"
    ]
    counting.scan()
    assert counting.looked == 0


def test_a_folder_that_git_tracks_is_not_used(root: Path) -> None:
    _Counting(root).scan()
    for command in (["init", "-q"], ["add", "-f", "."]):
        subprocess.run(["git", *command], cwd=root, check=True)
    with pytest.raises(UnusableError, match="git tracks it"):
        CacheFolder(root / NAME, root)


def test_a_link_is_no_folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / NAME).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(UnusableError, match="it is not a folder"):
        CacheFolder(root / NAME, root)


def test_git_ignores_the_folder(root: Path) -> None:
    _Counting(root).scan()
    assert (root / NAME / ".gitignore").read_text() == "*\n"


def test_a_file_that_changes_while_it_is_read_is_looked_at_again(root: Path) -> None:
    """Which of two contents an answer was made from is not known then."""
    codemod = catalogue()["offload-blocking-calls"]

    def find(scope, plan):  # type: ignore[no-untyped-def]
        yield from codemod.find(scope, plan)
        if scope.places[0].source.path == "b.py":
            (root / "b.py").write_text(CLEAN)

    counting = _Counting(root)
    counting.scan([dataclasses.replace(codemod, find=find)])
    assert [item.change.site.path for item in counting.scan([codemod]).found] == ["a.py", "c.py"]


def test_several_processes_leave_the_same(root: Path) -> None:
    for number in range(220):
        (root / f"m{number}.py").write_text(BLOCKS if number % 3 else CLEAN)
    counting = _Counting(root)
    counting.scan(jobs=2)
    assert _said(counting.scan()) == _said(_anew(root))


def _sequence(folder: Path, seed: int, steps: int) -> None:
    folder.mkdir()
    edited = Edited(folder, seed)
    settled = ALWAYS_SETTLED if seed % 2 else 10**12
    for step in range(steps):
        with_cache = _Counting(folder, settled).scan()
        assert _said(with_cache) == _said(_anew(folder)), (seed, step, *edited.texts)
        edited.edit()


@pytest.fixture
def _surveyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What blocks is found out for the whole project, as with many files."""
    offload = importlib.import_module("codemods.transforms.offload_blocking_calls")
    monkeypatch.setattr(offload, "_MANY", 1)


@pytest.mark.usefixtures("_surveyed")
@pytest.mark.parametrize("seed", range(6))
def test_with_and_without_over_edits(tmp_path: Path, seed: int) -> None:
    _sequence(tmp_path / "project", seed, 5)


@pytest.mark.slow
@pytest.mark.usefixtures("_surveyed")
def test_with_and_without_over_a_thousand_sequences(tmp_path: Path) -> None:
    for seed in range(100, 1100):
        _sequence(tmp_path / str(seed), seed, 4)

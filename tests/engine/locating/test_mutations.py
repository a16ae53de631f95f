"""Code that moved on since the report: what is located is the function that is meant, or nothing.

Each finding is located in a project that was changed below it: its definition deleted or renamed,
its file moved without a history, lines put above it, the definition doubled in a sister class.
"""

from __future__ import annotations

import ast
import textwrap

import pytest

from codemods.codemod import Hints
from codemods.engine.locating.locate import Located, locate
from codemods.findings.model import Finding, Location, LocationKind
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from tests.engine.reported import at, field, finding

STORE = '''
"""Albums and their covers."""

import shutil
from fastapi.responses import FileResponse
from app.base import session_scope


def backup_albums(path, target):
    """A copy of the database."""
    shutil.copy2(path, target)
    return target


def restore_albums(path, target):
    shutil.copy2(target, path)
    return path


def prepare(path):
    return backup_albums(path, path.with_suffix(".bak"))


class AlbumStore:
    """Albums."""

    def __init__(self, session):
        self.session = session
        self._covers = {}

    def update_cover(self, album, cover):
        album.cover = cover
        self._covers[album.id] = cover
        self.session.commit()
        self.session.close()

    def delete_cover(self, album):
        album.cover = None
        self._covers.pop(album.id)
        self.session.commit()
        self.session.close()

    def update_cover_path(self, album, path):
        try:
            album.cover = path
            self.session.commit()
        except Exception:
            self.session.rollback()
            raise
        finally:
            self.session.close()

    async def position_loop(self, clock):
        while clock.is_running:
            with self._lock:
                self.position = clock.now()

    async def volume_loop(self, clock):
        while clock.is_running:
            with self._lock:
                self.volume = clock.volume

    def start(self, clock):
        return [self.position_loop(clock), self.volume_loop(clock)]

    def read_cover(self, album):
        return FileResponse(album.cover_path, media_type="image/jpeg")

    def read_thumbnail(self, album):
        return self.shrink(album.cover_path, width=128)

    def get_tags(self, album):
        return read_tags(album.path)

    def batch_update_tags(self, albums):
        return [write_tags(album.path, album.tags) for album in albums]

    def update_one_tag(self, album, tag):
        return write_tags(album.path, [tag])
'''
STATE = '''
"""Players."""


class Broadcaster:
    def __init__(self):
        self.listeners = []

    async def broadcast(self, message):
        for listener in self.listeners:
            await listener.send(message)

    def leave(self, listener):
        self.listeners.remove(listener)
'''
DECLARED = '''
"""What others need."""

from typing import Protocol


class Broadcaster(Protocol):
    async def broadcast(self, message) -> None: ...
'''
PATH, STATE_PATH = "app/store.py", "app/state.py"


def line_of(name: str) -> int:
    """The line of a definition in ``STORE``."""
    return next(
        number
        for number, line in enumerate(STORE.lstrip("\n").split("\n"), 1)
        if line.lstrip().removeprefix("async ").startswith(f"def {name}(")
    )


def shown(name: str, length: int) -> tuple[int, int]:
    """The lines below the ``def`` line of a function."""
    return (line_of(name) + 1, line_of(name) + length)


CASES: list[tuple[Finding, str, tuple[str, ...], Hints | None]] = [
    (
        finding("backup_albums does not copy what is not yet written", [at(PATH, (9, 12))],
                field("description", "Uses `shutil.copy2()`.")),
        PATH, ("backup_albums",), None,
    ),
    (
        finding("AlbumStore lacks a rollback", [at(PATH, shown("update_cover", 11))],
                field("description", "`update_cover()` and `delete_cover()` never roll back. The "
                      "sibling `update_cover_path()` does.")),
        PATH, ("AlbumStore.update_cover", "AlbumStore.delete_cover"), None,
    ),
    (
        finding("A thread lock on the event loop", [at(PATH, shown("position_loop", 3))],
                field("description", "The `position_loop` coroutine takes `_lock`.")),
        PATH, ("AlbumStore.position_loop",), None,
    ),
    (
        finding("Covers are served from any path", [at(PATH, shown("read_cover", 1))],
                field("description", "`album.cover_path` goes to `FileResponse()`.")),
        PATH, ("AlbumStore.read_cover",), None,
    ),
    (
        finding("A cover is lost", [at(PATH, shown("delete_cover", 3))],
                field("evidence", "", "album.cover = None\nself._covers.pop(album.id)")),
        PATH, ("AlbumStore.delete_cover",), None,
    ),
    (
        finding("Tags are read on the event loop", [at(PATH, note="2 methods")],
                field("description", "`get_tags` and `batch_tags_update` block.")),
        PATH,
        ("AlbumStore.get_tags", "AlbumStore.batch_update_tags"),
        None,
    ),
    (
        finding("Broadcaster broadcast list changes while it is gone through",
                [Location(LocationKind.DIRECTORY, "app/")],
                field("description", "`broadcast()` goes over the list that `leave()` changes.")),
        STATE_PATH, ("Broadcaster.broadcast",), Hints(anchors=("listeners",)),
    ),
]  # fmt: skip
NAMES = [case[0].title for case in CASES]
FILES = {
    PATH: STORE.lstrip("\n"),
    STATE_PATH: STATE.lstrip("\n"),
    "app/ports.py": DECLARED.lstrip("\n"),
}


def project(changed: dict[str, str]) -> Project:
    return Project(MemoryFiles({path: text.encode() for path, text in changed.items()}))


def places(said: Finding, files: dict[str, str], plan: Hints | None) -> set[tuple[str, str]]:
    answer = locate(said, project(files), plan)
    if not isinstance(answer, Located):
        assert answer.attempts
        return set()
    return {
        (place.source.path, place.source.tree.qualified_name(place.node)) for place in answer.places
    }


def definition(text: str, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    wanted = name.rpartition(".")[2]
    return next(
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == wanted
    )


def without(text: str, name: str) -> str:
    node, lines = definition(text, name), text.split("\n")
    return "\n".join(lines[: node.lineno - 1] + lines[(node.end_lineno or 0) + 1 :])


def renamed(text: str, name: str) -> str:
    return text.replace(f"def {name.rpartition('.')[2]}(", "def do_other_work(")


def doubled(text: str, name: str) -> str:
    """With the definition in a class of its own below everything."""
    node, lines = definition(text, name), text.split("\n")
    own = textwrap.dedent("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    return f"{text}\n\nclass Sister:\n{textwrap.indent(own, '    ')}\n"


@pytest.mark.parametrize(("said", "path", "names", "plan"), CASES, ids=NAMES)
class TestMovedOn:
    def test_as_it_was(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None
    ) -> None:
        assert places(said, FILES, plan) == {(path, name) for name in names}

    def test_deleted(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None
    ) -> None:
        text = FILES[path]
        for name in names:
            text = without(text, name)
        assert places(said, FILES | {path: text}, plan) == set()

    def test_one_deleted(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None
    ) -> None:
        for name in names:
            right = {(path, other) for other in names if other != name}
            assert places(said, FILES | {path: without(FILES[path], name)}, plan) <= right

    def test_renamed(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None
    ) -> None:
        for name in names:
            new = f"{name.rpartition('.')[0]}.do_other_work".lstrip(".")
            right = {(path, other) for other in (*names, new)}
            assert places(said, FILES | {path: renamed(FILES[path], name)}, plan) <= right

    def test_moved(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None
    ) -> None:
        for new in (f"other/{path.rpartition('/')[2]}", "app/elsewhere.py"):
            files = {new if known == path else known: text for known, text in FILES.items()}
            assert places(said, files, plan) <= {(new, name) for name in names}

    @pytest.mark.parametrize("number", [3, 40])
    def test_lines_above(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None, number: int
    ) -> None:
        text = FILES[path]
        text = text.replace('"""\n', '"""\n' + "# A line.\n" * number, 1)
        assert places(said, FILES | {path: text}, plan) <= {(path, name) for name in names}

    def test_doubled(
        self, said: Finding, path: str, names: tuple[str, ...], plan: Hints | None
    ) -> None:
        for name in names:
            text = doubled(FILES[path], name)
            assert places(said, FILES | {path: text}, plan) <= {(path, item) for item in names}

"""Writing files: the only place where autofix writes anything.

A file that belongs to a project is named by its path from the project's top, and nothing that the
project says (a setting, a committed link, a path in a report) leads out of it: no link is followed
to the file or out of the top, git's own folder and other repositories are out of reach, and what
is read-only stays. A file that the user named on the command line may lie anywhere, be a pipe or
``/dev/stdout``; only a link *in* the project must not lead out of it there either.

Nobody ever sees half a file. The new content goes into a temporary file of an unpredictable name
in the same folder, gets the mode and where possible the owner of the old file, and takes its place
in one step, right after a last look whether that still holds the bytes that were read.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codemods.project.temporary import kept_clean, remove_left_over, temporary_file
from codemods.reading import read_regular

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class WriteError(Exception):
    """A file that is not written; the message is one line for a person, and names it."""


def read(root: Path, path: str) -> bytes | None:
    """The bytes of a file of the project, ``None`` where there is none.

    Raises:
        WriteError: when there is something that autofix does not write, or it cannot be read.
    """
    target = place(root, path)
    try:
        return read_regular(target)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WriteError(f"{path} cannot be read: {error.strerror or error}") from error


def place(root: Path, path: str) -> Path:
    """Where a file of the project is written, without links.

    Args:
        root: the top of the project.
        path: from there, with forward slashes.

    Raises:
        WriteError: when that is not in the project, or is nothing that autofix writes.
    """
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or not path or "\0" in path:
        raise WriteError(f"{path!r}"[1:-1] + f" is outside {root}")
    top = Path(os.path.realpath(root))
    folder = Path(os.path.realpath(top.joinpath(*parts[:-1])))
    target = folder / parts[-1]
    if not folder.is_relative_to(top) or target.is_symlink():
        raise WriteError(f"{path} is a symbolic link, or is below one")
    _check_owner(target.relative_to(top), top, path)
    try:
        state = target.lstat()
    except FileNotFoundError:
        return target
    except NotADirectoryError:
        raise WriteError(f"{path} would be inside a file") from None
    except OSError as error:
        raise WriteError(f"{path} cannot be read: {error.strerror or error}") from error
    if stat.S_ISDIR(state.st_mode):
        raise WriteError(f"{path} cannot be read: Is a directory")
    if not stat.S_ISREG(state.st_mode):
        raise WriteError(f"{path} is not a regular file")
    return target


def _check_owner(inner: Path, top: Path, path: str) -> None:
    """Raise for what is git's, or another repository's."""
    if any(part.casefold() == ".git" for part in inner.parts):
        raise WriteError(f"{path} is in git's own folder")
    for parent in inner.parents:
        if parent != Path() and os.path.lexists(top / parent / ".git"):
            raise WriteError(f"{path} is in {parent.as_posix()}, which is a separate repository")


def _is_read_only(target: Path) -> bool:
    """Root may write everything: what the file itself says counts for root, too."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return False
    return not mode & 0o222 or not os.access(target, os.W_OK)


def write(root: Path, path: str, before: bytes | None, after: bytes) -> None:
    """Write one file of the project.

    Args:
        root: the top of the project.
        path: from there.
        before: what it holds now, ``None`` where there is no such file.
        after: what it is to hold.

    Raises:
        WriteError: when it may not be written, or has changed meanwhile.
        OSError: when it cannot be written; it is as it was.
    """
    with undisturbed(), kept_clean(root, [path]):
        staged = Staged.make(root, path, before, after)
        try:
            staged.put()
        finally:
            staged.drop()


def write_named(path: Path, data: bytes, root: Path) -> None:
    """Write a file that the user named: anywhere, and whatever it is.

    What is no plain file (``/dev/stdout``, a pipe) is written to, not replaced; behind a link, the
    file that it leads to is.

    Args:
        path: the file.
        data: what it is to hold.
        root: the top of the project; a link in it must not lead out of it.

    Raises:
        WriteError: when it is not to be written.
        OSError: when it cannot be written; it is as it was.
    """
    target = named_place(path, root)
    if _is_stream(path):
        path.write_bytes(data)
        return
    with undisturbed():
        remove_left_over(target.parent)
        temporary = temporary_file(target, data)
        try:
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def named_place(path: Path, root: Path, shown: Path | None = None) -> Path:
    """The file that is written where the user names ``path``; ``shown``: how the user calls it.

    Raises:
        WriteError: when it is a folder, would lie in none, is read-only, or a link in the project
            leads there.
    """
    shown = shown or path
    target = Path(os.path.realpath(path))
    full = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as named
    top = Path(os.path.realpath(root))
    for inside in (root, top):
        if full.is_relative_to(inside) and target != top / full.relative_to(inside):
            # Somebody else's commit may have made that link.
            try:
                place(root, target.relative_to(top).as_posix())
            except (WriteError, ValueError):
                raise WriteError(f"{shown} is a symbolic link, or is below one") from None
    if path.is_dir():
        raise WriteError(f"{shown}: cannot be written: it is a folder")
    if _is_stream(path):
        return path
    if not target.parent.is_dir():
        raise WriteError(f"{shown}: cannot be written: the folder {shown.parent} does not exist")
    if _is_read_only(target):
        raise WriteError(f"{shown}: cannot be written: it is read-only")
    return target


def _is_stream(path: Path) -> bool:
    """Whether a file is written to and not replaced: a pipe, a device, or what has no name any
    more (what the link in /proc says of it is no path then)."""
    if not path.exists():
        return False
    target = Path(os.path.realpath(path))
    return not path.is_file() or not target.exists() or not target.samefile(path)


@dataclass(slots=True)
class Staged:
    """What a file is to hold, on disk beside it, while the file is as it was."""

    root: Path
    path: str
    before: bytes | None
    """What it holds, ``None`` or empty where there is no such file yet."""
    after: bytes | None
    """What it is to hold, ``None`` where it goes."""
    target: Path
    temporary: Path
    is_put: bool = False
    """Whether the file was replaced, or is just about to be."""

    @staticmethod
    def make(root: Path, path: str, before: bytes | None, after: bytes | None) -> Staged:
        """Put the new content beside a file.

        Raises:
            WriteError: when it may not be written, or does not hold ``before``.
            OSError: when the new content cannot be written.
        """
        target = check(root, path, before, after)
        target.parent.mkdir(parents=True, exist_ok=True)
        return Staged(root, path, before, after, target, temporary_file(target, after or b""))

    def put(self) -> None:
        """Replace the file, or put it aside where it goes.

        Raises:
            WriteError: when it is no longer what it was.
            OSError: when that fails.
        """
        if check(self.root, self.path, self.before, self.after) != self.target:
            raise WriteError(f"{self.path} has changed since it was read")
        self.is_put = True
        if self.after is None:
            self.target.replace(self.temporary)
        else:
            self.temporary.replace(self.target)

    def take_back(self) -> bool:
        """Make the file what it was; whether it is. Nothing happens where it was not replaced."""
        if not self.is_put:
            self.drop()
            return True
        try:
            current = read(self.root, self.path)
            if current == self.before or (current is None and not self.before):
                self.drop()
                return True
            if current == self.after:
                self._restore()
                return True
        except (OSError, WriteError):
            # Told by the caller, with the path.
            pass
        if self.after is None:
            # All that is left of the file: what cannot be written to, nobody cleans up.
            with contextlib.suppress(OSError):
                self.temporary.chmod(0o400)
        else:
            self.drop()
        return False

    def _restore(self) -> None:
        if self.after is None:
            self.temporary.replace(self.target)
        elif self.before:
            self.temporary = temporary_file(self.target, self.before)
            self.temporary.replace(self.target)
        else:
            self.target.unlink()
            drop_empty_folders(self.root, self.target.parent)

    def drop(self) -> None:
        """Remove what stands beside the file."""
        self.temporary.unlink(missing_ok=True)


def check(root: Path, path: str, before: bytes | None, after: bytes | None) -> Path:
    """Where a file is written, if it may be, and still is what it was.

    Raises:
        WriteError: when not.
    """
    target = place(root, path)
    current = read(root, path)
    if current is None:
        if before or after is None:
            raise WriteError(f"{path} does not exist")
    elif current != before:
        raise WriteError(f"{path} has changed since it was read")
    if _is_read_only(target):
        raise WriteError(f"{path} is read-only")
    return target


def drop_empty_folders(root: Path, folder: Path) -> None:
    """Remove a folder and those above it as far as they are empty, as git does."""
    top = Path(os.path.realpath(root))
    while folder != top and top in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            # Something else is in it.
            return
        folder = folder.parent


@contextlib.contextmanager
def undisturbed() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, SIGTERM and SIGHUP wait until the end of the block.

    What is yielded tells whether one of them does, so that a long block can stop by itself. In a
    thread beside the main one nothing has to wait: signals do not end what it does.
    """
    waiting: list[int] = []
    old = {}
    if threading.current_thread() is threading.main_thread():
        # One that is ignored stays so; of what is not Python's nothing can be put back.
        handlers = {number: signal.getsignal(number) for number in _SIGNALS}
        old = {n: item for n, item in handlers.items() if item not in (None, signal.SIG_IGN)}
    try:
        for number in old:
            signal.signal(number, lambda number, _frame: waiting.append(number))
        yield lambda: bool(waiting)
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])

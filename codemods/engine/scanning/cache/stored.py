"""What is kept of a scan, as plain values, and its bytes on the disk.

MessagePack by msgspec: reading it makes values of the types below and nothing else; no code of the
file's choosing runs, as it would with pickle.
"""

from __future__ import annotations

import hashlib

import msgspec

from codemods.codemod import (
    AddImport,
    Change,
    DeleteFile,
    DropImport,
    DropLines,
    Operation,
    Refusal,
    Safety,
    SetLines,
    Site,
    Unit,
)
from codemods.codemod.change import Edit, Edited, Node
from codemods.engine.scanning.scan import Found, Looked, Skipped
from codemods.project.reads import StoredReads
from codemods.syntax.spans import Span

MAGIC = b"autofix cache 2\n"
_DIGEST = 32


class DamagedError(Exception):
    """A file that is none of a cache, or not wholly there."""


class Row(msgspec.Struct, array_like=True, frozen=True):
    """Values without their names: there are many thousands."""


class File(Row, frozen=True):
    """What a file was when it was read."""

    size: int
    modified: int
    """In nanoseconds, like ``changed``; 0 where it cannot tell a later change."""
    changed: int
    number: int
    digest: bytes = b""
    """Empty: nothing that was made from it holds."""


class StoredEdit(Row, frozen=True):
    """An edit without what is to be done."""

    kind: str
    path: str
    start: int = 0
    end: int = 0
    name: str = ""


class StoredChange(Row, frozen=True):
    """A change that was found."""

    codemod: str
    site: tuple[str, int, int, str, int]
    what: str
    edits: tuple[StoredEdit, ...]
    safety: str
    notes: tuple[str, ...]
    found: str


class StoredRefusal(Row, frozen=True):
    """What was looked at and left alone."""

    codemod: str
    reason: str
    detail: str
    site: tuple[str, int, int, str, int] | None
    already: bool


class Answer(Row, frozen=True):
    """What a scan saw in one file."""

    found: tuple[StoredChange, ...]
    refused: tuple[StoredRefusal, ...]
    skipped: tuple[tuple[str, str, int | None, str | None], ...]
    parsed: bool
    marked: bool
    batch: int
    """With which others; -1: nothing but the file and the surveys was asked."""


class Kept(Row, frozen=True):
    """All that is kept for one catalogue with its settings."""

    listing: bytes
    """Of the paths of the project's files."""
    files: dict[str, File]
    answers: dict[str, Answer]
    exists: frozenset[tuple[str, bool]]
    """Of which paths it was asked whether they are files."""
    batches: msgspec.Raw
    """What was asked for the files of each batch: :func:`batches_of`."""
    surveys: dict[str, bytes]
    """What was found out about the whole project, encoded."""
    memory: dict[str, msgspec.Raw]
    """What was found out on the way, encoded."""


def batches_of(kept: Kept) -> tuple[StoredReads, ...]:
    """What was asked for the files of each batch.

    Raises:
        DamagedError: when nobody has written that.
    """
    try:
        return msgspec.msgpack.decode(kept.batches, type=tuple[StoredReads, ...])
    except msgspec.DecodeError as error:
        raise DamagedError(str(error)) from error


def to_bytes(kept: Kept) -> bytes:
    """The content of a cache file."""
    return sealed(msgspec.msgpack.encode(kept))


def sealed(body: bytes) -> bytes:
    """Something that is kept, so that it shows whether all of it is there."""
    return MAGIC + _checksum(body) + body


def opened(data: bytes) -> bytes:
    """What was sealed.

    Raises:
        DamagedError: when it is none of ours, or another version's, or something of it is missing.
    """
    start = len(MAGIC) + _DIGEST
    body = data[start:]
    if not data.startswith(MAGIC) or data[len(MAGIC) : start] != _checksum(body):
        raise DamagedError("autofix did not write it")
    return body


def from_bytes(data: bytes) -> Kept:
    """What a cache file holds.

    Raises:
        DamagedError: when it is none, or another version's, or something of it is missing.
    """
    try:
        return msgspec.msgpack.decode(opened(data), type=Kept)
    except msgspec.DecodeError as error:
        raise DamagedError(str(error)) from error


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST).digest()


class WithoutPayload:
    """Stands for what is to be done where that was not kept: it shows where, and edits nothing."""

    def edit(self, node: Node) -> Edited:
        raise AssertionError(f"an edit out of the cache met {type(node).__name__}")


_NOTHING = WithoutPayload()


def stored(looked: Looked, batch: int) -> Answer:
    """What is kept of a file's answer."""
    return Answer(
        tuple(_stored_change(item) for item in looked.found),
        tuple(
            StoredRefusal(name, item.reason, item.detail, _place(item.site), item.already)
            for name, item in looked.refused
        ),
        tuple((item.path, item.reason, item.line, item.codemod) for item in looked.skipped),
        looked.parsed,
        looked.marked,
        batch,
    )


def looked(path: str, answer: Answer) -> Looked:
    """The answer as a scan gives it; its changes cannot be carried out."""
    return Looked(
        path,
        tuple(Found(item.codemod, _change(item)) for item in answer.found),
        tuple(
            (item.codemod, Refusal(item.reason, item.detail, _site(item.site), item.already))
            for item in answer.refused
        ),
        tuple(Skipped(*item) for item in answer.skipped),
        parsed=answer.parsed,
        marked=answer.marked,
    )


def _stored_change(found: Found) -> StoredChange:
    item = found.change
    edits = tuple(_stored_edit(edit) for edit in item.edits)
    site = item.site
    return StoredChange(
        found.codemod,
        (site.path, site.line, site.end_line, site.function, site.column),
        item.what,
        edits,
        str(item.safety),
        item.notes,
        item.found,
    )


def _change(item: StoredChange) -> Change:
    edits = tuple(_edit(edit) for edit in item.edits)
    safety = Safety(item.safety)
    return Change(Site(*item.site), item.what, edits, safety, item.notes, found=item.found)


def _place(site: Site | None) -> tuple[str, int, int, str, int] | None:
    if site is None:
        return None
    return site.path, site.line, site.end_line, site.function, site.column


def _site(values: tuple[str, int, int, str, int] | None) -> Site | None:
    return None if values is None else Site(*values)


def _stored_edit(edit: Edit) -> StoredEdit:
    match edit:
        case Operation():
            target = edit.target
            return StoredEdit("operation", edit.path, target.start, target.end, edit.unit.value)
        case DropLines():
            return StoredEdit("drop-lines", edit.path, edit.target.start, edit.target.end)
        case SetLines():
            return StoredEdit("set-lines", edit.path, edit.target.start, edit.target.end)
        case AddImport():
            return StoredEdit("add-import", edit.path, name=edit.module)
        case DropImport():
            return StoredEdit("drop-import", edit.path, name=edit.name)
        case DeleteFile():
            return StoredEdit("delete-file", edit.path)


def _edit(edit: StoredEdit) -> Edit:
    span = Span(edit.start, edit.end)
    match edit.kind:
        case "operation":
            return Operation(edit.path, span, _NOTHING, Unit(edit.name))
        case "drop-lines":
            return DropLines(edit.path, span)
        case "set-lines":
            # What stands there then was not kept, like what an operation does.
            return Operation(edit.path, span, _NOTHING)
        case "add-import":
            return AddImport(edit.path, edit.name)
        case "drop-import":
            return DropImport(edit.path, edit.name)
        case _:
            return DeleteFile(edit.path)

"""What ``find`` of ``offload-blocking-calls`` hands to its ``edit``: values, no decisions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thread:
    """How the file spells what runs something in a thread."""

    to_thread: str
    """``asyncio.to_thread``, ``aio.to_thread`` or ``to_thread``."""
    wait_for: str | None = None
    """The same for ``asyncio.wait_for``, where a timeout is wanted."""
    timeout: str | None = None
    """As it is written: ``10.0``."""


@dataclass(frozen=True, slots=True)
class CallInThread:
    """``f(a)`` becomes ``await asyncio.to_thread(f, a)``."""

    thread: Thread
    parenthesise: bool
    """The result is used further, so that ``await`` would bind to the wrong thing."""
    hanging: bool
    """Continuation lines are aligned with the opening parenthesis."""


@dataclass(frozen=True, slots=True)
class AsyncSleep:
    """``time.sleep(n)`` becomes ``await asyncio.sleep(n)``."""

    sleep: str
    parenthesise: bool


@dataclass(frozen=True, slots=True)
class FileAccess:
    """One whole read or write of a file, as a method of ``Path``."""

    thread: Thread
    method: str
    """``read_text``, ``read_bytes``, ``write_text`` or ``write_bytes``."""
    path_class: str | None
    """How the file spells ``pathlib.Path``; ``None`` where the path is a ``Path`` already."""
    keywords: tuple[str, ...] = ()
    """The keywords of ``open`` that the method takes as well."""
    handle: str | None = None
    """The name behind ``as``; ``None`` where ``open(…)`` is used in the expression itself."""
    converter: str | None = None
    """``json.loads`` or ``json.dumps``, spelled as in the file, for ``json.load`` and ``dump``."""
    method_of_path: bool = False
    """It is opened by ``path.open(…)``."""
    parenthesise: bool = False


@dataclass(frozen=True, slots=True)
class BlockInThread:
    """A ``with open(…)`` block becomes a local function that runs in a thread."""

    thread: Thread
    name: str
    """A free name for the function."""
    outputs: tuple[str, ...]
    """Names that the block binds and that are used behind it."""
    returns: str | None
    """The annotation of the function's result, where it is known."""
    direct: bool
    """The last statement binds the only output: it becomes the ``return``."""
    blank_before: bool
    """Code stands right above, so that a blank line belongs before a ``def``."""


@dataclass(frozen=True, slots=True)
class AddTimeout:
    """``asyncio.to_thread(f)`` becomes ``asyncio.wait_for(asyncio.to_thread(f), timeout=…)``."""

    thread: Thread


Payload = AddTimeout | CallInThread | AsyncSleep | FileAccess | BlockInThread

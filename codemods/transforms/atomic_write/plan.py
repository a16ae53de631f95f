"""Which findings ask for a file that is written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands, Text
from codemods.findings.model import Location
from codemods.syntax.dotted import last_part
from codemods.tables import words

_WRITING = frozenset(words("save write export dump store"))
_NO_WRITERS = (
    *("write", "write_text", "write_bytes", "writelines", "dump", "safe_dump", "dump_all"),
    *("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"),
)
LOCKED = "lock the file while it is read and written"


@dataclass(frozen=True, kw_only=True)
class AtomicPlan(Plan):
    """Files that are to be written whole or not at all."""

    durable: bool = False
    """Whether the file is forced to the disk before it is renamed, to survive a crash."""
    unique: bool = False
    """Whether each writer of a shared temporary file gets its own."""
    writers: tuple[str, ...] = ()
    """Functions and classes that write the file of their first argument: ``save_audio``."""


@dataclass(frozen=True, kw_only=True)
class AtomicHints(Hints):
    """Where else a finding says that files are written."""

    listed: tuple[Location, ...] = ()
    """All that it lists, of which it may show one."""


def recognise(demands: Demands) -> Match[AtomicPlan] | None:
    """A claim to findings about a file that is written in place and should be replaced whole."""
    fix, said = demands.fix, demands.opening + demands.prose
    unique = fix.says("unique-temporary-name")
    if not (unique or fix.says("replaces-whole-file")) or fix.says("database-transaction"):
        return None
    is_of_files = said.says("names-files") or "open(" in said.raw or ".json" in said.raw
    if not is_of_files or not said.says("half-written"):
        return None
    told = demands.evidence + demands.description + demands.shown_code
    requests = demands.advice.requests(but=("stages-file",))
    return Match(
        plan=AtomicPlan(
            durable=said.says("speaks-of-crashes"), unique=unique, writers=_writers(told)
        ),
        strength=90 if demands.title.says("half-written") else 85,
        hints=AtomicHints(
            whole_files=True,
            aspects=(*fix.wished(("file-locking", LOCKED)), *requests),
            listed=demands.locations,
        ),
    )


def _writers(told: Text) -> tuple[str, ...]:
    """Functions that are called and classes that are named whose names say that they write: "opens
    the output `sf.SoundFile` sink"."""
    classes = (code for code in told.code if code.replace(".", "_").isidentifier())
    names = [last_part(name) for name in told.called]
    names += [name for code in classes if (name := last_part(code))[0].isupper()]
    return tuple(
        name
        for name in dict.fromkeys(names)
        if name not in _NO_WRITERS
        and (name.endswith(("File", "Writer")) or not _WRITING.isdisjoint(name.split("_")))
    )

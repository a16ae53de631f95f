"""Which findings call code dead and want it deleted, and which code they name."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import python_files, snake_names, symbols_in, whole_files
from codemods.demands.demands import Demands, Text
from codemods.demands.reported_lines import ReportedLines
from codemods.demands.text import number_of
from codemods.syntax.dotted import last_part
from codemods.transforms.unused_name import codemod as unused_name

_GIT = "git rm "
_ENDS = (" — ", " – ", " - ", "; ")
"""What ends the part of a title that says what is dead."""


@dataclass(frozen=True, kw_only=True)
class DeadPlan(Plan):
    """Code that is to go, if nothing uses it."""

    names: tuple[str, ...] = ()
    """The dead code: ``ChunkOperations.get_range``, ``QueueManager``; parameters by their names."""
    parameters: bool = False
    """Whether parameters of these names are deleted too."""
    files: tuple[str, ...] = ()
    """The paths of files to delete; a package ends with ``/``."""
    expressions: tuple[str, ...] = ()
    """Statements that consist only of such an expression."""

    def without(self, names: Collection[str]) -> DeadPlan:
        """The plan for everything else than ``names``."""
        kept = tuple(name for name in self.names if last_part(name) not in names)
        return dataclasses.replace(self, names=kept)


@dataclass(frozen=True, kw_only=True)
class DeadHints(Hints):
    """What a finding says beside the names."""

    titled: bool = False
    """Whether the names are those of the title: where parameters are among them, the others only
    say whose they are."""
    mentioned: tuple[str, ...] = ()
    """All names of the finding: of those, what stands at the reported lines is meant too."""
    spoken: tuple[str, ...] = ()
    """Every name of the finding: the functions of the parameters are among them."""
    reported: tuple[ReportedLines, ...] = ()
    """Where the report says that it stands."""
    python: bool = True
    """Whether all of its locations are Python files."""
    report: str = ""
    """The path of the report, which speaks of what goes."""


def recognise(demands: Demands) -> Match[DeadPlan] | None:
    """A claim to findings whose first suggestion is to delete what they call dead.

    "Either wire it up, or delete it" is a question to somebody, and nothing to be done.
    """
    title, prose = demands.title, demands.advice
    if not any(_is_python(item.path) for item in demands.locations):
        return None
    if unused_name.recognise(demands) is not None:
        # A name of one file, which no other file can need.
        return None
    removed = _by_git(prose)
    if not title.says("dead-code") or not (removed or _asks(prose)):
        return None
    wanted = Text(" , ".join(_clauses(prose)))
    asked = _names(wanted, but=_owners(wanted))
    api = demands.finding.text("deprecated api", "api")
    subject = Text(f"{_head(title.raw)}\n{api}")
    expressions = tuple(dict.fromkeys(_expressions(demands.opening)))
    named = wanted.says("expression")
    if asked and not named:
        expressions = ()
    files = removed or _files(demands, wanted, bool(asked))
    noun = wanted.says("piece-of-code")
    shown = expressions and (named or wanted.says("numbered-line"))
    if not (asked or files or noun or shown):
        # Comments, branches, checks: nothing that has a name.
        return None
    titled = noun and not asked
    plan = DeadPlan(
        names=asked or (_names(subject) if noun and not files else ()),
        parameters=(wanted + title).says("parameters"),
        files=files,
        expressions=expressions,
    )
    # "the three `Config` fields" are counted by their names.
    several = Text(wanted.raw.replace("`", ". ")).says("several-pieces")
    hints = DeadHints(
        whole_files=True,
        count=wanted.count,
        aspects=demands.advice.requests(but=("to-be-removed", "exports")),
        titled=titled,
        mentioned=_names(subject + demands.description) if several else (),
        spoken=_names(demands.opening + prose),
        reported=demands.reported,
        python=all(_is_python(item.path) for item in demands.locations if item.path),
        report=demands.finding.report,
    )
    return Match(plan=plan, strength=80, hints=hints)


def _asks(prose: Text) -> bool:
    """Whether the first that is asked for is a deletion: what to use in its place may stand on
    the line above, as a field of its own."""
    lines = [line.strip() for line in prose.raw.splitlines()]
    below = [line for line in lines[1:] if line[:1].isupper()]
    return any(Text(text).says("starts-with-deleting") for text in (prose.raw.strip(), *below))


def _by_git(prose: Text) -> tuple[str, ...]:
    """The files that ``git rm`` is to remove."""
    commands = (*prose.code, *(line.strip() for line in prose.raw.splitlines()))
    return python_files(" ".join(item for item in commands if item.startswith(_GIT)))


def _clauses(prose: Text) -> Iterator[str]:
    """What is to be deleted, up to where it goes on about something else."""
    for clause in prose.behind("deletes"):
        end = clause.place_of("ends-what-is-deleted")
        text = clause.raw[:end].partition(" (")[0]
        if not Text(text).says("in-use"):
            yield text


def _files(demands: Demands, wanted: Text, asked: bool) -> tuple[str, ...]:
    """The whole files that are to go."""
    named = whole_files(wanted.raw)
    if named or asked:
        return named
    folders = tuple(code for code in wanted.code if code.endswith("/") and " " not in code)
    if folders:
        return folders
    paths = [item.path for item in demands.locations if item.path and item.path.endswith(".py")]
    places = tuple(dict.fromkeys(paths))
    if wanted.says("file"):
        return whole_files(demands.title.raw) or places[:1]
    counted = [number_of(word) for word in wanted.said("several-files")]
    return places if len(places) in counted and not wanted.says("tests") else ()


def _head(title: str) -> str:
    for mark in _ENDS:
        title = title.partition(mark)[0]
    return title


def _is_python(path: str | None) -> bool:
    return path is not None and path.endswith((".py", "/"))


def _owners(text: Text) -> set[str]:
    """Classes that are only named for what is in them: "the three ``Config`` fields"."""
    return {
        code
        for _, code, word in text.code_and_words()
        if code[:1].isupper() and Text(word).says("members")
    }


def _names(text: Text, but: Collection[str] = ()) -> tuple[str, ...]:
    raw = text.raw
    found = [(raw.find(name), name) for name in (*text.called, *text.dotted, *snake_names(raw))]
    # `dependencies.py::require_manager` and `module::Class.method`
    found += [(raw.find(f"::{name}"), name) for name in symbols_in(raw)]
    return tuple(
        dict.fromkeys(
            name
            for _, name in sorted(found, key=lambda pair: pair[0])
            if not last_part(name).startswith("__") and name not in but
        )
    )


def _expressions(text: Text) -> Iterator[str]:
    for before, code, word in text.code_and_words():
        if (
            Text(f"{before.rpartition(' ')[2]} {word}").says("expression")
            or before.lower() == "expression statement"
        ):
            yield code

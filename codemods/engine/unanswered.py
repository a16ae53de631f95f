"""What a finding points at and nobody answered: no change, no refusal, no word about it.

A codemod looks where it knows what to look for. The call in the fourth of five lines that a report
names, or the file that its suggestion names beside the first one, can be another thing to it, and
then nothing is said of it. It stays all the same.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from codemods.codemod import Change, Codemod, Place, Refusal, Scope, Site
from codemods.codemod.scope import lines_of
from codemods.demands.asked import asking_for
from codemods.demands.code import python_files
from codemods.demands.demands import Demand, Demands, Text, obliges
from codemods.demands.listed import lists_in
from codemods.demands.phrases import sentences
from codemods.engine.outcomes import FilePatch, Left
from codemods.engine.owed import left_of
from codemods.engine.touched import touched_lines, words_of
from codemods.engine.unmet import Unmet
from codemods.findings.model import LineRange, LocationKind
from codemods.project.paths import ends_in
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_part

_TELLING = 30
"""Characters of a part of a line that is known by them."""
_SHORTEST = 5
"""Characters of a line that says something beside its number."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a finding so far."""

    files: Sequence[FilePatch]
    changes: Sequence[Change]
    refusals: Sequence[Refusal]
    codemod: Codemod
    options: Mapping[str, object]

    @property
    def paths(self) -> set[str]:
        """The files of which something was said."""
        refused = {item.site.path for item in self.refusals if item.site}
        return {item.path for item in self.files} | refused

    @property
    def sites(self) -> list[Site]:
        """Where something changes or is left with a reason."""
        looked_at: list[Change | Refusal] = [*self.changes, *self.refusals]
        return [item.site for item in looked_at if item.site is not None]

    @property
    def met(self) -> set[str]:
        """The ids of the demands that a change says it meets."""
        return {name for item in self.changes for name in item.meets}


def all_left(
    demands: Demands,
    unaddressed: Sequence[str],
    places: Sequence[Place],
    project: Project,
    done: Done,
) -> tuple[Left, ...]:
    """What is owed by :func:`codemods.engine.owed.left_of`, and what nobody answered."""
    owed = left_of(demands, unaddressed, places, done.refusals)
    there = partial(_written_so, project)
    unmet = Unmet(demands, done.files, done.sites, done.met, there, partial(_reads, done, demands))
    return tuple(dict.fromkeys((*owed, *unmet.left(), *unanswered(demands, project, done))))


def _reads(done: Done, demands: Demands, demand: Demand) -> bool:
    """Whether the codemod's claim is another one without a demand, or its own verb asks for it."""
    verb, _, _ = (done.codemod.asked_in or done.codemod.summary).partition(" ")
    # A plug-in may have neither the words nor a summary.
    if verb and demand.words.lower().split()[:1] == [verb.lower()]:
        return True
    read = done.codemod.recognise(asking_for(demands, (demand,)))
    without = done.codemod.recognise(asking_for(demands, ()))
    if read is None or without is None:
        return read is not None
    return (read.plan, read.strength) != (without.plan, without.strength)


def unanswered(demands: Demands, project: Project, done: Done) -> Iterator[Left]:
    """The named lines that stay as the finding shows them; the files, and the names in a list of
    which others change, that the suggestion asks for and that stay whole."""
    yield from _lines(demands, project, done)
    yield from _seen(demands, project, done)
    touched = Counter(word for item in done.files for word in words_of(item, changed=True))
    kept = Counter(word for item in done.files for word in words_of(item, changed=False))
    for sentence in map(Text, sentences(demands.advice.raw)):
        if not obliges(sentence.raw):
            continue
        names = _not_the_same(sentence, touched, kept)
        elsewhere = not names and sentence.says("points-elsewhere")
        if names or (not elsewhere and (names := _unlisted(sentence, touched, kept))):
            yield Left(f"{names} is unchanged: “{_line(sentence.raw)}”")
        elif not elsewhere and (path := _unchanged_file(sentence, project, done)) is not None:
            yield Left(f"{path} is unchanged: “{_line(sentence.raw)}”")


def _unlisted(sentence: Text, touched: Counter[str], kept: Counter[str]) -> str:
    """The names that stay of a list of which others change."""
    stay: list[str] = []
    for names in lists_in(sentence.raw):
        if any(touched[last_part(name)] for name in names):
            stay += [name for name in names if _stays(name, touched, kept)]
    return ", ".join(stay)


def _not_the_same(sentence: Text, touched: Counter[str], kept: Counter[str]) -> str:
    """The names for which the same is asked, and that stay."""
    wanted = [name for text in sentence.behind("asks-for-the-same") for name in text.code]
    stay = [name for name in wanted if _stays(name, touched, kept)]
    return ", ".join(stay) if len(stay) == len(wanted) else ""


def _stays(name: str, touched: Counter[str], kept: Counter[str]) -> bool:
    return kept[last_part(name)] > 0 and not touched[last_part(name)]


def _unchanged_file(sentence: Text, project: Project, done: Done) -> str | None:
    sources = (
        _source(project, written)
        for before, code, _ in sentence.code_and_words()
        # What is imported from there is there already.
        if not before.endswith("from")
        for written in python_files(code)
    )
    paths = (source.path for source in sources if source is not None)
    return next((path for path in paths if path not in done.paths), None)


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(demands: Demands, project: Project, done: Done) -> Iterator[Left]:
    shown = {
        text
        for block in demands.shown
        for line in block.text.split("\n")
        if len(text := _bare(line)) >= _SHORTEST
    }
    touched = {item.path: touched_lines(item) for item in done.files}
    named = list(_named(demands, project))
    wise = {(source.path, line) for source, line in named}
    # Where each change stands on a line that the finding names, each of those lines wants one.
    is_line_wise = all((item.site.path, item.site.line) in wise for item in done.changes)
    for source, line in named:
        text = _bare(source.line_text(line))
        function = _function(source, line)
        # What is defined at the top of a file is named for what is done with it.
        is_shown = text in shown or any(len(part) >= _TELLING and part in text for part in shown)
        if not is_shown or function is None or _is_answered(source.path, line, done):
            continue
        lines = touched.get(source.path, frozenset())
        near = _statement(source, line) if is_line_wise else function
        if lines.isdisjoint(range(near.start - 1, near.end + 2)):
            yield Left(f"`{text}` is unchanged", site=Site(source.path, line, line))


def _seen(demands: Demands, project: Project, done: Done) -> Iterator[Left]:
    """What a scan with the same codemod finds in the other files that the location names."""
    if not done.codemod.scans:
        return
    told = _told(demands)
    for location in demands.locations:
        source = _source(project, location.path, beside=done.paths)
        named = location.path is not None and location.path in told
        if source is None or not named or source.path in done.paths:
            continue
        scope = Scope(project, (Place(source, source.tree.module),), done.options)
        for item in done.codemod.find(scope, None):
            lines = LineRange(item.site.line, item.site.end_line) if item.site else None
            meant = not location.lines or (lines and any(map(lines.overlaps, location.lines)))
            if isinstance(item, Change) and meant:
                yield Left(f"{item.defect} is unchanged", site=item.site)


def _told(demands: Demands) -> str:
    """What the location says, up to where it goes on about what is told besides."""
    field = "\n".join(item.text for item in demands.finding.all("location"))
    return field[: Text(field).place_of("background-of-a-place")]


def _named(demands: Demands, project: Project) -> Iterator[tuple[SourceFile, int]]:
    """The single lines that the location names, in files that are there."""
    told = _told(demands)
    for location in demands.locations:
        if location.kind is not LocationKind.FILE or location.approximate:
            continue
        source = _source(project, location.path)
        for item in location.lines if source is not None else ():
            alone = item.start == item.end and str(item.start) in told
            if alone and source is not None and item.start <= len(source.line_starts):
                yield source, item.start


def _by_name(project: Project) -> Mapping[str, Sequence[str]]:
    """The Python files of each name."""
    found: dict[str, list[str]] = {}
    for path in project.python_paths:
        found.setdefault(path.rpartition("/")[2], []).append(path)
    return found


def _written_so(project: Project, written: str) -> list[str]:
    """The Python files that may be written so."""
    named = project.memo(_by_name).get(written.rpartition("/")[2], ())
    return [path for path in named if ends_in(path, written)]


def _source(project: Project, written: str | None, beside: Iterable[str] = ()) -> SourceFile | None:
    """The one file that is written so; of several the one in a folder of ``beside``."""
    if written is None:
        return None
    paths = _written_so(project, written)
    if len(paths) > 1:
        folders = {path.rpartition("/")[0] for path in beside}
        paths = [path for path in paths if path.rpartition("/")[0] in folders]
    source = project.source(paths[0]) if len(paths) == 1 else None
    return source if source is not None and readable(source) is not None else None


def _bare(line: str) -> str:
    """A line without its comment and its indentation."""
    return line.partition("  #")[0].strip()


def _is_answered(path: str, line: int, done: Done) -> bool:
    """Whether something was said of a line that stands as the finding shows it: that it is done
    already is no answer to that."""
    said: list[Change | Refusal] = [*done.changes, *done.refusals]
    return any(
        item.site.path == path and item.site.line <= line <= item.site.end_line
        for item in said
        if item.site is not None and not (isinstance(item, Refusal) and item.already)
    )


def _statement(source: SourceFile, line: int) -> LineRange:
    """The lines of the smallest statement around a line."""
    below = source.tree.below(source.tree.module)
    found = _smallest((node for node in below if isinstance(node, ast.stmt)), line)
    return found or LineRange(line, line)


def _function(source: SourceFile, line: int) -> LineRange | None:
    """The lines of the innermost function around a line."""
    found = (node for node in source.tree.definitions() if not isinstance(node, ast.ClassDef))
    return _smallest(found, line)


def _smallest(nodes: Iterable[ast.stmt], line: int) -> LineRange | None:
    around = (lines_of(node) for node in nodes)
    found = [item for item in around if line in item]
    return min(found, key=lambda item: item.end - item.start, default=None)

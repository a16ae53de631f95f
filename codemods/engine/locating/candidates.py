"""Which files a finding may stand in: as named, moved, alike, or holding what it shows."""

from __future__ import annotations

import enum
import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from codemods.engine.locating.evidence import EvidenceRegion
from codemods.engine.locating.mentions import words
from codemods.findings.model import Finding, LineRange, Location, LocationKind
from codemods.project.project import Project
from codemods.syntax.dotted import last_part

PYTHON = (".py", ".pyi")
_MOST_HOLDERS = 40
"""Files that are looked at when nothing but content says which."""
_MOST_FOLDERS = 4
_SAYS_NOTHING = frozenset(("module", "the", "py", "multiple", "various", "all", "files"))
"""Words beside a folder that tell none of its files from the others."""


class Choice(enum.Enum):
    """How many of the paths of a :class:`CandidateFile` the report means."""

    NAMED = "named"
    """The one file there is."""
    ONE = "one"
    """Exactly one of several that could be meant: content has to say which."""
    ANY = "any"
    """Every one that holds what the finding is about: a folder, a pattern, or no file at all."""


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """What one location of a finding may mean today."""

    choice: Choice
    paths: tuple[str, ...]
    how: str
    """In words, for the steps."""
    lines: tuple[LineRange, ...] = ()
    text: str = ""
    """Names and notes that stand beside the path."""
    written: str = ""
    """The path as the report has it."""


@dataclass(frozen=True, slots=True)
class CandidateFiles:
    """The candidate files of a finding, and what led nowhere."""

    files: tuple[CandidateFile, ...]
    attempts: tuple[str, ...] = ()


def candidate_files(finding: Finding, project: Project) -> CandidateFiles:
    """What the locations of a finding mean in the project, in the order of the report."""
    found: list[CandidateFile] = []
    attempts: list[str] = []
    folders: tuple[str, ...] = ()
    for location in finding.locations:
        written = _clean(location.path or "")
        if location.kind in (LocationKind.SYMBOL, LocationKind.PROSE) or not written:
            continue
        if location.kind is LocationKind.FILE and not written.endswith(PYTHON):
            attempts.append(f"{written} is no Python file")
            continue
        if location.kind is LocationKind.FILE:
            candidate_file = _file(written, location, folders, project, attempts)
            if candidate_file and len(candidate_file.paths) == 1:
                beside = [candidate_file.paths[0].rpartition("/")[0], written.rpartition("/")[0]]
                folders = (*(item for item in beside if item), *folders)
        else:
            candidate_file = _folder(written, location, project, attempts)
        if candidate_file is not None:
            found.append(candidate_file)
    if not found and not attempts:
        # A symbol, or nothing: the code base is the folder.
        text = " ".join(item.symbol or item.note or "" for item in finding.locations)
        how = "no file is named" if not text.strip() else f"{text.strip()} names no file"
        found.append(CandidateFile(Choice.ANY, project.python_paths, how, text=text))
    return CandidateFiles(tuple(_merged(found)), tuple(attempts))


def defining(project: Project, names: Iterable[str], among: Sequence[str]) -> list[str]:
    """The files of ``among`` that define one of the names, by their bytes."""
    wanted = tuple(dict.fromkeys(name.lstrip("_") for name in names if name.isidentifier()))
    literals = [name.encode() for name in wanted]
    if not literals:
        return []
    allowed = set(among)
    exact = re.compile(rb"\b(?:def|class)\s+_*(?:" + b"|".join(literals) + rb")\b")
    return [
        source.path
        for source in project.containing(*literals)
        if source.path in allowed and exact.search(source.data)
    ]


def called_in_words(project: Project, text: str, among: Sequence[str]) -> list[str]:
    """The files of ``among`` with a function whose name has two neighbouring words of ``text``."""
    said = words(text)
    pairs = [f"{one}_{other}".encode() for one, other in pairwise(said)]
    if not pairs:
        return []
    allowed = set(among)
    exact = re.compile(rb"\bdef\s+\w*(?:" + b"|".join(pairs) + rb")")
    return [
        source.path
        for source in project.containing(*pairs)
        if source.path in allowed and exact.search(source.data)
    ]


def holding(project: Project, regions: Sequence[EvidenceRegion], among: Sequence[str]) -> list[str]:
    """The files of ``among`` whose bytes hold the names of the weightiest evidence, best first."""
    statements = sorted(
        (item for region in regions for item in region.statements), key=lambda item: -item.weight
    )
    wanted = [
        [key.strip('"').encode() for key in item.keys if len(key) > 3 and key.isidentifier()]
        for item in statements[:6]
    ]
    wanted = [keys for keys in wanted if keys]
    allowed = set(among)
    ranked: list[tuple[int, str]] = []
    for source in project.containing(*(max(keys, key=len) for keys in wanted)) if wanted else ():
        if source.path in allowed:
            score = sum(all(key in source.data for key in keys) for keys in wanted)
            if score:
                ranked.append((-score, source.path))
    return [path for _, path in sorted(ranked)[:_MOST_HOLDERS]]


def anchored(project: Project, anchors: Sequence[str], candidate_file: CandidateFile) -> list[str]:
    """The files of a folder that hold an anchor; the note beside the path narrows them."""
    literals = [last_part(anchor).removesuffix("()").encode() for anchor in anchors]
    allowed = set(candidate_file.paths)
    found = [
        source.path
        for source in (project.containing(*literals) if literals else ())
        if source.path in allowed
    ]
    said = set(words(candidate_file.text)) - _SAYS_NOTHING
    narrowed = [path for path in found if said & set(words(path))]
    return narrowed or found


def _file(
    written: str,
    location: Location,
    folders: tuple[str, ...],
    project: Project,
    attempts: list[str],
) -> CandidateFile | None:
    lines = location.lines
    text = " ".join(item for item in (location.symbol, location.note) if item)
    candidate_file = CandidateFile(Choice.NAMED, (), "", lines, text, written)
    for path in _readings(written, folders):
        if project.files.exists(path):
            how = f"{path} is there" if path == written else f"{written} is {path}"
            return replace(candidate_file, paths=(path,), how=how)
    if written.startswith("../"):
        attempts.append(f"{written} lies outside of the project")
        return None
    ending = [path for path in project.python_paths if path.endswith(f"/{written}")]
    if ending and "/" in written:
        return _one_of(candidate_file, ending, f"{written} ends the path of")
    # A bare name had the folder of the file before it, as that was written.
    moved = _moved(written, project) or [
        path
        for item in (folders if "/" not in written else ())
        for path in _moved(f"{item}/{written}", project)
    ]
    if moved:
        return _one_of(candidate_file, moved[:1], f"{written} is gone; git says that it moved to")
    name = written.rpartition("/")[2]
    alike = [path for path in project.python_paths if path.rpartition("/")[2] == name]
    if alike:
        if "/" not in written:
            return _one_of(candidate_file, alike, f"{written} is the name of")
        # Another ``manager.py`` may be anything: content has to confirm even a single one.
        named = _one_of(candidate_file, alike, f"{written} is gone; its name is that of")
        return replace(named, choice=Choice.ONE)
    attempts.append(f"{written} is not there, no rename of it is known, no file is called {name}")
    return replace(
        candidate_file, choice=Choice.ONE, paths=project.python_paths, how=f"{written} is gone"
    )


def _one_of(candidate_file: CandidateFile, paths: Sequence[str], how: str) -> CandidateFile:
    if len(paths) == 1:
        return replace(candidate_file, paths=tuple(paths), how=f"{how} {paths[0]}")
    listed = ", ".join(paths[:6]) + (", …" if len(paths) > 6 else "")
    return replace(candidate_file, choice=Choice.ONE, paths=tuple(paths), how=f"{how} {listed}")


def _readings(written: str, folders: Sequence[str]) -> Iterator[str]:
    """The path as it is, beside the file named before it, and without what is in front of the
    repository (reports name absolute paths of another machine)."""
    if "/" not in written:
        # ``routers/pagination.py`` and then ``errors.py``: the one beside it is meant.
        yield from (f"{item}/{written}" for item in folders)
    inside = written
    while inside.startswith("../"):
        # Relative to the folder of the report, as its links are.
        inside = inside.removeprefix("../")
    yield inside
    parts = inside.split("/")
    for number in range(1, len(parts) - 1):
        yield "/".join(parts[number:])


def _moved(written: str, project: Project) -> list[str]:
    """Where git says that a path went; one from a package is tried below every such package."""
    if project.history is None:
        return []
    found = _there(project.history.renamed_to(written), project)
    parent = written.rpartition("/")[0]
    if not found and parent:
        folders = {path.rpartition("/")[0] for path in project.python_paths}
        above = sorted(item for item in folders if item.endswith(f"/{parent}"))
        for item in above[:_MOST_FOLDERS]:
            path = f"{item.removesuffix(parent)}{written}"
            found += _there(project.history.renamed_to(path), project)
    return list(dict.fromkeys(found))


def _there(paths: Iterable[str], project: Project) -> list[str]:
    return [path for path in paths if path.endswith(PYTHON) and project.files.exists(path)]


def _folder(
    written: str, location: Location, project: Project, attempts: list[str]
) -> CandidateFile | None:
    if location.kind is LocationKind.GLOB:
        pattern = re.compile(fnmatch.translate(written.replace("**/", "*")))
        paths = [
            path
            for path in project.python_paths
            if pattern.match(path) or any(pattern.match(rest) for rest in _endings(path))
        ]
    else:
        start = written.rstrip("/") + "/"
        paths = [path for path in project.python_paths if path.startswith(start)]
        paths = paths or [path for path in project.python_paths if f"/{start}" in path]
    if not paths:
        attempts.append(f"no Python file is below {written}")
        return None
    text = " ".join(item for item in (location.symbol, location.note) if item)
    how = f"{written} holds {len(paths)} Python files"
    return CandidateFile(Choice.ANY, tuple(paths), how, location.lines, text, written)


def _endings(path: str) -> Iterator[str]:
    """The path without its first folder, without its first two, and so on."""
    parts = path.split("/")
    return ("/".join(parts[number:]) for number in range(1, len(parts)))


def _clean(path: str) -> str:
    cleaned = path.replace("\\", "/").strip().strip("`")
    while cleaned.startswith("./"):
        cleaned = cleaned[2:]
    if "//" in cleaned or "/../" in cleaned:
        # ``app/../app/x.py`` is the same file; what leads out of the project still does.
        cleaned = posixpath.normpath(cleaned)
    return cleaned.lstrip("/")


def _merged(found: list[CandidateFile]) -> Iterator[CandidateFile]:
    """Those of the same paths as one."""
    by_paths: dict[tuple[Choice, tuple[str, ...]], CandidateFile] = {}
    for candidate_file in found:
        key = (candidate_file.choice, candidate_file.paths)
        known = by_paths.get(key)
        if known is None:
            by_paths[key] = candidate_file
        else:
            lines = tuple(sorted({*known.lines, *candidate_file.lines}))
            by_paths[key] = replace(
                known, lines=lines, text=f"{known.text} {candidate_file.text}".strip()
            )
    yield from by_paths.values()

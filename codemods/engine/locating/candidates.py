"""Which files a finding may stand in: as named, moved, alike, or holding what it shows."""

from __future__ import annotations

import enum
import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from codemods.engine.locating.evidence import EvidenceRegion
from codemods.engine.locating.mentions import words
from codemods.findings.model import Finding, LineRange, Location, LocationKind
from codemods.findings.readers.locations import locations_of
from codemods.project.project import Project
from codemods.syntax.dotted import last_part

PYTHON = (".py", ".pyi")
_MOST_HOLDERS = 40
"""Files that are looked at when nothing but content says which."""
_MOST_FOLDERS = 4
_PATH_LIKE = re.compile(r"^[^\s()=]*[/\\][^\s()=]*$|\.\w{1,6}(?::\d+)?$|^[\w.-]+:\d+$")
"""What nobody writes who does not mean a file."""
_SAYS_NOTHING = frozenset(("module", "the", "py", "multiple", "various", "all", "files"))
"""Words beside a folder that tell none of its files from the others."""


class Choice(enum.Enum):
    """How many of the paths of a :class:`CandidateFile` the report means."""

    NAMED = "named"
    """The one file there is."""
    ONE = "one"
    """Exactly one of several that could be meant: content has to say which."""
    SHOWN = "shown"
    """The same, and only the evidence itself can say it: the file that was named is gone."""
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
    for location in _places(finding):
        written = _clean(location.path or "")
        if location.kind is LocationKind.PROSE and _is_like_a_path(location.note or ""):
            # A place that is given and not understood is not no place.
            attempts.append(f"{location.note} could not be read as a place")
            continue
        if location.kind is LocationKind.SYMBOL and location.symbol:
            module = _module(location.symbol, location, project)
            if module is not None:
                found.append(module)
            elif _names_a_package(location.symbol, project):
                attempts.append(f"{location.symbol} is not a module of the project")
            continue
        if location.kind is LocationKind.PROSE or not written:
            continue
        if location.kind is LocationKind.FILE and not written.lower().endswith(PYTHON):
            attempts.append(f"{written} is not a Python file")
            continue
        if location.kind is LocationKind.FILE:
            report = finding.report.rpartition("/")[0]
            candidate_file = _file(written, location, (report, folders), project, attempts)
            if candidate_file and len(candidate_file.paths) == 1:
                beside = [candidate_file.paths[0].rpartition("/")[0], written.rpartition("/")[0]]
                folders = (*(item for item in beside if item), *folders)
        else:
            candidate_file = _folder(written, location, project, attempts)
        if candidate_file is not None:
            found.append(candidate_file)
    if not found and not attempts:
        # A symbol, or nothing: the code base is the folder.
        text = " ".join(item.symbol or item.note or "" for item in finding.locations).strip()
        how = f"{text} does not name a file" if text else "the finding names no file"
        # Only a name that stands for several places can mean more than one file.
        named = any(item.kind is LocationKind.SYMBOL for item in finding.locations)
        choice = Choice.ANY if named else Choice.ONE
        found.append(CandidateFile(choice, project.python_paths, how, text=text))
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


def _places(finding: Finding) -> tuple[Location, ...]:
    """The locations; where they are prose (``several files, see below``), those that description
    and evidence name with lines."""
    if any(item.kind is not LocationKind.PROSE for item in finding.locations):
        return finding.locations
    if any(_is_like_a_path(item.note or "") for item in finding.locations):
        return finding.locations
    told = "\n".join(item.prose or item.text for item in (*finding.evidence, *finding.fields))
    below = tuple(item for item in locations_of(told) if item.path and item.lines)
    return below or finding.locations


def _is_like_a_path(text: str) -> bool:
    """Whether a text that is read as no place was meant as one."""
    words_of = text.strip("`*\"' ").split()
    return len(words_of) == 1 and _PATH_LIKE.search(words_of[0]) is not None


def _module(symbol: str, location: Location, project: Project) -> CandidateFile | None:
    """The file of a dotted name that begins with a module: ``svc.app.jobs.run``."""
    parts = symbol.split(".")
    for number in range(len(parts), 1, -1):
        for ending in (".py", "/__init__.py"):
            path = "/".join(parts[:number]) + ending
            ends = [item for item in project.python_paths if item == path]
            ends = ends or [item for item in project.python_paths if item.endswith(f"/{path}")]
            if len(ends) == 1:
                text = ".".join(parts[number:])
                how = f"{symbol} is in {ends[0]}"
                return CandidateFile(Choice.NAMED, (ends[0],), how, location.lines, text, symbol)
    return None


def _names_a_package(symbol: str, project: Project) -> bool:
    """Whether a dotted name begins with two folders of the project: its module is gone."""
    parts = symbol.split(".")
    folder = "/".join(parts[:2]) + "/"
    return len(parts) > 2 and any(
        f"/{path}".find(f"/{folder}") >= 0 for path in project.python_paths
    )


def _file(
    written: str,
    location: Location,
    beside: tuple[str, tuple[str, ...]],
    project: Project,
    attempts: list[str],
) -> CandidateFile | None:
    """The file that a path means: as it is, else as git says that it moved, else the one whose
    path ends alike. What is named and not there is never another file.

    Args:
        beside: the folder of the report, and those of the files named before.
    """
    lines = location.lines
    text = " ".join(item for item in (location.symbol, location.note) if item)
    candidate_file = CandidateFile(Choice.NAMED, (), "", lines, text, written)
    report, folders = beside
    readings = list(_readings(written, report, folders, project))
    for path in readings:
        if project.files.exists(path):
            how = f"{path} exists" if path == written else f"{written} is {path}"
            return replace(candidate_file, paths=(path,), how=how)
    if (linked := _behind_link(written, project)) is not None:
        return replace(candidate_file, paths=(linked,), how=f"{written} is {linked}")
    if not readings:
        attempts.append(f"{written} is outside the project")
        return None
    leads_away = written.startswith(("/", "../"))
    written = written.lstrip("/")
    ending = [path for path in project.python_paths if path.endswith(f"/{written}")]
    if ending and "/" in written:
        return _one_of(candidate_file, ending, f"{written} ends the path of")
    lower = written.lower()
    same = [path for path in project.python_paths if f"/{path.lower()}".endswith(f"/{lower}")]
    if same and "/" in written:
        return _one_of(candidate_file, same, f"{written}, in another case, is")
    # A bare name had the folder of the file before it, as that was written.
    moved = _moved(written, project) or [
        path
        for item in (folders if "/" not in written else ())
        for path in _moved(f"{item}/{written}", project)
    ]
    if moved:
        return _one_of(candidate_file, moved[:1], f"{written} no longer exists; git renamed it to")
    name = written.rpartition("/")[2]
    alike = [path for path in project.python_paths if path.rpartition("/")[2] == name]
    if alike and "/" not in written:
        return _one_of(candidate_file, alike, f"{written} is the name of")
    if alike and not leads_away:
        # Another ``manager.py`` may be anything: the evidence has to stand there.
        named = _one_of(candidate_file, alike, f"{written} no longer exists; the same file name is")
        return replace(named, choice=Choice.SHOWN)
    attempts.append(f"{written} does not exist, was not renamed, and has no namesake {name}")
    return None


def _one_of(candidate_file: CandidateFile, paths: Sequence[str], how: str) -> CandidateFile:
    if len(paths) == 1:
        return replace(candidate_file, paths=tuple(paths), how=f"{how} {paths[0]}")
    listed = ", ".join(paths[:6]) + (", …" if len(paths) > 6 else "")
    return replace(candidate_file, choice=Choice.ONE, paths=tuple(paths), how=f"{how} {listed}")


def _readings(written: str, report: str, folders: Sequence[str], project: Project) -> Iterator[str]:
    """The path as it is, beside the file named before it, and without what is in front of the
    repository (reports name absolute paths of another machine). Nothing, where it leads out."""
    if written.startswith("/"):
        yield from _inside(written, project)
        return
    if written.startswith("../"):
        # Relative to the folder of the report, as its links are.
        path = posixpath.normpath(posixpath.join(report, written))
        if not report.startswith("/") and not path.startswith("../"):
            yield path
        return
    if "/" not in written:
        # ``routers/pagination.py`` and then ``errors.py``: the one beside it is meant.
        yield from (f"{item}/{written}" for item in folders)
    yield written
    parts = written.split("/")
    for number in range(1, len(parts) - 1):
        yield "/".join(parts[number:])


def _behind_link(written: str, project: Project) -> str | None:
    """The file that a path means whose folder is a link to another folder of the project."""
    folder = project.files.folder
    if not folder or written.startswith(("/", "../")):
        return None
    try:
        path = Path(folder, written).resolve(strict=True).relative_to(folder).as_posix()
    except (OSError, ValueError, RuntimeError):
        # It is not there, or a circle, or lies elsewhere.
        return None
    return path if path != written and project.files.exists(path) else None


def _inside(written: str, project: Project) -> Iterator[str]:
    """What an absolute path is below the repository's folder, on this machine or another."""
    folder = project.files.folder
    if folder and written.startswith(f"{folder}/"):
        yield written[len(folder) + 1 :]
        return
    parts = written.strip("/").split("/")
    own = folder.rpartition("/")[2]
    for number in range(len(parts) - 1, 0, -1):
        if own and parts[number - 1] == own:
            yield "/".join(parts[number:])
    for number in range(len(parts) - 1):
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
        attempts.append(f"{written} contains no Python files")
        return None
    text = " ".join(item for item in (location.symbol, location.note) if item)
    how = f"{written} contains {len(paths)} Python files"
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
    return cleaned


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

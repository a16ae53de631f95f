"""Locations as reports write them: paths, lines, symbols and prose."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from urllib.parse import unquote

from codemods.findings.model import Field, LineRange, Location, LocationKind
from codemods.findings.text import code_spans, line_range, mentioned_lines
from codemods.tables import words

FIELDS = (
    "location",
    "locations",
    "file",
    "files",
    "affected files",
    "changed file",
    "changed files",
)
"""The fields that say where a finding stands."""

_SUFFIX = "|".join(
    sorted(
        words(
            "bat cfg cjs conf css csv cts db env gitignore go html ini ipynb java js json jsx kt "
            "lock md mdx mjs mts php pth py pyi pyx rb rs rst scss sh sql svg toml ts tsx txt vue "
            "xml yaml yml"
        ),
        key=len,
        reverse=True,
    )
)
_BELOW = 200
"""Lines below a field's name on which its text is looked for."""
_DASH = "[-–—‑]"
_ONE = rf"~?L?\d++(?:\s?{_DASH}\s?~?L?\d++)?"
_LIST = rf"{_ONE}(?:\s*[,;+&]\s*{_ONE}(?![\w./]*[A-Za-z/]))*"
_COUNT = r"\d{1,7}\+?\s(?!(?:and|to|und|bis|et|y|и)\s)[^\W\d_]{3}"
"""``: 3 methods`` behind a path counts something."""
_CHARACTER = r"[\w.@+*~$\[\]-]|\{[\w.,*-]{0,400}\}"
_FILE = (
    rf"(?:/|\./|\.\./)?(?:(?:{_CHARACTER}){{1,99}}/){{0,30}}(?:{_CHARACTER}){{0,99}}"
    rf"\.(?:{_SUFFIX})(?:\.(?:example|sample|template|dist|bak|orig|j2|tmpl))?(?!\w|\.\w)"
)
_NAMED = r"(?:[\w.-]+/)*(?:Dockerfile(?:\.[a-z][\w-]{1,40})?|Makefile)(?![\w.])"
_GLOB = r"(?:(?:[\w.@+*-]|\{[\w.,*-]*\}){1,99}/){1,30}[\w.@+-]{0,99}\*[\w.@+*-]{0,99}"
_FOLDER = r"(?:/|\./|\.\./)?(?:[\w.@+*-]+/)+(?![\w/*{])"
_PATH = re.compile(
    rf"(?<![\w/.:@-])(?P<path>{_FILE}|{_NAMED}|{_GLOB}|{_FOLDER})"
    rf"(?:(?:`?\s?::\s?`?)(?P<symbol>[A-Za-z_]\w*(?:(?:\.|::)\w+)*))?(?:\(\))?"
    rf"(?:\((?P<numbered>\d{{1,7}}(?:[-,]\d{{1,7}})?)\))?"
    rf"(?:`?:(?!\s{_COUNT})\s?(?P<lines>{_LIST})|`?\#(?P<anchor>L\d+(?:-L?\d+)?))?"
)
LONGEST_PATH = 500
"""Characters. From each place in a longer word a path might begin, so it is not looked through."""
_WORD = re.compile(rf"(?:{_CHARACTER}|/)++")
_URL = re.compile(
    r"(?:https?://[\w.-]{1,99}(?::\d{1,5})?/[\w.-]{1,99}/[\w.-]{1,99}/(?:-/)?(?:blob|tree|raw|src|blame)/"
    r"(?:(?:branch|commit|tag)/)?[\w.-]{1,99}/|file:/{0,2}(?=/))(?P<path>[^\s)\]>#?`\"']{1,400})"
    r"(?:\?[^\s#)\]`]{0,200})?(?:#(?:lines-|L)?(?P<first>\d{1,7})(?:C\d+)?(?:-L?(?P<last>\d{1,7}))?)?"
)
"""A permalink of a forge (host, owner, repository, commit, path), and a file's URI."""
_WHOLE = re.compile(
    rf"^(?P<path>[^:*?<>|\"'()=\[\]{{}},`\n]{{1,300}}?)(?:::?(?P<symbol>[A-Za-z_][\w.]*)"
    rf"|(?:\s?:\s?|\s@\s?|\s?\#)(?P<lines>L?{_LIST}))?$"
)
"""Inline code, or all of a field, that is a path: with blanks, without an ending, of Windows."""
_ENDS = re.compile(rf"\.(?:{_SUFFIX})$", re.IGNORECASE)
_ENCODED = re.compile(r"%(?:20|2[89CDF]|5[BD])")
_DRIVE = re.compile(r"^[A-Za-z]:(?=[\\/])")
_BARE_LINES = re.compile(rf"^\s*:?(?P<lines>{_LIST})[\s,.…]*$")
_SINGLE = re.compile(rf"(~?)L?(\d+)(?:\s?{_DASH}\s?(~?)L?(\d+))?")
_NO_SUFFIX = re.compile(r"^(?![/-])(?:[\w.+-]+/)+\w[\w-]*$")
_NAME = re.compile(
    r"^(?![0-9a-f]{7,40}$)@?([A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*)(?:\(.*\))?$", re.DOTALL
)
_NOTE = re.compile(r"(?<!\s)\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
_PLAIN_NAME = re.compile(
    r"^(?:the\s+|in\s+)?((?=\S*(?:[_.]|[a-z][A-Z]|\(\)))[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(\))?"
    r"(?:\s+(?:function|method|class|handler|endpoint|property|setter))?$"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A location with where it stands in its text."""

    location: Location
    start: int
    end: int


def begins_with_path(text: str) -> bool:
    """Whether a line of a list names a place before it says anything else."""
    return _PATH.match(text.lstrip(" \t-*+`")) is not None


def read_locations(fields: Iterable[Field], lines: Sequence[str]) -> tuple[Location, ...]:
    """What the fields point at, each place once, in the order of the report.

    A field that names neither a path nor a symbol gives one location of prose.

    Args:
        fields: all fields of a finding.
        lines: the lines of the report, for the lines of locations in nested lists.
    """
    found: dict[tuple[object, ...], Location] = {}
    for item in fields:
        if item.name in FIELDS:
            for location in locations_of(item.text, _first_line(item, lines)):
                key = (location.kind, location.path, location.lines, location.symbol)
                found.setdefault(key, location)
    places = tuple(found.values())
    real = tuple(item for item in places if item.kind is not LocationKind.PROSE)
    return real or places


def _first_line(item: Field, lines: Sequence[str]) -> int:
    """The line at which the text of a field begins: nested bullets begin below its name."""
    first = item.text.split("\n", 1)[0].strip()
    for number in range(item.line, min(item.line + _BELOW, len(lines) + 1)):
        if first in lines[number - 1]:
            return number
    return item.line


def locations_of(text: str, line: int = 1) -> tuple[Location, ...]:
    """The locations in the text of one field, whose first line is ``line`` of its report."""
    if not text.strip():
        return ()
    if "://" not in text:
        text = _ENCODED.sub(lambda found: unquote(found[0]), text)
    found = sorted(_paths(text, line), key=lambda item: item.start)
    if any(item.location.path for item in found):
        return tuple(_with_notes(text, found))
    symbols = tuple(
        Location(LocationKind.SYMBOL, None, mentioned_lines(text), symbol=name[1], line=line)
        for span in code_spans(text)
        if (name := _NAME.match(_dotted(span.text.strip())))
    )
    if symbols:
        return symbols
    note = " ".join(text.split())
    return (Location(LocationKind.PROSE, None, mentioned_lines(text), note=note, line=line),)


def _paths(text: str, line: int) -> Iterator[_Found]:
    """Every path, and every ``:12-30`` in inline code, which belongs to the path before it."""
    line_at = _line_at(text, line)
    found = list(_whole_paths(text, line_at))
    covered = _Covered(found)
    for match in _PATH.finditer(without_long_words(text)):
        if covered.meets(match.start(), match.end()):
            continue
        path = match["path"]
        if path.startswith("**") and not path.startswith("**/"):
            # Bold letters, and no pattern of files.
            path = path.lstrip("*")
        if path.startswith("[") and "]" not in path:
            # The text of a link, whose target says the same.
            continue
        if path.endswith("/") and not _is_folder(text, match):
            continue
        lines, approximate = _ranges(match["lines"] or match["anchor"] or match["numbered"] or "")
        for one in _each(path):
            location = Location(
                _kind(one), one, lines, match["symbol"], approximate=approximate,
                line=line_at(match.start()),
            )  # fmt: skip
            found.append(_Found(location, match.start(), match.end()))
    yield from found
    covered = _Covered(found)
    for span in code_spans(text):
        if covered.meets(span.start, span.end):
            continue
        inner, at = span.text.strip(), line_at(span.start)
        bare = _BARE_LINES.match(inner)
        if bare is not None:
            lines, approximate = _ranges(bare["lines"])
            yield _Found(
                Location(LocationKind.FILE, None, lines, approximate=approximate, line=at),
                span.start,
                span.end,
            )
        elif not found and _NO_SUFFIX.match(inner):
            # Beside real paths, ``try/except`` or ``pnpm/action-setup`` is more likely.
            yield _Found(Location(LocationKind.DIRECTORY, inner, line=at), span.start, span.end)


class _Covered:
    """What is read of a text already; a field may name thousands of files."""

    def __init__(self, found: Iterable[_Found]) -> None:
        spans = sorted((item.start, item.end) for item in found)
        self._starts = [start for start, _ in spans]
        self._reach = list(accumulate((end for _, end in spans), max))
        """How far what begins there or before goes."""

    def meets(self, start: int, end: int) -> bool:
        """Whether some of what stands between two offsets is read."""
        before = bisect_left(self._starts, end)
        return before > 0 and start < self._reach[before - 1]


def _line_at(text: str, first: int) -> Callable[[int], int]:
    """What gives the line of an offset, for a text that begins at line ``first``."""
    ends = [match.start() for match in re.finditer("\n", text)]
    return lambda offset: first + bisect_left(ends, offset)


def without_long_words(text: str) -> str:
    """``text`` with as many blanks for each word that is too long for a path."""
    if all(len(word) <= LONGEST_PATH for word in text.split()):
        return text
    return _WORD.sub(
        lambda word: word[0] if len(word[0]) <= LONGEST_PATH else " " * len(word[0]), text
    )


def _whole_paths(text: str, line_at: Callable[[int], int]) -> Iterator[_Found]:
    """Permalinks and URIs; and inline code, or a field of one line, that is one path and would
    be read in part: ``my dir/a.py``, ``bin/tool:11``, ``C:\\app\\main.py:3``."""
    for match in _URL.finditer(text):
        lines, _ = _ranges("-".join(item for item in (match["first"], match["last"]) if item))
        path = unquote(match["path"]).rstrip(".,;:")
        head, _, tail = path.rpartition(":")
        if not lines and tail[:1].isdigit() and _ENDS.search(head):
            # The path of a file's URI with lines behind it.
            path, lines = head, _ranges(tail)[0]
        location = Location(_kind(path), path, lines, line=line_at(match.start()))
        yield _Found(location, match.start(), match.end())
    spans = [(span.start, span.end, span.text.strip()) for span in code_spans(text)]
    if not spans and "\n" not in text.strip() and "://" not in text:
        spans = [(0, len(text), text.strip())]
    for start, end, inner in spans:
        drive = _DRIVE.match(inner)
        found = _WHOLE.match(inner[drive.end() :] if drive else inner)
        if found is None or not _reads_as_path(found, text[start:end]):
            continue
        path = found["path"].strip().replace("\\", "/")
        lines, approximate = _ranges(found["lines"] or "")
        location = Location(
            LocationKind.FILE, path, lines, found["symbol"], approximate=approximate,
            line=line_at(start),
        )  # fmt: skip
        yield _Found(location, start, end)


def _dotted(name: str) -> str:
    """``package.module:function`` as a dotted name."""
    module, colon, rest = name.partition(":")
    return f"{module}.{rest}" if colon and "." in module and rest.isidentifier() else name


def _reads_as_path(found: re.Match[str], written: str) -> bool:
    """Whether what :data:`_WHOLE` matched is a path that the other expressions would not read."""
    path = found["path"].strip()
    quoted = written.startswith("`")
    has_folder = "/" in path.strip("/") or "\\" in path
    ends_as_file = _ENDS.search(path) is not None
    known = _PATH.fullmatch(written.strip("` ")) is not None
    if known or path.startswith(("http", "/api")) or "://" in path:
        return False
    if " " in path:
        words_before = path.lower().split("/")[0].split()
        prose = {
            "see",
            "in",
            "at",
            "the",
            "file",
            "and",
            "or",
            "of",
            "from",
            "lines",
            "line",
            "also",
        }
        several = any(_ENDS.search(word) for word in path.split()[:-1])
        return has_folder and ends_as_file and not several and not prose & set(words_before)
    if not quoted:
        return ("\\" in path or path.isupper()) and ends_as_file
    return "\\" in path or bool(found["lines"] and has_folder) or (ends_as_file and not known)


def _each(path: str) -> tuple[str, ...]:
    """The files of ``app/{a,b}.py``, which are named one by one; any other path as it is."""
    before, _, rest = path.partition("{")
    names, _, after = rest.partition("}")
    if (
        not after.endswith((".py", ".pyi"))
        or not re.fullmatch(r"\w+(?:,\w+){1,19}", names)
        or "{" in after
    ):
        return (path,)
    return tuple(f"{before}{name}{after}" for name in names.split(","))


def _is_folder(text: str, match: re.Match[str]) -> bool:
    """``and/`` in prose is no folder, and neither is ``/api/`` of an URL."""
    quoted = text[match.start() - 1 : match.start()] == "`"
    return quoted or match["path"].count("/") > 1


def _kind(path: str) -> LocationKind:
    if "*" in path or "{" in path:
        return LocationKind.GLOB
    return LocationKind.DIRECTORY if path.endswith("/") else LocationKind.FILE


def _ranges(text: str) -> tuple[tuple[LineRange, ...], bool]:
    """``~41-42, 93`` to ranges, and whether a tilde marks one of them."""
    ranges = tuple(
        line_range(int(item[2]), int(item[4]) if item[4] else None)
        for item in _SINGLE.finditer(text)
        if len(item[2]) < 8 and len(item[4] or "") < 8
    )
    return ranges, "~" in text


def _with_notes(text: str, found: list[_Found]) -> Iterator[Location]:
    """Completes each location by what stands between it and the next one."""
    path: str | None = None
    for index, item in enumerate(found):
        location = item.location
        if location.path is None:
            if path is None:
                continue
            location = replace(location, path=path, kind=_kind(path))
        path = location.path
        after = found[index + 1].start if index + 1 < len(found) else len(text)
        yield _completed(location, text, item.end, after)


def _completed(location: Location, text: str, start: int, stop: int) -> Location:
    """``location`` with its note, its symbol and lines that are named in words behind it."""
    if text[start : start + 1] == "`":
        start += 1
    note = _NOTE.match(text, start)
    if note is not None:
        inner = " ".join(note[1].split())
        location = replace(location, note=inner or None)
        if location.symbol is None:
            location = replace(location, symbol=_symbol(inner))
        stop = max(stop, note.end())
    if not location.lines:
        # ``x.py`` lines 12-30, ``x.py`` (line 5), ``x.py`` + registration at lines 178-208.
        sentence = re.split(r"[;\n]|\. ", text[start:stop], maxsplit=1)[0]
        lines = mentioned_lines(sentence)
        if lines:
            location = replace(location, lines=lines, approximate="~" in sentence)
    return location


def _symbol(note: str) -> str | None:
    """The name that a note gives: ``(state.setter)``, ``(in `process_chunk()`)``."""
    for span in code_spans(note):
        name = _NAME.match(span.text.strip())
        if name is not None:
            return name[1]
    plain = _PLAIN_NAME.match(note)
    if plain is not None and not _PATH.match(note):
        return plain[1]
    return None

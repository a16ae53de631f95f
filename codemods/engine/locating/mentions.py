"""Names of code in the words of a report: ``process_job()``, ``QueryCache._lock``, ``search()``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_DOTTED = re.compile(r"(?<![\w./@-])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\(\)|\()?")
_FILE = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*[\w-]+\.pyi?)\b")
_CAMEL = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+|[A-Z]{2,}[a-z][A-Za-z0-9]*")
_ROUTE = re.compile(r"(?<![\w.~/])(/[a-z][\w{}-]*(?:/[\w{}:-]+)*/?)(?![\w/.])")
_LIST = re.compile(
    r"`\w+(?:\(\))?`(?:\s*(?:,\s*(?:and\s+|or\s+)?|/|and\s+|or\s+|&\s*)`\w+(?:\(\))?`)+"
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])")
_DOTS = re.compile(r"[\w.]+")
_WORD = re.compile(r"[A-Za-z][a-z0-9]*|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A dotted name in prose, and the marks that say that it is code."""

    name: str
    """The last part."""
    owner: str | None
    """The part before it, without ``self`` and ``cls``."""
    marked: bool
    """Code without doubt: in backticks, called, dotted, with an underscore or in CamelCase."""

    called: bool = False
    """With ``()`` behind it."""

    @property
    def text(self) -> str:
        """As a person would write it."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


def mentions(text: str) -> Iterator[Mention]:
    """Every name in ``text`` in order, plain words included (unmarked); files are left out."""
    without_files = _FILE.sub(lambda match: " " * len(match.group()), text)
    for number, piece in enumerate(without_files.split("`")):
        in_code = number % 2 == 1
        for match in _DOTTED.finditer(piece):
            parts = [part for part in match.group(1).split(".") if part not in ("self", "cls")]
            if not parts or keyword.iskeyword(parts[-1]):
                continue
            name = parts[-1]
            marked = (
                in_code
                or match.group(2) is not None
                or len(parts) > 1
                or "_" in name
                or _CAMEL.fullmatch(name) is not None
            )
            owner = parts[-2] if len(parts) > 1 else None
            yield Mention(name, owner, marked, match.group(2) == "()")


def files_in(text: str) -> tuple[str, ...]:
    """The Python files that a text names."""
    return tuple(dict.fromkeys(_FILE.findall(text)))


def routes_in(text: str) -> tuple[str, ...]:
    """The routes that a text names in backticks: ``POST /api/files/upload``."""
    code = text.split("`")[1::2]
    return tuple(route for piece in code for route in _ROUTE.findall(piece))


def numbers_in(text: str) -> Iterator[str]:
    """The numbers in the inline code of a text that are long enough to say something."""
    for piece in text.split("`")[1::2]:
        yield from (item for item in _NUMBER.findall(piece) if len(item) > 2)


def lists_in(text: str) -> list[str]:
    """Enumerations of names in backticks: ``get_it``, ``put_it``, and ``drop_it``."""
    return _LIST.findall(text)


def in_words(text: str) -> str:
    """A text without its names of code and files: what it says in plain words."""
    prose = " ".join(text.split("`")[::2])
    prose = _FILE.sub(" ", prose)
    code = {item.name for item in mentions(prose) if item.marked}
    return _DOTS.sub(lambda found: _behind(found[0], code), prose)


def _behind(dotted: str, code: Collection[str]) -> str:
    """What stands behind the last name of ``code`` in a dotted one, with a blank for the rest."""
    parts = dotted.split(".")
    last = max((number for number, part in enumerate(parts) if part in code), default=-1)
    return ".".join([" " if last >= 0 else parts[0], *parts[max(last, 0) + 1 :]])


def words(name: str) -> tuple[str, ...]:
    """A name or a phrase as lower-case words: ``getHTTPUser_id`` is get, http, user, id."""
    return tuple(word.lower() for word in _WORD.findall(name))

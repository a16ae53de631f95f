"""The words of ``words.toml`` as patterns: what reports call severities, statuses and chapters."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from codemods.findings.model import Severity, StatusKind

_NO_BLANKS = re.compile(r"[^\W\d_]", re.UNICODE)
_FIRST_CJK = "\u2e80"


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def names(table: str, key: str) -> frozenset[str]:
    """The words of one list, as they stand in the file."""
    return frozenset(_table()[table][key])


@cache
def pattern(table: str, key: str) -> re.Pattern[str]:
    """One expression for the words of a list, wherever they stand as whole words."""
    return re.compile(f"(?:{_either(_table()[table][key])})", re.IGNORECASE)


def says(table: str, key: str, text: str) -> bool:
    """Whether a text has one of the words of a list."""
    return pattern(table, key).search(text) is not None


@cache
def _leveled(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((key, pattern(table, key)) for key in _table()[table])


def severity_in(text: str) -> Severity | None:
    """The severity whose word stands first; numbers and signs count where there is no word."""
    found = [
        (_rank(match[0]), match.start(), key)
        for key, words in _leveled("severity")
        for match in words.finditer(text)
    ]
    return Severity(min(found)[2].upper()) if found else None


def _rank(word: str) -> int:
    """Which kind of mark counts first: a word, a number such as P1, a sign."""
    if not word[0].isalpha():
        return 2
    return int(word[-1].isdigit())


def severity_of_word(word: str) -> Severity | None:
    """The severity that a whole text is the word for."""
    text = word.strip(" *_[]():.").strip()
    for key, words in _leveled("severity"):
        if words.fullmatch(text):
            return Severity(key.upper())
    return None


def status_at_start(text: str) -> tuple[StatusKind, int] | None:
    """The settled status that a text begins with, and where its words end."""
    start = re.match(r"[^\w]{0,8}", text)
    at = start.end() if start is not None else 0
    found = [
        (match.end(), key)
        for key, words in _leveled("status")
        for match in [words.match(text, at)]
        if match is not None
    ]
    if not found:
        return None
    end, key = max(found)
    return StatusKind(key), end


def status_in(title: str) -> StatusKind | None:
    """The status that the title of a chapter gives to what stands in it: ``Fixed issues``. What
    stands in parentheses counts where the rest says nothing of the kind."""
    main, _, inner = title.partition("(")
    if len(main.split()) > 8:
        return None
    found, taken_back = _status_of(main)
    if found is not None or taken_back or len(inner.split()) > 8:
        return found
    return _status_of(inner)[0]


def _status_of(text: str) -> tuple[StatusKind | None, bool]:
    """The first status of a text, and whether words such as "not yet" take it back."""
    found = [
        (match.start(), -match.end(), key)
        for key, words in _leveled("status")
        for match in words.finditer(text)
    ]
    rest = text
    for _, words in _leveled("status"):
        # The "not" of "not an issue" takes nothing back.
        rest = words.sub(" ", rest)
    if says("not_yet", "words", rest):
        return None, True
    return (StatusKind(min(found)[2]) if found else None), False


def _either(words: Iterable[str]) -> str:
    """The words as alternatives, the longest first."""
    ordered = sorted(words, key=len, reverse=True)
    signs = [_spelled(word) for word in ordered if _is_sign(word)]
    rest = "|".join(_spelled(word) for word in ordered if not _is_sign(word))
    # In the middle of a word none of them is tried.
    return "|".join([*([rf"(?<!\w)(?:{rest})"] if rest else []), *signs])


def _is_sign(word: str) -> bool:
    """Whether a word needs no blanks around it: an emoji, Chinese."""
    return word[0] >= _FIRST_CJK or not _NO_BLANKS.match(word[0])


def _spelled(word: str) -> str:
    text = re.escape(word.removesuffix("*")).replace(r"\ ", r"[ \t]{1,3}")
    if _is_sign(word):
        return text
    return text + (r"\w{0,20}" if word.endswith("*") else r"(?!\w)")

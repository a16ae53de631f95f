"""Sentences with places in them: what stands where, and not only whether it is spoken of.

A template is a row of the lexicon that is looked for in a sentence of
:mod:`codemods.demands.marked`, in which each code is one mark. It is
written like a phrase, and can say more:

==================  ==========================================================================
``{old}``           a code, by this name
``{role:use|set}``  one of these words, by this name; ``#`` is a number of one or two digits,
                    ``AAA`` a word in capitals, ``()`` what stands in parentheses
``@``               the place itself, by the name ``at``
``..6``             up to six words, and no code among them
``..3<articles>``   up to three words of a class
``..8!<turns>``     up to eight words or signs, none of a class, and no code among them
``~80``             up to eighty characters of whatever kind, but for the end of a clause
``!<class>``        a word that is none of a class
``,`` ``(`` ``→``   a sign
==================  ==========================================================================

Case does not count, and a word that goes on behind a hyphen is another word. The fewest words
between two others are taken, so that the nearest code is meant; the gaps are bounded, so that no
text takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from codemods.demands.lexicon import lexicon

_WHOLE = r"(?![-'’]?\w)"
_GAP = re.compile(r"\.\.(?P<most>\d+)(?P<none>!)?(?:<(?P<name>[\w-]+)>)?")
_SLOT = re.compile(r"\{(?P<name>\w+)(?::(?P<what>.+))?\}")
_KINDS = {"#": r"\d{1,2}", "AAA": r"(?-i:[A-Z]{3,})", "()": r"[^()]*"}


def first(name: str, sentence: str) -> re.Match[str] | None:
    """The first place at which a sentence has a row of a template, of several the earlier row.

    Raises:
        KeyError: for a template that the lexicon does not have.
    """
    found = (pattern.search(sentence) for pattern in _patterns(name))
    return min((item for item in found if item), key=lambda item: item.start(), default=None)


def each(name: str, sentence: str) -> Iterator[re.Match[str]]:
    """Every place at which a sentence has a row of a template, row by row."""
    for pattern in _patterns(name):
        yield from pattern.finditer(sentence)


def named(found: re.Match[str], name: str) -> str:
    """What stands at a place of a template; empty where its row has none of that name."""
    return (found.groupdict().get(name) or "").strip()


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    rows = lexicon().templates[name]
    return tuple(re.compile(_row(row, lexicon().classes), re.IGNORECASE) for row in rows)


def _row(row: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    return "".join(_item(item, classes) for item in row.split())


def _item(item: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    if item in ("^", "$"):
        return r"^" if item == "^" else r"[\s.]*$"
    if item == "@":
        return r" ?(?P<at>)"
    if item.startswith("?") and len(item) > 1:
        return f"(?:{_item(item[1:], classes)})?"
    if item.startswith("~"):
        return rf"(?:[^.—]|\.(?=\w)){{0,{int(item[1:])}}}?"
    if (gap := _GAP.fullmatch(item)) is not None:
        return _gap(gap, classes)
    if (slot := _SLOT.fullmatch(item)) is not None:
        name, what = slot["name"], slot["what"]
        if what is None:
            return rf" ?⟦(?P<{name}>\d+)⟧"
        if what == "()":
            return rf" ?\((?!⟦)(?P<{name}>{_KINDS[what]})\)"
        if what == "AAA":
            return rf" ?\b(?P<{name}>{_KINDS[what]})s?{_WHOLE}"
        return rf" ?(?P<{name}>{_words(what, classes)})"
    if item.startswith("!"):
        return rf" ?\b(?!{_words(item[1:], classes)})[a-z]+{_WHOLE}"
    return rf" ?{_words(item, classes)}"


def _gap(gap: re.Match[str], classes: Mapping[str, tuple[str, ...]]) -> str:
    """Each word of a gap ends where no word goes on, so that there is one way to count them."""
    some = _words(f"<{gap['name']}>", classes) if gap["name"] is not None else ""
    if gap["none"]:
        word = rf"\s+(?!{some})[^⟦⟧\s]+(?![^\s⟦])"
    else:
        word = r" ?" + (some or r"[\w'/-]+,?(?=\s)")
    return rf"(?:{word}){{0,{gap['most']}}}?"


def _words(item: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    return f"(?:{'|'.join(_word(part, classes) for part in item.split('|'))})"


def _word(word: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    if word.startswith("<"):
        return f"(?:{'|'.join(_row(row, classes) for row in classes[word[1:-1]])})"
    if word in _KINDS:
        return rf"\b{_KINDS[word]}{_WHOLE}"
    if not word.strip("*").replace("-", "").replace("'", "").isalnum():
        return re.escape(word)
    before = r"\b\w*" if word.startswith("*") else r"\b"
    behind = rf"\w*{_WHOLE}" if word.endswith("*") else _WHOLE
    return f"{before}{re.escape(word.strip('*'))}{behind}"

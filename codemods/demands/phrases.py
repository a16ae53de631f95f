"""Words of a text as tokens, and phrases that are looked for in them.

A phrase is a line of data: words that follow each other in one sentence.

==============  ==============================================================================
``block*``      a word with this beginning; ``*lock`` with this end; ``a|b`` one of several
``+error``      a longer word with this end: ``ValueError`` and not ``error``
``..`` ``..3``  up to six, or three, words between its neighbors
``?very``       a word that may be left out
``<name>``      one of the phrases of a word class of the lexicon
``^`` ``$``     the beginning, or the end, of a sentence
``^^``          the beginning of the text
``a b & c``     both parts in one sentence, in any order
==============  ==============================================================================

Case, hyphens, brackets and quotes do not count: ``event-loop`` is ``event loop``. A name counts
whole and by each of its parts: ``asyncio.Lock`` is found by ``lock`` and by ``asyncio.lock``. Every
step is linear in the words of the text, whatever the text is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple, TypeAlias

from codemods.findings.text import code_spans
from codemods.tables import words as words_of

_TOKEN = re.compile(
    r"(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*(?:['’][a-z]{1,2}\b)?)|(?P<number>\d\w*(?:\.\w+)*)|(?P<sign>→)"
    r"|(?P<end>[.!?;](?=[\s*\"”)\]`_]|$)|\n[ \t]*(?=\n|[-*+•][ \t]|\d+[.)][ \t]))"
)
_ABBREVIATIONS = frozenset({"e.g", "i.e", "vs", "cf", "etc", "approx", "incl", "resp"})
_GAP = 6
_BEFORE = 3
"""How many words before a phrase a negation may stand."""
NEGATIONS = frozenset(
    words_of(
        "not never no cannot without non neither nor doesn't don't isn't aren't wasn't won't can't "
        "didn't couldn't shouldn't wouldn't haven't hasn't"
    )
)
FILLERS = frozenset(
    words_of(
        "a also and b but c e.g either finally first i.e instead just now optionally or please "
        "second simply so then third"
    )
)
"""What may stand before the first word of a sentence that counts."""


class Token(NamedTuple):
    """A word, a number or an arrow; ``start`` and ``end`` are offsets into the text."""

    word: str
    """In lower case, with straight apostrophes."""
    start: int
    end: int
    sentence: int
    """The how-manyth sentence it stands in, from zero."""


class Found(NamedTuple):
    """Where a phrase stands: the indexes of its first and last token, both included."""

    first: int
    last: int
    words: frozenset[int]
    """The tokens that the phrase itself named; the others stand in its gaps."""


class Words:
    """The tokens of one text, and where each word of it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends: list[re.Match[str]] = []
        self.tokens = tuple(_tokens(text, self._ends))
        self._memo: dict[str, tuple[int, ...]] = {}

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The indexes of each word, whole and by each end of a dotted name."""
        found: dict[str, list[int]] = {}
        for index, token in enumerate(self.tokens):
            parts = token.word.split(".")
            forms = {token.word, *parts, *(".".join(parts[at:]) for at in range(len(parts)))}
            for form in forms:
                found.setdefault(form, []).append(index)
        return found

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._places)

    def where(self, word: str) -> tuple[int, ...]:
        """The indexes of the tokens that an atom of a phrase means: ``block*|stall``."""
        known = self._memo.get(word)
        if known is None:
            found = {index for part in word.split("|") for index in self._one(part)}
            known = self._memo[word] = tuple(sorted(found))
        return known

    def _one(self, word: str) -> Iterator[int]:
        if word == "*":
            yield from range(len(self.tokens))
        elif word.startswith(("*", "+")):
            for form in self._sorted:
                if form.endswith(word[1:]) and (word[0] == "*" or len(form) >= len(word)):
                    yield from self._places[form]
        elif word.endswith("*"):
            for form in self._sorted[bisect_left(self._sorted, word[:-1]) :]:
                if not form.startswith(word[:-1]):
                    break
                yield from self._places[form]
        else:
            yield from self._places.get(word, ())

    def sentence_end(self, number: int) -> int:
        """The offset at which a sentence ends, without its full stop."""
        return self._ends[number].start() if number < len(self._ends) else len(self.text)

    def sentence_text(self, number: int) -> str:
        """What stands between two ends of sentences, without the ends."""
        start = self._ends[number - 1].end() if number else 0
        return self.text[start : self.sentence_end(number)].strip()

    def starts(self, index: int) -> bool:
        """Whether a token is the first of its sentence, but for ``also``, ``then``, ``1)``."""
        before = index - 1
        while before >= 0 and self.tokens[before].sentence == self.tokens[index].sentence:
            if self.tokens[before].word not in FILLERS and not self.tokens[before].word.isdigit():
                return False
            before -= 1
        return True

    def ends(self, index: int) -> bool:
        """Whether a token is the last of its sentence."""
        last = index + 1 == len(self.tokens)
        return last or self.tokens[index + 1].sentence != self.tokens[index].sentence

    def is_negated(self, found: Found) -> bool:
        """Whether a negation stands shortly before a phrase, or in one of its gaps."""
        sentence = self.tokens[found.first].sentence
        return any(
            self.tokens[index].word in NEGATIONS and self.tokens[index].sentence == sentence
            for index in range(max(0, found.first - _BEFORE), found.last + 1)
            if index not in found.words
        )


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text with their full stops, in order; a semicolon ends one and goes."""
    ends: list[re.Match[str]] = []
    for _ in _tokens(text, ends):
        pass
    start = 0
    for end in ends:
        yield text[start : end.start() if end[0] == ";" else end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def _tokens(text: str, ends: list[re.Match[str]]) -> Iterator[Token]:
    """The tokens of a text; where a sentence ends goes into ``ends``."""
    spans = iter(code_spans(text))
    span = next(spans, None)
    sentence = 0
    previous = ""
    empty = True
    for match in _TOKEN.finditer(text):
        start = match.start()
        while span is not None and span.end <= start:
            span = next(spans, None)
        in_code = span is not None and span.start < start
        if match["end"] is None:
            previous = match[0].lower().replace("’", "'")
            yield Token(previous, start, match.end(), sentence)
            empty = False
        elif not in_code and not empty and not (match[0] == "." and previous in _ABBREVIATIONS):
            sentence += 1
            empty = True
            ends.append(match)


@dataclass(frozen=True, slots=True)
class _Atom:
    word: str
    gap: int
    """How many words may stand between the one before and this."""
    optional: bool = False
    at_start: bool = False
    at_end: bool = False
    in_front: bool = False
    """Whether it has to stand in the first sentence."""


Phrase: TypeAlias = tuple[tuple[_Atom, ...], ...]
"""Its parts in one sentence, each a sequence of atoms."""
Classes: TypeAlias = Mapping[str, tuple[str, ...]]


@cache
def _parsed(row: str) -> Phrase:
    return tuple(_sequence(part.split()) for part in row.split("&"))


def _sequence(items: list[str]) -> tuple[_Atom, ...]:
    found: list[_Atom] = []
    gap = 0
    at_start = in_front = False
    for item in items:
        if item.startswith(".."):
            gap = int(item[2:] or _GAP)
        elif item in ("^", "^^"):
            at_start = True
            in_front = item == "^^"
        elif item == "$":
            last = found.pop()
            found.append(replace(last, at_end=True))
        else:
            word = item.removeprefix("?")
            found.append(_Atom(word, gap, item.startswith("?"), at_start, in_front=in_front))
            gap = 0
            at_start = in_front = False
    return tuple(found)


def found_in(words: Words, row: str, classes: Classes) -> Iterator[Found]:
    """Where a phrase stands in a text, each end once, in the order of the text.

    Raises:
        KeyError: for a word class that ``classes`` does not have.
    """
    first, *others = _parsed(row)
    rest = [
        {words.tokens[found.first].sentence for found in _runs(words, part, classes)}
        for part in others
    ]
    for found in _runs(words, first, classes):
        if all(words.tokens[found.first].sentence in sentences for sentences in rest):
            yield found


def _runs(words: Words, atoms: tuple[_Atom, ...], classes: Classes) -> list[Found]:
    runs = _standing(words, atoms[0], classes)
    for atom in atoms[1:]:
        if not runs:
            break
        following = _joined(words, runs, _standing(words, atom, classes), atom.gap)
        # One that may be left out: both ways are followed.
        runs = sorted({*following, *(runs if atom.optional else ())}, key=lambda item: item.last)
    return runs


def _standing(words: Words, atom: _Atom, classes: Classes) -> list[Found]:
    if atom.word.startswith("<"):
        found = [item for row in classes[atom.word[1:-1]] for item in found_in(words, row, classes)]
    else:
        found = [Found(index, index, frozenset((index,))) for index in words.where(atom.word)]
    if atom.at_start:
        found = [item for item in found if words.starts(item.first)]
    if atom.in_front:
        found = [item for item in found if not words.tokens[item.first].sentence]
    if atom.at_end:
        found = [item for item in found if words.ends(item.last)]
    return found


def _joined(words: Words, runs: list[Found], here: list[Found], gap: int) -> list[Found]:
    ends = {run.last: run for run in runs}
    found = []
    for item in here:
        for last in range(item.first - 1, item.first - 2 - gap, -1):
            run = ends.get(last)
            if run is not None and words.tokens[last].sentence == words.tokens[item.first].sentence:
                found.append(Found(run.first, item.last, run.words | item.words))
                break
    return found

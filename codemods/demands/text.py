"""Small readings of prose: inline code, names, lines, numbers and durations.

``recognise`` of a codemod uses them on titles, descriptions and suggestions. All of them take any
text, raise nothing and give what they find in the order of the text, each once.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from typing import TypeVar

from codemods.findings.text import code_spans, in_code
from codemods.tables import words

_T = TypeVar("_T")


_DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_CALL = re.compile(rf"(?<![\w.@\\])({_DOTTED})\((?!(?:s|es|ies)\))")
_DEFINED = re.compile(r"\b(?:def|class)\s+$")
_WHOLE_NAME = re.compile(rf"^({_DOTTED})(?:\(.*\))?$", re.DOTALL)
_PARTS = re.compile(rf"(?<![\w./\\@-])({_DOTTED}\.[A-Za-z_]\w*)(?![\w/\\-]|\.\w)")
_SNAKE = re.compile(r"(?<![\w./-])(?=\w*[a-zA-Z0-9]_|_\w)[A-Za-z_]\w+(?![\w./-]*\w)")
_PLAIN = re.compile(r"\w+")
_BARE_PATH = re.compile(r"(?<![\w`~/.])~?/[\w./-]+")
_ARTICLES = frozenset(("the", "a", "an", "of"))
_QUOTED = re.compile(r"(?<!\w)(?P<before>\w+)\W{0,12}?[\"“](?P<quoted>[^\"“”\n]+)[\"”]")
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
_SUFFIXES = frozenset(
    words(
        "cfg cjs conf css csv db env gif go html ini ipynb java jpg js json jsx lock log md mjs "
        "mp3 png py pyi pyx rs rst sh sql sqlite svg toml ts tsx txt wav xml yaml yml"
    )
)

_WORDS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_PLACES = words(
    "accesses assignments awaits blocks branches call-sites callers calls catches clauses "
    "commands endpoints functions handlers instances invocations locations loops methods "
    "occurrences opens operations paths places points reads returns routes sites spots "
    "statements subprocesses usages uses writes"
)
_COUNT = re.compile(
    rf"(?<![\w.#,$%-])(?P<number>\d{{1,3}}|both|{'|'.join(_WORDS[1:])})"
    r"(?!\s?-?\s?(?:m?s|sec\w*|min\w*|hours?|days?|weeks?|[kKMG]?B|k?Hz|dB|samples)\b)"
    rf"(?:\s+(?:of\s+)?(?:the\s+|these\s+)?|-)(?P<between>(?:[\w`()./'-]{{1,60}}\s+){{0,3}}?)"
    rf"(?P<noun>{'|'.join(_PLACES)}|call\s+sites?|place|site|call|occurrence)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?<!\w)(?P<before>\w+)\s+)?(?P<sign>[~>]\s?)?(?<!\w)\d+(?P<more>\+)?(?P<nouns>(?:\s+[\w-]+){1,4})"
)
_ROUGHLY = frozenset(("about", "almost", "nearly", "over", "roughly", "some", "than"))
_ELSEWHERE = frozenset(("at", "for", "in", "on", "per"))
"""Behind them stands what is not counted: ``> 5 seconds at all sites``."""
_COUNTED = frozenset((*_PLACES, "responses"))
_UNITS = {
    "ms": 0.001,
    "millisecond": 0.001,
    "milliseconds": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "secs": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "min": 60.0,
    "mins": 60.0,
    "minute": 60.0,
    "minutes": 60.0,
}
_DURATION = re.compile(
    r"\btimeout(?:_seconds|_s)?`?\s*(?:=|:|\bof\b)\s*`?(?P<value>\d+(?:\.\d+)?)"
    r"(?P<scale>\s?ms\b)?|"
    r"(?<![\w.#:])(?P<amount>\d+(?:\.\d+)?)(?:\s?|-)(?P<unit>"
    + "|".join(sorted(_UNITS, key=len, reverse=True))
    + r")\b"
)


def without_fences(text: str) -> str:
    """Prose without its fenced code."""
    return _FENCED.sub("\n", text)


def written_words(text: str) -> frozenset[str]:
    """Every word, and every part of a dotted name, in the case that it is written in."""
    return frozenset(_PLAIN.findall(text))


def inline_code(text: str) -> tuple[str, ...]:
    """The inline code of ``text``: ``("exc_info=True", "str(e)")``; repeated ones repeat."""
    return tuple(span.text for span in code_spans(text))


def linked_code(text: str, links: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Neighboring inline code with one word in between: ``a`` and ``b`` of "`a` into `b`"."""
    spans = code_spans(text)
    for first, second in pairwise(spans):
        if text[first.end : second.start].strip().lower() in links:
            yield first.text, second.text


def introduced(text: str, by: frozenset[str]) -> Iterator[str]:
    """The inline code, and the paths in prose, right behind one of some words: ``~/covers`` of
    "within the `~/covers`"."""
    spans = code_spans(text)
    paths = (item for item in _BARE_PATH.finditer(text))
    found = [(span.start, span.text) for span in spans]
    found += [
        (item.start(), item[0].rstrip(".,;")) for item in paths if not in_code(spans, item.start())
    ]
    for start, code in sorted(found):
        before = text[max(0, start - 60) : start].lower().split()
        while before and before[-1] in _ARTICLES:
            before.pop()
        if before and before[-1] in by:
            yield code


def quotations(text: str) -> Iterator[tuple[str, str]]:
    """What stands in double quotes in one line, with the word before it, in lower case."""
    for found in _QUOTED.finditer(text):
        yield found["before"].lower(), found["quoted"]


def called_names(text: str) -> tuple[str, ...]:
    """Names that are called, in prose or inline code: ``("load_audio", "processor.process")``.

    ``def f()`` and decorators are no calls, ``file(s)`` is a plural, and what is called on
    another call's result (``open().read()``) has no dotted name.
    """
    return _unique(
        found[1]
        for found in _CALL.finditer(text)
        if not keyword.iskeyword(found[1])
        and not _DEFINED.search(text, max(0, found.start() - 12), found.start())
    )


def dotted_names(text: str) -> tuple[str, ...]:
    """Names: an identifier that is a whole inline code, and ``a.b`` wherever it stands.

    File names (``webm_streaming.py``) and abbreviations (``e.g.``) are none.
    """
    spans = {span.start: span for span in code_spans(text)}
    found: list[tuple[int, str]] = []
    for span in spans.values():
        whole = _WHOLE_NAME.match(span.text)
        if whole is not None and not _is_file(whole[1]) and not keyword.iskeyword(whole[1]):
            found.append((span.start, whole[1]))
    for item in _PARTS.finditer(text):
        name = item[1]
        if not _is_file(name) and len(name.rpartition(".")[2]) > 1:
            found.append((item.start(), name))
    return _unique(name for _, name in sorted(found, key=lambda pair: pair[0]))


def identifiers(text: str) -> tuple[str, ...]:
    """Names of code, quoted or not: all of :func:`dotted_names`, and words with an underscore.

    Titles seldom quote: ``Router get_chunk_path blocks the loop`` has ``get_chunk_path``.
    """
    spans = code_spans(text)
    found = [(text.find(name), name) for name in (*dotted_names(text), *called_names(text))]
    for item in _SNAKE.finditer(text):
        if not in_code(spans, item.start()):
            found.append((item.start(), item[0]))
    return _unique(name for _, name in sorted(found, key=lambda pair: pair[0]))


def _is_file(name: str) -> bool:
    return "." in name and name.rpartition(".")[2].lower() in _SUFFIXES


def spoken_count(text: str) -> int | None:
    """How many places the text speaks of: ``four blocking operations`` is 4, ``both reads`` 2.

    Numbers up to twenty in words, any in digits; only before words for places in code, so that
    ``20 artists`` and ``two clients`` count nothing.
    """
    for found in _COUNT.finditer(text):
        number = found["number"].lower()
        value = int(number) if number.isdigit() else 2 if number == "both" else _WORDS.index(number)
        plural = found["noun"].lower().endswith("s")
        if (value == 1) != plural and value > 0:
            return value
    return None


def number_of(word: str) -> int | None:
    """How many a word says: ``both`` and ``two`` are 2, ``12`` is 12."""
    if word.isdecimal():
        return int(word)
    if word.lower() == "both":
        return 2
    return _WORDS.index(word.lower()) if word.lower() in _WORDS else None


def spoken_roughly(text: str) -> bool:
    """Whether it counts places and not exactly: ``40+ sites``, ``~30 endpoints``."""
    return any(
        (found["sign"] or found["more"] or found["before"] in _ROUGHLY)
        and not _COUNTED.isdisjoint(
            takewhile(lambda word: word not in _ELSEWHERE, found["nouns"].split())
        )
        for found in _NUMBERED.finditer(text.lower())
    )


def durations(text: str) -> tuple[float, ...]:
    """Seconds: ``timeout=10.0``, ``30s timeout``, ``5 seconds``, ``500 ms``, ``2 minutes``."""
    return _unique(
        float(found["value"]) * (0.001 if found["scale"] else 1.0)
        if found["value"]
        else float(found["amount"]) * _UNITS[found["unit"]]
        for found in _DURATION.finditer(text)
    )


def _unique(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))

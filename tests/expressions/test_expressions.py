"""No regular expression takes more steps than its text is long, times a number.

Reports and repositories may be hostile, so a text of 10,000 blanks must not take a day. Each
expression of the code is read from the code itself, runs on texts that its own tree says are the
worst for it, in two lengths, and its steps are counted (:mod:`tests.expressions.counter`).
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator

import pytest

from codemods.findings.readers import lexicon
from codemods.findings.readers.locations import without_long_words
from codemods.project.ignoring import Rules
from codemods.transforms.hide_exception_text import _way_out
from tests.expressions.automaton import LOOP, automaton
from tests.expressions.counter import Counter, TooManyStepsError
from tests.expressions.source import Expression, Use, expressions
from tests.expressions.suspicions import Suspicion, suspicions
from tests.expressions.trees import UNBOUNDED, Tree, is_repeat, parse, parser

GROWTH = 1.2
"""The largest exponent: twice the text takes at most 2.3 times the steps."""
STEPS = 300
"""The most steps for each character of a text: bounds of repeats multiply up to this."""
_ROUNDS = 40
_IRRELEVANT = 8
"""Steps for each character that no growth would begin with."""
_GUESSES = 3
_BETWEEN = (" ", "", ".", "-", "/", "_", "(", "`", ": ", ", ", "\n", " \n", "0", "*", "[", "{", "=")
_ENDS = ("", "\0", "\n")

PREPARED: dict[str, Callable[[str], str]] = {
    # A path may begin in the middle of a word: words are cut off at a length for that.
    "codemods/findings/readers/locations.py:_PATH": without_long_words,
    # What is said of a title is said at its end.
    "codemods/findings/readers/words.py:_SAID_AT_END": lambda text: text[-90:],
}
"""What the code does to a text before it searches for an expression that would be too slow."""


def _ignoring() -> Iterator[re.Pattern[str]]:
    for lines in (["*.py"], ["a*b*c*d*e*f"], ["**/a/**/b/**/c"], ["*a*", "!a/**/*b*c*", "/x?*y"]):
        yield from (pattern for _, pattern in Rules(lines)._groups)


CALLED: dict[str, Callable[[], list[re.Pattern[bytes]] | list[re.Pattern[str]]]] = {
    "codemods/project/ignoring.py:Rules": lambda: list(_ignoring()),
    "codemods/transforms/hide_exception_text/__init__.py:_way_out": lambda: [
        _way_out(None, has_own=False),
        _way_out(frozenset({b"Answer"}), has_own=True),
    ],
    "codemods/findings/readers/lexicon.py:pattern": lambda: [
        lexicon.pattern(table, key)
        for table, keys in lexicon._table().items()
        if isinstance(keys, dict)
        for key in keys
    ],
}
"""Functions that make an expression of what is known only when they run, and what they make."""


@pytest.fixture(scope="module")
def unread_and_found() -> tuple[list[str], list[Expression]]:
    """Not while the tests are collected: each worker would read all the code."""
    found, unread = expressions()
    return unread, [
        *found,
        *(
            Expression(where, pattern.pattern, pattern.flags, Use.ALL)
            for where, made in CALLED.items()
            for pattern in made()
        ),
    ]


@pytest.fixture(scope="module")
def found(unread_and_found: tuple[list[str], list[Expression]]) -> list[Expression]:
    return unread_and_found[1]


@pytest.mark.slow
def test_every_call_of_re_has_been_read(
    unread_and_found: tuple[list[str], list[Expression]],
) -> None:
    unread, found = unread_and_found
    assert set(unread) <= set(CALLED)
    assert len(found) > 300
    assert set(PREPARED) <= {item.where for item in found}


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\s+and", " "),
        (r"(?:\w+)*!", "a"),
        (r"\bblock\b[^.]*\bloop\b", "block "),
        (r"`[^`]*`(?:\s*/\s*`[^`]*`)*!", "`"),
        (r"^(.*?)(\d+)$", "0"),
        (r"(?:a{1,90}b?){0,30}!", "a"),
    ],
)
def test_a_slow_expression_is_found_out(pattern: str, words: str) -> None:
    with pytest.raises(AssertionError):
        check(Expression("", pattern, 0, Use.ALL))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!\s)\s+and",
        r"(?<!\w)\w+!",
        r"\bblock\b[^.]{0,40}\bloop\b",
        r"`[^`]*`",
        r"(?<!\d)(\d+)$",
    ],
)
def test_a_linear_expression_is_not(pattern: str) -> None:
    check(Expression("", pattern, 0, Use.ALL))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_steps_grow_with_the_text(part: int, found: list[Expression]) -> None:
    for expression in found[part::8]:
        check(expression)


def check(expression: Expression) -> None:
    """Counts the steps of an expression on the texts that it is suspected on."""
    flags = expression.flags
    if isinstance(expression.pattern, bytes):
        flags &= ~re.UNICODE
    counter = Counter(expression.pattern, flags)
    made = automaton(expression.pattern, flags, expression.use is not Use.MATCH)
    bound = _largest_bound(parse(expression.pattern, flags))
    tried = [
        (suspicion, end)
        for suspicion in suspicions(made)
        # What follows may fit where the word ends, and not where its last letter is missing.
        for end in dict.fromkeys((*_ENDS, f"{suspicion.word[:-1]}\0"))
    ]
    for suspicion, end in (*tried, *_guesses(expression.pattern)):
        rounds = max(_ROUNDS, 4 * bound // len(suspicion.word))
        length = len(suspicion.prefix) + rounds * len(suspicion.word)
        begin, word = suspicion.prefix, suspicion.word
        once = _steps(counter, expression, f"{begin}{word * rounds}{end}", length)
        if once <= _IRRELEVANT * length:
            continue
        twice = _steps(counter, expression, f"{begin}{word * 2 * rounds}{end}", 2 * length)
        growth = math.log2(twice / once)
        told = (
            f"{expression.where} {expression.pattern!r}: {once} and {twice} steps (exponent "
            f"{growth:.2f}) on {begin!r} + {word!r} * {rounds} + {end!r}"
        )
        assert growth <= GROWTH, told
        assert twice <= STEPS * 2 * length, told


def _guesses(pattern: str | bytes) -> Iterator[tuple[Suspicion, str]]:
    """The words of an expression itself, in some ways: what its tree does not know."""
    written = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\\[A-Za-z]|\(\?P<\w+>", " ", written)) or ["a"]
    for _ in range(_GUESSES):
        first, second = random.choice(words), random.choice([*words, "", "a"])
        between, behind = random.choice(_BETWEEN), random.choice(_BETWEEN)
        prefix = random.choice(["", f"{random.choice(words)}{random.choice(_BETWEEN)}"])
        word = f"{first}{between}{second}{behind}"
        yield Suspicion(prefix, word, "a guess"), random.choice(_ENDS)


def _steps(counter: Counter, expression: Expression, text: str, length: int) -> int:
    text = PREPARED.get(expression.where, str)(text)
    written = text if isinstance(expression.pattern, str) else text.encode()
    # More than that is too much in any case.
    counter.budget = 4 * STEPS * length
    try:
        match expression.use:
            case Use.ALL:
                for _ in counter.finditer(written):
                    pass
            case Use.SEARCH:
                counter.search(written)
            case Use.MATCH:
                counter.match(written)
    except TooManyStepsError:
        return counter.budget
    return counter.steps


def _largest_bound(tree: Tree) -> int:
    """The largest bound of a repeat that is taken for a loop."""
    largest = 0
    for operation, value in tree:
        inner: list[Tree] = []
        if is_repeat((operation, value)):
            inner = [value[2]]
            if LOOP < value[1] < UNBOUNDED:
                largest = max(largest, int(value[1]))
        elif operation is parser.BRANCH:
            inner = value[1]
        elif operation is parser.SUBPATTERN:
            inner = [value[3]]
        elif operation in (parser.ASSERT, parser.ASSERT_NOT):
            inner = [value[1]]
        elif operation is parser.ATOMIC_GROUP:
            inner = [value]
        largest = max([largest, *map(_largest_bound, inner)])
    return largest

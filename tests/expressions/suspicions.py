"""Texts that an expression is slow on, found in its own automaton.

Steps grow faster than the text where a word can be read round one loop, and round another, and on
the way between them (then each way to cut the text is tried), or round one loop in two ways (then
the ways double with each round). The beginning of a search is a loop, too: it starts everywhere.
Such a word, repeated, is the text. It is a suspicion, and the counter the judge.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.expressions.automaton import START, Automaton

_MOST_NODES = 4_000
"""How many pairs or triples of states are looked at for one suspicion."""


@dataclass(frozen=True)
class Suspicion:
    """``prefix``, then ``word`` again and again."""

    prefix: str
    word: str
    why: str


def suspicions(made: Automaton) -> Iterator[Suspicion]:
    """Words that may make the steps grow faster than the text, each once."""
    seen: set[tuple[str, str]] = set()
    for suspicion in _suspicions(made):
        if (suspicion.prefix, suspicion.word) not in seen:
            seen.add((suspicion.prefix, suspicion.word))
            yield suspicion


def _suspicions(made: Automaton) -> Iterator[Suspicion]:
    loops: dict[int, list[int]] = {}
    for state, component in enumerate(made.components):
        if component >= 0:
            loops.setdefault(component, []).append(state)
    walker = _Walker(made)
    for members in loops.values():
        if made.searches:
            word = walker.from_start(members[0])
            if word is not None:
                yield Suspicion("", word, "starts everywhere")
        for state in members:
            doubled = walker.doubled(state)
            if doubled is not None:
                for prefix in walker.prefixes(state, doubled):
                    yield Suspicion(prefix, doubled, "two ways round a loop")
                break
    endless = [members for members in loops.values() if not made.bounded.issuperset(members)]
    for firsts in endless:
        reached = walker.reached(firsts[0])
        for seconds in endless:
            if firsts is not seconds and seconds[0] in reached:
                yield from walker.between(firsts, seconds)


Node = tuple[Any, ...]
Step = Callable[[Node], Iterable[tuple[str, Node]]]


class _Walker:
    """Walks products of an automaton with itself; the last of a node is the letter before."""

    def __init__(self, made: Automaton) -> None:
        self.made = made
        self._next: dict[tuple[int, str | None], dict[str, list[tuple[int, bool]]]] = {}
        self._at_home: dict[tuple[int, str | None], dict[str, list[int]]] = {}

    def after(self, state: int, before: str | None) -> dict[str, list[tuple[int, bool]]]:
        """By letter: the states behind ``state``, and whether there are two ways to it."""
        found = self._next.get((state, before))
        if found is None:
            found = self._next[state, before] = {}
            for target, checks, double in self.made.edges[state]:
                for letter in self.made.accepted[target]:
                    if all(check(before, letter) for check in checks):
                        found.setdefault(letter, []).append((target, double))
        return found

    def round(self, state: int, before: str | None) -> dict[str, list[int]]:
        """The same within the loop of ``state``."""
        found = self._at_home.get((state, before))
        if found is None:
            home, components = self.made.components[state], self.made.components
            found = self._at_home[state, before] = {}
            for letter, targets in self.after(state, before).items():
                inside = [target for target, _ in targets if components[target] == home]
                if inside:
                    found[letter] = inside
        return found

    def walk(self, start: Node, goal: Callable[[Node], bool], step: Step) -> str | None:
        """The shortest word from ``start`` to a goal, not empty."""
        came: dict[Node, tuple[Node, str] | None] = {start: None}
        queue = deque([start])
        while queue and len(came) < _MOST_NODES:
            node = queue.popleft()
            for letter, following in step(node):
                if following in came and not goal(following):
                    continue
                if goal(following):
                    word, at = letter, node
                    while (link := came[at]) is not None:
                        at, letter = link
                        word = letter + word
                    return word
                came[following] = (node, letter)
                queue.append(following)
        return None

    def prefixes(self, state: int, word: str) -> set[str]:
        """Short texts that lead to ``state``; one ends with what is not in ``word``, which an
        earlier loop might take instead."""

        def step(node: Node) -> Iterable[tuple[str, Node]]:
            for letter, targets in self.after(node[0], node[1]).items():
                for target, _ in targets:
                    yield letter, (target, letter)

        start = (START, None)
        apart = self.walk(start, lambda node: node[0] == state and node[1] not in word, step)
        return {self.walk(start, lambda node: node[0] == state, step) or "", apart or ""}

    def from_start(self, state: int) -> str | None:
        """A word that leads from the beginning of a search to ``state``, and round its loop.

        The search does not begin with its first letter: what stands before that is not known.
        """

        def step(node: Node) -> Iterable[tuple[str, Node]]:
            one, other, before = node
            ways = self.after(one, before) if before is not None else {}
            for letter, seconds in self.round(other, before).items():
                firsts = [target for target, _ in ways.get(letter, ())]
                if one == START:
                    firsts.append(START)
                for first in firsts:
                    for second in seconds:
                        yield letter, (first, second, letter)

        return self.walk((START, state, None), lambda node: node[0] == node[1] == state, step)

    def doubled(self, state: int) -> str | None:
        """A word that leads round the loop of ``state`` in two ways."""
        components = self.made.components
        home = components[state]

        def step(node: Node) -> Iterable[tuple[str, Node]]:
            one, other, apart, before = node
            others = self.after(other, before)
            for letter, firsts in self.after(one, before).items():
                for first, double in firsts:
                    for second, twice in others.get(letter, ()):
                        if components[first] == home == components[second]:
                            differ = first != second or (one == other and (double or twice))
                            yield letter, (first, second, apart or differ, letter)

        return self.walk(
            (state, state, False, None),
            lambda node: node[0] == node[1] == state and node[2],
            step,
        )

    def between(self, firsts: list[int], seconds: list[int]) -> Iterator[Suspicion]:
        """Words that lead round one loop, round a later one, and from one to the other."""

        def step(node: Node) -> Iterable[tuple[str, Node]]:
            first, middle, last, before = node
            ways, tails = self.after(middle, before), self.round(last, before)
            for letter, heads in self.round(first, before).items():
                if letter in tails:
                    for target, _ in ways.get(letter, ()):
                        for head in heads:
                            for tail in tails[letter]:
                                yield letter, (head, target, tail, letter)

        for first in firsts:
            for last in seconds:
                word = self.walk((first, first, last, None), _Both(first, last), step)
                if word is not None:
                    for prefix in self.prefixes(first, word):
                        yield Suspicion(prefix, word, "between two loops")
                    return

    def reached(self, state: int) -> set[int]:
        """The states that can be reached from ``state``."""
        seen, work = {state}, [state]
        while work:
            for target, _, _ in self.made.edges[work.pop()]:
                if target not in seen:
                    seen.add(target)
                    work.append(target)
        return seen


@dataclass(frozen=True)
class _Both:
    """Round the first loop, and on from it and round the last one."""

    first: int
    last: int

    def __call__(self, node: Node) -> bool:
        return bool(node[:3] == (self.first, self.last, self.last))

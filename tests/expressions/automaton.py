"""An expression as an automaton with a state for each place in it that takes a character.

It allows a little more than the expression: what a lookaround of several letters or a group that
is referred to demands is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.expressions.trees import (
    MULTILINE,
    UNBOUNDED,
    Atom,
    Tree,
    atom_of,
    is_repeat,
    is_single,
    is_word,
    local_flags,
    parse,
    parser,
)

LOOP = 12
"""A repeat with a larger bound is a loop, too: what its bound is worth, the counter says."""
_LETTERS = "aZ0_ \n\t-./\\`'\"()[]{}<>:;,!?=*#@%$&|+~^éß—→☃"
Edge = tuple[int, tuple["Check", ...], bool]
"""Where to, what the letters around have to fulfil, and whether there are two ways."""
Check = Callable[[str | None, str | None], bool]
START = 0


@dataclass(eq=False)
class Automaton:
    """States are atoms; 0 is the start."""

    atoms: list[Atom | None] = field(default_factory=lambda: [None])
    edges: list[list[Edge]] = field(default_factory=lambda: [[]])
    letters: str = ""
    searches: bool = True
    components: list[int] = field(default_factory=list)
    """For each state the number of its loop, -1 for those in none."""
    bounded: set[int] = field(default_factory=set)
    """The states whose loop ends after a number of rounds."""
    checked: list[Atom] = field(default_factory=list)
    """What lookarounds look for."""
    accepted: list[str] = field(default_factory=list)
    """For each state the letters that it takes."""


@dataclass
class _Part:
    """A piece while building: states to enter by, states to leave by, ways through without one."""

    first: list[tuple[int, tuple[Check, ...]]]
    last: list[tuple[int, tuple[Check, ...]]]
    empty: list[tuple[Check, ...]]


class _Builder:
    def __init__(self, flags: int) -> None:
        self.made = Automaton()
        self.flags = flags

    def build(self, tree: Tree) -> Automaton:
        whole = self.sequence(tree, self.flags)
        for state, checks in whole.first:
            self.edge(START, state, checks)
        return self.made

    def edge(self, one: int, other: int, checks: tuple[Check, ...]) -> None:
        out = self.made.edges[one]
        for number, (target, found, _) in enumerate(out):
            if target == other:
                # Two ways without a character between the same states: `(?:a*)*`.
                out[number] = (target, found if len(found) < len(checks) else checks, True)
                return
        out.append((other, checks, False))

    def link(self, one: _Part, other: _Part) -> None:
        for source, before in one.last:
            for target, behind in other.first:
                self.edge(source, target, before + behind)

    def sequence(self, tree: Iterable[Tree], flags: int) -> _Part:
        part = _Part([], [], [()])
        for node in tree:
            part = self.joined(part, self.node(node, flags))
        return part

    def joined(self, one: _Part, other: _Part) -> _Part:
        self.link(one, other)
        first = one.first + [
            (state, before + behind) for before in one.empty for state, behind in other.first
        ]
        last = other.last + [
            (state, before + behind) for behind in other.empty for state, before in one.last
        ]
        empty = [before + behind for before in one.empty for behind in other.empty]
        return _Part(first, last, empty[:4])

    def node(self, node: Tree, flags: int) -> _Part:
        operation, value = node
        if is_single(node):
            self.made.atoms.append(atom_of(node, flags))
            self.made.edges.append([])
            state = len(self.made.atoms) - 1
            return _Part([(state, ())], [(state, ())], [])
        if is_repeat(node):
            return self.repeat(int(value[0]), int(value[1]), value[2], flags)
        if operation is parser.BRANCH:
            parts = [self.sequence(choice, flags) for choice in value[1]]
            return self.either(parts)
        if operation is parser.SUBPATTERN:
            return self.sequence(value[3], local_flags(flags, value[1], value[2]))
        if operation is parser.ATOMIC_GROUP:
            return self.sequence(value, flags)
        if operation in (parser.ASSERT, parser.ASSERT_NOT):
            return self.look(operation is parser.ASSERT_NOT, value[0], value[1], flags)
        if operation is parser.AT:
            return _Part([], [], [(_anchor(value, flags),)])
        if operation is parser.GROUPREF_EXISTS:
            parts = [self.sequence(value[1], flags), self.sequence(value[2] or (), flags)]
            return self.either(parts)
        return _Part([], [], [()])

    def either(self, parts: list[_Part]) -> _Part:
        return _Part(
            [item for part in parts for item in part.first],
            [item for part in parts for item in part.last],
            [item for part in parts for item in part.empty][:4],
        )

    def repeat(self, least: int, most: int, body: Tree, flags: int) -> _Part:
        loops = most == UNBOUNDED or most > LOOP
        part = _Part([], [], [()])
        begin = len(self.made.atoms)
        # Two rounds show what several do: further ones only make it worse.
        for number in range(min(max(least, 1) if loops else most, 2)):
            inner = self.sequence(body, flags)
            last = loops and number == min(max(least, 1), 2) - 1
            if last:
                self.link(inner, inner)
            if number >= least:
                inner = _Part(inner.first, inner.last, [*inner.empty, ()][:4])
            part = self.joined(part, inner)
        states = set(range(begin, len(self.made.atoms)))
        if most == UNBOUNDED:
            self.made.bounded -= states
        elif loops:
            self.made.bounded |= states
        return part

    def look(self, negated: bool, direction: int, body: Tree, flags: int) -> _Part:
        if len(body) == 1 and is_single(body[0]):
            self.made.checked.append(atom_of(body[0], flags))
            return _Part([], [], [(_beside(self.made.checked[-1], direction, negated),)])
        inner = self.sequence(body, flags)
        # What it looks at costs as much as what is read, and leads nowhere.
        return _Part(inner.first if direction > 0 else [], [], [()])


def _anchor(where: Tree, flags: int) -> Check:
    def holds(before: str | None, behind: str | None) -> bool:
        if where in (parser.AT_BEGINNING, parser.AT_BEGINNING_STRING):
            lines = flags & MULTILINE and where is parser.AT_BEGINNING
            return before is None or bool(lines and before == "\n")
        if where in (parser.AT_END, parser.AT_END_STRING):
            lines = where is parser.AT_END
            return behind is None or (lines and behind == "\n")
        if before is None or behind is None:
            return True
        apart = is_word(before, flags) != is_word(behind, flags)
        return apart == (where is parser.AT_BOUNDARY)

    return holds


def _beside(atom: Atom, direction: int, negated: bool) -> Check:
    def holds(before: str | None, behind: str | None) -> bool:
        letter = before if direction < 0 else behind
        return letter is None or _takes(atom, letter) != negated

    return holds


def _takes(atom: Atom, letter: str) -> bool:
    try:
        return atom(letter)
    except TypeError:
        return atom(letter.encode("utf-8")[:1])


def automaton(pattern: str | bytes, flags: int, searches: bool) -> Automaton:
    """The automaton of an expression; ``searches`` when a match may begin anywhere."""
    tree = parse(pattern, flags)
    made = _Builder(int(tree.state.flags)).build(tree)
    made.searches = searches
    written = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    made.letters = _different(
        [*made.atoms, *made.checked], dict.fromkeys(_LETTERS + written + written.upper())
    )
    made.components = _components(made.edges)
    made.accepted = [
        "".join(letter for letter in made.letters if atom is not None and _takes(atom, letter))
        for atom in made.atoms
    ]
    return made


def _different(atoms: list[Atom | None], letters: Iterable[str]) -> str:
    """One letter of each kind: those that all atoms take for the same are one kind."""
    kinds: dict[tuple[bool, ...], str] = {}
    asked = list(dict.fromkeys(atom for atom in atoms if atom is not None))
    for letter in letters:
        kind = (
            is_word(letter, 0),
            letter == "\n",
            *(_takes(atom, letter) for atom in asked),
        )
        kinds.setdefault(kind, letter)
    return "".join(kinds.values())


def _components(edges: list[list[Edge]]) -> list[int]:
    """The strongly connected components that hold a loop (Tarjan's, without recursion)."""
    count = len(edges)
    index, low = [-1] * count, [0] * count
    component, stack, inside = [-1] * count, [], [False] * count
    clock = 0
    for root in range(count):
        if index[root] >= 0:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = clock
        clock += 1
        stack.append(root)
        inside[root] = True
        while work:
            state, left = work[-1]
            for target, _, _ in left:
                if index[target] < 0:
                    index[target] = low[target] = clock
                    clock += 1
                    stack.append(target)
                    inside[target] = True
                    work.append((target, iter(edges[target])))
                    break
                if inside[target]:
                    low[state] = min(low[state], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[state])
                if low[state] == index[state]:
                    members = []
                    while True:
                        member = stack.pop()
                        inside[member] = False
                        members.append(member)
                        if member == state:
                            break
                    if len(members) > 1 or any(target == state for target, _, _ in edges[state]):
                        for member in members:
                            component[member] = state
    return component

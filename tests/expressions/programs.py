"""Programs for :class:`tests.expressions.counter.Counter`, made of trees."""

from __future__ import annotations

from typing import Any

from tests.expressions.trees import (
    IGNORECASE,
    Tree,
    atom_of,
    is_repeat,
    is_single,
    local_flags,
    parser,
)

Instruction = tuple[Any, ...]
"""The name of a method of the counter, and what it takes."""
Program = list[Instruction]
_OF_LETTERS = {
    parser.MAX_REPEAT: "greedy",
    parser.MIN_REPEAT: "lazy",
    parser.POSSESSIVE_REPEAT: "possessive",
}


class Assembler:
    """Makes a program of a tree; ``registers`` are groups' ends and loops' counts."""

    def __init__(self, groups: int) -> None:
        self.registers = 2 * groups

    def program(self, tree: Tree, flags: int) -> Program:
        """The program of a whole tree."""
        made: Program = []
        self.sequence(tree, flags, made)
        made.append(("match",))
        return made

    def sequence(self, tree: Tree, flags: int, made: Program) -> None:
        """Adds the nodes of a tree, one behind the other."""
        for node in tree:
            self.node(node, flags, made)

    def node(self, node: Tree, flags: int, made: Program) -> None:
        """Adds one node."""
        operation, value = node
        if is_single(node):
            made.append(("atom", atom_of(node, flags)))
        elif is_repeat(node):
            self.repeat(operation, value, flags, made)
        elif operation is parser.BRANCH:
            self.branch(value[1], flags, made)
        elif operation is parser.SUBPATTERN:
            group, added, removed, inner = value
            if group is not None:
                made.append(("save", 2 * group))
            self.sequence(inner, local_flags(flags, added, removed), made)
            if group is not None:
                made.append(("save", 2 * group + 1))
        elif operation is parser.AT:
            made.append(("anchor", value, flags))
        elif operation in (parser.ASSERT, parser.ASSERT_NOT):
            back = value[1].getwidth()[0] if value[0] < 0 else 0
            negated = operation is parser.ASSERT_NOT
            made.append(("look", self.program(value[1], flags), back, negated))
        elif operation is parser.ATOMIC_GROUP:
            made.append(("atomic", self.program(value, flags)))
        elif operation is parser.GROUPREF:
            made.append(("reference", value, bool(flags & IGNORECASE)))
        elif operation is parser.GROUPREF_EXISTS:
            self.condition(value, flags, made)
        elif operation is parser.FAILURE:
            made.append(("fail",))
        else:
            raise NotImplementedError(operation)

    def repeat(self, operation: Tree, value: Tree, flags: int, made: Program) -> None:
        """Adds a repeat."""
        least, most, body = int(value[0]), int(value[1]), value[2]
        if len(body) == 1 and is_single(body[0]):
            made.append((_OF_LETTERS[operation], atom_of(body[0], flags), least, most))
            return
        if operation is parser.POSSESSIVE_REPEAT:
            made.append(("hold", self.program(body, flags), least, most))
            return
        register = self.registers
        self.registers += 2
        made.append(("enter", register))
        head = len(made)
        made.append(("loop",))
        self.sequence(body, flags, made)
        made.append(("jump", head))
        greedy = operation is parser.MAX_REPEAT
        made[head] = ("loop", register, least, most, greedy, len(made))

    def branch(self, choices: list[Tree], flags: int, made: Program) -> None:
        """Adds alternatives, the first one preferred."""
        jumps = []
        for choice in choices[:-1]:
            split = len(made)
            made.append(("split",))
            self.sequence(choice, flags, made)
            jumps.append(len(made))
            made.append(("jump",))
            made[split] = ("split", len(made))
        self.sequence(choices[-1], flags, made)
        for jump in jumps:
            made[jump] = ("jump", len(made))

    def condition(self, value: Tree, flags: int, made: Program) -> None:
        """Adds ``(?(1)yes|no)``."""
        group, yes, no = value
        head = len(made)
        made.append(("test",))
        self.sequence(yes, flags, made)
        jump = len(made)
        made.append(("jump",))
        made[head] = ("test", group, len(made))
        self.sequence(no or (), flags, made)
        made[jump] = ("jump", len(made))

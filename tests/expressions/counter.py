"""Counts the steps that ``re`` takes, by a small backtracking matcher.

:class:`Counter` runs an expression the way that CPython's engine does, in the same order of
alternatives, and counts what that engine does in a loop: a start position, a character of a repeat,
an alternative, a position that is given back. A run of a repeat over single characters counts its
characters, however it is found here. What it finds is compared with what ``re`` finds
(``test_counter.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.expressions.programs import Assembler, Instruction, Program
from tests.expressions.trees import Atom, holds, parse

_REGISTER, _LOOP = -1, -2


class TooManyStepsError(Exception):
    """The budget of a run is spent."""


class Counter:
    """Runs an expression and counts its steps in ``steps``.

    Raises:
        TooManyStepsError: from every method, as soon as ``budget`` is spent.
    """

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        compiled = re.compile(pattern, flags)
        tree = parse(pattern, flags)
        assembler = Assembler(compiled.groups + 1)
        self._program = _linked(assembler.program(tree, int(tree.state.flags)))
        self._registers = assembler.registers
        self.steps = 0
        self.budget = 10**9
        self.text: Any = ""
        self._end = 0
        self._runs: dict[Atom, list[int]] = {}
        self._whole = False
        self._moving = -1

    def match(self, text: str | bytes) -> tuple[int, int] | None:
        """The span that ``re.match`` finds."""
        self._begin(text)
        return self._at(0)

    def fullmatch(self, text: str | bytes) -> tuple[int, int] | None:
        """The span that ``re.fullmatch`` finds."""
        self._begin(text, whole=True)
        return self._at(0)

    def search(self, text: str | bytes) -> tuple[int, int] | None:
        """The span that ``re.search`` finds."""
        self._begin(text)
        return self._search(0)

    def finditer(self, text: str | bytes) -> Iterator[tuple[int, int]]:
        """The spans of ``re.finditer``; ``sub``, ``split`` and ``findall`` look for the same."""
        self._begin(text)
        start = 0
        while start <= self._end:
            span = self._search(start)
            if span is None:
                return
            yield span
            start = span[1]
            # Behind an empty match there may be one at the same place that is not empty.
            self._moving = start if span[0] == span[1] else -1

    def _begin(self, text: str | bytes, whole: bool = False) -> None:
        self.steps, self.text, self._end = 0, text, len(text)
        self._runs, self._whole, self._moving = {}, whole, -1

    def _search(self, start: int) -> tuple[int, int] | None:
        first = self._program[0]
        known = first[0] is _Thread.atom
        for position in range(start, self._end + 1):
            if known and self.letters(first[1], position) == position:
                # As CPython does it, where it knows what an expression begins with.
                self.steps += 1
                self._moving = -1
                continue
            span = self._at(position)
            if span is not None:
                return span
            self._moving = -1
        return None

    def _at(self, position: int) -> tuple[int, int] | None:
        end = self.run(self._program, position, [-1] * self._registers, top=True)
        return None if end is None else (position, end)

    def run(
        self, program: Program, position: int, registers: list[int], top: bool = False
    ) -> int | None:
        """Where the match from ``position`` ends; ``registers`` hold its groups then.

        Args:
            top: it is the whole expression, and not what a lookaround or an atomic group holds.
        """
        thread = _Thread(self, position, registers)
        while True:
            self.steps += 1
            if self.steps > self.budget:
                raise TooManyStepsError
            this = program[thread.at]
            if this[0] is not None:
                going = this[0](thread, this)
            elif top and self._is_wrong(position, thread.position):
                going = False
            else:
                return thread.position
            if not going and not thread.back(program):
                return None

    def _is_wrong(self, begin: int, end: int) -> bool:
        return (self._whole and end != self._end) or self._moving == begin == end

    def letters(self, atom: Atom, position: int) -> int:
        """Where the run of the atom's letters from ``position`` ends."""
        runs = self._runs.get(atom)
        if runs is None:
            text, end = self.text, self._end
            runs = [end] * (end + 1)
            for index in range(end - 1, -1, -1):
                runs[index] = runs[index + 1] if atom(text[index : index + 1]) else index
            self._runs[atom] = runs
        return runs[position]


class _Thread:
    """One run of a program: each method is an instruction, and says whether to go on.

    ``stack`` is what to come back to: ``(instruction, position)``, the positions that a repeat can
    give back or take up, the value that a register had, or the body of a lazy loop.
    """

    __slots__ = ("at", "counter", "position", "registers", "stack")

    def __init__(self, counter: Counter, position: int, registers: list[int]) -> None:
        self.counter, self.position, self.registers = counter, position, registers
        self.at = 0
        self.stack: list[tuple[int, ...]] = []

    def back(self, program: Program) -> bool:
        """Goes back to the last choice that is left."""
        while self.stack:
            entry = self.stack.pop()
            if len(entry) == 2:
                self.at, self.position = entry
            elif len(entry) == 4:
                self.at, self.position, last, direction = entry
                if self.position != last:
                    self.stack.append((self.at, self.position + direction, last, direction))
            elif entry[0] == _REGISTER:
                self.registers[entry[1]] = entry[2]
                continue
            else:
                self.at, self.position = entry[1], entry[2]
                self._again(program[self.at][1])
            return True
        return False

    def set(self, register: int, value: int) -> None:
        """Sets a register, which gets its value back when what follows fails."""
        self.stack.append((_REGISTER, register, self.registers[register]))
        self.registers[register] = value

    def atom(self, this: Instruction) -> bool:
        going = self.counter.letters(this[1], self.position) > self.position
        self.position += 1
        self.at += 1
        return going

    def greedy(self, this: Instruction) -> bool:
        least, limit = self._limits(this)
        self.counter.steps += limit - self.position
        if limit > least:
            self.stack.append((self.at, limit - 1, least, -1))
        self.position = limit
        return limit >= least

    def lazy(self, this: Instruction) -> bool:
        least, limit = self._limits(this)
        self.counter.steps += min(limit, least) - self.position
        if limit > least:
            self.stack.append((self.at, least + 1, limit, 1))
        self.position = least
        return limit >= least

    def possessive(self, this: Instruction) -> bool:
        least, limit = self._limits(this)
        self.counter.steps += limit - self.position
        self.position = limit
        return limit >= least

    def _limits(self, this: Instruction) -> tuple[int, int]:
        self.at += 1
        end = self.counter.letters(this[1], self.position)
        return self.position + this[2], min(end, self.position + this[3])

    def split(self, this: Instruction) -> bool:
        self.stack.append((this[1], self.position))
        self.at += 1
        return True

    def jump(self, this: Instruction) -> bool:
        self.at = this[1]
        return True

    def save(self, this: Instruction) -> bool:
        self.set(this[1], self.position)
        self.at += 1
        return True

    def enter(self, this: Instruction) -> bool:
        self.set(this[1], 0)
        self.set(this[1] + 1, -1)
        self.at += 1
        return True

    def loop(self, this: Instruction) -> bool:
        _, register, least, most, greedy, leave = this
        count = self.registers[register]
        if count < least:
            self.set(register, count + 1)
            self.at += 1
        elif count >= most or self.position == self.registers[register + 1]:
            # Full, or the last round took nothing.
            self.at = leave
        elif greedy:
            self.stack.append((leave, self.position))
            self._again(register)
        else:
            self.stack.append((_LOOP, self.at, self.position))
            self.at = leave
        return True

    def _again(self, register: int) -> None:
        """Goes into a loop's body once more."""
        self.set(register, self.registers[register] + 1)
        self.set(register + 1, self.position)
        self.at += 1

    def anchor(self, this: Instruction) -> bool:
        self.at += 1
        return holds(this[1], this[2], self.counter.text, self.position)

    def fail(self, this: Instruction) -> bool:
        return False

    def test(self, this: Instruction) -> bool:
        self.at = self.at + 1 if self.registers[2 * this[1] + 1] >= 0 else this[2]
        return True

    def reference(self, this: Instruction) -> bool:
        start, stop = self.registers[2 * this[1]], self.registers[2 * this[1] + 1]
        if stop < start or start < 0:
            return False
        end = self.position + stop - start
        wanted, found = self.counter.text[start:stop], self.counter.text[self.position : end]
        self.counter.steps += stop - start
        self.position = end
        self.at += 1
        return bool(wanted.lower() == found.lower() if this[2] else wanted == found)

    def look(self, this: Instruction) -> bool:
        _, program, back, negated = this
        start, before = self.position - back, list(self.registers)
        found = self.counter.run(program, start, self.registers) if start >= 0 else None
        self._settle(before, kept=found is not None and not negated)
        self.at += 1
        return bool(negated) == (found is None)

    def atomic(self, this: Instruction) -> bool:
        before = list(self.registers)
        found = self.counter.run(this[1], self.position, self.registers)
        self._settle(before, kept=found is not None)
        self.position = self.position if found is None else found
        self.at += 1
        return found is not None

    def hold(self, this: Instruction) -> bool:
        """A possessive repeat of more than a letter: each round is taken for good."""
        _, program, least, most = this
        before, count = list(self.registers), 0
        while count < most:
            found = self.counter.run(program, self.position, self.registers)
            if found is None:
                break
            count += 1
            if found == self.position:
                count = max(count, least)
                break
            self.position = found
        self._settle(before, kept=count >= least)
        self.at += 1
        return bool(count >= least)

    def _settle(self, before: list[int], kept: bool) -> None:
        """Keeps the groups of what ran by itself, to be given back later, or takes them back."""
        if not kept:
            self.registers[:] = before
            return
        for register, value in enumerate(before):
            if self.registers[register] != value:
                self.stack.append((_REGISTER, register, value))


def _linked(program: Program) -> Program:
    """A program with methods for their names, ``None`` for the end."""
    return [
        (
            None if name == "match" else getattr(_Thread, name),
            *(_linked(item) if isinstance(item, list) else item for item in rest),
        )
        for name, *rest in program
    ]

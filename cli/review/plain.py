"""``autofix review --plain``: Change by Change, in the manner of ``git add -p``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text

from codemods.delivery.review.candidates import Candidate
from codemods.delivery.review.decisions import Verdict
from codemods.engine.outcomes import FilePatch, Patch
from codemods.engine.patching.edited import EditError, check_edit
from codemods.output.entries import Entry, Said
from codemods.output.sides import sides
from codemods.output.styled import styled

from ..deciding import Item
from ..drawing import TERMINAL, drawn, folded
from .editing import change_alone, edit, in_terminal
from .said import drawn_said
from .state import Choice, Reviewing

HELP = """\
y - accept this Change
n - skip this Change
e - edit this Change in $EDITOR, and accept it so
s - leave this finding for later
q - quit; what was accepted so far is written
? - this help"""
KEYS = "y,n,e,s,q,?"


class _QuitError(Exception):
    """Nothing more is to be asked."""


@dataclass(slots=True)
class _Answers:
    """What was said about the Changes of one fix."""

    off: set[int]
    edits: dict[int, str]


class Plain:
    """The questions of a review.

    Args:
        reviewing: the review.
        decided: is told the number of each finding that was decided.
        ask: gives a line for a question, ``None`` at the end of the input.
    """

    def __init__(
        self,
        reviewing: Reviewing,
        decided: Callable[[int], None],
        ask: Callable[[str], str | None] | None = None,
    ) -> None:
        self._reviewing = reviewing
        self._decided = decided
        self._ask = ask or _asked
        self._out = reviewing.session.say

    def run(self) -> None:
        """Ask about every fix that nothing was decided about."""
        reviewing = self._reviewing
        wanted = [number for number in range(len(reviewing.items)) if reviewing.is_open(number)]
        if not wanted and reviewing.choices:
            told = f"Everything is already decided in {reviewing.path}."
            self._fold(Text(f"{told} Delete that file to decide again."))
        try:
            for position, number in enumerate(wanted, start=1):
                item = reviewing.items[number]
                assert item.candidate is not None
                self._head(reviewing.entry(item), position, len(wanted))
                answers = self._changes(item, item.candidate)
                if answers is not None:
                    self._take(number, item.candidate, answers)
        except _QuitError:
            # What was decided stands.
            pass
        self._rest()

    def _take(self, number: int, candidate: Candidate, answers: _Answers) -> None:
        nothing = len(answers.off) == len(candidate.sites)
        verdict = Verdict.SKIP if nothing else Verdict.ACCEPT
        off = frozenset() if nothing else frozenset(answers.off)
        self._reviewing.decide(number, Choice(verdict, off, answers.edits))
        self._decided(number)

    def _head(self, entry: Entry, position: int, total: int) -> None:
        self._print(Text())
        facts = (entry.severity, entry.codemod, entry.safety, entry.report)
        head = Text.assemble(
            (f"({position}/{total}) ", "dim"), (f"{entry.ids}: {entry.title}", "bold")
        )
        self._fold(head)
        self._fold(Text(" · ".join(filter(None, facts)), style="dim"))
        self._said(entry.said)
        for other in entry.also:
            told = (f"also reported as {other.name}", other.severity, other.title, other.report)
            self._fold(Text(" · ".join(filter(None, told)), style="dim"))
            self._said(other.said)
            if other.files:
                self._fold(Text(f"not written: the part that only {other.name} would change"), "  ")
                self._draw(other.files)
        for left in entry.left:
            self._fold(Text(f"left: {left}", style="yellow"), "  ")
        for note in entry.notes:
            self._fold(Text(f"note: {note}"), "  ")

    def _said(self, fields: Sequence[Said]) -> None:
        for line in drawn_said(fields, self._width() - 2, TERMINAL):
            self._print(Text.assemble("  ", line))

    def _changes(self, item: Item, candidate: Candidate) -> _Answers | None:
        """``None``: the finding is left for later."""
        answers = _Answers(set(), {})
        total = len(candidate.sites)
        for number, change in enumerate(candidate.patch.changes):
            where = f"{change.site.path}:{change.site.line}"
            self._fold(styled(f"{where}: {change.what} [{change.safety}]", "bold cyan"))
            for note in self._reviewing.entry(item).changes[number].notes:
                self._fold(Text(f"note: {note}"), "  ")
            try:
                self._show(change_alone(self._reviewing, candidate, number))
            except EditError as error:
                self._fold(Text(str(error), style="yellow"))
            which = f" {number + 1} of {total}" if total > 1 else ""
            answer = self._answer(candidate, number, f"Accept Change{which} of {item.name}")
            if answer == "s":
                return None
            if answer == "n":
                answers.off.add(number)
            elif len(answer) > 1:
                answers.edits[number] = answer
        return answers

    def _answer(self, candidate: Candidate, number: int, question: str) -> str:
        """A key, or the diff of the edited Change."""
        while True:
            line = self._ask(f"{question} [{KEYS}]? ")
            if line is None:
                raise _QuitError
            key = line.strip().lower()[:1]
            if key in ("y", "n", "s"):
                return key
            if key == "q":
                raise _QuitError
            if key != "e":
                self._print(Text(HELP))
                continue
            try:
                diff = edit(self._reviewing, candidate, number, in_terminal)
            except EditError as error:
                self._fold(Text(str(error), style="yellow"))
                continue
            change = candidate.patch.changes[number]
            self._show(check_edit(change, diff, self._reviewing.review.state.project))
            return diff

    def _show(self, patch: Patch) -> None:
        self._draw(patch.files)

    def _draw(self, files: Sequence[FilePatch]) -> None:
        for line in drawn(sides(files), self._width(), TERMINAL, two=False):
            self._print(line)

    def _rest(self) -> None:
        """What cannot be decided, by name and with its reason."""
        reviewing = self._reviewing
        rest = [item for item in reviewing.items if item.candidate is None]
        if rest:
            self._print(Text())
            self._print(Text("Without a fix:", style="bold"))
        for item in rest:
            entry = reviewing.entry(item)
            self._fold(Text(f"{entry.id}  {entry.outcome}: {entry.reason}"), "  ")
        self._print(Text(reviewing.counts(), style="dim"))

    def _width(self) -> int:
        return self._out.width if self._out.is_terminal else 100_000

    def _fold(self, text: Text, indent: str = "") -> None:
        for line in folded(text, self._width(), indent):
            self._print(line)

    def _print(self, text: Text) -> None:
        self._out.print(text, soft_wrap=True)


def _asked(question: str) -> str | None:
    """A line of stdin; the question goes to stderr, as everything for people does."""
    print(question, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        print(file=sys.stderr)
        return None
    return line

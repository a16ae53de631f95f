"""What a query makes of one file: in memory, hunk by hunk, as edits of whole lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codemods.codemod import SetLines
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.spans import Span

if TYPE_CHECKING:
    from bowler import Query

CONTEXT = 3
"""Lines around a change that belong to its hunk, as in Bowler's own diff."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk of what a query changes."""

    line: int
    """The first line that changes, or before which lines are added."""
    end_line: int
    edits: tuple[SetLines, ...]


class HostedQuery:
    """A query that runs on text, not on files.

    Raises:
        Exception: whatever the query raises when it is compiled.
    """

    def __init__(self, query: Query) -> None:
        from bowler.tool import BowlerTool
        from fissix.refactor import RefactoringTool

        class Tool(RefactoringTool):  # type: ignore[misc]
            """Bowler's own, but for its queues of processes and its way to write files."""

            get_fixers = BowlerTool.get_fixers

        self._query = query
        options = {"print_function": True} if query.python_version == 3 else {}
        self._tool = Tool(query.compile(), options)

    def wants(self, path: str) -> bool:
        """Whether the query's own ``filename_matcher`` takes a file."""
        matcher = self._query.filename_matcher
        return matcher is None or bool(matcher(path))

    def hunks(self, source: SourceFile) -> tuple[Hunk, ...]:
        """What the query changes in a file; a hunk that its ``process()`` turns down is left out.

        Raises:
            SourceError: when fissix cannot read the file, or would not write it as it is.
            Exception: whatever a callback of the query raises.
        """
        text = source.text.replace("\r\n", "\n")
        if not text or not self.wants(source.path):
            return ()
        if "\r" in text:
            raise SourceError(f"{source.path}: has a carriage return inside of a line")
        whole = text if text.endswith("\n") else f"{text}\n"
        tree = self._parsed(source.path, whole)
        self._tool.refactor_tree(tree, source.path)
        old, new = whole.split("\n")[:-1], str(tree).split("\n")
        if new[-1]:
            raise SourceError(f"{source.path}: the query removes the newline at its end")
        return tuple(self._accepted(source, old, new[:-1]))

    def _parsed(self, path: str, text: str) -> Any:
        from fissix import pygram
        from fissix.pgen2.parse import ParseError
        from fissix.pgen2.tokenize import TokenError
        from fissix.refactor import _detect_future_features

        driver = self._tool.driver
        features = _detect_future_features(text)
        try:
            if "print_function" in features:
                driver.grammar = pygram.python_grammar_no_print_statement
            tree = driver.parse_string(text)
        except (ParseError, TokenError, IndentationError, SyntaxError) as error:
            raise SourceError(f"{path}: fissix cannot parse it: {_where(error)}") from error
        finally:
            driver.grammar = self._tool.grammar
        if tree is None or str(tree) != text:
            raise SourceError(f"{path}: fissix does not reproduce it exactly")
        tree.future_features = features
        return tree

    def _accepted(
        self, source: SourceFile, old: Sequence[str], new: Sequence[str]
    ) -> Iterator[Hunk]:
        groups = list(difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT))
        shown = _shown(old, new, source.path)
        for group, text in zip(groups, shown, strict=True):
            # All of them are asked, as Bowler does: a processor may count.
            answers = [process(source.path, text) for process in self._query.processors]
            if any(answer is False for answer in answers):
                continue
            changing = [item for item in group if item[0] != "equal"]
            edits = [
                SetLines(
                    source.path,
                    Span(_offset(source, first), _offset(source, last)),
                    _bytes(source, new[start:end], last == len(old)),
                )
                for _, first, last, start, end in changing
            ]
            first, last = changing[0][1], changing[-1][2]
            yield Hunk(min(first + 1, len(old)), max(last, min(first + 1, len(old))), tuple(edits))


def _shown(old: Sequence[str], new: Sequence[str], path: str) -> list[list[str]]:
    """The hunks as Bowler hands them to ``process()``: each with the two lines of its file."""
    lines = list(difflib.unified_diff(old, new, path, path, lineterm="", n=CONTEXT))
    found: list[list[str]] = []
    for line in lines[2:]:
        if line.startswith("@@"):
            found.append([*lines[:2]])
        found[-1].append(line)
    return found


def _offset(source: SourceFile, line: int) -> int:
    """Where the line of that number, from 0, starts in the file's UTF-8."""
    starts = source.line_starts
    return starts[line] if line < len(starts) else len(source.utf8)


def _bytes(source: SourceFile, lines: Sequence[str], at_end: bool) -> bytes:
    """New lines with the file's newline; the last line of a file has one if it had one."""
    newline = source.newline
    text = b"".join(line.encode("utf-8") + newline for line in lines)
    bare = at_end and not source.utf8.endswith(b"\n")
    return text.removesuffix(newline) if bare else text


def _where(error: Exception) -> str:
    """Line and token of what fissix could not read."""
    context = getattr(error, "context", None)
    if context:
        return f"line {context[1][0]}, at {getattr(error, 'value', '')!r}"
    return " ".join(str(error).split())

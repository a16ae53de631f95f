"""How a call blocks the event loop: by the table, or through the project's functions.

For a finding that names the call whatever may run counts. A scan has nobody's word for it: there
only what surely runs does (:mod:`codemods.analysis.blocking.bodies`).
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codemods.analysis.blocking.bodies import DEPTH, Body, Entered, Step, body_of, what_is_called
from codemods.analysis.blocking.callers import find_blocking_callers
from codemods.analysis.blocking.table import Row, Weight
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable

FUNCTIONS_READ = 400
"""How many functions are read for one answer; a call that leads to more is a hub of the program,
and what it blocks on stands nearer than that."""


@dataclass(frozen=True, slots=True)
class BlockingPath:
    """How a call comes to block."""

    steps: tuple[Step, ...]
    """The call that was asked about first, the blocking callable last."""
    row: Row
    """The table's row for the last step."""

    @property
    def direct(self) -> bool:
        """Whether the call itself is in the table. Only then do ``row.offload``, ``row.lazy`` and
        ``row.replacement`` speak of it: a function that makes its own connection may well run in
        a thread."""
        return len(self.steps) == 1

    @property
    def rank(self) -> tuple[int, int]:
        """Smaller is worse for the loop, and nearer."""
        return (-self.row.weight.rank, len(self.steps))

    def behind(self, *steps: Step) -> BlockingPath:
        """The same, come to by some steps."""
        return BlockingPath((*steps, *self.steps), self.row)

    def __str__(self) -> str:
        last = self.steps[-1]
        names = " → ".join(step.name for step in self.steps)
        return names if self.direct else f"{names} ({last.path}:{last.line})"


def _best(paths: Iterable[BlockingPath | None]) -> BlockingPath | None:
    return min((path for path in paths if path is not None), key=lambda p: p.rank, default=None)


class _Search:
    """Remembers what each function calls and comes to."""

    def __init__(self, project: Project, *, strict: bool) -> None:
        self._project = project
        self._index = index_of(project)
        self._strict = strict
        # What is sure ends sooner: there the call that is asked about is one of the steps.
        self._depth = DEPTH - 1 if strict else DEPTH
        self._bodies: dict[DefinitionRef, Body] = {}
        self._answers: dict[tuple[DefinitionRef, int], BlockingPath | None] = {}

    def of_call(self, source: SourceFile, call: ast.Call) -> BlockingPath | None:
        """How ``call`` comes to block, ``None`` where that cannot be told or does not happen."""
        if readable(source) is None:
            return None
        called = what_is_called(self._index, source, call)
        direct = [BlockingPath((step,), row) for step, row in called.rows]
        if self._strict:
            # The table's own calls are judged by who scans.
            return self._of_all(called.entered, self._depth) if called.sure else None
        return _best([*direct, *(self._of_all((item,), self._depth) for item in called.entered)])

    def _of_all(self, entered: Sequence[Entered], depth: int) -> BlockingPath | None:
        """The worst way through some functions, if each of them blocks."""
        found = [self._of_function(ref, depth) for _, ref in entered]
        if None in found:
            return None
        return _best(
            path.behind(step) for (step, _), path in zip(entered, found, strict=True) if path
        )

    def _of_function(self, ref: DefinitionRef, depth: int) -> BlockingPath | None:
        """How running ``ref`` comes to block; the steps begin inside it. What is remembered is
        remembered for a depth, or the answer would hang on who asked first."""
        key = (ref, depth)
        if key not in self._answers:
            self._answers[key] = self._search(ref, depth)
        return self._answers[key]

    def _search(self, ref: DefinitionRef, depth: int) -> BlockingPath | None:
        """Breadth first, so that the nearest of the worst is found; cycles are met once."""
        best: BlockingPath | None = None
        queue: deque[tuple[DefinitionRef, tuple[Step, ...]]] = deque([(ref, ())])
        seen = {ref}
        while queue and len(seen) <= FUNCTIONS_READ:
            current, steps = queue.popleft()
            body = self._body(current)
            if body.worst is not None:
                step, row = body.worst
                best = _best((best, BlockingPath((*steps, step), row)))
            left = depth - len(steps) - 1
            for entered in body.calls if left > 0 else ():
                if len(entered) > 1:
                    # It may run any of them, so each has to block.
                    together = self._of_all(entered, left)
                    best = _best((best, together and together.behind(*steps)))
                elif entered[0][1] not in seen:
                    seen.add(entered[0][1])
                    queue.append((entered[0][1], (*steps, entered[0][0])))
            if best is not None and best.rank <= (-Weight.HEAVY.rank, len(steps) + 1):
                # Nothing further on is worse, or nearer.
                return best
        return best

    def _body(self, ref: DefinitionRef) -> Body:
        if ref not in self._bodies:
            may_block = self._may_block if self._strict else None
            self._bodies[ref] = body_of(self._index, ref, may_block)
        return self._bodies[ref]

    def _may_block(self, word: str) -> bool:
        blocking_callers = self._project.surveyed(find_blocking_callers)
        return blocking_callers is None or word in blocking_callers.words


def _free(project: Project) -> _Search:
    return _Search(project, strict=False)


def _sure(project: Project) -> _Search:
    return _Search(project, strict=True)


def blocking_path(
    project: Project, source: SourceFile, call: ast.Call, *, strict: bool = False
) -> BlockingPath | None:
    """How a call comes to stop the event loop: by the table of blocking callables, or through the
    project's synchronous functions, at most six of them deep.

    Args:
        project: whose functions are followed.
        source: the file of the call.
        call: any call.
        strict: whether only what surely runs counts, and of the table only what waits for
            something outside of the process; a call of the table itself is not answered for then.
    """
    return project.memo(_sure if strict else _free).of_call(source, call)

"""Resources of one block that a ``with`` can hold, each in the one that was opened before it."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Sequence

from codemods.analysis.flow.lifetimes import Lifetime, closes
from codemods.codemod import Change, Operation, Refusal, Safety, Unit, site_of
from codemods.project.source import SourceFile
from codemods.syntax.statements import block_of
from codemods.transforms.close_resource.edit import Entered, Held
from codemods.transforms.close_resource.plan import CLOSERS

_MANY = 40
"""Lines that a scan does not indent by itself."""


@dataclasses.dataclass(frozen=True, slots=True)
class Needed:
    """A resource that a ``with`` can hold."""

    lifetime: Lifetime
    is_async: bool

    @property
    def span(self) -> tuple[int, int]:
        """The first and last line of its statements."""
        last = self.lifetime.body[-1]
        return self.lifetime.statement.lineno, last.end_lineno or last.lineno


def held_together(
    source: SourceFile, needed: Sequence[Needed], by_name: bool
) -> Iterator[Change | Refusal]:
    """One change for each run of statements in which resources are open at the same time.

    Args:
        source: the file.
        needed: its resources, in the order of their lines.
        by_name: whether a finding asks for it.
    """
    clusters: list[list[Needed]] = []
    for item in needed:
        cluster = next((found for found in clusters if _overlaps(source, found[0], item)), None)
        if cluster is None:
            clusters.append([item])
        else:
            cluster.append(item)
    for cluster in clusters:
        block, start = block_of(source.tree, cluster[0].lifetime.statement) or ([], 0)
        held = _nested(block, start, cluster)
        if held is None:
            names = " and ".join(item.lifetime.name for item in cluster)
            detail = f"{names} are open at the same time, but one is not nested in the other"
            yield Refusal("crossing", detail, site_of(source, cluster[0].lifetime.statement))
        else:
            yield _change(source, cluster, held, block[start : start + held[0].end + 1], by_name)


def _overlaps(source: SourceFile, first: Needed, item: Needed) -> bool:
    """Whether a resource is opened in the same block while another one is open."""
    one = block_of(source.tree, first.lifetime.statement)
    two = block_of(source.tree, item.lifetime.statement)
    same = one is not None and two is not None and one[0] is two[0]
    return same and first.span[0] <= item.span[0] <= first.span[1]


def _nested(block: Sequence[ast.stmt], start: int, cluster: Sequence[Needed]) -> list[Held] | None:
    """Which statements each needs, one in the other; ``None`` where they cross. What is closed
    right before another one that was opened later may as well be closed with it."""
    names = [item.lifetime.name for item in cluster]
    found: list[Held] = []
    for item in cluster:
        first = block.index(item.lifetime.statement) - start
        last = block.index(item.lifetime.body[-1]) - start
        for at, other in enumerate(found):
            if other.end < last and other.end > first:
                between = block[start + other.end : start + last + 1]
                if not all(_closes_one(part, names) for part in between):
                    return None
                found[at] = dataclasses.replace(other, end=last, drop=0)
        drop = 0
        while drop < last - first and _closes_one(block[start + last - drop], names):
            drop += 1
        found.append(Held(first, last, drop, item.is_async))
    inner = {item.end: item for item in found}
    return [
        item if inner[item.end] is item else dataclasses.replace(item, drop=0) for item in found
    ]


def _closes_one(statement: ast.stmt, names: Sequence[str]) -> bool:
    return any(closes(statement, name, CLOSERS) for name in names)


def _change(
    source: SourceFile,
    cluster: Sequence[Needed],
    held: Sequence[Held],
    run: Sequence[ast.stmt],
    by_name: bool,
) -> Change:
    last = run[-1].end_lineno or run[-1].lineno
    lines = last - run[0].lineno
    names = " and ".join(item.lifetime.name for item in cluster)
    verb = "is" if len(cluster) == 1 else "are"
    span = source.statements_span(run[0], run[-1])
    many = lines > _MANY and not by_name
    return Change(
        dataclasses.replace(site_of(source, run[0]), end_line=last),
        f"a with closes {names}",
        (Operation(source.path, span, Entered(tuple(held)), Unit.STATEMENTS),),
        Safety.DISPLAY if many else Safety.REVIEW,
        (f"{lines} lines are indented",) if lines > _MANY else (),
        found=f"{names} {verb} not closed when something fails",
    )

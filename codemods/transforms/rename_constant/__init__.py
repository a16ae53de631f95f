"""Replace a wrong constant or string name with the right one.

For constants, with their import:

```python
from core.chunks import DURATION_SECONDS

index = int(position / DURATION_SECONDS)
```

becomes, for a finding that says "Replace `DURATION_SECONDS` with `INTERVAL_SECONDS`",

```python
from core.chunks import INTERVAL_SECONDS

index = int(position / INTERVAL_SECONDS)
```

in the located function, only on the lines of the evidence if it shows any. The new constant is
imported from the module that the report names, otherwise from the module of the old one, and must
be defined there. If the suggestion rounds up, `int(a / b) + 1` also becomes `math.ceil(a / b)`.

For names of attributes and keys in strings, as findings give them ("`chroma` (should be
`chroma_mean`)"):

```python
columns = ["tempo", "chroma"]
```

becomes `["tempo", "chroma_mean"]`. All names in the finding are replaced, but only if a class of
the project has an attribute of the new name, and no table has only the column of the old name.

## Fix safety

Needs review: the value changes, as the report wants. A note names other files with the old string;
code that reads the result of the function may have to change too.

## Not rewritten

* A constant that is not defined in the module that it would be imported from, and a name that no
  class has.
* A constant that is assigned in the function, or that means something else there.

## Known limitations

There is no scan, because only a person knows which of two constants is right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.constants import others_with, unknown
from codemods.codemod import (
    Change,
    Codemod,
    DropImport,
    Edit,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes, LeftOperand, Value
from codemods.rewriting.reach import Reached, reach, reach_beside
from codemods.transforms.rename_constant.plan import Pair, RenamePlan, recognise


def find(scope: Scope, plan: RenamePlan) -> Iterator[Change | Refusal]:
    """The names and strings of a place that a finding calls wrong."""
    for place, nodes in scope.nodes(ast.Name, ast.Constant):
        for pair in plan.pairs:
            if pair.is_constant:
                old = [node for node in nodes if isinstance(node, ast.Name) and node.id == pair.old]
                yield from _constants(scope.project, place, pair, plan, old)
            else:
                constants = [node for node in nodes if isinstance(node, ast.Constant)]
                texts = [node for node in constants if node.value == pair.old]
                yield from _strings(scope.project, place, pair, texts)


def _constants(
    project: Project, place: Place, pair: Pair, plan: RenamePlan, nodes: list[ast.Name]
) -> Iterator[Change | Refusal]:
    source = place.source
    if not nodes:
        yield from _done(place, ast.Name, pair)
        return
    if bound := [node for node in nodes if not isinstance(node.ctx, ast.Load)]:
        yield Refusal("assigned", f"{pair.old} is assigned here", site_of(source, bound[0]))
        return
    wanted = place.focus(nodes)
    done = list(_done(place, ast.Name, pair))
    if done and not any(node.lineno in part for part in place.evidence for node in nodes):
        # Some were renamed, or never wrong: which of the others are meant, nobody says.
        detail = (
            f"the code has both {pair.old} and {pair.new}, and the evidence shows no line with "
            f"{pair.old}"
        )
        yield from (*done, Refusal("both-names", detail, site_of(source, nodes[0])))
        return
    reached = reach_beside(project, source, wanted[0], pair.new, pair.module)
    if isinstance(reached, str):
        yield Refusal("not-defined", reached, site_of(source, wanted[0]))
        return
    edits: list[Edit] = [Operation.at(source, node, Becomes(reached.text)) for node in wanted]
    what = f"{pair.new} instead of {pair.old}"
    if plan.ceiling:
        rounded = [found for node in wanted if (found := _plus_one(source, node)) is not None]
        module = reach(source, wanted[0], "math") if rounded else ""
        if isinstance(module, Reached):
            for outer, function in rounded:
                edits.append(Operation.at(source, function, Becomes(f"{module.text}.ceil")))
                edits.append(Operation.at(source, outer, LeftOperand()))
            edits += module.imports
            what += ", rounded up"
    edits += [*reached.imports, DropImport(source.path, pair.old)]
    yield Change(site_of(source, wanted[0]), what, tuple(edits), Safety.REVIEW)


def _plus_one(source: SourceFile, node: ast.expr) -> tuple[ast.BinOp, ast.Name] | None:
    """``int(a / node) + 1`` around a name, and its ``int``."""
    for ancestor in source.tree.ancestors(node):
        match ancestor:
            case ast.BinOp(
                left=ast.Call(
                    func=ast.Name(id="int") as function, args=[ast.BinOp(op=ast.Div())], keywords=[]
                ),
                op=ast.Add(),
                right=ast.Constant(value=1),
            ):
                return ancestor, function
            case ast.stmt():
                return None
    return None


def _strings(
    project: Project, place: Place, pair: Pair, nodes: list[ast.Constant]
) -> Iterator[Change | Refusal]:
    source = place.source
    if not nodes:
        yield from _done(place, ast.Constant, pair)
        return
    if (why := unknown(project, pair.old, pair.new)) is not None:
        yield Refusal("not-defined", why, site_of(source, nodes[0]))
        return
    edits = tuple(Operation.at(source, node, Value(pair.new)) for node in place.focus(nodes))
    others = others_with(project, source, pair.old)
    notes = (f"{pair.old!r} is also in {', '.join(others)}",) if others else ()
    what = f"{pair.new!r} instead of {pair.old!r}"
    yield Change(site_of(source, nodes[0]), what, edits, Safety.REVIEW, notes)


def _done(place: Place, kind: type[ast.Name] | type[ast.Constant], pair: Pair) -> Iterator[Refusal]:
    """Evidence that the right name stands there already."""
    for node in place.source.tree.within(place.node, kind):
        if (node.id if isinstance(node, ast.Name) else node.value) == pair.new:
            detail = f"the code already has {pair.new}, and no {pair.old}"
            yield Refusal("renamed", detail, site_of(place.source, node), already=True)
            return


codemod = Codemod(
    name="rename-constant",
    area="Names and values",
    asked_in="put right name wrong",
    recognise=recognise,
    plan=RenamePlan,
    find=find,
    triggers=(b"",),
    scans=False,
)

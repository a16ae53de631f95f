"""Put the right name where a wrong one stands.

Constants, with their import:

```python
from core.chunks import DURATION_SECONDS

index = int(position / DURATION_SECONDS)
```

becomes, for a finding that says "Replace `DURATION_SECONDS` with `INTERVAL_SECONDS`",

```python
from core.chunks import INTERVAL_SECONDS

index = int(position / INTERVAL_SECONDS)
```

in the located function, on the lines that the evidence shows if it shows some. The new constant is
imported from where the report says, else from where the old one comes from, and must be defined
there. Where the suggestion rounds up, `int(a / b) + 1` becomes `math.ceil(a / b)` with it.

Names of attributes and keys in strings, as findings give them ("`chroma` (should be
`chroma_mean`)"):

```python
columns = ["tempo", "chroma"]
```

becomes `["tempo", "chroma_mean"]`, all that the finding lists, and only if a class of the project
has an attribute of the new name, and no table has a column of the old one alone.

## Fix safety

To be reviewed: the value changes, as the fix wants. A note names the files that have the old
string too; whoever reads what the function returns may have to follow.

## Not rewritten

* A constant that is not defined where it would come from, and a name that no class has.
* A constant that is assigned in the function, or that means something else there.

## Known limitations

There is no scan: which of two constants is right only people know.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.constants import defines, others_with, unknown
from codemods.codemod import (
    Change,
    Codemod,
    DropImport,
    Edit,
    Edited,
    Node,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes
from codemods.rewriting.reach import Reached, reach
from codemods.syntax.lazy import cst
from codemods.syntax.names import binding, qualified_name
from codemods.syntax.scopes import scope_table
from codemods.transforms.rename_constant.plan import Pair, RenamePlan, recognise


@dataclass(frozen=True, slots=True)
class Text:
    """A string holds another word."""

    text: str

    def edit(self, node: Node) -> Edited:
        """The string in its own quotes."""
        if not isinstance(node, cst.SimpleString):
            # It may be a part of several that stand side by side.
            return Refusal("fragment", "the name is not there in the concrete syntax")
        return node.with_changes(value=f"{node.prefix}{node.quote}{self.text}{node.quote}")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """``int(a / b) + 1`` becomes a call that rounds up."""

    function: str

    def edit(self, node: Node) -> Edited:
        """The call, without the addition."""
        match node:
            case cst.BinaryOperation(left=cst.Call() as call):
                ceiling = cst.parse_expression(self.function)
                return call.with_changes(func=ceiling, lpar=node.lpar, rpar=node.rpar)
        return None


def find(scope: Scope, plan: RenamePlan) -> Iterator[Change | Refusal]:
    """The names and strings of a place that a finding calls wrong."""
    for place, nodes in scope.nodes(ast.Name, ast.Constant):
        for pair in plan.pairs:
            if pair.is_constant:
                names = [node for node in nodes if isinstance(node, ast.Name)]
                old = [node for node in names if node.id == pair.old]
                yield from _constants(scope.project, place, pair, plan, old)
            else:
                strings = [node for node in nodes if isinstance(node, ast.Constant)]
                texts = [node for node in strings if node.value == pair.old]
                yield from _strings(scope.project, place, pair, texts)


def _constants(
    project: Project, place: Place, pair: Pair, plan: RenamePlan, nodes: list[ast.Name]
) -> Iterator[Change | Refusal]:
    source = place.source
    if not nodes:
        yield from _done(place, ast.Name, pair)
        return
    for node in nodes:
        if not isinstance(node.ctx, ast.Load):
            yield Refusal("assigned", f"{pair.old} is assigned there", site_of(source, node))
            return
    wanted = place.focus(nodes)
    done = list(_done(place, ast.Name, pair))
    if done and not any(node.lineno in part for part in place.evidence for node in nodes):
        # Some were renamed, or never wrong: which of the others are meant, nobody says.
        detail = f"{pair.old} stands there beside {pair.new}, and the finding shows no line of it"
        yield from (*done, Refusal("both-names", detail, site_of(source, nodes[0])))
        return
    reached = _new_constant(project, source, wanted[0], pair)
    if isinstance(reached, str):
        yield Refusal("not-defined", reached, site_of(source, wanted[0]))
        return
    edits: list[Edit] = [
        Operation(source.path, source.span(node), Becomes(reached.text)) for node in wanted
    ]
    what = f"{pair.new} in place of {pair.old}"
    if plan.ceiling:
        rounded = [outer for node in wanted if (outer := _plus_one(source, node)) is not None]
        module = reach(source, wanted[0], "math") if rounded else ""
        if isinstance(module, Reached):
            payload = Ceiling(f"{module.text}.ceil")
            edits += [Operation(source.path, source.span(outer), payload) for outer in rounded]
            edits += module.imports
            what += ", rounded up"
    edits += [*reached.imports, DropImport(source.path, pair.old)]
    yield Change(site_of(source, wanted[0]), what, tuple(edits), Safety.REVIEW)


def _new_constant(
    project: Project, source: SourceFile, node: ast.Name, pair: Pair
) -> Reached | str:
    """How the new constant is reached, else why it is not."""
    tree = source.tree
    old = qualified_name(tree, node)
    found = binding(tree, node)
    if old is None and found.scope_node is tree.module:
        if scope_table(tree).binders(tree.module, pair.new):
            return Reached(pair.new)
        if not pair.module:
            return f"{pair.new} is not defined in {source.path}, as {pair.old} is"
    elif old is None and not pair.module:
        return f"nothing tells where {pair.old} comes from"
    for module in dict.fromkeys((pair.module, (old or "").rpartition(".")[0])):
        if module and defines(project, module, pair.new):
            return reach(source, node, module, pair.new)
    return f"{pair.new} is not defined where {pair.old} comes from"


def _plus_one(source: SourceFile, node: ast.expr) -> ast.BinOp | None:
    """``int(a / node) + 1`` around a name."""
    for ancestor in source.tree.ancestors(node):
        match ancestor:
            case ast.BinOp(
                left=ast.Call(func=ast.Name(id="int"), args=[ast.BinOp(op=ast.Div())], keywords=[]),
                op=ast.Add(),
                right=ast.Constant(value=1),
            ):
                return ancestor
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
    edits: tuple[Edit, ...] = tuple(
        Operation(source.path, source.span(node), Text(pair.new)) for node in place.focus(nodes)
    )
    others = others_with(project, source, pair.old)
    notes = (f"{pair.old!r} stands in {', '.join(others)} too",) if others else ()
    what = f"{pair.new!r} in place of {pair.old!r}"
    yield Change(site_of(source, nodes[0]), what, edits, Safety.REVIEW, notes)


def _done(place: Place, kind: type[ast.Name] | type[ast.Constant], pair: Pair) -> Iterator[Refusal]:
    """Evidence that the right name stands there already."""
    for node in place.source.tree.within(place.node, kind):
        if (node.id if isinstance(node, ast.Name) else node.value) == pair.new:
            detail = f"{pair.new} stands there, and {pair.old} does not"
            yield Refusal("renamed", detail, site_of(place.source, node), already=True)
            return


codemod = Codemod(
    name="rename-constant",
    recognise=recognise,
    plan=RenamePlan,
    find=find,
    triggers=(b"",),
    scans=False,
)

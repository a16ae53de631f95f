"""What of a file a finding calls dead, by its names: code, and parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codemods.codemod import overlaps
from codemods.findings.model import LineRange
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.parts import targets_of
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, Definition, Function, Tree
from codemods.transforms.remove_dead_code.plan import DeadPlan


@dataclass(frozen=True, slots=True)
class Target:
    """Code that a finding wants deleted."""

    source: SourceFile
    name: str
    """Qualified in its file: ``Class.method``, ``Class.attribute``, ``alias``."""
    nodes: tuple[ast.stmt, ...]
    """The statements that go: one definition or assignment, of an attribute all that write it."""
    kind: str
    """``definition``, ``alias``, ``attribute`` or ``expression``."""
    owner: ast.ClassDef | None = None


def targets(
    source: SourceFile, plan: DeadPlan, mentioned: tuple[str, ...], lines: tuple[LineRange, ...]
) -> tuple[Target, ...]:
    """What the finding names in one file.

    The names of the suggestion, or of the title where it says "the function"; where it says "both
    functions", also what the finding mentions and what stands at the reported lines.
    """
    if plan.expressions:
        return tuple(
            item for text in plan.expressions for item in _expressions(source, text, lines)
        )
    asked = _by_names(source, plan.names)
    known = {item.name for item in asked}
    for item in _by_names(source, mentioned):
        if item.name not in known and any(overlaps(node, lines) for node in item.nodes):
            known.add(item.name)
            asked.append(item)
    return tuple(item for item in asked if not _within(item, asked))


def _within(item: Target, others: list[Target]) -> bool:
    """Whether a target stands in another one, and goes with it."""
    return any(
        other is not item and item.nodes[0] in ast.walk(root)
        for other in others
        for root in other.nodes
        if root is not item.nodes[0]
    )


def _by_names(source: SourceFile, names: tuple[str, ...]) -> list[Target]:
    found: dict[str, Target] = {}
    for name in names:
        for item in _named(source, name):
            found.setdefault(item.name, item)
    return list(found.values())


def _named(source: SourceFile, name: str) -> Iterator[Target]:
    tree = source.tree
    holder, _, last = name.rpartition(".")
    last_of_holder = last_part(holder)
    stem = source.path.rpartition("/")[2].removesuffix(".py")
    definitions = [item for item in tree.definitions() if item.name == last]
    if last_of_holder and last_of_holder != stem:
        definitions = [item for item in definitions if _owner_name(tree, item) == last_of_holder]
    for node in definitions:
        parent = tree.parent(node)
        owner = parent if isinstance(parent, ast.ClassDef) else None
        yield Target(source, tree.qualified_name(node), (node,), "definition", owner)
    if definitions:
        return
    for statement in _aliases(tree, last):
        yield Target(source, last, (statement,), "alias")
        return
    for owner in tree.of(ast.ClassDef):
        if last_of_holder and owner.name != last_of_holder:
            continue
        if writes := tuple(_writes(tree, owner, last)):
            yield Target(source, f"{owner.name}.{last}", writes, "attribute", owner)


def _owner_name(tree: Tree, node: Definition) -> str:
    parent = tree.parent(node)
    return parent.name if isinstance(parent, DEFINITIONS) else ""


def _aliases(tree: Tree, name: str) -> Iterator[ast.stmt]:
    for statement in tree.module.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target), value=ast.expr())
            ) if target == name:
                yield statement


def _writes(tree: Tree, owner: ast.ClassDef, name: str) -> Iterator[ast.stmt]:
    """``self.name = …`` in the methods of a class."""
    nodes: list[ast.Assign | ast.AnnAssign] = [
        *tree.within(owner, ast.Assign),
        *tree.within(owner, ast.AnnAssign),
    ]
    for node in nodes:
        match targets_of(node):
            case [ast.Attribute(value=ast.Name(id="self"), attr=attr)] if attr == name:
                yield node


def _expressions(source: SourceFile, text: str, lines: tuple[LineRange, ...]) -> Iterator[Target]:
    """Statements that are only the expression; of several those at the reported lines."""
    try:
        wanted = ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:
        # Words in backticks.
        return
    found = [node for node in source.tree.of(ast.Expr) if ast.unparse(node.value) == wanted]
    if len(found) > 1:
        found = [node for node in found if overlaps(node, lines)] or found
    for node in found:
        yield Target(source, wanted, (node,), "expression")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a finding wants gone."""

    source: SourceFile
    function: Function
    argument: ast.arg
    owner: ast.ClassDef | None

    @property
    def name(self) -> str:
        """Its own name."""
        return self.argument.arg

    @property
    def called(self) -> str:
        """The name by which its function is called: the class's for an ``__init__``."""
        made = self.owner is not None and self.function.name == "__init__"
        return self.owner.name if self.owner is not None and made else self.function.name

    @property
    def place(self) -> str:
        """``Class.method()``."""
        return f"{self.source.tree.qualified_name(self.function)}()"


def parameters(
    sources: Sequence[SourceFile],
    names: Sequence[str],
    spoken: Sequence[str],
    lines: Mapping[str, Sequence[LineRange]],
) -> list[Parameter]:
    """The parameters that a finding means: by name, in the functions that it speaks of.

    Args:
        sources: the files of the finding.
        names: what is to go, qualified or not.
        spoken: every name of the finding.
        lines: the lines that it reports, by path.
    """
    wanted = {last_part(name) for name in names}
    known = {part for name in spoken for part in name.split(".")}
    found: list[Parameter] = []
    for source in sources:
        for argument in source.tree.of(ast.arg):
            holder = source.tree.parent(source.tree.parent(argument) or argument)
            if argument.arg not in wanted or not isinstance(holder, FUNCTIONS):
                continue
            parent = source.tree.parent(holder)
            owner = parent if isinstance(parent, ast.ClassDef) else None
            found.append(Parameter(source, holder, argument, owner))
    meant = [item for item in found if not known.isdisjoint((item.function.name, item.called))]
    at_lines = [item for item in found if _is_reported(item, lines.get(item.source.path, ()))]
    return meant or at_lines or found


def _is_reported(item: Parameter, lines: Sequence[LineRange]) -> bool:
    here = LineRange(item.function.lineno, item.function.body[0].lineno)
    return any(reported.overlaps(here) for reported in lines)


def has_method(node: ast.AST, name: str) -> bool:
    """Whether a function of that name stands right in a definition."""
    body = getattr(node, "body", [])
    return any(isinstance(item, FUNCTIONS) and item.name == name for item in body)

"""The statements that keep a task, and the one that makes a set."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node, Refusal
from codemods.rewriting.parsed import statements
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Kept:
    """A task that is started gets a name, and is put into a set until it is done."""

    name: str
    registry: str

    def edit(self, node: Node) -> Edited:
        """The statement with the name, and both calls behind it."""
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        match node.body:
            case [cst.Expr(value=value)]:
                target = cst.AssignTarget(cst.Name(self.name))
                node = node.with_changes(body=[cst.Assign([target], value)])
            case [cst.Assign(targets=[target], value=value)]:
                own = target.with_changes(target=cst.Name(self.name))
                node = node.with_changes(body=[cst.Assign([own], value)])
            case [cst.AnnAssign()]:
                pass
            case _:
                return Refusal("fragment", "the task shares its line with other statements")
        keeping = (
            f"{self.registry}.add({self.name})\n"
            f"{self.name}.add_done_callback({self.registry}.discard)\n"
        )
        return cst.FlattenSentinel([node, *statements(keeping)])


@dataclass(frozen=True, slots=True)
class NewSet:
    """A set comes behind a simple statement."""

    code: str

    def edit(self, node: Node) -> Edited:
        """Both, with a blank line below an import."""
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        (made,) = statements(self.code)
        if isinstance(node.body[0], (cst.Import, cst.ImportFrom)):
            made = made.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        return cst.FlattenSentinel([node, made])

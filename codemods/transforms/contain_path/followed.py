"""What is used behind a check: the path that was checked, as what stood there before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Operation
from codemods.rewriting.parsed import Becomes
from codemods.syntax.names import qualified_name
from codemods.transforms.contain_path.uses import Uses


@dataclass(frozen=True, slots=True)
class Trusted:
    """The name of a checked path."""

    name: str
    is_path: bool
    """It is a ``Path``, and not a text."""
    was_path: bool
    """The value was a ``Path`` already."""

    def instead(self, uses: Uses, nodes: list[ast.expr]) -> Iterator[Operation]:
        """Put it where ``nodes`` stand."""
        for node in nodes:
            target, text = self._instead(uses, node)
            span = uses.source.span(target)
            yield Operation(uses.source.path, span, Becomes(text))

    def _instead(self, uses: Uses, node: ast.expr) -> tuple[ast.expr, str]:
        """The expression that goes, and what comes: what takes a text gets one."""
        parent = uses.tree.parent(node)
        if isinstance(parent, ast.keyword):
            parent = uses.tree.parent(parent)
        if isinstance(parent, ast.Call):
            meaning = qualified_name(uses.tree, parent.func)
            alone = parent.args == [node] and not parent.keywords
            if alone and meaning == ("pathlib.Path" if self.is_path else "builtins.str"):
                return parent, self.name
            taker = parent.args[0] if parent.args and parent.args[0] is not node else parent.func
            if uses.opens(parent.func) or uses.opens(taker) or meaning == "builtins.str":
                return node, self.name
        return node, f"str({self.name})" if self.is_path and not self.was_path else self.name

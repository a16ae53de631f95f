"""Edits of the heads of handlers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from codemods.codemod import Edited, Node
from codemods.syntax.lazy import cst

Handler: TypeAlias = "cst.ExceptHandler | cst.ExceptStarHandler"


def with_name(handler: Handler, name: str) -> Handler:
    """The handler with a name for its exception."""
    given = cst.AsName(
        cst.Name(name),
        whitespace_before_as=cst.SimpleWhitespace(" "),
        whitespace_after_as=cst.SimpleWhitespace(" "),
    )
    return handler.with_changes(name=given)


@dataclass(frozen=True, slots=True)
class Named:
    """A handler that names its exception."""

    name: str

    def edit(self, node: Node) -> Edited:
        """The handler; one that has a name already is another one."""
        if not isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)) or node.name:
            return None
        return with_name(node, self.name)

"""What is returned as a copy, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import expression
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Copied:
    """``x.copy()``."""

    unless_none: bool = False
    """Whether the value may be ``None``."""

    def edit(self, node: Node) -> Edited:
        """The copy."""
        if not isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
            return None
        copied = cst.Call(cst.Attribute(node, cst.Name("copy")))
        if not self.unless_none:
            return copied
        made = cst.ensure_type(expression("x if x is None else y"), cst.IfExp)
        test = made.test.with_changes(left=node)
        return made.with_changes(body=node, test=test, orelse=copied)


@dataclass(frozen=True, slots=True)
class PerSlot:
    """``[x] * n`` becomes a comprehension, in which each slot is its own object."""

    def edit(self, node: Node) -> Edited:
        """The comprehension."""
        if not isinstance(node, cst.BinaryOperation):
            return None
        listed, number = node.left, node.right
        if not isinstance(listed, cst.List):
            listed, number = number, listed
        if not isinstance(listed, cst.List):
            return None
        if number.lpar and isinstance(number.lpar[0].whitespace_after, cst.SimpleWhitespace):
            # The call has parentheses of its own.
            number = number.with_changes(lpar=number.lpar[1:], rpar=number.rpar[:-1])
        made = cst.ensure_type(expression("[x for _ in range(n)]", node), cst.ListComp)
        loop = made.for_in
        call = loop.iter.with_changes(args=[cst.Arg(number)])
        return made.with_changes(elt=listed.elements[0].value, for_in=loop.with_changes(iter=call))

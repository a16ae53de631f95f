"""The edits of naive UTC times, carried out in libcst."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import expression
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Aware:
    """A call that gives a time with its zone."""

    method: str
    """``now`` or ``fromtimestamp``."""
    zone: str

    def edit(self, node: Node) -> Edited:
        """The call; its own argument stays."""
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return None
        made = node.with_changes(func=node.func.with_changes(attr=cst.Name(self.method)))
        zone = expression(self.zone)
        if self.method == "now":
            return made.with_changes(args=[cst.Arg(zone)])
        return append_keyword(made, "tz", zone)


@dataclass(frozen=True, slots=True)
class WithZone:
    """``utcnow().replace(tzinfo=zone)`` is ``now(zone)``."""

    def edit(self, node: Node) -> Edited:
        """The inner call with the zone of the outer one."""
        match node:
            case cst.Call(
                func=cst.Attribute(value=cst.Call(func=cst.Attribute() as inner, args=[])),
                args=[cst.Arg(value=zone)],
            ):
                function = inner.with_changes(attr=cst.Name("now"))
                return node.with_changes(func=function, args=[cst.Arg(zone)])
        return None


@dataclass(frozen=True, slots=True)
class Zulu:
    """The text of a time ends in ``Z`` as before."""

    def edit(self, node: Node) -> Edited:
        """``text.replace("+00:00", "Z")`` for ``text + "Z"``."""
        if not isinstance(node, cst.BinaryOperation):
            return None
        arguments = [cst.Arg(cst.SimpleString('"+00:00"')), cst.Arg(node.right)]
        made = cst.Call(cst.Attribute(node.left, cst.Name("replace")), arguments)
        return made.with_changes(lpar=node.lpar, rpar=node.rpar)


@dataclass(frozen=True, slots=True)
class MadeWhenNeeded:
    """A function that makes the time, where ``utcnow`` itself was handed over."""

    zone: str

    def edit(self, node: Node) -> Edited:
        """``lambda: datetime.now(zone)``."""
        if not isinstance(node, cst.Attribute):
            return None
        call = cst.Call(node.with_changes(attr=cst.Name("now")), [cst.Arg(expression(self.zone))])
        return cst.Lambda(cst.Parameters(), call)

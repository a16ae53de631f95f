"""The returns of a function that hand out what is not theirs, and what to do about each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.flow.aliases import OTHER, Aliases, none_there, parameter_of
from codemods.codemod import Change, Operation, Place, Refusal, Safety, overlaps, site_of
from codemods.syntax.dotted import last_part
from codemods.syntax.names import binding_of
from codemods.syntax.tree import FUNCTIONS, Function, Tree
from codemods.tables import words
from codemods.transforms.copy_on_return.edit import Copied, PerSlot
from codemods.transforms.copy_on_return.plan import CopyPlan

_IMMUTABLE = words("str bytes int float bool complex tuple Path Callable type")
_COPYABLE = words("ndarray NDArray Array list List dict Dict set Set deque")


@dataclass(frozen=True, slots=True)
class _Part:
    """What a return gives back, or one element of the tuple that it gives back."""

    node: ast.expr
    statement: ast.Return
    of_tuple: bool


class Returns:
    """Decides about the returns of one place."""

    def __init__(self, place: Place, plan: CopyPlan) -> None:
        self.place = place
        self.plan = plan
        self.source = place.source
        self.tree: Tree = place.source.tree

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change or refusal for each return that the finding can mean, in source order."""
        if self.plan.repeated:
            yield from self._repeated()
            return
        functions: list[Function] = self.tree.within(self.place.node, *FUNCTIONS)
        found = [item for node in functions for item in self._function(node)]
        found.sort(key=lambda item: item[0].lineno)
        meant = self.place.meant(found, lambda pair: pair[0])
        chosen = [verdict for _, verdict in meant]
        if not any(isinstance(item, Change) or item.already for item in chosen):
            # Lines drift: what the report points at can be another return of the same function.
            chosen = [verdict for _, verdict in found]
        yield from chosen

    def _function(self, function: Function) -> Iterator[tuple[ast.expr, Change | Refusal]]:
        returns = [
            node
            for node in self.tree.within(function, ast.Return)
            if node.value is not None and self.tree.function(node) is function
        ]
        if not returns:
            return
        aliases = Aliases(function)
        for statement in returns:
            value = statement.value
            assert value is not None
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
            for part in parts:
                item = _Part(part, statement, len(parts) > 1)
                if (verdict := self._part(function, item, aliases)) is not None:
                    yield part, verdict

    def _part(self, function: Function, part: _Part, aliases: Aliases) -> Change | Refusal | None:
        node = part.node
        if (copied := _copied(node)) is not None:
            if self._named(copied) or self._is_alias(copied, part.statement, aliases):
                return self._refusal("copied", node, "it is already a copy", already=True)
            return None
        if isinstance(node, ast.Name):
            origins = aliases.returned.get(part.statement, {}).get(node.id)
            if origins is None or origins == {OTHER}:
                return None
            if not self._is_meant(function, part, origins):
                return None
            if OTHER in origins and not (node.id in self.plan.copied and self._shown(node)):
                why = "on some paths to this return it is the caller's object, on others a new one"
                return self._refusal("sometimes-its-own", node, why)
            parameter = parameter_of(function, sorted(origins)[0])
            annotation = parameter.annotation if parameter is not None else None
            if annotation is not None and _words(annotation) & {*_IMMUTABLE}:
                return self._refusal("immutable", node, f"it is a {ast.unparse(annotation)}")
            there = none_there(self.tree, function, part.statement, node.id)
            return None if there == "always" else self._change(node, unless_none=there == "perhaps")
        if self._named(node) and isinstance(node, (ast.Attribute, ast.Subscript)):
            return self._change(node, unless_none=False)
        return None

    def _is_meant(self, function: Function, part: _Part, origins: frozenset[str]) -> bool:
        """Whether a parameter that is given back is what the finding is about.

        The finding may name the parameter of another function of several; then the annotation
        tells an array from a flag, and a bare return is what "returns its input" means.
        """
        names = {*origins, ast.unparse(part.node)} - {OTHER}
        if names & {*self.plan.copied}:
            return True
        found = [item for name in origins if (item := parameter_of(function, name)) is not None]
        if any(item.annotation is not None for item in found):
            return any(item.annotation and _words(item.annotation) & {*_COPYABLE} for item in found)
        return not part.of_tuple and not names & {"self", "cls"}

    def _shown(self, node: ast.expr) -> bool:
        """Whether the evidence or the reported lines are just this return."""
        return overlaps(node, (*self.place.evidence, *self.place.reported))

    def _named(self, node: ast.expr) -> bool:
        """Whether the suggestion names the expression, whole or by its last word."""
        return bool({ast.unparse(node), _last_word(node)} & {*self.plan.copied})

    def _is_alias(self, node: ast.expr, statement: ast.Return, aliases: Aliases) -> bool:
        if not isinstance(node, ast.Name):
            return False
        return aliases.returned.get(statement, {}).get(node.id, {OTHER}) != {OTHER}

    def _repeated(self) -> Iterator[Change | Refusal]:
        """The lists of one object; the slots of every such list are one, whichever is shown."""
        found: list[Change | Refusal] = []
        for node in self.tree.within(self.place.node, ast.BinOp):
            if not isinstance(node.op, ast.Mult):
                continue
            listed, number = node.left, node.right
            if not isinstance(listed, ast.List):
                listed, number = number, listed
            if isinstance(listed, ast.List) and len(listed.elts) == 1:
                found.append(self._slots(node, listed.elts[0], number))
        changes = [item for item in found if isinstance(item, Change)]
        if changes or found:
            yield from changes or found
            return
        for made in self.tree.within(self.place.node, ast.ListComp):
            iterable = made.generators[0].iter
            if isinstance(iterable, ast.Call) and ast.unparse(iterable.func) == "range":
                text = "each slot already has its own object"
                yield self._refusal("per-slot", made, text, already=True)

    def _slots(self, node: ast.BinOp, element: ast.expr, number: ast.expr) -> Change | Refusal:
        if not isinstance(element, (ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp)):
            why = "the repeated value is not created here, and may be immutable"
            return self._refusal("one-object", node, why)
        if binding_of(self.tree, "range", node).kind != "builtin" or any(
            isinstance(item, ast.Name) and item.id == "_" for item in ast.walk(element)
        ):
            return self._refusal("shadowed", node, "range or _ means something else here")
        if any(isinstance(item, (ast.Await, ast.NamedExpr)) for item in ast.walk(element)):
            return self._refusal(
                "evaluated-once", node, "the element awaits or assigns, which must happen only once"
            )
        what = f"each slot of [{ast.unparse(element)}] * {ast.unparse(number)} gets its own object"
        operation = Operation(self.source.path, self.source.span(node), PerSlot())
        return Change(site_of(self.source, node), what, (operation,), Safety.REVIEW)

    def _change(self, node: ast.expr, *, unless_none: bool) -> Change:
        text = ast.unparse(node)
        what = f"{text} is copied when it is returned"
        if unless_none:
            what += ", unless it is None"
        operation = Operation(self.source.path, self.source.span(node), Copied(unless_none))
        return Change(site_of(self.source, node), what, (operation,), Safety.REVIEW)

    def _refusal(
        self, reason: str, node: ast.expr, detail: str, *, already: bool = False
    ) -> Refusal:
        text = f"{ast.unparse(node)}: {detail}"
        return Refusal(reason, text, site_of(self.source, node), already)


def _copied(node: ast.expr) -> ast.expr | None:
    """``x`` of ``x.copy()`` and of ``x if x is None else x.copy()``."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="copy"), args=[], keywords=[]):
            return value
        case ast.IfExp(test=ast.Compare(ops=[ast.Is()]), orelse=orelse):
            return _copied(orelse)
        case ast.IfExp(test=ast.Compare(ops=[ast.IsNot()]), body=body):
            return _copied(body)
    return None


def _last_word(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=attr):
            return attr
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
    return ""


def _words(annotation: ast.expr) -> set[str]:
    """The names of an annotation outside its parameters: of ``list[str] | None`` the list."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _words(inner)
        case ast.Subscript(value=value):
            return _words(value)
        case ast.BinOp(left=left, right=right):
            return _words(left) | _words(right)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {name}
        case ast.Constant(value=str(text)):
            return {last_part(text.partition("[")[0]).strip()}
    return set()

"""Only the new code is given: the older version is what is most like it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Place, overlaps
from codemods.demands.requested import RequestedEdit
from codemods.syntax.dotted import last_name
from codemods.syntax.names import binding_of, names_loaded, qualified_name
from codemods.syntax.parts import default_of, targets_of
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.transforms.apply_suggestion.calls import takes
from codemods.transforms.apply_suggestion.code import (
    Snippet,
    SnippetKind,
    alike,
    contains,
    equal,
    has_wildcard,
    same,
)
from codemods.transforms.apply_suggestion.difference import Step, steps
from codemods.transforms.apply_suggestion.found import (
    LIKE,
    Found,
    caught,
    handler_type,
    headed,
    is_callee,
    is_new,
    is_other_breadth,
    nodes_of,
    read_in,
    restated,
)
from codemods.transforms.apply_suggestion.signature import signature_pairs

_UNSURE = 0.69
"""Likely, and done only where evidence or lines point to it (see ``choose``)."""
_ADDING_ROLES = ("pass", "add", "specify", "give")
_ARGUMENT_ROLES = ("pass", "give", "specify", "submit")


@dataclass(frozen=True)
class NewOnly:
    """Only the new code is given: its older version is what stands there and is most like it."""

    place: Place
    requested: RequestedEdit
    new: Snippet

    def find(self) -> Iterator[Found]:
        match self.new.kind:
            case SnippetKind.KEYWORDS:
                yield from self._keywords()
            case SnippetKind.HANDLER:
                yield from self._handlers(handler_type(self.new))
            case SnippetKind.HEADER if isinstance(self.new.nodes[0], FUNCTIONS):
                yield from self._signatures(self.new.nodes[0])
            case SnippetKind.HEADER:
                for node in nodes_of(self.place, ast.stmt):
                    yield from headed(self.place, node, self.new, LIKE)
            case SnippetKind.STATEMENTS if len(self.new.nodes) == 1:
                yield from self._statements(self.new.nodes[0])
            case SnippetKind.EXPRESSION:
                yield from self._expressions()

    def _signatures(self, new: Function) -> Iterator[Found]:
        """The function of that name and those parameters, with other defaults and annotations."""
        for node in nodes_of(self.place, *FUNCTIONS):
            pairs = signature_pairs(node, new) or []
            made: list[Step] = []
            for old, wanted in pairs:
                if old is not None and wanted is not None:
                    made += steps(old, wanted, self.new, self.place.source)
            if made:
                yield Found(self.place, node, tuple(made))

    def _keywords(self) -> Iterator[Found]:
        wanted = [item for item in self.new.nodes if isinstance(item, ast.keyword)]
        add = self.requested.callee is not None or self.requested.role in _ADDING_ROLES
        for node in nodes_of(self.place, ast.Call):
            if self.requested.callee is not None and not is_callee(node, self.requested.callee):
                continue
            given = {item.arg: item.value for item in node.keywords}
            if None in given:
                continue
            present = [item for item in wanted if item.arg in given]
            if not present and not (add and self._may_take(node, wanted)):
                continue
            if add and any(self._is_variable(given[item.arg]) for item in present):
                # It is passed already, by a variable: what that holds is not seen here.
                continue
            if self.requested.role in ("pass", "add") and any(
                not same(item.value, given[item.arg]) for item in present
            ):
                # Somebody passes it since then, with a value of their own.
                continue
            made: list[Step] = []
            for item in wanted:
                if item.arg in given:
                    made += steps(given[item.arg], item.value, self.new, self.place.source)
                else:
                    text = f"{item.arg}={self.new.segment(item.value)}"
                    made.append(Step("argument", node, text, item.value))
            if made:
                yield Found(self.place, node, tuple(made))

    def _may_take(self, node: ast.Call, wanted: list[ast.keyword]) -> bool:
        """Whether keywords that a call has not are meant for it: named, or sure to take them."""
        return self.requested.callee is not None or all(
            item.arg is not None and takes(self.place, node, item.arg) for item in wanted
        )

    def _is_variable(self, value: ast.expr) -> bool:
        if not isinstance(value, ast.Name):
            return False
        return binding_of(self.place.source.tree, value.id, value).kind in ("local", "parameter")

    def _handlers(self, new: ast.expr | None) -> Iterator[Found]:
        if new is None:
            return
        for node in nodes_of(self.place, ast.ExceptHandler):
            if is_other_breadth(node.type, new):
                yield from caught(self.place, node, self.new, new)

    def _statements(self, new: ast.AST) -> Iterator[Found]:
        for node in nodes_of(self.place, ast.AST):
            if isinstance(new, ast.AnnAssign) and isinstance(node, ast.arg):
                yield from self._parameter(node, new)
            if type(node) is not type(new) or not isinstance(node, ast.stmt):
                continue
            if is_new(node, self.new, self.requested):
                continue
            score = statement_likeness(node, new)
            if score < LIKE and self._is_the_one(node, new):
                score = _UNSURE
            if score >= LIKE:
                made = restated(self.place, node, self.new)
                yield Found(self.place, node, tuple(made), score)

    def _is_the_one(self, node: ast.stmt, new: ast.AST) -> bool:
        """Whether ``node`` is the function's only ``return``, or its only assignment of that name,
        which the finding shows, of values from which the new one is made too."""
        function = self.place.node
        if not isinstance(function, FUNCTIONS) or self.requested.role == "add":
            return False
        tree = self.place.source.tree
        if isinstance(node, ast.Return) and isinstance(new, ast.Return):
            alike_ones: list[ast.stmt] = list(tree.of(ast.Return))
            shown = overlaps(node, self.place.evidence)
        elif isinstance(node, ast.Assign) and isinstance(new, ast.Assign):
            if ast.dump(ast.Tuple(node.targets)) != ast.dump(ast.Tuple(new.targets)):
                return False
            name = ast.unparse(new.targets[0])
            bound: list[ast.Assign | ast.AugAssign] = list(tree.of(ast.Assign))
            bound += tree.of(ast.AugAssign)
            alike_ones = [item for item in bound if name in map(ast.unparse, targets_of(item))]
            shown = overlaps(node, (*self.place.evidence, *self.place.reported))
        else:
            return False
        if node.value is None or new.value is None or loses(node.value, new.value):
            return False
        mine = [item for item in alike_ones if tree.function(item) is function]
        if isinstance(node.value, ast.Constant) and isinstance(new.value, ast.Constant):
            # A number for a number: the name says which.
            return len(mine) == 1 and shown and isinstance(node, ast.Assign)
        local = {
            name
            for name in names_loaded(new.value)
            if binding_of(tree, name, node).kind in ("local", "parameter")
        }
        return len(mine) == 1 and shown and bool(local) and local <= names_loaded(node.value)

    def _parameter(self, node: ast.arg, new: ast.AnnAssign) -> Iterator[Found]:
        """``limit: int | None = None``: the annotation and default of a parameter."""
        if not isinstance(new.target, ast.Name) or new.target.id != node.arg:
            return
        if node.annotation is None:
            return
        made = list(steps(node.annotation, new.annotation, self.new, self.place.source))
        around = self.place.source.tree.parent(node)
        default = default_of(around, node) if isinstance(around, ast.arguments) else None
        if new.value is not None:
            if default is None:
                return
            made += steps(default, new.value, self.new, self.place.source)
        if made:
            yield Found(self.place, node.annotation, tuple(made))

    def _expressions(self) -> Iterator[Found]:
        new = self.new.expression
        if self.requested.role == "raise":
            yield from self._raised(new)
            return
        if self.requested.role == "catch":
            yield from self._handlers(new)
            return
        candidates: list[Found] = []
        for node in read_in(self.place):
            if same(new, node) or not self._fits_role(node):
                continue
            score = self._score(node, new)
            if score < LIKE:
                yield from self._same_name(node, new)
                continue
            above = self.place.source.tree.ancestors(node)
            if any(isinstance(item, ast.expr) and same(new, item) for item in above):
                continue
            made = steps(node, new, self.new, self.place.source)
            if made:
                candidates.append(Found(self.place, node, tuple(made), score))
        best = max((item.score for item in candidates), default=0.0)
        yield from (item for item in candidates if item.score >= best - 1e-9)

    def _score(self, node: ast.expr, new: ast.expr) -> float:
        parent = self.place.source.tree.parent(node)
        if isinstance(parent, ast.Call) and node is parent.func:
            return 0.0
        if contains(new, node):
            # What the new code wraps: everything of it is there.
            role = self.requested.role in ("return", *_ARGUMENT_ROLES)
            plain = isinstance(node, (ast.Name, ast.Constant, ast.Attribute)) and not role
            if plain or not (role or self._is_whole(parent)):
                # `math.ceil(a / b)` is meant for all of `int(a / b) + 1`, and not for a part.
                return 0.0
            # Much wraps much: without evidence or lines that is not enough (see ``choose``).
            return min(0.5 + alike(node, new) / 2, _UNSURE)
        if type(node) is not type(new) and not isinstance(node, type(new)):
            return 0.0
        if isinstance(node, ast.Call) and isinstance(new, ast.Call):
            if not same(new.func, node.func):
                before, after = [[ast.dump(item) for item in call.args] for call in (node, new)]
                if not before or before != after or not self._is_whole(parent):
                    return 0.0
                if isinstance(parent, ast.Expr) and not _sounds_alike(node.func, new.func):
                    # What is done with the same thing may be something else: `os.remove(path)`.
                    return 0.0
            if loses(node, new):
                return 0.0
            return max(alike(node, new), LIKE if has_wildcard(new) else 0.0)
        if isinstance(node, (ast.Name, ast.Constant, ast.Attribute)):
            return 0.0
        score = alike(node, new)
        return score if score >= 0.6 else 0.0

    def _same_name(self, node: ast.expr, new: ast.expr) -> Iterator[Found]:
        """``scipy.signal.windows.hamming(N)`` for ``np.hamming(size)``: the function of that name
        from elsewhere, on the same arguments; ``N`` is nobody's name there."""
        if not isinstance(node, ast.Call) or not isinstance(new, ast.Call) or new.keywords:
            return
        old, function = node.func, new.func
        if not isinstance(old, ast.Attribute) or not isinstance(function, ast.Attribute):
            return
        if old.attr != function.attr or same(function, old) or len(node.args) != len(new.args):
            return
        tree = self.place.source.tree
        if old.attr in ("get", "read", "write", "close", "copy") or not qualified_name(tree, old):
            # A method of something, and no function of a module.
            return
        for one, two in zip(node.args, new.args, strict=True):
            stands_in = isinstance(two, ast.Name) and (
                binding_of(tree, two.id, node).kind == "unknown"
            )
            if not stands_in and not same(two, one):
                return
        step = Step("replace", old, self.new.segment(function), function)
        yield Found(self.place, node, (step,), _UNSURE)

    def _is_whole(self, parent: ast.AST | None) -> bool:
        """Whether what stands directly in ``parent`` is a whole value and no part of one."""
        return isinstance(parent, (ast.stmt, ast.keyword, ast.Dict, ast.NamedExpr))

    def _fits_role(self, node: ast.expr) -> bool:
        tree = self.place.source.tree
        parent = tree.parent(node)
        if self.requested.role == "return":
            if isinstance(parent, ast.Tuple):
                parent = tree.parent(parent)
            return isinstance(parent, ast.Return)
        if self.requested.role in _ARGUMENT_ROLES:
            call = tree.parent(parent) if isinstance(parent, ast.keyword) else parent
            if not isinstance(call, ast.Call) or node is call.func:
                return False
            # Nobody speaks of what is only measured: `len(audio)`, `np.zeros_like(audio)`.
            callee = qualified_name(tree, call.func) or ""
            return not callee.startswith(("builtins.", "numpy."))
        return True

    def _raised(self, new: ast.expr) -> Iterator[Found]:
        """A raise for what stands there in its stead: a ``return``, or a raise of another kind."""
        for node in nodes_of(self.place, ast.stmt):
            if isinstance(node, ast.Raise) and node.exc is not None and not same(new, node.exc):
                made = steps(node.exc, new, self.new, self.place.source)
                yield Found(self.place, node, tuple(made), 0.5 + alike(node.exc, new) / 2)
            elif isinstance(node, ast.Return):
                text = f"raise {self.new.segment(new)}"
                yield Found(self.place, node, (Step("statement", node, text, new),), 0.5)


def statement_likeness(node: ast.stmt, new: ast.AST) -> float:
    """How sure an older version of ``new`` stands there; a target or a called function that
    differs makes it another statement."""
    match node, new:
        case ast.Assign(), ast.Assign():
            if equal(new.targets, node.targets):
                return _value_likeness(node.value, new.value)
        case ast.AnnAssign() | ast.AugAssign(), ast.AnnAssign() | ast.AugAssign():
            if type(new) is type(node) and same(new.target, node.target):
                return max(alike(node, new), LIKE)
        case ast.Return(value=ast.expr() as old), ast.Return(value=ast.expr() as value):
            if not loses(old, value):
                return 0.5 + alike(node, new) / 2 if contains(value, old) else alike(node, new)
        case ast.Expr(value=ast.Call() as old), ast.Expr(value=ast.Call() as value):
            if same(value.func, old.func) and not loses(old, value):
                return alike(old, value)
        case ast.Raise(), ast.Raise():
            return alike(node, new)
    return 0.0


def _sounds_alike(old: ast.expr, new: ast.expr) -> bool:
    """Whether the names of two functions have a word in common."""
    words = ({*last_name(item).lower().split("_")} for item in (old, new))
    return not set.isdisjoint(*words)


def loses(old: ast.expr, new: ast.expr) -> bool:
    """Whether a call, a dict or a list has more than its new version: what that leaves out would
    be lost, and the finding, which does not show today's code, need not mean that."""
    if has_wildcard(new):
        return False
    match old, new:
        case ast.Call(), ast.Call() if same(new.func, old.func):
            given = {item.arg: item.value for item in new.keywords}
            pairs = [*zip(old.args, new.args, strict=False)]
            pairs += [(item.value, given[item.arg]) for item in old.keywords if item.arg in given]
            return loses_arguments(old, new) or any(loses(*pair) for pair in pairs)
        case ast.Dict(), ast.Dict():
            return bool(_keys(old) - _keys(new))
        case (
            (ast.List(elts=before), ast.List(elts=after))
            | (ast.Set(elts=before), ast.Set(elts=after))
            | (ast.Tuple(elts=before), ast.Tuple(elts=after))
        ):
            # Others in their stead are another value; fewer of the same are what is lost.
            return {*map(ast.dump, after)} < {*map(ast.dump, before)}
    return False


def loses_arguments(old: ast.expr, new: ast.expr) -> bool:
    """Whether a call has more arguments than its new version."""
    if not isinstance(old, ast.Call) or not isinstance(new, ast.Call) or has_wildcard(new):
        return False
    if not same(new.func, old.func):
        return False
    kept = {item.arg for item in new.keywords}
    return len(new.args) < len(old.args) or bool({item.arg for item in old.keywords} - kept)


def _keys(display: ast.Dict) -> set[str]:
    """What a dict display has, by key; ``**more`` by what it spreads."""
    pairs = zip(display.keys, display.values, strict=True)
    return {ast.dump(value if key is None else key) for key, value in pairs}


def _value_likeness(old: ast.expr, new: ast.expr) -> float:
    """How like two values of one target are; the target says half of it already."""
    if loses(old, new):
        return 0.0
    if contains(new, old):
        return 0.9
    likeness = alike(old, new)
    return 0.5 + likeness / 2 if likeness >= 0.3 else 0.0

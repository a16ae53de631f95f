"""Every place that a requested edit could mean, by its form, or by the old code that it shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.logs.levels import METHODS
from codemods.codemod import Place
from codemods.demands.requested import RequestedEdit
from codemods.syntax.dotted import last_part
from codemods.syntax.parts import values_given
from codemods.transforms.apply_suggestion.code import (
    SYMBOLS,
    Snippet,
    SnippetKind,
    alike,
    has_wildcard,
    leaves,
    read,
    same,
)
from codemods.transforms.apply_suggestion.difference import NoStepsError, Step, steps
from codemods.transforms.apply_suggestion.found import (
    LIKE,
    LITERALS,
    Found,
    alike_at_first,
    assigned,
    caught,
    fragment_pairs,
    handler_type,
    has_operator,
    headed,
    is_bare_call,
    is_callee,
    nodes_of,
    read_in,
    restated,
    same_header,
    same_type,
)
from codemods.transforms.apply_suggestion.new_only import NewOnly


def find_requested(place: Place, requested: RequestedEdit) -> list[Found]:
    """Every node of ``place`` that could be meant.

    Raises:
        NoStepsError: when the requested edit abridges what it must say.
    """
    new = read(requested.new)
    if new is None:
        return []
    if requested.kind == "wrap":
        return list(_wrapped(place, requested, new))
    if requested.kind == "level":
        return list(_levelled(place, requested))
    if requested.kind in ("method", "entries"):
        return list(_fragments(place, new))
    if requested.old is not None:
        old = read(requested.old)
        if old is None or not _of_a_kind(old, new):
            return []
        return list(Pair(place, requested, old, new).find())
    return list(NewOnly(place, requested, new).find())


def _of_a_kind(old: Snippet, new: Snippet) -> bool:
    """Whether one name can stand for another: a class in a variable's place is another thing."""
    if old.kind is not SnippetKind.EXPRESSION or new.kind is not SnippetKind.EXPRESSION:
        return True
    casings = {_casing(old.expression), _casing(new.expression)}
    return len(casings) == 1 or None in casings


def _casing(node: ast.expr) -> str | None:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    if not isinstance(name, str):
        return None
    name = name.lstrip("_")
    return "class" if name[:1].isupper() and not name.isupper() else "other"


def _wrapped(place: Place, requested: RequestedEdit, new: Snippet) -> Iterator[Found]:
    """``text("PRAGMA …")`` for each string that begins so, or ``f(x)`` for each ``x``."""
    wrapper = new.nodes[0]
    function = wrapper.func if isinstance(wrapper, ast.Call) and is_bare_call(wrapper) else wrapper
    if not isinstance(function, (ast.Name, ast.Attribute)):
        return
    old = read(requested.old) if requested.old is not None else None
    for node in read_in(place):
        if old is not None:
            if old.kind is not SnippetKind.EXPRESSION or not same(old.expression, node):
                continue
        elif not _begins_with(node, requested.word or ""):
            continue
        parent = place.source.tree.parent(node)
        if isinstance(parent, ast.Call) and same(function, parent.func):
            continue
        text = f"{new.segment(function)}({place.source.segment(node)})"
        yield Found(place, node, (Step("replace", node, text, function),))


def _fragments(place: Place, new: Snippet) -> Iterator[Found]:
    """``.options(…)`` of whatever it is called on, and entries of a dictionary by their keys."""
    wanted = new.expression
    for node in nodes_of(place, ast.Dict, ast.Call):
        pairs = fragment_pairs(node, wanted) or []
        if isinstance(wanted, ast.Call) and isinstance(node, ast.Call):
            of_a_name = isinstance(getattr(wanted.func, "value", None), ast.Name)
            least = min((alike(one, two) for one, two in pairs), default=0.0)
            if node.keywords or wanted.keywords or not of_a_name or least < LIKE:
                continue
        made = [step for one, two in pairs for step in steps(one, two, new, place.source)]
        if made:
            yield Found(place, node, tuple(made), 0.9)


def _levelled(place: Place, requested: RequestedEdit) -> Iterator[Found]:
    """Log calls of another level; of the level that the sentence names, if it names one."""
    level = last_part(requested.new)
    for node in nodes_of(place, ast.Call):
        if not isinstance(node.func, ast.Attribute):
            continue
        receiver = last_part(ast.unparse(node.func.value))
        if receiver.lower().removeprefix("_") not in ("log", "logger", "logging"):
            continue
        if node.func.attr not in METHODS or node.func.attr == level:
            continue
        if not requested.levels or node.func.attr in requested.levels:
            yield Found(place, node, (Step("attribute", node.func, level),))


def _begins_with(node: ast.expr, word: str) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(word)
        and node.value.lstrip().upper().startswith(f"{word.upper()} ")
    )


@dataclass(frozen=True)
class Pair:
    """Both the old and the new code are given."""

    place: Place
    requested: RequestedEdit
    old: Snippet
    new: Snippet

    def find(self) -> Iterator[Found]:
        kinds = (self.old.kind, self.new.kind)
        if kinds == (SnippetKind.OPERATOR, SnippetKind.OPERATOR):
            yield from self._operators()
        elif kinds == (SnippetKind.KEYWORDS, SnippetKind.KEYWORDS):
            yield from self._keywords()
        elif (
            kinds == (SnippetKind.EXPRESSION, SnippetKind.KEYWORDS)
            and self.requested.callee is None
        ):
            # "Change `f(x)` to `timeout=3`" names the call.
            requested = RequestedEdit(self.requested.new, role="pass", callee=self.requested.old)
            yield from NewOnly(self.place, requested, self.new).find()
        elif SnippetKind.HANDLER in kinds or self.requested.role == "catch":
            yield from self._handlers()
        elif kinds == (SnippetKind.EXPRESSION, SnippetKind.EXPRESSION):
            yield from self._expressions()
        elif self.old.kind is SnippetKind.HEADER and self.new.kind is SnippetKind.HEADER:
            for node in nodes_of(self.place, ast.stmt):
                if same_header(self.old.nodes[0], node):
                    yield from headed(self.place, node, self.new)
        elif self.old.kind is SnippetKind.STATEMENTS and self.new.kind is not SnippetKind.HEADER:
            for node in alike_at_first(self.place, self.old.nodes[0], ast.stmt):
                if len(self.old.nodes) == 1 and same(self.old.nodes[0], node):
                    yield Found(self.place, node, tuple(restated(self.place, node, self.new)))

    def _operators(self) -> Iterator[Found]:
        symbol = SYMBOLS[self.new.operator]  # type: ignore[index]
        for node in nodes_of(self.place, ast.expr):
            if has_operator(node, self.old):
                made = [Step("operator", node, symbol)]
                if self.old.nodes and self.new.nodes:
                    right = node.right if isinstance(node, ast.BinOp) else node.comparators[0]  # type: ignore[attr-defined]
                    made += steps(right, self.new.nodes[0], self.new, self.place.source)
                yield Found(self.place, node, tuple(made))

    def _keywords(self) -> Iterator[Found]:
        wanted = {item.arg: item for item in self.new.nodes if isinstance(item, ast.keyword)}
        old = [item for item in self.old.nodes if isinstance(item, ast.keyword)]
        for node in nodes_of(self.place, ast.Call):
            given = {item.arg: item for item in node.keywords}
            if not all(item.arg in given and same(item, given[item.arg]) for item in old):
                continue
            if not wanted.keys() <= given.keys():
                continue
            made = [
                step
                for name, item in wanted.items()
                for step in steps(given[name].value, item.value, self.new, self.place.source)
            ]
            yield Found(self.place, node, tuple(made))

    def _handlers(self) -> Iterator[Found]:
        old = handler_type(self.old)
        new = handler_type(self.new)
        if new is None:
            return
        for node in nodes_of(self.place, ast.ExceptHandler):
            if same_type(node.type, old):
                yield from caught(self.place, node, self.new, new)

    def _expressions(self) -> Iterator[Found]:
        old, new = self.old.expression, self.new.expression
        loose = is_bare_call(old)
        replaced_calls = loose and not is_bare_call(new) and isinstance(new, ast.Call)
        if isinstance(old, (ast.Name, ast.Attribute)) and isinstance(new, LITERALS):
            # "Change `LIMIT` to `0.0`": the value that the name has.
            yield from assigned(self.place, old, self.new)
            return
        if isinstance(old, ast.Tuple) and isinstance(new, ast.Tuple):
            yield from self._elements(old.elts, new.elts)
            return
        names: tuple[str, str] | None = None
        if isinstance(old, ast.Name) and isinstance(new, ast.Name):
            names = old.id, new.id
        if loose or names is not None:
            nodes = nodes_of(self.place, ast.expr)
        else:
            nodes = alike_at_first(self.place, old, ast.expr)
        for node in nodes:
            if names is not None and isinstance(node, ast.Attribute) and node.attr == names[0]:
                # A chain says the name once more: `joinedload(A.b).joinedload(B.c)`.
                yield Found(self.place, node, (Step("attribute", node, names[1]),))
                continue
            if loose:
                if not isinstance(node, ast.Call) or not is_callee(node, self.requested.old or ""):
                    continue
                if replaced_calls and not has_wildcard(new):
                    made = [Step("replace", node, self.new.segment(new), new)]
                    yield Found(self.place, node, tuple(made))
                    continue
            elif same(old, node):
                pass
            elif names is not None and isinstance(node, ast.Constant) and node.value == names[0]:
                parent = self.place.source.tree.parent(node)
                renaming = self.requested.role == "rename"
                if isinstance(parent, ast.Dict) and node in parent.keys and not renaming:
                    # Under the new key the old value would be another thing.
                    continue
                # A name that prose quotes may be a string: a key, a column, a field's name.
                text = self.place.source.segment(node).replace(*names)
                yield Found(self.place, node, (Step("replace", node, text),))
                continue
            else:
                continue
            if isinstance(getattr(node, "ctx", None), ast.Store) or self._is_done(node):
                continue
            made = steps(node, new, self.new, self.place.source, loose)
            if made and self.requested.suffix:
                made += self._suffixed(node)
            if made:
                yield Found(self.place, node, tuple(made))

    def _suffixed(self, node: ast.expr) -> list[Step]:
        """The method on the result of the call, unless the value is made so already: in
        ``np.asarray(f(x), dtype=d)`` nothing is left for ``.astype(d)`` to do."""
        tree = self.place.source.tree
        call = node if isinstance(node, ast.Call) else tree.parent(node)
        if not isinstance(call, ast.Call) or not (call is node or call.func is node):
            raise NoStepsError(f"{self.requested.suffix} applies to a call, and there is none here")
        method = read(f"_{self.requested.suffix}")
        if method is None or not isinstance(method.nodes[0], ast.Call):
            raise NoStepsError(f"{self.requested.suffix} is not a method call")
        around = tree.parent(call)
        wanted = method.nodes[0]
        cast = ast.unparse(wanted.func).endswith(".astype") and wanted.args
        if cast and isinstance(around, ast.Call) and call in around.args:
            given = [item.value for item in around.keywords if item.arg == "dtype"]
            if given and same(wanted.args[0], given[0]):
                return []
        arguments = values_given(wanted)
        return [Step("suffix", call, self.requested.suffix, ast.Tuple(arguments, ast.Load()))]

    def _elements(self, old: list[ast.expr], new: list[ast.expr]) -> Iterator[Found]:
        """``'-ac', str(n)``: neighbours among arguments or elements."""
        if len(old) != len(new):
            return
        for node in nodes_of(self.place, ast.AST):
            row = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
            for start in range(len(row) - len(old) + 1):
                part = row[start : start + len(old)]
                if all(same(one, two) for one, two in zip(old, part, strict=True)):
                    made = [
                        step
                        for one, two in zip(part, new, strict=True)
                        for step in steps(one, two, self.new, self.place.source)
                    ]
                    yield Found(self.place, part[-1], tuple(made))

    def _is_done(self, node: ast.expr) -> bool:
        """Whether ``node`` is the old code within the new: ``x`` in ``x.copy()``."""
        added = leaves(self.new.expression) - leaves(self.old.expression)
        for item in self.place.source.tree.ancestors(node):
            if isinstance(item, ast.stmt):
                return False
            if isinstance(item, ast.expr) and same(self.new.expression, item):
                return True
            # `a or b or c` has what `a or b` would bring.
            if sum(added.values()) > 1 and not added - (leaves(item) - leaves(node)):
                return True
        return False

"""What of an expression is the text of an exception that is being handled."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import handlers_around
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import is_text, parameters_of, values_given
from codemods.syntax.tree import FUNCTIONS, Function, Tree, walk
from codemods.tables import WordTable, words

_TEXTS = ("str", "repr", "format", "ascii", "bytes")
_TELLING = frozenset(
    words(
        "args strerror filename filename2 stderr stdout output cmd reason orig statement "
        "params object doc text msg __cause__ __context__ __traceback__ __dict__ __notes__"
    )
)
"""Attributes in which exceptions keep what happened; others (``detail``, ``code``,
``user_message``) were written for somebody to read."""
_SPOKEN = ("__str__", "__repr__", "with_traceback")
_TRACEBACKS = ("traceback.format_", "sys.exc_info", "sys.exception")
_UNCHANGED = frozenset(
    words(
        "html.escape markupsafe.escape textwrap.shorten urllib.parse.quote xml.sax.saxutils.escape"
    )
)
"""Functions that give the text of their first argument in another spelling."""
_CARRIERS = frozenset(
    words(
        "json.dumps orjson.dumps ujson.dumps simplejson.dumps builtins.dict builtins.list "
        "builtins.tuple builtins.set fastapi.encoders.jsonable_encoder"
    )
)
"""Functions whose result holds their arguments."""
_NO_TEXT = WordTable("code type status id ids kind level name key class")
_DEBUG = words(
    "debug development dev_mode devmode verbose expose stack_trace stacktrace show_err show_trace "
    "show_exc testing"
)
_DEVELOPER = WordTable("is_dev*")
_CONTAINERS = (ast.Dict, ast.List, ast.Set, ast.Tuple)
_EXCEPTIONS = re.compile(
    r"(?:Optional\[)?(?:[\w.]*\.)?(?:BaseException|\w*(?:Exception|Error))(?:\]| \| None)?"
)


class LeafKind(enum.Enum):
    """What stands in a slot of a sink."""

    TEXT = "text"
    """The exception's text."""
    TRACEBACK = "traceback"
    """A whole traceback."""
    PUBLIC = "public"
    """An attribute that was written for clients: ``e.detail``, ``e.errors()``."""
    PASSED = "passed"
    """A function of the project or of a library makes something of the exception."""
    CODE = "code"
    """It stands where no text is wanted: ``{"code": e.args[0]}``."""
    DEBUG = "debug"
    """Text that goes out only with a debug setting."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A smallest expression that is replaced whole."""

    node: ast.expr
    slot: str
    """The keyword, dictionary key or position that it stands in: ``detail``, ``error``, ``2``."""
    kind: LeafKind
    via: ast.Name | None = None
    """The variable that carries it, where it stands in an assignment of the same handler."""


@dataclass(frozen=True)
class Exceptions:
    """The exceptions that are at hand at one place."""

    tree: Tree
    names: frozenset[str]
    """The names that they are bound to."""
    holder: ast.ExceptHandler | Function | None
    """The innermost handler, or the function that is given an exception."""

    @cached_property
    def variables(self) -> dict[str, list[ast.expr | None]]:
        """What the handler assigns to each of its simple names; ``None`` for what is no plain
        assignment."""
        found: dict[str, list[ast.expr | None]] = {}
        for statement in self.holder.body if self.holder is not None else ():
            for node in walk(statement):
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        found.setdefault(name, []).append(value)
                    case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                        found.setdefault(name, []).append(value)
                    case ast.AugAssign(target=ast.Name(id=name)):
                        found.setdefault(name, []).append(None)
        return found

    def leaves(self, node: ast.expr, slot: str) -> Iterator[Leaf]:
        """The expressions in ``node`` that carry an exception to where ``node`` goes."""
        if isinstance(node, ast.Name) and node.id not in self.names:
            yield from self._carried_by(node, slot)
            return
        kind = self.kind(node)
        if kind in (LeafKind.TEXT, LeafKind.TRACEBACK):
            guarded = isinstance(node, ast.IfExp) and asks_for_debug(node.test)
            no_text = _NO_TEXT.ends(slot) and not isinstance(node, ast.JoinedStr)
            yield Leaf(
                node, slot, LeafKind.DEBUG if guarded else LeafKind.CODE if no_text else kind
            )
            return
        if kind is not None:
            yield Leaf(node, slot, kind)
            return
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    inner = key.value if isinstance(key, ast.Constant) else slot
                    yield from self.leaves(value, str(inner))
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                for item in items:
                    yield from self.leaves(item, slot)
            case ast.Await(value=value) | ast.Starred(value=value) | ast.NamedExpr(value=value):
                yield from self.leaves(value, slot)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                for leaf in (*self.leaves(body, slot), *self.leaves(orelse, slot)):
                    yield replace(leaf, kind=LeafKind.DEBUG) if asks_for_debug(test) else leaf
            case ast.Call():
                yield from self._carried(node, slot)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                yield from self.leaves(left, slot)
                yield from self.leaves(right, slot)
            case ast.JoinedStr() | ast.BinOp() if self._is_called(node):
                yield Leaf(node, slot, LeafKind.PASSED)

    def _carried_by(self, node: ast.Name, slot: str) -> Iterator[Leaf]:
        """What is assigned to a variable, as far as an exception is in it."""
        for value in self.variables.get(node.id, []):
            if value is not None:
                for leaf in self._without(node.id).leaves(value, slot):
                    yield replace(leaf, via=leaf.via or node)

    def _carried(self, call: ast.Call, slot: str) -> Iterator[Leaf]:
        """What a call carries on: containers, encoders, and anything that is made of a class."""
        arguments = [(slot, item) for item in call.args]
        arguments += [(item.arg or slot, item.value) for item in call.keywords]
        if is_carrier(self.tree, call):
            for name, item in arguments:
                yield from self.leaves(item, name)
            return
        if self._is_named(call):
            yield Leaf(call, slot, LeafKind.PASSED)

    def _is_called(self, node: ast.expr) -> bool:
        """Whether a function makes a part of a text of the exception itself."""
        return any(
            isinstance(item, ast.Call)
            and any(isinstance(i, ast.Name) and i.id in self.names for i in values_given(item))
            and last_name(item.func)
            not in ("type", "isinstance", "getattr", "hasattr", "len", "id")
            for item in walk(node)
        )

    def _is_named(self, node: ast.expr) -> bool:
        """Whether an exception stands in ``node``, but for ``type(e)`` and the like."""
        for item in walk(node):
            if isinstance(item, ast.Name) and item.id in self.names:
                match self.tree.parent(item):
                    case ast.Call(func=function) if last_name(function) in ("type", "isinstance"):
                        continue
                    case ast.Attribute(attr="__class__"):
                        continue
                return True
        return False

    def kind(self, node: ast.expr) -> LeafKind | None:
        """What ``node`` as a whole is, ``None`` where it is no text of an exception."""
        match node:
            case ast.Name(id=name):
                return self._named(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in self.names:
                if attr == "__class__":
                    return None
                return LeafKind.TEXT if attr in _TELLING else LeafKind.PUBLIC
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                return self.kind(value)
            case ast.Call():
                return self._called(node)
            case ast.JoinedStr(values=values):
                parts = [v.value for v in values if isinstance(v, ast.FormattedValue)]
                return self._strongest(parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._strongest([left, right])
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                given = right.elts if isinstance(right, ast.Tuple) else [right]
                return self._strongest([left, *given])
            case ast.BoolOp(values=values):
                return self._strongest(values)
            case ast.IfExp(body=body, orelse=orelse):
                if any(isinstance(item, (ast.Dict, ast.List)) for item in (body, orelse)):
                    return None
                return self._strongest([body, orelse])
            case ast.NamedExpr(value=value) | ast.FormattedValue(value=value):
                return self.kind(value)
        return None

    def _named(self, name: str) -> LeafKind | None:
        if name in self.names:
            return LeafKind.TEXT
        values = self.variables.get(name, [])
        # A container is no text: what is in it is looked at where it goes.
        texts = [item for item in values if item is not None and not isinstance(item, _CONTAINERS)]
        return self._without(name)._strongest(texts)

    def _without(self, name: str) -> Exceptions:
        """The same without the variable: ``text = text.strip()`` must come to an end."""
        other = Exceptions(self.tree, self.names, self.holder)
        rest = {key: value for key, value in self.variables.items() if key != name}
        other.__dict__["variables"] = rest
        return other

    def _called(self, call: ast.Call) -> LeafKind | None:
        name = _dotted(self.tree, call.func)
        given = values_given(call)
        if name.startswith(_TRACEBACKS) and not name.endswith("_stack"):
            return LeafKind.TRACEBACK
        if name.removeprefix("builtins.") in _TEXTS or name in _UNCHANGED:
            return self._strongest(given[:1])
        if not isinstance(call.func, ast.Attribute):
            return None
        receiver, method = call.func.value, call.func.attr
        if isinstance(receiver, ast.Name) and receiver.id in self.names:
            return LeafKind.TEXT if method in _SPOKEN else LeafKind.PUBLIC
        if method == "format" and is_text(receiver):
            return self._strongest(given)
        if method == "join" and given:
            inner = given[0]
            items = inner.elts if isinstance(inner, (ast.List, ast.Tuple)) else [inner]
            return self._strongest(items)
        kind = self.kind(receiver)
        return kind if kind in (LeafKind.TEXT, LeafKind.TRACEBACK) else None

    def _strongest(self, nodes: list[ast.expr]) -> LeafKind | None:
        kinds = {self.kind(node) for node in nodes}
        order = (LeafKind.TEXT, LeafKind.TRACEBACK, LeafKind.PUBLIC)
        return next((kind for kind in order if kind in kinds), None)


def exceptions_at(tree: Tree, node: ast.AST) -> Exceptions | None:
    """The exceptions whose handlers run ``node``; ``None`` where none is at hand."""
    handlers = [*handlers_around(tree, node)]
    if not handlers:
        function = tree.function(node)
        given = given_exceptions(function) if isinstance(function, FUNCTIONS) else frozenset()
        return Exceptions(tree, given, function) if given else None  # type: ignore[arg-type]
    names = frozenset(item.name for item in handlers if item.name)
    return Exceptions(tree, names, handlers[0])


def given_exceptions(function: Function) -> frozenset[str]:
    """The parameters that are exceptions, by their annotations."""
    return frozenset(
        item.arg
        for item in parameters_of(function.args)
        if item.annotation is not None
        and _EXCEPTIONS.fullmatch(ast.unparse(item.annotation).strip("'\""))
    )


def is_carrier(tree: Tree, call: ast.Call) -> bool:
    """Whether what a call gives holds its arguments: an encoder, a container, a class."""
    name = _dotted(tree, call.func)
    written = last_name(call.func)
    return name in _CARRIERS or (written[:1].isupper() and not written.isupper())


def _dotted(tree: Tree, node: ast.expr) -> str:
    """The dotted name by imports; in a report's snippet, which has none, as it is written."""
    name = qualified_name(tree, node)
    has_imports = bool(tree.of(ast.Import)) or bool(tree.of(ast.ImportFrom))
    return name or ("" if has_imports else ast.unparse(node))


def asks_for_debug(test: ast.expr) -> bool:
    """Whether a condition is a debug setting."""
    for item in walk(test):
        text = str(item.value) if isinstance(item, ast.Constant) else last_name(item)
        if any(word in text.lower() for word in _DEBUG) or _DEVELOPER.found_in(text):
            return True
    return False


def debug_guard(tree: Tree, node: ast.AST) -> ast.If | None:
    """The ``if`` around ``node``, in its function, whose condition is a debug setting."""
    for ancestor in tree.ancestors(node):
        if isinstance(ancestor, ast.If) and asks_for_debug(ancestor.test):
            return ancestor
        if isinstance(ancestor, FUNCTIONS):
            return None
    return None

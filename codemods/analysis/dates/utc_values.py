"""Where a naive UTC time goes, and what it is combined with.

``datetime.utcnow()`` gives a time without its zone. To give it one is right only where everything
that it is compared with or subtracted from has one too, and where nobody stores it as it is. So a
time is followed through variables and private attributes to everything that is made of it, and what
it meets joins the group: all of it changes, or nothing.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name
from codemods.syntax.names import named, qualified_name
from codemods.syntax.scopes import find_scope, scope_table
from codemods.syntax.tree import Tree, is_none
from codemods.tables import words

MAKERS = {"datetime.datetime.utcnow": "now", "datetime.datetime.utcfromtimestamp": "fromtimestamp"}
"""What gives a naive UTC time, and what gives one with a zone in its place."""
_SAME = frozenset(
    words(
        "year month day hour minute second microsecond date time timetuple utctimetuple weekday "
        "isoweekday isocalendar toordinal ctime"
    )
)
"""What a time gives with a zone as without."""
_CLAIMS = ("exp", "iat", "nbf")
"""Keys of a token, whose libraries take a naive time for UTC and one with a zone for what it is."""
_TEXTS = frozenset({"str", "repr", "format", "print"})
_QUERIES = frozenset({"values", "update", "filter_by", "filter", "create", "insert", "where"})
_LOGS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})


class Kind(enum.Enum):
    """What becomes of a time."""

    TEXT = enum.auto()
    """A text, which says its zone now: ``+00:00``."""
    INSTANT = enum.auto()
    """What a naive time gives wrongly where the clock is not set to UTC: ``timestamp()``."""
    SLOT = enum.auto()
    """It is put somewhere under a name."""
    REFUSED = enum.auto()
    """It meets something that is not known to have a zone."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place at which a time of the group leaves it."""

    kind: Kind
    node: ast.expr
    detail: str
    """The name of a slot, else words for people."""
    slot: str = ""
    """Under which name a text of it is put somewhere."""


@dataclass
class Group:
    """Times that have to change together."""

    makers: dict[ast.Call, None] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    nodes: set[ast.AST] = field(default_factory=set)
    """Every expression that is known to be one of them."""

    zulu: list[ast.BinOp] = field(default_factory=list)
    """Where a ``Z`` is put behind the text of one of them."""

    def of(self, kind: Kind) -> list[Use]:
        """The uses of a kind."""
        return [use for use in self.uses if use.kind is kind]


def is_maker(tree: Tree, node: ast.AST) -> bool:
    """Whether a call gives a naive UTC time."""
    return isinstance(node, ast.Call) and qualified_name(tree, node.func) in MAKERS


def group_of(project: Project, source: SourceFile, maker: ast.Call) -> Group:
    """The group of a call of ``utcnow()``."""
    flow = _Flow(project, source)
    flow.reach(maker)
    while flow.todo:
        flow.follow(flow.todo.pop())
    return flow.group


class _Flow:
    def __init__(self, project: Project, source: SourceFile) -> None:
        self.project = project
        self.source = source
        self.tree = source.tree
        self.group = Group()
        self.todo: list[ast.expr] = []
        self._variables: dict[tuple[ast.AST, str], bool] = {}
        """Whether each is one of the group; while that is looked up, it is."""

    def reach(self, node: ast.expr) -> bool:
        """Take what an expression gives into the group; whether it is a time that has, or will
        have, a zone."""
        if node in self.group.nodes:
            return True
        match node:
            case ast.Call() if is_maker(self.tree, node):
                self.group.makers[node] = None
            case ast.Call(func=ast.Attribute(attr="now" | "fromtimestamp") as function):
                # It has a zone already: now the two fit.
                name = qualified_name(self.tree, function) or ""
                zone = [*node.args[name.endswith("fromtimestamp") :], *node.keywords]
                return name.startswith("datetime.datetime.") and bool(zone)
            case ast.Call(func=ast.Attribute(value=value, attr="replace"), keywords=given):
                if any(item.arg in ("tzinfo", None) for item in given) or not self.reach(value):
                    return False
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                # Only a span can be added to a time.
                if not (self.reach(left) or self.reach(right)):
                    return False
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                if not (self._is_span(right) and self.reach(left)):
                    return False
            case ast.IfExp(body=body, orelse=orelse):
                parts = [item for item in (body, orelse) if not is_none(item)]
                if not parts or not self._all(parts):
                    return False
            case ast.NamedExpr(value=value):
                if not self.reach(value):
                    return False
            case ast.Name() | ast.Attribute():
                if not self._reach_variable(node):
                    return False
            case _:
                return False
        self.group.nodes.add(node)
        self.todo.append(node)
        return True

    def _all(self, nodes: Iterable[ast.expr]) -> bool:
        """Take each into the group, whether or not the others are of it."""
        reached = [self.reach(node) for node in nodes]
        return all(reached)

    def _reach_variable(self, node: ast.Name | ast.Attribute) -> bool:
        """Take a variable into the group, with everything that is assigned to it."""
        key, stored, loaded = self._occurrences(node)
        if key is None:
            return False
        if key in self._variables:
            return self._variables[key]
        self._variables[key] = True
        values = [self._assigned(item) for item in stored]
        given = [value for value in values if value is not None and not is_none(value)]
        if None in values or not given or not self._all(given):
            self._variables[key] = False
            return False
        for item in loaded:
            self.group.nodes.add(item)
            self.todo.append(item)
        return True

    def _occurrences(
        self, node: ast.Name | ast.Attribute
    ) -> tuple[tuple[ast.AST, str] | None, list[ast.AST], list[ast.expr]]:
        """A variable's key, what binds it and where it is read; no key where it is not closed."""
        if isinstance(node, ast.Name):
            scope = find_scope(self.tree, node.id, node)
            if scope is None or scope is self.tree.module:
                # Other modules may read it.
                return None, [], []
            names = [
                item
                for item in named(scope, node.id)
                if find_scope(self.tree, node.id, item) is scope
            ]
            bound = list(scope_table(self.tree).binders(scope, node.id))
            read = [item for item in names if isinstance(item.ctx, ast.Load)]
            return (scope, node.id), bound, [*read]
        owner = self.tree.class_around(node)
        everywhere = self.tree.attributes[node.attr]
        own = all(
            isinstance(item.value, ast.Name)
            and item.value.id == "self"
            and self.tree.class_around(item) is owner
            for item in everywhere
        )
        if owner is None or owner.decorator_list or not own or self._is_read_elsewhere(node.attr):
            return None, [], []
        in_class = scope_table(self.tree).binders(owner, node.attr)
        if in_class and owner.bases:
            # A field, which the constructor may set.
            return None, [], []
        bound = [item for item in everywhere if not isinstance(item.ctx, ast.Load)]
        read_here = [item for item in everywhere if isinstance(item.ctx, ast.Load)]
        return (owner, node.attr), [*bound, *in_class], [*read_here]

    def _is_read_elsewhere(self, name: str) -> bool:
        for source in self.project.containing(name.encode()):
            tree = readable(source)
            if source.path != self.source.path and (tree is None or tree.attributes[name]):
                return True
        return False

    def _assigned(self, node: ast.AST) -> ast.expr | None:
        """What is assigned where a variable is bound; ``None`` where it is no plain assignment."""
        parent = self.tree.parent(node)
        match parent:
            case ast.Assign(targets=targets, value=value) if node in targets:
                return value
            case ast.AnnAssign(target=target, value=given) if target is node:
                return given if given is not None else ast.Constant(None)
            case ast.NamedExpr(target=target, value=value) if target is node:
                return value
            case ast.AugAssign(target=target, op=ast.Add() | ast.Sub()) if target is node:
                return ast.Constant(None) if self._is_span(parent.value) else None
            case ast.Delete():
                return ast.Constant(None)
        return None

    def _is_span(self, node: ast.expr) -> bool:
        """Whether an expression is a ``timedelta``."""
        match node:
            case ast.Call(func=function):
                if last_name(function) in ("timedelta", "relativedelta"):
                    return True
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._is_span(left) or self._is_span(right)
            case ast.UnaryOp(operand=operand):
                return self._is_span(operand)
        return index_of(self.project).type_of(self.source, node) == "datetime.timedelta"

    def follow(self, node: ast.expr) -> None:
        """What becomes of a time of the group where it stands."""
        self.group.uses += (use for use in self._uses(node) if use.detail)

    def _uses(self, node: ast.expr) -> Iterator[Use]:
        parent = self.tree.parent(node)
        match parent:
            case ast.Attribute(value=value) if value is node:
                yield from self._asked(node, parent)
            case ast.BinOp() if self._is_subtracted(node, parent):
                return
            case ast.BinOp() | ast.IfExp() | ast.NamedExpr():
                if not self.reach(parent):
                    yield self._mixed(node, parent)
            case ast.Compare(left=left, comparators=others):
                if not self._all(item for item in (left, *others) if not is_none(item)):
                    yield self._mixed(node, parent)
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]):
                yield from self._stored(node, target)
            case ast.AnnAssign(target=ast.Name() | ast.Attribute() as target):
                yield from self._stored(node, target)
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str() as key))]):
                yield self._slot(node, key)
            case ast.Dict(keys=keys, values=values):
                entry = keys[values.index(node)] if node in values else None
                if isinstance(entry, ast.Constant) and isinstance(entry.value, str):
                    yield self._slot(node, entry.value)
                else:
                    yield Use(Kind.REFUSED, node, "it is stored in a dictionary")
            case ast.keyword(arg=str() as name):
                call = self.tree.parent(parent)
                if isinstance(call, ast.Call) and last_name(call.func) in _QUERIES:
                    yield Use(Kind.REFUSED, node, f"{last_name(call.func)}() may store it")
                else:
                    yield self._slot(node, name)
            case ast.Call(func=ast.Name(id=name)) if name in _TEXTS:
                yield Use(Kind.TEXT, node, "it is formatted as text")
            case ast.Call(func=ast.Attribute(attr=name)) if name in _LOGS:
                yield Use(Kind.TEXT, node, "it is formatted as text")
            case ast.FormattedValue():
                yield self._text(node, parent, parent.format_spec)
            case ast.Expr() | ast.Delete():
                return
            case _:
                yield Use(Kind.REFUSED, node, _where(parent))

    def _asked(self, node: ast.expr, asked: ast.Attribute) -> Iterator[Use]:
        """Of what a time is asked for."""
        call = self.tree.call_of(asked)
        match asked.attr:
            case name if name in _SAME:
                return
            case "timestamp" | "astimezone":
                yield Use(Kind.INSTANT, node, f"{asked.attr}() treated it as local time")
            case "strftime":
                if call is None or not call.args or not _is_plain_format(call.args[0]):
                    yield Use(Kind.REFUSED, node, "its format may show the zone")
            case "isoformat" if call is not None:
                behind = self.tree.parent(call)
                if _is_zulu(behind, call):
                    self.group.zulu.append(behind)
                elif self._gets_z(call):
                    yield Use(Kind.REFUSED, node, "a Z is appended to its text")
                else:
                    yield self._text(node, call, None)
            case "replace" if call is not None:
                given = {item.arg for item in call.keywords}
                if "tzinfo" not in given and not self.reach(call):
                    yield Use(Kind.REFUSED, node, "parts of it are replaced")
            case other:
                yield Use(Kind.REFUSED, node, f"its {other} is used")

    def _gets_z(self, call: ast.Call) -> bool:
        """Whether a Z follows its text: in an f-string, behind a plus, in a format."""
        return any(
            isinstance(item, ast.Constant)
            and isinstance(item.value, str)
            and (item.value[:1] in ("Z", "z") or "}Z" in item.value or "%sZ" in item.value)
            for item in ast.walk(self.tree.statement(call))
        )

    def _is_subtracted(self, node: ast.expr, parent: ast.BinOp) -> bool:
        """Whether the difference to another time of the group is taken."""
        if not isinstance(parent.op, ast.Sub):
            return False
        other = parent.right if parent.left is node else parent.left
        return not self._is_span(other) and self.reach(other)

    def _mixed(self, node: ast.expr, parent: ast.expr) -> Use:
        shown = " ".join(ast.unparse(parent).split())
        return Use(
            Kind.REFUSED,
            node,
            f"it is combined with a time that may have no time zone in {shown[:60]}",
        )

    def _stored(self, node: ast.expr, target: ast.Name | ast.Attribute) -> Iterator[Use]:
        if self._reach_variable(target):
            return
        if isinstance(target, ast.Attribute):
            yield self._slot(node, target.attr)
        else:
            yield Use(Kind.REFUSED, node, f"{target.id} may also be something else")

    def _slot(self, node: ast.expr, name: str) -> Use:
        if name in _CLAIMS and (self.source.holds(b"jwt") or self.source.holds(b"jose")):
            return Use(Kind.INSTANT, node, f"the token's {name} is the same instant")
        return Use(Kind.SLOT, node, name)

    def _text(self, node: ast.expr, text: ast.expr, spec: ast.expr | None) -> Use:
        """What becomes of the text of a time."""
        parts = spec.values if isinstance(spec, ast.JoinedStr) else []
        if len(parts) == 1 and _is_plain_format(parts[0]):
            return Use(Kind.TEXT, node, "")
        holder = self.tree.parent(text)
        if isinstance(holder, ast.FormattedValue):
            text, holder = holder, self.tree.parent(holder)
        whole = self.tree.parent(text) if isinstance(text, ast.FormattedValue) else None
        if isinstance(whole, ast.JoinedStr) and any(_has_slash(item) for item in whole.values):
            return Use(Kind.REFUSED, node, "its text is part of a path or a URL")
        if self.source.holds(b"fromisoformat"):
            return Use(Kind.REFUSED, node, "this file parses times from texts")
        slot = ""
        match holder:
            case ast.keyword(arg=str() as name):
                slot = name
            case ast.Dict(keys=keys, values=values) if text in values:
                key = keys[values.index(text)]
                slot = str(key.value) if isinstance(key, ast.Constant) else ""
            case ast.Assign(targets=[ast.Attribute(attr=name)]):
                slot = name
        return Use(Kind.TEXT, node, "its text then ends in +00:00", slot)


def _has_slash(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and "/" in str(node.value)


def _is_plain_format(node: ast.expr) -> bool:
    """Whether a format of ``strftime`` shows no zone."""
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and not any(item in text for item in ("%z", "%Z", "%:z"))


def _is_zulu(node: ast.AST | None, text: ast.Call) -> TypeGuard[ast.BinOp]:
    """Whether this is ``text + "Z"``."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value="Z")):
            return left is text
    return False


def _where(parent: ast.AST | None) -> str:
    match parent:
        case ast.Return():
            return "it is returned, and its callers are not checked"
        case ast.Call(func=function):
            return f"it is passed to {ast.unparse(function)}()"
        case ast.BoolOp():
            return "another value may be used instead"
    return "how it is used could not be determined"

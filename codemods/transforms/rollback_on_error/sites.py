"""Commits, the handlers around them, and what can be done about each."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Known
from codemods.codemod import Change, Operation, Place, Refusal, Safety, Unit, site_of
from codemods.project.project import Project
from codemods.syntax.handlers import handler_types
from codemods.syntax.scopes import opens_frame
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.transforms.rollback_on_error.plan import RollbackPlan

HANDLER = "handler"
LINE = "line"
WRAP = "wrap"

_SESSIONS = re.compile(
    r"(?:^|[._])(?:session|sess|db|database|conn|connection|transaction|tx|trans)\d?(?:\(\))?$",
    re.IGNORECASE,
)
_QUERIES = ("query", "execute", "scalar", "scalars", "get", "flush", "refresh", "merge")
_BROAD = ("Exception", "BaseException", "SQLAlchemyError", "DBAPIError", "DatabaseError")


@dataclass(frozen=True, slots=True)
class _Call:
    """A call on a session that can fail."""

    node: ast.Call
    session: str
    """The receiver as written, with the ``await`` that its methods need."""
    is_commit: bool


class Commits:
    """Decides about the commits of one place."""

    def __init__(self, project: Project, place: Place, plan: RollbackPlan) -> None:
        self.project = project
        self.source = place.source
        self.tree: Tree = place.source.tree
        self.place = place
        self.plan = plan

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change or a refusal for each ``try`` or bare commit, in the order of the lines."""
        calls = list(self._calls(lambda method: method == "commit"))
        if not calls and self.plan.queries:
            calls = [
                item
                for item in self._calls(lambda method: method in _QUERIES)
                if self._broad_around(item) is not None
            ]
        done: set[ast.AST] = set()
        for call in calls:
            key: ast.AST = self._try_around(call.node) or self.tree.statement(call.node)
            if key in done:
                continue
            done.add(key)
            yield self._verdict(call)

    def _calls(self, wanted: Callable[[str], bool]) -> Iterator[_Call]:
        for node in self.tree.within(self.place.node, ast.Call):
            function = node.func
            if not isinstance(function, ast.Attribute) or not wanted(function.attr):
                continue
            if function.attr == "commit" and (node.args or node.keywords):
                continue
            if not isinstance(function.value, (ast.Name, ast.Attribute)):
                continue
            if function.attr != "commit" and not self._is_session(function.value):
                continue
            awaited = isinstance(self.tree.parent(node), ast.Await)
            text = ast.unparse(function.value)
            yield _Call(node, f"await {text}" if awaited else text, function.attr == "commit")

    def _verdict(self, call: _Call) -> Change | Refusal:
        assert isinstance(call.node.func, ast.Attribute)
        receiver = call.node.func.value
        if not self._is_session(receiver):
            return self._refusal(
                "not-a-session", call, "nothing says that it has a rollback() as sessions have"
            )
        if (where := self._rolled_back(call)) is not None:
            return self._refusal("rolled-back", call, where, already=True)
        holder = self._try_around(call.node)
        if holder is None:
            return self._wrapped(call)
        if self._made_inside(receiver, holder):
            return self._refusal(
                "session-made-inside",
                call,
                "the session is made inside the try, and in a handler it could be missing",
            )
        if holder.handlers and (broad := _broad(holder)) is not None:
            what = f"{_plain(call)} is rolled back in the handler for {_types(broad)}"
            operation = Operation(
                self.source.path, self.source.span(broad), LINE, Unit.HANDLER, call.session
            )
            return self._change(call, what, operation)
        what = f"{_plain(call)} is rolled back when the commit fails"
        span = self.source.statements_span(holder, holder)
        return self._change(
            call, what, Operation(self.source.path, span, HANDLER, Unit.STATEMENT, call.session)
        )

    def _wrapped(self, call: _Call) -> Change | Refusal:
        """The statements up to a commit that stands in no ``try``."""
        statement = self.tree.statement(call.node)
        block = _block_of(self.tree, statement)
        plain = _plain(call)
        if block is None or not isinstance(statement, ast.Expr):
            return self._refusal("no-statement", call, "the commit is a part of an expression")
        index = block.index(statement)
        first = next((i for i in range(index + 1) if _uses(block[i], plain)), index)
        if _binds(block[first], plain):
            # The session itself is made before the `try`.
            first += 1
        run = block[min(first, index) : index + 1]
        inner = [item for part in run for item in ast.walk(part)]
        if any(isinstance(item, (ast.Yield, ast.YieldFrom)) for item in inner):
            return self._refusal("yields", call, "the function yields before the commit")
        what = f"{plain} is rolled back when what stands up to the commit fails"
        span = self.source.statements_span(run[0], run[-1])
        return self._change(
            call, what, Operation(self.source.path, span, WRAP, Unit.STATEMENTS, call.session)
        )

    def _change(self, call: _Call, what: str, operation: Operation) -> Change:
        return Change(site_of(self.source, call.node), what, (operation,), Safety.REVIEW)

    def _refusal(self, reason: str, call: _Call, detail: str, *, already: bool = False) -> Refusal:
        text = f"{ast.unparse(call.node.func)}(): {detail}"
        return Refusal(reason, text, site_of(self.source, call.node), already)

    def _rolled_back(self, call: _Call) -> str | None:
        """What rolls back already when the call fails, ``None`` where nothing does."""
        plain = _plain(call)
        child: ast.AST = call.node
        for ancestor in self.tree.ancestors(call.node):
            if isinstance(ancestor, ast.Try) and child in ancestor.body:
                for handler in ancestor.handlers:
                    if _is_broad(handler) and _rolls_back(handler, plain):
                        return f"the handler in line {handler.lineno} rolls back"
            if isinstance(ancestor, (ast.With, ast.AsyncWith)) and child in ancestor.body:
                for item in ancestor.items:
                    bound = item.optional_vars
                    made = ast.unparse(item.context_expr)
                    if (bound is not None and ast.unparse(bound) == plain) or made.startswith(
                        (f"{plain}.begin", plain + " ")
                    ):
                        return f"the with block in line {ancestor.lineno} ends the transaction"
            if isinstance(ancestor, ast.ExceptHandler) or (
                isinstance(ancestor, ast.Try) and child in (*ancestor.orelse, *ancestor.finalbody)
            ):
                child = ancestor
                continue
            if opens_frame(ancestor, child):
                return self._decorated(ancestor)
            child = ancestor
        return None

    def _decorated(self, function: ast.AST) -> str | None:
        """Whether a decorator of the project rolls back around the whole function."""
        for decorator in getattr(function, "decorator_list", ()):
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            for ref in index_of(self.project).definition_of(self.source, target):
                calls = [item for item in ast.walk(ref.node) if isinstance(item, ast.Call)]
                if any(getattr(item.func, "attr", "") == "rollback" for item in calls):
                    return f"the decorator {ref.name} rolls back"
        return None

    def _try_around(self, node: ast.AST) -> ast.Try | None:
        """The innermost ``try`` of the same function whose handlers cover ``node``."""
        child = node
        for ancestor in self.tree.ancestors(node):
            if isinstance(ancestor, ast.Try) and child in ancestor.body:
                return ancestor
            if opens_frame(ancestor, child):
                return None
            child = ancestor
        return None

    def _broad_around(self, call: _Call) -> ast.ExceptHandler | None:
        holder = self._try_around(call.node)
        return _broad(holder) if holder is not None else None

    def _made_inside(self, receiver: ast.expr, holder: ast.Try) -> bool:
        text = ast.unparse(receiver)
        return any(_binds(item, text) for part in holder.body for item in ast.walk(part))

    def _is_session(self, receiver: ast.expr) -> bool:
        """Whether the receiver has a rollback, by its class, its name, or a call of it nearby."""
        values = index_of(self.project).resolver.evaluate(
            receiver, index_of(self.project).resolver.context(self.source, receiver)
        )
        classes = index_of(self.project).resolver.classes
        for value in values or ():
            if isinstance(value, Known):
                found = value.instance and classes.member(value.ref, "rollback", True)
                if not found:
                    return False
        text = ast.unparse(receiver)
        if _SESSIONS.search(text):
            return True
        return any(
            isinstance(item.func, ast.Attribute)
            and item.func.attr == "rollback"
            and ast.unparse(item.func.value) == text
            for item in self.tree.of(ast.Call)
        )


def _plain(call: _Call) -> str:
    return call.session.removeprefix("await ")


def _types(handler: ast.ExceptHandler) -> str:
    return ", ".join(handler_types(handler)) or "everything"


def _broad(holder: ast.Try) -> ast.ExceptHandler | None:
    return next((item for item in holder.handlers if _is_broad(item)), None)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether the handler takes whatever a commit can raise."""
    names = [name.rpartition(".")[2] for name in handler_types(handler)]
    return handler.type is None or any(name in _BROAD for name in names)


def _rolls_back(handler: ast.ExceptHandler, session: str) -> bool:
    return any(
        isinstance(item, ast.Call) and ast.unparse(item.func) == f"{session}.rollback"
        for item in ast.walk(handler)
    )


def _uses(statement: ast.stmt, text: str) -> bool:
    if isinstance(statement, FUNCTIONS):
        return False
    return any(
        isinstance(item, (ast.Name, ast.Attribute)) and ast.unparse(item) == text
        for item in ast.walk(statement)
    )


def _binds(node: ast.AST, text: str) -> bool:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        targets = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    return any(ast.unparse(target) == text for target in targets)


def _block_of(tree: Tree, statement: ast.stmt) -> list[ast.stmt] | None:
    parent = tree.parent(statement)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return None

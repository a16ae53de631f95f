"""Commits, the handlers around them, and what can be done about each."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.orm.sessions import SessionCall, Sessions, binds, broad
from codemods.codemod import Change, Operation, Payload, Place, Refusal, Safety, Unit, site_of
from codemods.project.project import Project
from codemods.rewriting.handlers import First, OneMore
from codemods.rewriting.parsed import Around
from codemods.syntax.handlers import types_in_words
from codemods.syntax.spans import Span
from codemods.syntax.statements import block_of
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.transforms.rollback_on_error.plan import RollbackPlan

_HANDLER = "except Exception:\n    {}.rollback()\n    raise\n"
_QUERIES = ("query", "execute", "scalar", "scalars", "get", "flush", "refresh", "merge")


class Commits:
    """Decides about the commits of one place."""

    def __init__(self, project: Project, place: Place, plan: RollbackPlan) -> None:
        self.project = project
        self.source = place.source
        self.tree: Tree = place.source.tree
        self.place = place
        self.plan = plan
        self.sessions = Sessions(project, place.source)

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change or a refusal for each ``try`` or bare commit, in the order of the lines."""
        calls = list(self.sessions.calls(self.place.node, lambda method: method == "commit"))
        if not calls and self.plan.queries:
            queries = self.sessions.calls(self.place.node, lambda method: method in _QUERIES)
            calls = [item for item in queries if self.sessions.broad_around(item) is not None]
        first: dict[ast.AST, SessionCall] = {}
        for call in calls:
            key = self.sessions.try_around(call.node) or self.tree.statement(call.node)
            first.setdefault(key, call)
        return map(self._verdict, first.values())

    def _verdict(self, call: SessionCall) -> Change | Refusal:
        assert isinstance(call.node.func, ast.Attribute)
        receiver = call.node.func.value
        if not self.sessions.is_session(receiver):
            why = "whether it is a session with a rollback() is unknown"
            return self._refusal("not-a-session", call, why)
        if (where := self.sessions.rolled_back(call)) is not None:
            return self._refusal("rolled-back", call, where, already=True)
        holder = self.sessions.try_around(call.node)
        if holder is None:
            return self._wrapped(call)
        made = ast.unparse(receiver)
        if any(binds(item, made) for part in holder.body for item in ast.walk(part)):
            why = "the session is created inside the try, and may not exist in a handler"
            return self._refusal("session-made-inside", call, why)
        if holder.handlers and (handler := broad(holder)) is not None:
            what = f"{call.receiver} is rolled back in the handler for {types_in_words(handler)}"
            span = self.source.span(handler)
            return self._change(call, what, span, First(f"{call.session}.rollback()"), Unit.HANDLER)
        what = f"{call.receiver} is rolled back when the commit fails"
        span = self.source.statements_span(holder, holder)
        return self._change(
            call, what, span, OneMore(_HANDLER.format(call.session)), Unit.STATEMENT
        )

    def _wrapped(self, call: SessionCall) -> Change | Refusal:
        """The statements up to a commit that stands in no ``try``."""
        statement = self.tree.statement(call.node)
        found = block_of(self.tree, statement)
        plain = call.receiver
        if found is None or not isinstance(statement, ast.Expr):
            return self._refusal("no-statement", call, "the commit is part of a larger statement")
        block, index = found
        first = next((i for i in range(index + 1) if _uses(block[i], plain)), index)
        if binds(block[first], plain):
            # The session itself is made before the `try`.
            first += 1
        run = block[min(first, index) : index + 1]
        inner = [item for part in run for item in ast.walk(part)]
        if any(isinstance(item, (ast.Yield, ast.YieldFrom)) for item in inner):
            return self._refusal("yields", call, "the function yields before the commit")
        what = f"{plain} is rolled back when the code up to the commit fails"
        span = self.source.statements_span(run[0], run[-1])
        payload = Around(f"try:\n    pass\n{_HANDLER.format(call.session)}")
        return self._change(call, what, span, payload, Unit.STATEMENTS)

    def _change(
        self, call: SessionCall, what: str, span: Span, payload: Payload, unit: Unit
    ) -> Change:
        operation = Operation(self.source.path, span, payload, unit)
        return Change(site_of(self.source, call.node), what, (operation,), Safety.REVIEW)

    def _refusal(
        self, reason: str, call: SessionCall, detail: str, *, already: bool = False
    ) -> Refusal:
        text = f"{ast.unparse(call.node.func)}(): {detail}"
        return Refusal(reason, text, site_of(self.source, call.node), already)


def _uses(statement: ast.stmt, text: str) -> bool:
    if isinstance(statement, FUNCTIONS):
        return False
    return any(
        isinstance(item, (ast.Name, ast.Attribute)) and ast.unparse(item) == text
        for item in ast.walk(statement)
    )


def is_commit(call: ast.Call) -> bool:
    """Whether a call is of a method ``commit``."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "commit"

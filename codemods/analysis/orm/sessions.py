"""Calls on a database session that can fail, and what rolls the session back when one does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Known
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import covering, is_broad, type_names
from codemods.syntax.parts import callee_of, targets_of
from codemods.syntax.scopes import opens_frame
from codemods.syntax.tree import Tree
from codemods.tables import words

_SESSIONS = frozenset(words("session sess db database conn connection transaction tx trans"))
_OF_DATABASES = ("SQLAlchemyError", "DBAPIError", "DatabaseError")


@dataclass(frozen=True, slots=True)
class SessionCall:
    """A call on a session that can fail."""

    node: ast.Call
    session: str
    """The receiver as written, with the ``await`` that its methods need."""

    @property
    def receiver(self) -> str:
        """The session as written."""
        return self.session.removeprefix("await ")


class Sessions:
    """Answers about the sessions of one file."""

    def __init__(self, project: Project, source: SourceFile) -> None:
        self._project = project
        self._source = source
        self._tree: Tree = source.tree

    def calls(self, root: ast.AST, wanted: Callable[[str], bool]) -> Iterator[SessionCall]:
        """The calls below ``root`` of a commit, and of the wanted methods of a session."""
        for node in self._tree.within(root, ast.Call):
            function = node.func
            if not isinstance(function, ast.Attribute) or not wanted(function.attr):
                continue
            if function.attr == "commit" and (node.args or node.keywords):
                continue
            if not isinstance(function.value, (ast.Name, ast.Attribute)):
                continue
            if function.attr != "commit" and not self.is_session(function.value):
                continue
            awaited = isinstance(self._tree.parent(node), ast.Await)
            text = ast.unparse(function.value)
            yield SessionCall(node, f"await {text}" if awaited else text)

    def rolled_back(self, call: SessionCall) -> str | None:
        """What rolls back already when the call fails, ``None`` where nothing does."""
        plain = call.receiver
        for ancestor, child in self._tree.steps(call.node):
            if isinstance(ancestor, ast.Try) and child in ancestor.body:
                for handler in ancestor.handlers:
                    if _takes_all(handler) and _rolls_back(handler, plain):
                        return f"the handler on line {handler.lineno} rolls back"
            if isinstance(ancestor, (ast.With, ast.AsyncWith)) and child in ancestor.body:
                for item in ancestor.items:
                    bound = item.optional_vars
                    made = ast.unparse(item.context_expr)
                    if (bound is not None and ast.unparse(bound) == plain) or made.startswith(
                        (f"{plain}.begin", plain + " ")
                    ):
                        return f"the with block on line {ancestor.lineno} ends the transaction"
            if opens_frame(ancestor, child):
                return self._decorated(ancestor)
        return None

    def _decorated(self, function: ast.AST) -> str | None:
        """Whether a decorator of the project rolls back around the whole function."""
        for decorator in getattr(function, "decorator_list", ()):
            target = callee_of(decorator)
            for ref in index_of(self._project).definition_of(self._source, target):
                calls = [item for item in ast.walk(ref.node) if isinstance(item, ast.Call)]
                if any(getattr(item.func, "attr", "") == "rollback" for item in calls):
                    return f"the decorator {ref.name} rolls back"
        return None

    def try_around(self, node: ast.AST) -> ast.Try | None:
        """The innermost ``try`` of the same function whose handlers cover ``node``."""
        return next(covering(self._tree, node), None)

    def broad_around(self, call: SessionCall) -> ast.ExceptHandler | None:
        """The handler around a call that takes whatever it can raise."""
        holder = self.try_around(call.node)
        return broad(holder) if holder is not None else None

    def is_session(self, receiver: ast.expr) -> bool:
        """Whether the receiver has a rollback, by its class, its name, or a call of it nearby."""
        resolver = index_of(self._project).resolver
        for value in resolver.at(self._source, receiver) or ():
            if isinstance(value, Known) and not (
                value.instance and resolver.classes.member(value.ref, "rollback", True)
            ):
                return False
        text = ast.unparse(receiver)
        name = last_part(text.removesuffix("()")).lower().rpartition("_")[2]
        # A second one may be counted: ``session2``.
        if name in _SESSIONS or (name[-1:].isdecimal() and name[:-1] in _SESSIONS):
            return True
        return any(
            isinstance(item.func, ast.Attribute)
            and item.func.attr == "rollback"
            and ast.unparse(item.func.value) == text
            for item in self._tree.of(ast.Call)
        )


def broad(holder: ast.Try) -> ast.ExceptHandler | None:
    """The first handler of a ``try`` that takes whatever a commit can raise."""
    return next((item for item in holder.handlers if _takes_all(item)), None)


def _takes_all(handler: ast.ExceptHandler) -> bool:
    """Whether the handler takes whatever a commit can raise."""
    return is_broad(handler) or any(name in _OF_DATABASES for name in type_names(handler))


def _rolls_back(handler: ast.ExceptHandler, session: str) -> bool:
    return any(
        isinstance(item, ast.Call) and ast.unparse(item.func) == f"{session}.rollback"
        for item in ast.walk(handler)
    )


def binds(node: ast.AST, text: str) -> bool:
    """Whether a node gives what is written as ``text`` a value."""
    targets = targets_of(node)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    return any(ast.unparse(target) == text for target in targets)

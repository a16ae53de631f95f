"""Where an ``HTTPException`` comes from, as far as the project's own code shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.logs.levels import AWAITED, LOGGING
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef, Foreign
from codemods.analysis.web.answers import status_number
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import is_broad, type_expressions
from codemods.syntax.names import names_bound, names_loaded
from codemods.syntax.parts import callee_of, is_text, targets_of
from codemods.syntax.scopes import opens_frame
from codemods.syntax.tree import FUNCTIONS, TRIES, Tree, walk
from codemods.tables import words

_KINDS = {
    "fastapi.HTTPException": "fastapi",
    "fastapi.exceptions.HTTPException": "fastapi",
    "starlette.exceptions.HTTPException": "starlette",
}
_DEPTH = 4
_HARMLESS = frozenset(
    words(
        "print print_exc print_exception format_exc format_exception exc_info getLogger get_logger "
        "str repr type len isinstance issubclass hasattr getattr dict list tuple int format join "
        "strip lstrip rstrip split splitlines lower upper replace startswith endswith get dumps"
    )
)
"""Functions that only make, print or read a text."""


class HttpExceptions:
    """Answers for one project; calls are followed a few functions deep."""

    def __init__(self, project: Project) -> None:
        self.index = index_of(project)
        self._raising: dict[DefinitionRef, frozenset[str]] = {}

    def kind(self, source: SourceFile, node: ast.expr) -> str | None:
        """``fastapi`` or ``starlette`` for the class, or one of the project that inherits from
        it. FastAPI's is a subclass of Starlette's, so that a handler for it misses the other."""
        name = self.index.resolve(source, node)
        if name in _KINDS:
            return _KINDS[name]
        bases = [
            _KINDS[base.name]
            for ref in self.index.definition_of(source, node)
            if isinstance(ref.node, ast.ClassDef)
            for base in self.index.resolver.classes.lineage(ref)
            if isinstance(base, Foreign) and base.name in _KINDS
        ]
        return bases[0] if bases else None

    def is_one(self, source: SourceFile, node: ast.expr) -> bool:
        """Whether an expression stands for such a class."""
        return self.kind(source, node) is not None

    def raised_in(self, source: SourceFile, block: ast.Try) -> frozenset[str]:
        """The kinds that the body of a ``try`` lets out of it, by a ``raise`` or by a call of a
        function of the project that does."""
        return frozenset(self._raised(source, block.body, block, _DEPTH))

    def makes_all(self, source: SourceFile, block: ast.Try) -> str | None:
        """The function called in the body of a ``try`` that makes one of whatever fails in it;
        ``None`` where there is no such function, or the body raises one itself."""
        if any(True for _ in self._raised(source, block.body, block, 0)):
            return None
        return self._maker(source, block.body, _DEPTH, set())

    def _maker(
        self, source: SourceFile, body: list[ast.stmt], depth: int, seen: set[DefinitionRef]
    ) -> str | None:
        for node in _own(*body):
            if not isinstance(node, ast.Call):
                continue
            for ref in self.index.definition_of(source, node.func):
                if ref in seen or not isinstance(ref.node, FUNCTIONS):
                    continue
                seen.add(ref)
                if self._makes_one_of_all(ref):
                    return last_name(node.func)
                if depth and self._maker(ref.source, ref.node.body, depth - 1, seen):
                    return last_name(node.func)
        return None

    def _makes_one_of_all(self, ref: DefinitionRef) -> bool:
        """Whether a function raises one in a broad handler of its own."""
        tree = ref.source.tree
        return any(
            raised.exc is not None
            and self.is_one(ref.source, callee_of(raised.exc))
            and tree.function(raised) is ref.node
            and any(
                isinstance(item, ast.ExceptHandler) and is_broad(item)
                for item in tree.ancestors(raised)
            )
            for raised in tree.within(ref.node, ast.Raise)
        )

    def _raised(
        self, source: SourceFile, body: list[ast.stmt], root: ast.AST, depth: int
    ) -> Iterator[str]:
        for node in _own(*body):
            if not isinstance(node, (ast.Raise, ast.Call)) or self._stopped(source, node, root):
                continue
            if isinstance(node, ast.Raise):
                kind = self.kind(source, callee_of(node.exc)) if node.exc else None
                if kind is not None:
                    yield kind
            elif depth:
                for ref in self.index.definition_of(source, node.func):
                    yield from self._raises(ref, depth - 1)

    def _raises(self, ref: DefinitionRef, depth: int) -> frozenset[str]:
        """The kinds that running a function can let out."""
        node = ref.node
        if not isinstance(node, FUNCTIONS):
            return frozenset()
        if ref not in self._raising:
            # A function that calls itself adds nothing to what is found without that.
            self._raising[ref] = frozenset()
            self._raising[ref] = frozenset(self._raised(ref.source, node.body, node, depth))
        return self._raising[ref]

    def _stopped(self, source: SourceFile, node: ast.AST, root: ast.AST) -> bool:
        """Whether a ``try`` between ``node`` and ``root`` catches it."""
        for ancestor, child in source.tree.steps(node):
            if ancestor is root:
                return False
            if isinstance(ancestor, ast.Try) and child in ancestor.body:
                taking = [item for item in ancestor.handlers if self.catches(source, item)]
                if taking:
                    return not any(self.passes_on(source, item) for item in taking)
        return False

    def catches(self, source: SourceFile, handler: ast.ExceptHandler) -> bool:
        """Whether a handler is entered by one."""
        return is_broad(handler) or any(
            self.is_one(source, item) for item in type_expressions(handler)
        )

    def passes_on(self, source: SourceFile, handler: ast.ExceptHandler) -> bool:
        """Whether a handler lets it go on, on any way: ``raise``, ``raise e``, or by a function
        of the project that asks what it is."""
        for node in _own(*handler.body):
            if isinstance(node, ast.Raise):
                match node.exc:
                    case None:
                        return True
                    case ast.Name(id=name) if name == handler.name:
                        return True
            if isinstance(node, ast.Call) and any(
                isinstance(ref.node, FUNCTIONS) and _asks(ref.node)
                for ref in self.index.definition_of(source, node.func)
            ):
                return True
            if isinstance(node, ast.If) and "HTTPException" in ast.unparse(node.test):
                return True
        return False

    def answers(self, source: SourceFile, handler: ast.ExceptHandler) -> bool:
        """Whether a handler raises one itself, made there or by a function that says so."""
        return any(
            isinstance(node, ast.Raise) and node.exc is not None and self._makes(source, node.exc)
            for node in _own(*handler.body)
        )

    def is_chosen(self, source: SourceFile, handler: ast.ExceptHandler) -> bool:
        """Whether a handler answers with a fixed text and another status than 500: that was chosen
        for all that may be caught."""
        for node in _own(*handler.body):
            if not isinstance(node, ast.Raise):
                continue
            call = node.exc
            if not isinstance(call, ast.Call) or not self.is_one(source, call.func):
                return False
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "status_code")]
            if not any(status_number(item) not in (None, 500) for item in given):
                return False
            if handler.name in names_loaded(call):
                return False
        return True

    def _makes(self, source: SourceFile, node: ast.expr) -> bool:
        function = callee_of(node)
        return self.is_one(source, function) or any(
            isinstance(ref.node, FUNCTIONS)
            and ref.node.returns is not None
            and self.is_one(ref.source, ref.node.returns)
            for ref in self.index.definition_of(source, function)
        )


def tells(handler: ast.ExceptHandler) -> bool:
    """Whether what a handler raises says anything of the exception, or holds no text at all: else
    its text was chosen, whatever fails."""
    names = {handler.name} if handler.name else set()
    for node in _own(*handler.body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if names & names_loaded(value):
                    names.add(name)
            case ast.Raise(exc=ast.Call() as made):
                given = [*made.args, *(item.value for item in made.keywords)]
                texts = [item for item in given if not isinstance(item, ast.Attribute)]
                if names & names_loaded(made) or not any(map(is_text, texts)):
                    return True
    return False


def clean_up(tree: Tree, handler: ast.ExceptHandler) -> ast.AST | None:
    """What a handler does besides logging and raising: it rolls back, closes, counts or records,
    or leaves a value to its ``finally``. All of it has to run for an ``HTTPException`` too."""
    for statement in handler.body:
        for node in _own(statement):
            match node:
                case ast.Call(func=function):
                    if not _is_harmless(function):
                        return node
                case ast.Assign() | ast.AnnAssign():
                    targets = targets_of(node)
                    plain = all(isinstance(item, (ast.Name, ast.Tuple)) for item in targets)
                    if not plain or _read_outside(tree, handler, targets):
                        return node
                case ast.AugAssign() | ast.Delete() | ast.Global() | ast.Nonlocal():
                    return node
                case ast.With() | ast.AsyncWith() | ast.Yield() | ast.YieldFrom():
                    return node
    return None


def _read_outside(tree: Tree, handler: ast.ExceptHandler, targets: list[ast.expr]) -> bool:
    """Whether a handler sets a variable that a ``finally`` reads, or a handler around it: what
    else comes behind does not run, since it raises."""
    bound = {name for item in targets for name in names_bound(item)}
    later: list[ast.AST] = []
    child: ast.AST = handler
    for block in tree.ancestors(handler):
        if isinstance(block, FUNCTIONS):
            break
        if isinstance(block, TRIES):
            later += block.finalbody
            later += block.handlers if child in block.body else []
        child = block
    return any(not bound.isdisjoint(names_loaded(item)) for item in later)


def _is_harmless(function: ast.expr) -> bool:
    name = last_name(function)
    if name in _HARMLESS or name[:1].isupper():
        return True
    receiver = ast.unparse(function.value).lower() if isinstance(function, ast.Attribute) else ""
    return "log" in receiver and name in (*LOGGING, *AWAITED, "opt", "bind")


def always_raises(body: list[ast.stmt]) -> bool:
    """Whether every way through ``body`` ends in a ``raise`` of it: it neither goes on, nor leaves
    with a value."""
    if any(isinstance(node, (ast.Return, ast.Continue, ast.Break)) for node in _own(*body)):
        return False
    match body[-1]:
        case ast.Raise():
            return True
        case ast.If(body=one, orelse=[_, *_] as other):
            return always_raises(one) and always_raises(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return always_raises(inner)
        case ast.Try(handlers=handlers, body=inner, orelse=orelse, finalbody=final):
            ways = [[*inner, *orelse], *(item.body for item in handlers)]
            return (bool(final) and always_raises(final)) or all(map(always_raises, ways))
    return False


def _asks(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and "HTTPException" in ast.unparse(node)
        for node in walk(function)
    )


def _own(*roots: ast.AST) -> Iterator[ast.AST]:
    """The roots and what runs with each, in source order as far as it matters."""
    for root in roots:
        yield root
        inner = (child for child in ast.iter_child_nodes(root) if not opens_frame(root, child))
        yield from _own(*inner)

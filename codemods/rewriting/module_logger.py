"""The logger of a module: the one that it has, or one as the project's other modules have it."""

from __future__ import annotations

import ast
import re
import weakref
from collections import Counter
from dataclasses import dataclass

from codemods.analysis.logs.levels import METHODS
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind, kind_of_name
from codemods.analysis.names.import_words import import_keys, imports, key_of, last_two
from codemods.codemod import AddImport, Edit, Edited, Node, Operation, Unit
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.log_calls import Judge
from codemods.rewriting.parsed import line
from codemods.syntax.lazy import cst
from codemods.syntax.names import binding_of, import_meaning
from codemods.syntax.scopes import find_scope
from codemods.syntax.statements import is_bare_constant
from codemods.syntax.tree import FUNCTIONS, Tree

_MADE = re.compile(rb"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*logging\.getLogger\(__name__\)", re.M)
_GIVEN = re.compile(
    rb"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(get_?logger|init_?logger|setup_?logger)\(__name__\)",
    re.M | re.I,
)
"""A logger that a function of the project gives."""
_IMPORTED = re.compile(rb"^from ([A-Za-z_][\w.]*) import (?:[\w, ]*, *)?(logger|log|LOG)\b", re.M)

_TAKES = re.compile(rb"\bexc_info\s*=|\.exception\(")
"""How a module shows that the loggers of a project's function take a traceback."""

_NAMES = ("logger", "LOGGER", "_logger", "_LOGGER")
"""Names that are never anything else. ``log`` may be a logarithm."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How most modules of a project come by their logger."""

    name: str
    module: str | None = None
    """Where it, or its maker, is imported from; ``None`` where each module makes its own."""
    maker: str | None = None
    """The function of the project that gives each module its own."""

    @property
    def kind(self) -> LoggerKind:
        """Of what library it is."""
        return LoggerKind.LOGURU if self.module == "loguru" else LoggerKind.STANDARD


@dataclass(frozen=True, slots=True)
class AddLogger:
    """The module's logger is made behind its imports."""

    name: str
    maker: str = "logging.getLogger"

    def edit(self, node: Node) -> Edited:
        """The last import, and the logger a blank line below."""
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        made = line(f"{self.name} = {self.maker}(__name__)")
        blank = cst.EmptyLine(indent=False)
        return cst.FlattenSentinel([node, made.with_changes(leading_lines=[blank])])


@dataclass(frozen=True, slots=True)
class ModuleLogger:
    """Finds or makes the logger of one file."""

    project: Project
    source: SourceFile
    judge: Judge

    @property
    def tree(self) -> Tree:
        """The file's."""
        return self.source.tree

    def existing(self, at: ast.AST) -> tuple[str, LoggerKind] | None:
        """The logger that the module has, as it is written where ``at`` stands."""
        usable: dict[str, LoggerKind] = {}
        for call in self.judge.calls(self.tree.module):
            kind, receiver = self.judge.kind(call), getattr(call.node.func, "value", None)
            if kind is LoggerKind.OTHER or not isinstance(receiver, (ast.Name, ast.Attribute)):
                continue
            if self._reaches(receiver, at):
                usable.setdefault(ast.unparse(receiver), kind)
        if usable:
            return min(usable.items(), key=lambda item: item[0].startswith("logging"))
        for name in FAMILIAR:
            bound = binding_of(self.tree, name, at)
            if "." in name or bound.scope_node is not self.tree.module:
                continue
            if import_meaning(self.tree, self.tree.module, name) is not None:
                kind = self._imported(name, at)
                if kind is not LoggerKind.OTHER:
                    return name, kind
            if any(self._is_made(node) for node in bound.nodes):
                return name, LoggerKind.STANDARD
        return None

    def _imported(self, name: str, at: ast.AST) -> LoggerKind:
        """What a familiar name is that is imported, and never called in this file.

        ``logger`` says so itself. ``log`` may be a logarithm: there it has to be seen.
        """
        says = "logger" in name.lower()
        unknown = LoggerKind.STANDARD if says else LoggerKind.OTHER
        return kind_of_name(self.project, self.source, name, at, unknown)

    def _is_made(self, node: ast.AST) -> bool:
        """Whether a name is bound to what ``getLogger`` or the like gives."""
        parent = self.tree.parent(node)
        value = getattr(parent, "value", None)
        return isinstance(value, ast.Call) and "logger" in ast.unparse(value.func).lower()

    def _reaches(self, receiver: ast.expr, at: ast.AST) -> bool:
        """Whether what is written there means the same at ``at``."""
        root = receiver
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        scope = find_scope(self.tree, root.id, root)
        here = find_scope(self.tree, root.id, at)
        if scope is here:
            return scope is not None
        # ``self.logger`` in another method of the class.
        one, other = self.tree.function(receiver), self.tree.function(at)
        return (
            isinstance(one, FUNCTIONS)
            and isinstance(other, FUNCTIONS)
            and isinstance(self.tree.parent(one), ast.ClassDef)
            and self.tree.parent(one) is self.tree.parent(other)
            and [item.arg for item in one.args.args[:1]] == [root.id]
            and [item.arg for item in other.args.args[:1]] == [root.id]
            and root is not receiver
            and scope is one
            and here is other
        )

    def made(self, at: ast.AST) -> tuple[str, LoggerKind, list[Edit]] | None:
        """A logger for the module, as the other modules of the project make theirs."""
        habit = logging_habit(self.project)
        if self._has_another():
            # Two loggers in one module, of which one is outside of the project's own format.
            return None
        if habit is None or binding_of(self.tree, habit.name, at).kind != "unknown":
            return None
        path, name = self.source.path, habit.name
        if habit.module is not None and _leads_back(self.project, habit.module, path):
            # Importing it would end in a circle.
            return None
        if habit.module is not None and habit.maker is None:
            return name, habit.kind, [AddImport(path, habit.module, name)]
        needed = habit.maker or "logging"
        if binding_of(self.tree, needed, at).kind not in ("unknown", "import"):
            return None
        last = self._last_import()
        if last is None:
            return None
        add = AddLogger(name) if habit.maker is None else AddLogger(name, habit.maker)
        edits: list[Edit] = [
            Operation(path, self.source.span(last), add, Unit.STATEMENT),
            AddImport(path, "logging")
            if habit.module is None
            else AddImport(path, habit.module, habit.maker),
        ]
        return name, habit.kind, edits

    def _has_another(self) -> bool:
        """Whether the module has something that is called a logger, and cannot take a traceback."""
        return any(
            import_meaning(self.tree, self.tree.module, name) is not None
            or any(self._is_made(node) for node in bound.nodes)
            for name in _NAMES
            if (bound := binding_of(self.tree, name, self.tree.module)).scope_node
            is self.tree.module
        )

    def _last_import(self) -> ast.stmt | None:
        """The last of the imports with which the module begins."""
        last: ast.stmt | None = None
        for statement in self.tree.module.body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                last = statement
            elif not isinstance(statement, (ast.If, ast.Try)) and not is_bare_constant(statement):
                break
        return last


def logging_habit(project: Project) -> Habit | None:
    """How most modules of the project come by their logger."""
    if project not in _HABITS:
        counted: Counter[Habit] = Counter()
        words = (b"logging.getLogger(__name__)", b" import log", b" LOG", b"ogger(__name__)")
        proven: set[Habit] = set()
        having: dict[Habit, SourceFile] = {}
        for source in project.containing(*words):
            habit = _habit_of(source.data)
            if habit is not None:
                counted[habit] += 1
                having.setdefault(habit, source)
                if habit.maker is None or _TAKES.search(source.data):
                    proven.add(habit)
        first = next((habit for habit, _ in counted.most_common(1)), None)
        usual = first is not None and first in proven and _is_logger(project, first, having[first])
        _HABITS[project] = first if usual else None
    return _HABITS[project]


def _is_logger(project: Project, habit: Habit, source: SourceFile) -> bool:
    """Whether what a module imports can be a logger: ``from shop.services import logger`` may be a
    module of functions, of which none takes ``exc_info``."""
    if habit.module is None or habit.maker is not None:
        return True
    tree = readable(source)
    if tree is None:
        return False
    kind = kind_of_name(project, source, habit.name, tree.module, LoggerKind.STANDARD)
    return kind is not LoggerKind.OTHER


def _habit_of(data: bytes) -> Habit | None:
    """How one module comes by its logger."""
    if (made := _MADE.search(data)) is not None:
        return Habit(made[1].decode())
    if (given := _GIVEN.search(data)) is not None:
        pattern = rb"^from ([A-Za-z_][\w.]*) import (?:[\w, ]*\b)?%b\b" % re.escape(given[2])
        where = re.search(pattern, data, re.M)
        name, maker = given[1].decode(), given[2].decode()
        return Habit(name, where[1].decode(), maker) if where is not None else None
    imported = _IMPORTED.search(data)
    if imported is not None and _is_called(imported[2], data):
        # ``from math import log`` makes no logger of it.
        module, name = (part.decode() for part in imported.groups())
        return Habit(name, module)
    return None


def _is_called(name: bytes, data: bytes) -> bool:
    methods = "|".join((*METHODS, "exception")).encode()
    return re.search(rb"\b%b\.(?:%b)\(" % (name, methods), data) is not None


def _leads_back(project: Project, module: str, path: str) -> bool:
    """Whether importing a module of the project, in the file ``path``, may end in a circle: it
    imports the file again, by whatever way, as far as that can be followed."""
    by_key: dict[bytes, list[str]] = {}
    for item in project.python_paths:
        by_key.setdefault(key_of(item), []).append(item)
    waiting = by_key.get(last_two(module.replace(".", "/").encode()), [])
    seen = set(waiting)
    while waiting:
        current = waiting.pop()
        if current == path or len(seen) > _MOST_FOLLOWED:
            return True
        data = project.bytes_of(current)
        for key in import_keys(list(imports(data)), current):
            new = [item for item in by_key.get(key, ()) if item not in seen]
            seen.update(new)
            waiting += new
    return False


_MOST_FOLLOWED = 200
"""Modules behind the one of the logger; where more are, one of them may be anything."""
_HABITS: weakref.WeakKeyDictionary[Project, Habit | None] = weakref.WeakKeyDictionary()

"""Where a function uses a path that comes from outside, and where a check would have to stand."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterator

from codemods.analysis.flow.runs import Run, run_of
from codemods.analysis.logs.levels import LOGGING
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import qualified_name
from codemods.syntax.scopes import find_scope, scope_table
from codemods.syntax.tree import Function, Tree, position
from codemods.tables import words

CONTAINMENT = ("is_relative_to", "relative_to", "commonpath")
RESOLVING = ("resolve", "realpath")
_SENDING = ("broadcast", "send", "publish", "emit", "notify")
_RUNNERS = ("to_thread", "run_in_threadpool", "run_sync")
_STRING_TESTS = ("startswith", "endswith")
_OPENERS = frozenset(
    words(
        "builtins.open io.open aiofiles.open pathlib.Path fastapi.responses.FileResponse "
        "starlette.responses.FileResponse"
    )
)
_OPENING_MODULES = ("os", "os.path", "shutil")
"""What takes a ``Path`` as well as a text, and neither of them if it is ``None``."""


_CONVERSIONS = {"builtins.str": "str", "pathlib.Path": "Path"}


class StaysError(Exception):
    """A path is left alone: the identifier of the reason, and why, in words."""


class UseKind(enum.Enum):
    """What an occurrence of a path does."""

    USE = "use"
    """Opened, looked at, or handed on."""
    TEST = "test"
    """Only asked whether it is there, or compared."""
    SHOWN = "shown"
    """Logged, sent, or told to the client as a text."""
    FORMATTED = "formatted"
    """A part of an f-string that is not only shown."""
    CHECKED = "checked"
    """Handed to a validator, or compared with a folder."""


class Uses:
    """The occurrences of one value in one function.

    Args:
        value: a name or a chain of attributes, as it is written: ``request.input_path``.
        validates: whether an expression is a function that checks where a path leads.
    """

    def __init__(
        self,
        source: SourceFile,
        function: Function,
        value: str,
        validates: Callable[[ast.expr], bool],
    ) -> None:
        self._validates = validates
        self.source = source
        self.tree: Tree = source.tree
        self.function = function
        self.value = value
        self.base = value.partition(".")[0]
        self.inside = [node for part in function.body for node in ast.walk(part)]
        """Every node of the function's body."""
        self.nodes = tuple(self._nodes())
        self.kinds = {node: self._kind(node) for node in self.nodes}

    def of(self, kind: UseKind) -> list[ast.expr]:
        """The occurrences of one kind, in source order."""
        return [node for node in self.nodes if self.kinds[node] is kind]

    def _nodes(self) -> Iterator[ast.expr]:
        kind = ast.Attribute if "." in self.value else ast.Name
        found = [
            node
            for node in self.inside
            if isinstance(node, kind)
            and isinstance(node.ctx, ast.Load)
            and ast.unparse(node) == self.value
            and find_scope(self.tree, self.base, node) is self.function
        ]
        yield from sorted(found, key=position)

    def _kind(self, node: ast.expr) -> UseKind:
        parent = self.tree.parent(node)
        around = list(self._expressions(node))
        if any(isinstance(item, ast.expr) and self._compares(item) for item in around):
            return UseKind.CHECKED
        if self._is_shown(node, around):
            return UseKind.SHOWN
        if any(isinstance(item, ast.JoinedStr) for item in around):
            return UseKind.FORMATTED
        match parent:
            case ast.UnaryOp(op=ast.Not()) | ast.Compare() | ast.BoolOp():
                # ``path or other`` as a value is a use of it.
                valued = isinstance(parent, ast.BoolOp) and not self._is_condition(parent)
                return UseKind.USE if valued else UseKind.TEST
            case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
                return UseKind.TEST if parent.test is node else UseKind.USE
            case ast.Attribute(attr=method) if method in _STRING_TESTS:
                return UseKind.TEST
            case ast.Call(func=ast.Name(id="bool" | "isinstance" | "len")):
                return UseKind.TEST
        return UseKind.USE

    def _is_condition(self, node: ast.expr) -> bool:
        parent = self.tree.parent(node)
        if isinstance(parent, ast.BoolOp | ast.UnaryOp):
            return self._is_condition(parent)
        return isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert)

    def _expressions(self, node: ast.expr) -> Iterator[ast.AST]:
        """The expressions around a node, up to its statement."""
        for item in self.tree.ancestors(node):
            if isinstance(item, ast.stmt):
                return
            yield item

    def _is_shown(self, node: ast.expr, around: list[ast.AST]) -> bool:
        statement = self.tree.statement(node)
        if isinstance(statement, ast.Raise):
            return True
        in_dict = any(isinstance(item, ast.Dict) for item in around)
        for item in around:
            if not isinstance(item, ast.Call):
                continue
            name = last_name(item.func)
            if name in (*LOGGING, "print") or (in_dict and any(word in name for word in _SENDING)):
                return True
        if not isinstance(statement, ast.Return):
            return False
        # ``return Track(filepath=track.filepath)`` tells it, ``return FileResponse(…)`` opens it.
        calls = [item for item in around if isinstance(item, ast.Call)]
        models = calls and last_name(calls[0].func)[:1].isupper()
        opens = any(
            self.opens(item.func) or last_name(item.func) == "FileResponse" for item in calls
        )
        return (in_dict and not calls) or bool(models and not opens)

    def opens(self, function: ast.expr) -> bool:
        """Whether a function takes a path as its first argument."""
        meaning = qualified_name(self.tree, function) or ""
        return meaning in _OPENERS or meaning.rpartition(".")[0] in _OPENING_MODULES

    def checks(self) -> Iterator[ast.expr]:
        """What checks where the value leads, or what was made of it."""
        derived = self._derived()
        for node in self.inside:
            if isinstance(node, ast.expr) and self._compares(node) and self._has(node, derived):
                yield node

    def _has(self, node: ast.AST, names: set[str]) -> bool:
        """Whether the value, or one of ``names``, stands in ``node``."""
        return any(
            item in self.kinds or (isinstance(item, ast.Name) and item.id in names)
            for item in ast.walk(node)
        )

    def _compares(self, node: ast.expr) -> bool:
        """Whether an expression compares a path with a folder, or hands it to what does."""
        match node:
            case ast.Call(func=function, args=args):
                handed = args[:1] if last_name(function) in _RUNNERS else []
                return last_name(function) in CONTAINMENT or any(
                    self._validates(item) for item in (function, *handed)
                )
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[parents]):
                return last_name(parents) == "parents"
        return False

    def resolves(self) -> bool:
        """Whether the function, or a validator in it, follows links and dots."""
        return any(
            last_name(node) in RESOLVING or (isinstance(node, ast.Name) and self._validates(node))
            for node in self.inside
            if isinstance(node, ast.Attribute | ast.Name)
        )

    def _derived(self) -> set[str]:
        """The names that get what is made of the value."""
        names: set[str] = set()
        for _ in range(4):
            for node in self.inside:
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        if self._has(value, names):
                            names.add(name)
        return names

    def conversion(self, value: ast.expr, node: ast.expr) -> str | None:
        """``str`` or ``Path``, where ``value`` calls that with ``node`` alone."""
        match value:
            case ast.Call(args=[argument], keywords=[]) if argument is node:
                return _CONVERSIONS.get(qualified_name(self.tree, value.func) or "")
        return None

    def is_bound_once(self, name: str) -> bool:
        """Whether the function binds a name in one place only."""
        return len(scope_table(self.tree).binders(self.function, name)) == 1

    def rebindings(self) -> list[ast.AST]:
        """What binds the value's name in the body, or stores into the very attribute."""
        parameters = {
            item.arg for item in ast.walk(self.function.args) if isinstance(item, ast.arg)
        }
        binders = scope_table(self.tree).binders(self.function, self.base)
        found = [item for item in binders if not isinstance(item, ast.arg)]
        if self.base not in parameters and not found:
            return []
        found += [
            node
            for node in self.inside
            if isinstance(node, ast.Attribute)
            and not isinstance(node.ctx, ast.Load)
            and ast.unparse(node) == self.value
        ]
        return sorted(found, key=position)

    def runs(self) -> Iterator[Run]:
        """The uses, in groups between the statements that give the value a new meaning."""
        changes = self.rebindings()
        groups: dict[int, list[ast.expr]] = {}
        for node in self.of(UseKind.USE):
            key = sum(1 for change in changes if position(change)[0] < node.lineno)
            groups.setdefault(key, []).append(node)
        for nodes in groups.values():
            yield run_of(self.source, self.function, nodes)

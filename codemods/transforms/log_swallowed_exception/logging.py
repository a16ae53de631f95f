"""The log call for a handler that has none: its logger, its text, and the name it needs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from codemods.analysis.exceptions.naming import exception_name
from codemods.analysis.logs.levels import LEVELS
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.codemod import AddImport, Edit, Refusal, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_calls import Judge
from codemods.rewriting.module_logger import ModuleLogger
from codemods.syntax.imports import can_import
from codemods.syntax.names import binding_of, names_loaded
from codemods.syntax.parts import positional_of
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.transforms.log_swallowed_exception.text import FailingBlock, text_of

_EXCEPTIONS = frozenset(("e", "exc", "err", "error", "ex", "exception"))
"""What people call the exception in the text of a log call."""
_PLACES = re.compile(r"%[^%]")


@dataclass(frozen=True, slots=True)
class Logged:
    """A log call, and what has to be there for it."""

    code: str
    name: str | None = None
    """What the exception is called in it; ``None`` where it does not need a name."""
    edits: tuple[Edit, ...] = ()
    """What makes the logger, or imports the function."""

    @property
    def callee(self) -> str:
        """What is called: ``logger.debug``."""
        return ast.unparse(ast.parse(self.code, mode="eval").body.func)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes log calls for the handlers of one file."""

    project: Project
    source: SourceFile
    familiar: tuple[str, ...] = ()

    @property
    def _tree(self) -> Tree:
        return self.source.tree

    def write(
        self, failing: FailingBlock, level: str, template: str, *, whole: bool = False
    ) -> Logged | Refusal:
        """The log call for a block that failed; a module without a logger gets one.

        Args:
            failing: the block.
            level: the method; ``exception`` for an error with its traceback.
            template: a call that the finding suggests, whose text is taken where all that it
                names is there.
            whole: whether its ``exc_info`` is taken as well, or that there is none.
        """
        judge = Judge(self.project, self.source, (*FAMILIAR, *self.familiar), (), True)
        modules = ModuleLogger(self.project, self.source, judge)
        at = failing.at
        found = modules.existing(at)
        if found is not None and self._is_there(found[0], at):
            return self._call(failing, *found, level, template, whole)
        if (own := self._own(failing, level)) is not None:
            return own
        made = modules.made(at) if self._tree.function(at) is not None else None
        if made is None:
            detail = "the module has no logger that is defined when the handler runs"
            return Refusal("no-logger", detail, site_of(self.source, failing.block))
        logged = self._call(failing, made[0], made[1], level, template, whole)
        return Logged(logged.code, logged.name, tuple(made[2]))

    def _call(
        self,
        failing: FailingBlock,
        logger: str,
        kind: LoggerKind,
        level: str,
        template: str,
        whole: bool,
    ) -> Logged:
        # loguru fills braces.
        fits = kind is not LoggerKind.LOGURU or "%" not in template
        given = self._suggested(failing, template) if fits else None
        arguments, name = given or (f'"{text_of(self.source, failing)}"', None)
        if kind is LoggerKind.LOGURU:
            level = "error" if level == "exception" else level
            return Logged(f"{logger}.opt(exception=True).{level}({arguments})", name)
        bare = whole and given is not None and "exc_info" not in template
        shown = "" if level == "exception" or bare else ", exc_info=True"
        return Logged(f"{logger}.{level}({arguments}{shown})", name)

    def _suggested(self, failing: FailingBlock, template: str) -> tuple[str, str | None] | None:
        """The arguments of the call that the finding suggests, without ``exc_info``, and what the
        exception is called in them; ``None`` where they name what is not there."""
        if not template:
            return None
        call = ast.parse(template, mode="eval").body
        if not isinstance(call, ast.Call) or any(item.arg != "exc_info" for item in call.keywords):
            return None
        if not _fills(call):
            return None
        needed: set[str] = set().union(*(names_loaded(item) for item in call.args))
        meant = needed & _EXCEPTIONS
        if any(self._is_bound(name, failing) and name != failing.name for name in meant):
            # ``e`` is something else here: the finding's text would log that.
            return None
        unbound = {name for name in needed if name in meant or not self._is_bound(name, failing)}
        unbound -= {failing.name}
        arguments = ", ".join(
            ast.get_source_segment(template, item) or ast.unparse(item) for item in call.args
        )
        if not unbound:
            return arguments, None
        (name, *others) = sorted(unbound)
        if others or name not in _EXCEPTIONS:
            return None
        if failing.name is not None and failing.name != name:
            return None
        if exception_name(self._tree, failing.handler or failing.block, (name,)) != name:
            return None
        return arguments, name

    def _is_bound(self, name: str, failing: FailingBlock) -> bool:
        """Whether the name surely has a value when the handler runs: not one that the ``try``
        itself binds, which may have failed before."""
        bound = binding_of(self._tree, name, failing.at)
        if bound.kind == "unknown":
            return False
        if bound.kind in ("builtin", "import", "definition", "parameter"):
            return True
        return any(self._precedes(node, failing) for node in bound.nodes)

    def _precedes(self, node: ast.AST, failing: FailingBlock) -> bool:
        """Whether every way to the ``try`` leads through what binds ``node``."""
        if not isinstance(node, ast.Name):
            return False
        statement = self._tree.statement(node)
        around = {*self._tree.ancestors(failing.block)}
        leads = not around.isdisjoint((statement, self._tree.parent(statement)))
        return leads and statement.lineno < failing.block.lineno

    def _is_there(self, logger: str, at: ast.AST) -> bool:
        """Whether the logger is bound before code that runs as the module, the class or the
        object is made."""
        function = self._tree.function(at)
        root, _, rest = logger.partition(".")
        line = getattr(at, "lineno", 0)
        if function is None:
            nodes = binding_of(self._tree, root, at).nodes
            return any(getattr(node, "lineno", line) < line for node in nodes)
        if not rest or not isinstance(function, FUNCTIONS) or root not in ("self", "cls"):
            return True
        if function.name not in ("__init__", "__new__", "__post_init__"):
            return True
        return any(
            ast.unparse(item) == logger and isinstance(item.ctx, ast.Store) and item.lineno < line
            for item in self._tree.within(function, ast.Attribute)
        )

    def _own(self, failing: FailingBlock, level: str) -> Logged | None:
        """A call of the function with which the project's modules log, where this one does."""
        level = "error" if level == "exception" else level
        siblings = (self.sibling(call, level, failing.at) for call in self._tree.of(ast.Call))
        for takes_exc_info, edits in filter(None, siblings):
            text = text_of(self.source, failing)
            if takes_exc_info:
                return Logged(f'{level}("{text}", exc_info=True)', None, edits)
            name = failing.name or exception_name(self._tree, failing.handler or failing.block, ())
            return Logged(f'{level}(f"{text}: {{{name}}}")', name, edits)
        return None

    def sibling(
        self, call: ast.Call, level: str, at: ast.AST
    ) -> tuple[bool, tuple[Edit, ...]] | None:
        """Whether the function ``level`` of the module whose log function ``call`` calls takes
        ``exc_info``, and the import that it needs at ``at``.

        ``None`` where ``call`` is none of a log function of the project, or its module has none
        for the level that takes a text.
        """
        if not isinstance(call.func, ast.Name) or call.func.id not in (*LEVELS, "exception"):
            return None
        tree = self._tree
        bound = binding_of(tree, call.func.id, call)
        refs = index_of(self.project).definition_of(self.source, call.func)
        if bound.scope_node is not tree.module or len(refs) != 1:
            return None
        takes = self._function(refs[0], level)
        module = self._module_of(bound.node)
        there = binding_of(tree, level, at)
        if takes is None:
            return None
        if there.nodes:
            known = there.scope_node is tree.module and self._is_there(level, at)
            return (takes, ()) if known and self._module_of(there.node) == module else None
        if module is None or tree.function(at) is None or can_import(tree, at, module, level):
            return None
        return takes, (AddImport(self.source.path, module, level),)

    def _function(self, ref: DefinitionRef, level: str) -> bool | None:
        """Whether the function of a level, beside the one that is known, takes ``exc_info``;
        ``None`` where there is none, or none that takes a text alone."""
        functions = (i for i in ref.source.tree.module.body if isinstance(i, ast.FunctionDef))
        node = next((item for item in functions if item.name == level), None)
        if node is None or not isinstance(ref.node, ast.FunctionDef):
            return None
        arguments = node.args
        names = [item.arg for item in positional_of(arguments)]
        if "exc_info" in (*names, *(item.arg for item in arguments.kwonlyargs)):
            return True
        required = len(names) - len(arguments.defaults)
        keywords = [item for item in arguments.kw_defaults if item is None]
        return False if names and required <= 1 and not keywords else None

    def _module_of(self, node: ast.AST | None) -> str | None:
        """The module that an import's name comes from, as written."""
        parent = self._tree.parent(node) if isinstance(node, ast.alias) else None
        if not isinstance(parent, ast.ImportFrom):
            return None
        return "." * parent.level + (parent.module or "")


def _fills(call: ast.Call) -> bool:
    """Whether the arguments behind the text are as many as it has places for."""
    text, *values = call.args
    if not values:
        return True
    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        return False
    return len(_PLACES.findall(text.value.replace("%%", ""))) == len(values)

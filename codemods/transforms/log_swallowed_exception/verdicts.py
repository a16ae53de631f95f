"""What becomes of a handler that a finding means."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.analysis.logs.answered import is_probe
from codemods.codemod import (
    AddImport,
    Change,
    Edit,
    Operation,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.demands.code import comments_of
from codemods.demands.demands import Text
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_options import LOGGERS
from codemods.rewriting.parsed import Becomes, LastName
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import handler_types, reraising, type_names
from codemods.syntax.imports import can_import, local_name
from codemods.syntax.names import binding_of
from codemods.syntax.tree import Tree
from codemods.tables import shortened
from codemods.transforms.log_swallowed_exception.choice import Choice, too_low
from codemods.transforms.log_swallowed_exception.edit import HandlerEdit, LogBefore, LogInstead
from codemods.transforms.log_swallowed_exception.handlers import (
    Silence,
    logs_in,
    obstacle,
    prints_only,
    silence,
    tells,
    try_of,
)
from codemods.transforms.log_swallowed_exception.logging import Logged, Writer
from codemods.transforms.log_swallowed_exception.plan import SwallowedHints, SwallowedPlan
from codemods.transforms.log_swallowed_exception.shown import (
    NewHandler,
    chosen,
    log_of,
    parsed_handler,
)
from codemods.transforms.log_swallowed_exception.text import failing_block

_FREED = "KeyboardInterrupt and SystemExit are no longer caught"


@dataclass(frozen=True, slots=True)
class Retyped:
    """Another type for a handler."""

    type: str | None = None
    what: str = ""
    imports: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Decides about the handlers of one file."""

    scope: Scope
    source: SourceFile
    plan: SwallowedPlan
    template: str
    """The log call that the finding suggests for the one handler that it means."""

    @property
    def _tree(self) -> Tree:
        return self.source.tree

    @property
    def _writer(self) -> Writer:
        return Writer(self.scope.project, self.source, tuple(LOGGERS.of(self.scope.options)))

    def of(self, choice: Choice) -> Change | Refusal:
        """The change of a handler, or why it stays."""
        handler, level = choice.handler, self.plan.level
        new = chosen(self.plan.handlers, try_of(self._tree, handler), handler)
        if new is not None:
            return self._as_shown(handler, new)
        if self.plan.handlers:
            detail = "the handler in the finding does something different from this one"
            return self._refusal(handler, "shown-otherwise", detail)
        retyped = self._retyped(handler)
        if isinstance(retyped, Refusal):
            return retyped
        kind = silence(self._tree, handler)
        if level and kind is Silence.NOT and prints_only(handler):
            # What is only printed is in no log.
            kind = Silence.WORK
        if level and kind is not Silence.NOT:
            return self._logged(choice, kind, retyped)
        words = [retyped.what] if retyped.what else []
        edits: list[Edit] = []
        call = too_low(self._tree, handler, level) if level and self.plan.lower else None
        if call is not None:
            raised = self._raised(call)
            if isinstance(raised, Refusal):
                return raised
            edits += raised
            words.append(f"the failure is logged with {level}()")
        if retyped.type is not None:
            edits += [self._head(handler, HandlerEdit(retyped.type)), *retyped.imports]
        site = site_of(self.source, handler)
        return Change(site, ", and ".join(words), tuple(edits), Safety.REVIEW)

    def _as_shown(self, handler: ast.ExceptHandler, new: NewHandler) -> Change | Refusal:
        """The change to the handler that the finding shows."""
        wanted = parsed_handler(new.code)
        if wanted is None:
            raise TypeError(f"{new.code!r} is not a handler")
        if (reason := obstacle(self.source, handler, named=True)) is not None:
            return self._refusal(handler, *reason)
        retyped = self._typed(handler, handler_types(wanted))
        if isinstance(retyped, Refusal):
            return retyped
        log = log_of(new, wanted)
        if log is None:
            edits: list[Edit] = [self._head(handler, HandlerEdit(retyped.type)), *retyped.imports]
            return Change(site_of(self.source, handler), retyped.what, tuple(edits), Safety.REVIEW)
        logged = self._writer.write(failing_block(self._tree, handler), *log, whole=True)
        if isinstance(logged, Refusal):
            return logged
        what = f"{retyped.what}, logged with {logged.callee}()".removeprefix(", ")
        old = next(iter(logs_in(self._tree, handler)), None)
        if old is None:
            edits = self._body(handler, silence(self._tree, handler), logged, retyped)
        else:
            name = logged.name if handler.name is None else None
            edits = [Operation(self.source.path, self.source.span(old), Becomes(logged.code))]
            edits.append(self._head(handler, HandlerEdit(retyped.type, name)))
        edits += [*logged.edits, *retyped.imports]
        return Change(site_of(self.source, handler), what, tuple(edits), Safety.REVIEW)

    def _refusal(self, handler: ast.ExceptHandler, reason: str, detail: str) -> Refusal:
        return Refusal(reason, detail, site_of(self.source, handler))

    def _logged(self, choice: Choice, kind: Silence, retyped: Retyped) -> Change | Refusal:
        """The change with a log line."""
        handler = choice.handler
        if self.scope.hinted(SwallowedHints).by_rule:
            if kind is Silence.WORK:
                detail = "the handler does more than ignore the exception, so it is not silent"
                return self._refusal(handler, "answered", detail)
            if is_test(self.source.path):
                detail = "a test reports errors by failing, not by logging"
                return self._refusal(handler, "test", detail)
        if is_probe(self._tree, handler):
            detail = "the loop tries several ways, so the failure of one is expected"
            return self._refusal(handler, "probing", detail)
        if (reason := obstacle(self.source, handler, named=choice.named)) is not None:
            return self._refusal(handler, *reason)
        if (meant := self._on_purpose(handler)) is not None:
            detail = f"the comment “{shortened(meant)}” says that it is on purpose"
            return self._refusal(handler, "on-purpose", detail)
        logged = self._writer.write(
            failing_block(self._tree, handler), self.plan.level, self.template
        )
        if isinstance(logged, Refusal):
            return logged
        if logged.name is not None and handler.type is None and retyped.type is None:
            detail = (
                f"{logged.code} needs a name for the exception, which a bare except does not have"
            )
            return self._refusal(handler, "no-name", detail)
        edits = [*self._body(handler, kind, logged, retyped), *logged.edits, *retyped.imports]
        what = f"the exception is logged with {logged.callee}()"
        if retyped.what:
            what += f", and {retyped.what}"
        safety = Safety.REVIEW if retyped.type else Safety.SAFE
        return Change(site_of(self.source, handler), what, tuple(edits), safety)

    def _on_purpose(self, handler: ast.ExceptHandler) -> str | None:
        """A comment of the handler, which the finding does not show, that says it is meant so."""
        lines = range(handler.lineno, (handler.end_lineno or handler.lineno) + 1)
        code = "\n".join(self.source.line_text(line).rstrip() for line in lines)
        seen = self.scope.hinted(SwallowedHints).seen
        said = (text for text in comments_of(code) if text not in seen)
        return next((text for text in said if Text(text).says("meant-so")), None)

    def _body(
        self, handler: ast.ExceptHandler, kind: Silence, logged: Logged, retyped: Retyped
    ) -> list[Edit]:
        name = logged.name if handler.name is None else None
        first, last = handler.body[0], handler.body[-1]
        span = self.source.span(first)
        before = self.source.utf8[self.source.line_starts[first.lineno - 1] : span.start]
        if before.strip():
            # The body stands on the line of its head.
            return [self._head(handler, HandlerEdit(retyped.type, name, logged.code))]
        nothing = kind is Silence.NOTHING
        payload = LogInstead(logged.code) if nothing else LogBefore(logged.code)
        span = self.source.span(last if nothing else first)
        edits: list[Edit] = [Operation(self.source.path, span, payload, Unit.STATEMENT)]
        if name is not None or retyped.type is not None:
            edits.append(self._head(handler, HandlerEdit(retyped.type, name)))
        return edits

    def _head(self, handler: ast.ExceptHandler, wanted: HandlerEdit) -> Operation:
        return Operation(self.source.path, self.source.span(handler), wanted, Unit.HANDLER)

    def _retyped(self, handler: ast.ExceptHandler) -> Retyped | Refusal:
        """What the handler is to catch, if that is to change."""
        names = type_names(handler)
        if self.plan.narrow and (names == ("Exception",) or (self.plan.bare and not names)):
            return self._typed(handler, self.plan.narrow)
        if self.plan.bare and handler.type is None:
            return self._broad(handler)
        return Retyped()

    def _broad(self, handler: ast.ExceptHandler) -> Retyped | Refusal:
        if reraising(handler) is not None:
            detail = "it re-raises, so it must catch every exception"
            return self._refusal(handler, "raises-again", detail)
        logs = logs_in(self._tree, handler)
        calls = [
            call
            for statement in handler.body
            # What makes a value to go on with is no cleanup.
            if not isinstance(statement, (ast.Return, ast.Assign, ast.AnnAssign))
            for call in self._tree.within(statement, ast.Call)
            if not any(call is log or log in self._tree.ancestors(call) for log in logs)
            if not tells(call)
        ]
        if calls:
            detail = f"{ast.unparse(calls[0].func)}() may have to run for every exception"
            return self._refusal(handler, "cleanup", detail)
        if binding_of(self._tree, "Exception", handler).kind != "builtin":
            return self._refusal(handler, "shadowed", "Exception means something else here")
        return Retyped("Exception", _FREED)

    def _typed(self, handler: ast.ExceptHandler, types: Sequence[str]) -> Retyped | Refusal:
        """The handler for other types, where it is not for them already."""
        if {last_part(name) for name in types} == set(type_names(handler)):
            return Retyped()
        names: list[str] = []
        imports: list[Edit] = []
        for name in types:
            made = _written(self.scope.project, self.source, handler, name)
            if isinstance(made, str):
                return self._refusal(handler, "unknown-type", made)
            names.append(made[0])
            imports += made[1]
        block = try_of(self._tree, handler)
        before = block.handlers[: block.handlers.index(handler)]
        caught = {name for item in before for name in type_names(item)}
        if caught & {last_part(name) for name in names}:
            detail = f"an earlier handler already catches {', '.join(names)}"
            return self._refusal(handler, "caught-before", detail)
        code = names[0] if len(names) == 1 else f"({', '.join(names)})"
        old = " and ".join(type_names(handler)) or "everything"
        what = f"{' and '.join(names)} caught instead of {old}"
        if not type_names(handler) and names == ["Exception"]:
            what = _FREED
        return Retyped(code, what, tuple(imports))

    def _raised(self, call: ast.Call) -> list[Edit] | Refusal:
        """The log call with the level of the plan."""
        level = self.plan.level
        imports: tuple[Edit, ...] = ()
        if isinstance(call.func, ast.Name):
            sibling = self._writer.sibling(call, level, call)
            if sibling is None:
                detail = f"no import for a {level}() like {call.func.id}() could be determined"
                return Refusal("no-logger", detail, site_of(self.source, call))
            imports = sibling[1]
        span = self.source.span(call.func)
        return [Operation(self.source.path, span, LastName(level)), *imports]


Written = tuple[str, tuple[Edit, ...]]
"""The expression, and the import that it needs."""


def _written(project: Project, source: SourceFile, at: ast.AST, name: str) -> Written | str:
    """How the type ``name`` is written at ``at``, or why it cannot be, in words.

    A name with a module is imported from there if the project uses that module already; one
    without is a builtin, what the file binds, or what every file that imports it imports it from.
    """
    module, _, plain = name.rpartition(".")
    if not module:
        bound = binding_of(source.tree, plain, at)
        if bound.kind in ("import", "definition"):
            return plain, ()
        if bound.kind == "builtin":
            known = getattr(builtins, plain, None)
            if isinstance(known, type) and issubclass(known, BaseException):
                return plain, ()
            return f"{plain} is not an exception"
        if bound.kind != "unknown":
            return f"{plain} means something else here"
        modules = _modules_of(project, plain)
        if len(modules) != 1:
            return f"{plain} is not imported, and no import for it could be determined"
        (module,) = modules
    if (here := local_name(source.tree, at, module, plain)) is not None:
        return here, ()
    if (reason := can_import(source.tree, at, module, plain)) is not None:
        return f"{plain} cannot be imported: {reason}"
    if not _is_used(project, module):
        return f"no import for {module} could be determined"
    return plain, (AddImport(source.path, module, plain),)


def _modules_of(project: Project, name: str) -> set[str]:
    """Where the files of the project import a name from, by absolute imports on one line."""
    word = re.escape(name.encode())
    pattern = re.compile(rb"^[ \t]*from ([\w.]+) import [\w, ]*\b" + word + rb"\b(?! as)", re.M)
    return {
        match[1].decode()
        for source in project.containing(name.encode())
        for match in pattern.finditer(source.data)
    }


def _is_used(project: Project, module: str) -> bool:
    top = module.partition(".")[0].encode()
    pattern = re.compile(rb"^[ \t]*(?:from|import) " + re.escape(top) + rb"\b", re.M)
    return any(pattern.search(source.data) for source in project.containing(top))

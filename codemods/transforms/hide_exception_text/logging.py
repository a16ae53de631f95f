"""Where the exception goes instead: a log call that is completed, or one that is new."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.analysis.exceptions.text import Exceptions
from codemods.analysis.logs.levels import NOTICED
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind
from codemods.analysis.logs.recorded import records_exception
from codemods.analysis.logs.tracebacks import shown_in
from codemods.analysis.names.index import index_of
from codemods.codemod import Change, Edit, Operation, Refusal, Unit
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_calls import Judge
from codemods.rewriting.module_logger import ModuleLogger
from codemods.rewriting.parsed import Keyword
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import cut_off, raised_again
from codemods.syntax.parts import values_given
from codemods.syntax.statements import LEAVING, blocks_around
from codemods.syntax.tree import Tree, walk
from codemods.tables import WordTable
from codemods.transforms.hide_exception_text.edit import InsertLog

_REPORTERS = ("capture_exception", "record_exception", "report_exception", "notice_error")
"""Functions of error trackers: what they are given is not lost."""
_RECORDS = WordTable(
    "log_err* log_exc* logerr* logexc* report_err* report_exc* reporterr* reportexc*"
)
"""Words of the names of functions that log an exception."""
_BY_ITSELF = WordTable("log_exc* logexc* report_exc* reportexc*")
"""Of these the names of functions that find the exception that is being handled."""
_FAILURES = WordTable("err* exc* fail*")
_OTHER_LOGS = WordTable(
    "in out on off into level* prob* softmax sum* likelihood* loss* file* path* dir* scale* name* "
    "config* format* handler* setup rotate* stream*"
)
"""What stands behind ``log_`` in the names of functions that record nothing: they let somebody in,
set up a log, or calculate."""


@dataclass(frozen=True, slots=True)
class Written:
    """How the exception of a handler reaches the log."""

    edits: tuple[Edit, ...] = ()
    what: str = ""
    """What is done for it, in words; ``""`` where it is logged already."""


@dataclass(frozen=True, slots=True)
class Logs:
    """The log calls of one file."""

    project: Project
    source: SourceFile
    familiar: Sequence[str]
    named: bool
    """Whether a report names the texts."""

    @property
    def tree(self) -> Tree:
        """The file's."""
        return self.source.tree

    @property
    def _judge(self) -> Judge:
        return Judge(self.project, self.source, (*FAMILIAR, *self.familiar), (), True)

    def written(
        self,
        holder: ast.ExceptHandler | Exceptions,
        places: Sequence[ast.AST],
        text: str | None,
        level: str,
    ) -> Written | Refusal:
        """How the traceback is logged whenever a text is sent.

        Args:
            holder: the handler whose exception it is, or what a function is given.
            places: the sink, and where its text is put together.
            text: for a new log call, as code; ``None`` where the sink's text is none for a log.
            level: of a new log call.
        """
        if isinstance(holder, Exceptions):
            return self._given(holder, places, text, level)
        written = self._handled(holder, places, text, level)
        cut = next(cut_off(holder), None)
        if cut is None or self.named or not isinstance(written, Written) or not written.what:
            return written
        detail = f"`from None` on line {cut.lineno} hides the exception, and a log would show it"
        return Refusal("cut-off", detail)

    def _handled(
        self, holder: ast.ExceptHandler, places: Sequence[ast.AST], text: str | None, level: str
    ) -> Written | Refusal:
        shown = (call for call in shown_in(self.tree, holder) if self._is_logged(call))
        if any(self._covers(call, places) for call in shown):
            return Written()
        awaited = self._awaited(holder.body, places, holder.name)
        if awaited is not None:
            return awaited
        calls = (c for statement in holder.body for c in self.tree.within(statement, ast.Call))
        index = index_of(self.project)
        reporters = (
            call
            for call in calls
            if self._records(call, holder.name) or records_exception(index, self.source, call)
        )
        if any(self._covers(call, places) for call in reporters):
            return Written()
        gone = [item for place in places[1:] for item in walk(place)]
        judge = dataclasses.replace(self._judge, going=gone)
        own = [
            call
            for statement in holder.body
            for call in judge.calls(statement)
            if call.level in NOTICED
            and judge.in_handler(call) is holder
            and judge.kind(call) is not LoggerKind.OTHER
            and self._covers(call.node, places)
        ]
        for logged in sorted(own, key=lambda call: -NOTICED.index(call.level)):
            verdict = next(judge.judge([logged]), None)
            if isinstance(verdict, Change):
                return Written(verdict.edits, verdict.what)
            # A traceback would show what the log keeps back; the text is no client's all the same.
            decided = ("exc-info-off", "redacted")
            if verdict is not None and (verdict.already or verdict.reason in decided):
                return Written()
        if any(
            isinstance(again, ast.Raise)
            and (again.exc is None or getattr(again.exc, "id", None) == holder.name)
            and self._covers(again, places)
            for again in raised_again(holder)
        ):
            # Whoever catches it has it: a record here would be the second one.
            return Written()
        return self._new(places[0], text, level)

    def _given(
        self, exceptions: Exceptions, places: Sequence[ast.AST], text: str | None, level: str
    ) -> Written | Refusal:
        """In a function that is given the exception, which none of its handlers may handle."""
        name = min(exceptions.names)
        body = exceptions.holder.body if exceptions.holder is not None else []
        awaited = self._awaited(body, places, name)
        if awaited is not None:
            return awaited
        given = (c for statement in body for c in self.tree.within(statement, ast.Call))
        if any(self._records(c, name) and self._covers(c, places) for c in given):
            return Written()
        for call in self._judge.calls(exceptions.holder or self.tree.module):
            if call.level not in (*NOTICED, "exception") or not self._covers(call.node, places):
                continue
            if any(item.arg in ("exc_info", None) for item in call.node.keywords):
                return Written()
            if call.level != "exception" and self._judge.kind(call) is LoggerKind.STANDARD:
                span = self.source.span(call.node)
                operation = Operation(self.source.path, span, Keyword("exc_info", name))
                return Written((operation,), f"{call.level}() logs the traceback")
        return self._new(places[0], text, level, name)

    def _records(self, call: ast.Call, name: str | None) -> bool:
        """Whether a function that is no logger is given the exception to record it."""
        called = last_name(call.func)
        if called in _REPORTERS or _BY_ITSELF.found_in(called):
            return True
        is_given = any(
            isinstance(item, ast.Name) and item.id == name
            for value in values_given(call)
            for item in walk(value)
        )
        return is_given and _records_by_name(called)

    def _covers(self, call: ast.AST, places: Sequence[ast.AST]) -> bool:
        return any(covers(self.tree, call, place) for place in places)

    def _is_logged(self, call: ast.Call) -> bool:
        """Whether a traceback that is shown ends in a log, and not in the answer itself."""
        holders = [call, *self.tree.ancestors(call)]
        return any(
            next(self._judge.calls(item), None) is not None or self._is_awaited(item)
            for item in holders
            if isinstance(item, ast.Call)
        ) or (isinstance(call.func, ast.Attribute) and call.func.attr == "print_exc")

    def _awaited(
        self, body: Sequence[ast.stmt], places: Sequence[ast.AST], name: str | None
    ) -> Written | None:
        """structlog's coroutines, which log in another thread: there the exception is at hand only
        if it is given by name."""
        for statement in body:
            for call in self.tree.within(statement, ast.Call):
                if not self._is_awaited(call) or not self._covers(call, places):
                    continue
                level = call.func.attr[1:]  # type: ignore[attr-defined]
                given = any(item.arg in ("exc_info", None) for item in call.keywords)
                if level == "exception" or given:
                    return Written()
                if name is not None:
                    span = self.source.span(call)
                    code = Operation(self.source.path, span, Keyword("exc_info", name))
                    return Written((code,), f"a{level}() logs the traceback")
        return None

    def _is_awaited(self, call: ast.Call) -> bool:
        """``await logger.aerror(…)``."""
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        return (
            method[:1] == "a"
            and method[1:] in (*NOTICED, "exception")
            and isinstance(self.tree.parent(call), ast.Await)
        )

    def _new(
        self, sink: ast.AST, text: str | None, level: str, exception: str = "True"
    ) -> Written | Refusal:
        """A log call in front of the statement that holds ``sink``."""
        statement = self.tree.statement(sink)
        if hasattr(statement, "body"):
            detail = (
                "the text is sent in the header of a compound statement, so no log call fits "
                "before it"
            )
            return Refusal("no-place-for-log", detail)
        edits: list[Edit] = []
        own = ModuleLogger(self.project, self.source, self._judge)
        found = own.existing(sink)
        if found is None:
            made = own.made(sink)
            if made is None:
                detail = "the handler logs nothing, and the module has no logger"
                return Refusal("no-logger", detail)
            name, kind, edits = made
        else:
            name, kind = found
        function = last_part(self.tree.qualified_name(statement)) or "the module"
        message = text or f'"{function} failed"'
        if text is None and exception != "True":
            message = '"Unhandled exception"'
        code = f"{name}.{level}({message}, exc_info={exception})"
        if kind is LoggerKind.LOGURU:
            code = f"{name}.opt(exception={exception}).{level}({message})"
        span = self.source.span(statement)
        edits.append(Operation(self.source.path, span, InsertLog(code), Unit.STATEMENT))
        return Written(tuple(edits), f"{name}.{level}() logs the traceback")


def _records_by_name(called: str) -> bool:
    """Whether a function by its name records an exception: ``log_error``, ``log_it``. ``log_in()``,
    ``log_out()`` and ``log_level()`` record nothing."""
    if _RECORDS.found_in(called):
        return True
    _, log, behind = f"_{called.lower()}".partition("_log_")
    if not log:
        return False
    if _FAILURES.found_in(behind):
        return True
    return called.strip("_").lower().startswith("log_") and not _OTHER_LOGS.found_in(behind)


def covers(tree: Tree, one: ast.AST, other: ast.AST) -> bool:
    """Whether ``one`` runs whenever ``other`` does, both in one handler."""
    own = next(blocks_around(tree, one), None)
    if own is None:
        return False
    for block, index in blocks_around(tree, other):
        if block is own[0]:
            left = any(isinstance(item, LEAVING) for item in walk(block[index]))
            return own[1] <= index or not left
    return False

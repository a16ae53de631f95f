"""Log calls, and what can be done about each: a change, or the reason why it stays."""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from codemods.analysis.exceptions.whole import tells_all
from codemods.analysis.logs.doubts import doubts, is_expected, may_hold_secret
from codemods.analysis.logs.formatting import fills_braces, is_no_mapping, misformatted
from codemods.analysis.logs.levels import ERRORS, level_of, weight
from codemods.analysis.logs.loggers import LoggerKind, chained, has_exception, kind_of, opted
from codemods.analysis.logs.neighbours import (
    Audience,
    OtherRecord,
    other_record,
    told_by_sibling,
)
from codemods.analysis.logs.recorded import records_exception
from codemods.analysis.logs.tracebacks import (
    TracebackLine,
    depth,
    is_switched_on,
    run_together,
    shown_in,
    traceback_line,
)
from codemods.analysis.logs.withheld import TellsAll, decided_against, redacted_by, shows_text
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    Change,
    DropImport,
    Edit,
    Operation,
    Refusal,
    Safety,
    Unit,
    site_of,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_edits import Gone, Told, ToldInOne, Way
from codemods.rewriting.log_options import Style
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import (
    cut_off,
    innermost_handler,
    is_broad,
    type_expressions,
    types_in_words,
)
from codemods.syntax.tree import DEFINITIONS, Tree, walk


@dataclass(frozen=True, slots=True)
class LogCall:
    """A call that may be one of a logger."""

    node: ast.Call
    level: str
    """``error``, also for ``log(logging.ERROR, …)``; ``""`` where it is not known."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides about the log calls of one file."""

    project: Project
    source: SourceFile
    familiar: Collection[str]
    """Receivers that count as loggers where nothing says what they are."""
    expected: Collection[str]
    """Exceptions whose handlers are not touched in a scan."""
    named: bool
    """Whether a report names the calls."""
    going: Collection[ast.AST] = ()
    """What is taken out: a traceback that is shown there is shown no more."""
    style: Style = Style.EXC_INFO
    """How the traceback is asked for, where both ways say the same."""

    @property
    def tree(self) -> Tree:
        """The file's."""
        return self.source.tree

    def calls(self, root: ast.AST) -> Iterator[LogCall]:
        """Everything below ``root`` that is written like a log call, in source order."""
        found = [
            LogCall(node, level)
            for node in self.tree.within(root, ast.Call)
            if (level := level_of(self.source, node)) is not None
        ]
        yield from sorted(found, key=lambda call: self.source.span(call.node))

    def in_handler(self, call: LogCall) -> ast.ExceptHandler | None:
        """The handler that runs the call."""
        return innermost_handler(self.tree, call.node)

    def outside(self, call: LogCall) -> Refusal | None:
        """Why a call that no handler runs stays, if it stands in a ``try`` at all."""
        child: ast.AST = call.node
        crossed = False
        for ancestor in self.tree.ancestors(call.node):
            if isinstance(ancestor, ast.ExceptHandler) and isinstance(child, ast.stmt):
                detail = "it is only defined in the handler, and runs after the exception is gone"
                return self._refusal("nested-function", call, detail) if crossed else None
            if (
                isinstance(ancestor, ast.Try | ast.TryStar)
                and not crossed
                and (child in ancestor.orelse or child in ancestor.finalbody)
            ):
                detail = "there is no exception in the else or finally of a try"
                return self._refusal("else-or-finally", call, detail)
            if isinstance(ancestor, (*DEFINITIONS, ast.Lambda)):
                crossed = True
            child = ancestor
        if self.named:
            detail = "it is not in a handler, so there is no exception to log"
            return self._refusal("outside-handler", call, detail)
        return None

    def judge(self, calls: list[LogCall]) -> Iterator[Change | Refusal]:
        """A change or a refusal for each call, all of which run in handlers."""
        verdicts: dict[ast.Call, Change | Refusal] = {}
        chosen: dict[ast.ExceptHandler | None, list[LogCall]] = defaultdict(list)
        # The outer ones first: they run on more ways through the handler.
        for call in sorted(calls, key=lambda item: depth(self.tree, item.node)):
            handler = self.in_handler(call)
            refusal = self._own(call) or self._beside(call, handler, chosen[handler])
            if refusal is None:
                chosen[handler].append(call)
            verdicts[call.node] = (
                self._dropped(call) or refusal or self._in_scan(call) or self._change(call)
            )
        for call in calls:
            yield verdicts[call.node]

    def _own(self, call: LogCall) -> Refusal | None:
        """What about the call itself keeps it as it is."""
        node = call.node
        kind = self.kind(call)
        if kind is LoggerKind.OTHER:
            return self._refusal("not-a-logger", call, "whether it takes exc_info is unknown")
        for keyword in node.keywords:
            if keyword.arg is None:
                detail = (
                    "its keyword dictionary may contain exc_info, which must not be given twice"
                )
                return self._refusal("keyword-dictionary", call, detail)
            if keyword.arg == "exc_info" and kind is LoggerKind.LOGURU:
                detail = "loguru ignores exc_info and needs logger.opt(exception=True) instead"
                return self._refusal("loguru-exc-info", call, detail)
            if keyword.arg == "exc_info":
                if is_switched_on(keyword):
                    return self._refusal(
                        "exc-info-given", call, "it already has exc_info", already=True
                    )
                return self._refusal("exc-info-off", call, "exc_info is switched off on purpose")
            if keyword.arg == "stack_info" and is_switched_on(keyword):
                detail = "it logs the stack of the handler instead, with stack_info"
                return self._refusal("stack-info", call, detail)
        if call.level == "exception" or (kind is LoggerKind.LOGURU and opted(node) is True):
            return self._refusal(
                "logs-exception", call, "it already logs the traceback", already=True
            )
        if not call.level:
            return self._refusal("level-unknown", call, "its level is unknown")
        handler = self.in_handler(call)
        if not self.named and handler is not None:
            line = decided_against(self.source, handler, node)
            if line is not None:
                detail = f"the comment on line {line} asks for no traceback"
                return self._refusal("decided", call, detail)
            if is_expected(self.tree, handler, self.expected):
                detail = (
                    f"{types_in_words(handler)} is usually expected, so the traceback would be "
                    "noise"
                )
                return self._refusal("expected", call, detail)
        redacted = self._redacted(call, handler)
        if redacted is not None:
            return self._refusal("redacted", call, redacted)
        if not node.args:
            return self._refusal("no-message", call, "it has no message")
        if isinstance(node.args[0], ast.GeneratorExp):
            detail = "next to another argument, the generator would need parentheses"
            return self._refusal("generator-argument", call, detail)
        return None

    def _dropped(self, call: LogCall) -> Change | Refusal | None:
        """That the record of the call is never written, so that its traceback would be lost too.
        A scan shows that, because it is a fault of its own."""
        if self.kind(call) is not LoggerKind.STANDARD or call.level not in ERRORS:
            return None
        why = misformatted(call.node)
        if why is None:
            return None
        handler = self.in_handler(call)
        if not self.named and is_no_mapping(call.node, getattr(handler, "name", None)):
            said = f"{ast.unparse(call.node.func)}(): {why}"
            return Change(site_of(self.source, call.node), said, (), Safety.DISPLAY)
        return self._refusal("never-written", call, f"{why}, with or without a traceback")

    def _redacted(self, call: LogCall, handler: ast.ExceptHandler | None) -> str | None:
        """What keeps a part of the exception out of this call, or one on its way, in words."""
        if handler is None or self._shows_text(call):
            return None
        beside = [
            item.node
            for statement in handler.body
            for item in self.calls(statement)
            if item.node is not call.node and run_together(self.tree, item.node, call.node)
        ]
        calls = (call.node, *beside)
        found = (redacted_by(self.tree, handler, item, self._tells_all) for item in calls)
        return next(filter(None, found), None)

    @property
    def _tells_all(self) -> TellsAll:
        return partial(tells_all, index_of(self.project), self.source)

    def _shows_text(self, call: LogCall) -> bool:
        handler = self.in_handler(call)
        return handler is not None and shows_text(self.tree, handler, call.node, self._tells_all)

    def _other_record(self, call: LogCall) -> OtherRecord | None:
        """Where else a handler shows the exception, of which a report has no need to know."""
        handler = self.in_handler(call)
        if self.named or handler is None:
            return None
        return other_record(self.source, handler, call.node, self._tells_all)

    def kind(self, call: LogCall) -> LoggerKind:
        """By what the receiver is told of the exception."""
        if not isinstance(call.node.func, ast.Attribute):
            return LoggerKind.STANDARD
        receiver = call.node.func.value
        while isinstance(receiver, ast.Call) and chained(receiver):
            receiver = receiver.func.value  # type: ignore[attr-defined]
        kind = kind_of(self.project, self.source, receiver, self.familiar)
        fills = kind is LoggerKind.STANDARD and fills_braces(call.node)
        return LoggerKind.OTHER if fills else kind

    def _beside(
        self, call: LogCall, handler: ast.ExceptHandler | None, chosen: list[LogCall]
    ) -> Refusal | None:
        """Whether the handler shows the traceback on the way through it that has the call."""
        if handler is None:
            return None
        for other in chosen:
            if run_together(self.tree, other.node, call.node):
                detail = f"the call on line {other.node.lineno} logs the traceback"
                return self._refusal("traceback-beside", call, detail)
        shown = [
            item
            for item in shown_in(self.tree, handler)
            if run_together(self.tree, item, call.node)
            and not self._is_weaker(item, call)
            and item not in self.going
        ]
        line = traceback_line(self.source, call.node, of_any_level=self.named)
        if line is not None:
            replaced = set(walk(line.statement))
            shown = [item for item in shown if item not in replaced]
        if not shown:
            return self._recorded(call, handler)
        detail = f"line {shown[0].lineno} already shows or passes on the traceback"
        already = any(self._logged_as_error(item) for item in shown)
        return self._refusal("traceback-beside", call, detail, already=already)

    def _recorded(self, call: LogCall, handler: ast.ExceptHandler) -> Refusal | None:
        """Whether a function of the project logs the traceback on the same way."""
        index = index_of(self.project)
        for statement in handler.body:
            for other in self.tree.within(statement, ast.Call):
                if (
                    level_of(self.source, other) is None
                    and innermost_handler(self.tree, other) is handler
                    and run_together(self.tree, other, call.node)
                    and records_exception(index, self.source, other)
                ):
                    detail = f"{last_name(other.func)}() on line {other.lineno} logs the traceback"
                    return self._refusal("traceback-beside", call, detail)
        return None

    def _is_weaker(self, shown: ast.Call, call: LogCall) -> bool:
        """Whether it logs at a lower level than the call that a report names."""
        own, other = weight(level_of(self.source, shown) or ""), weight(call.level)
        return self.named and own is not None and other is not None and own < other

    def _logged_as_error(self, shown: ast.Call) -> bool:
        holders = [shown, *self.tree.ancestors(shown)]
        calls = [item for item in holders if isinstance(item, ast.Call)]
        return any(level_of(self.source, item) in (*ERRORS, "exception") for item in calls)

    def _in_scan(self, call: LogCall) -> Refusal | None:
        """Why a scan says nothing of a call: what speaks against the traceback, or may be a
        secret that is not in the log yet."""
        handler = self.in_handler(call)
        if self.named or handler is None:
            return None
        for cut in cut_off(handler):
            if run_together(self.tree, cut, call.node):
                detail = f"`from None` on line {cut.lineno} hides the exception"
                return self._refusal("cut-off", call, detail)
        for doubt in doubts(self.source, handler, call.node, self.expected):
            return self._refusal("traceback-adds-nothing", call, doubt)
        line = told_by_sibling(self.tree, handler)
        if line is not None:
            detail = f"the handler beside it logs a traceback on line {line}, this one does not"
            return self._refusal("sibling-logs-traceback", call, detail)
        other = self._other_record(call)
        if other is not None and other.audience is Audience.FEW:
            detail = f"line {other.line} logs the exception at a lower level, on purpose"
            return self._refusal("logged-lower", call, detail)
        if other is not None and other.audience is Audience.TERMINAL:
            detail = f"line {other.line} prints the exception for a person at a terminal"
            return self._refusal("printed", call, detail)
        secret = may_hold_secret(self.source, call.node)
        if secret and not self._shows_text(call):
            detail = "an exception of this handler may contain a secret (CWE-532)"
            return self._refusal("may-hold-secret", call, detail)
        return None

    def _change(self, call: LogCall) -> Change:
        handler = self.in_handler(call)
        notes: list[str] = []
        safety = Safety.SAFE
        secret = may_hold_secret(self.source, call.node)
        if handler is not None and self.named:
            notes += doubts(self.source, handler, call.node, self.expected)
        if notes or (not self.named and (secret or self._says_it_all(call))):
            safety = Safety.REVIEW
        other = self._other_record(call)
        line = traceback_line(self.source, call.node, of_any_level=self.named)
        if line is not None and safety is Safety.SAFE:
            safety = Safety.REVIEW
        elif other is not None:
            safety = Safety.DISPLAY
            notes.append(f"exc_info=True would replace the second record on line {other.line}")
        if line is not None:
            notes.append("the record that contains only the traceback becomes part of this one")
        if secret:
            notes.append("an exception of this handler may contain a secret (CWE-532)")
        logs = f"{ast.unparse(call.node.func)}() logs"
        what, lost = f"{logs} the traceback", f"{logs} no traceback"
        if line is not None:
            lost += f", line {line.statement.lineno} does so in a separate record"
        site, edits = site_of(self.source, call.node), tuple(self._edits(call, line))
        return Change(site, what, edits, safety, tuple(notes), found=lost)

    def _says_it_all(self, call: LogCall) -> bool:
        """Whether a handler of a library's or the project's own errors logs their text already:
        who made such an error wrote the text for it. Where Python's own come from is open."""
        handler = self.in_handler(call)
        if handler is None or is_broad(handler):
            return False
        pythons = [hasattr(builtins, ast.unparse(item)) for item in type_expressions(handler)]
        return not any(pythons) and self._shows_text(call)

    def _edits(self, call: LogCall, line: TracebackLine | None) -> Iterator[Edit]:
        way: Way = "exc-info"
        if self._by_method(call):
            way = "exception"
        elif self.kind(call) is LoggerKind.LOGURU:
            way = "loguru" if opted(call.node) is None else "loguru-opt"
        path = self.source.path
        if line is None:
            yield Operation(path, self.source.span(call.node), Told(way))
            return
        statement = self.tree.statement(call.node)
        run = self.source.statements_span(statement, line.statement)
        yield Operation(path, run, ToldInOne(way), Unit.STATEMENTS)
        if line.local_import is None:
            yield DropImport(path, line.name)
        elif line.local_import is not line.between:
            span = self.source.span(line.local_import)
            yield Operation(path, span, Gone(), Unit.STATEMENT)

    def _by_method(self, call: LogCall) -> bool:
        """Whether ``exception()`` says the same as the call with the traceback, and is asked for:
        it logs an error, and nothing of another level."""
        function = call.node.func
        if self.style is not Style.EXCEPTION or not isinstance(function, ast.Attribute):
            return False
        # Behind an opt(), loguru is told there.
        plain = function.attr == "error" and opted(call.node) is None
        return plain and has_exception(self.project, self.source, function.value)

    def _refusal(
        self, reason: str, call: LogCall, detail: str, *, already: bool = False
    ) -> Refusal:
        text = f"{ast.unparse(call.node.func)}() is not changed: {detail}"
        if already:
            text = f"{ast.unparse(call.node.func)}(): {detail}"
        return Refusal(reason, " ".join(text.split()), site_of(self.source, call.node), already)

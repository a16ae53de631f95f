"""Texts for clients in a scan, and why many of them stay."""

from __future__ import annotations

import ast
import builtins
import dataclasses
from collections.abc import Iterator

from codemods.analysis.exceptions.text import LeafKind, debug_guard
from codemods.analysis.names.index import index_of
from codemods.analysis.references.asserted_texts import asserting
from codemods.analysis.web.answers import Sinks, any_matches, blames_client, route_of
from codemods.codemod import Change, Option, Refusal, Safety, Scope, by_position, site_of
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.log_options import LOGGERS
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import handlers_around, type_expressions
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import parameters_of
from codemods.syntax.tree import FUNCTIONS, Tree, walk
from codemods.tables import shortened
from codemods.transforms.hide_exception_text.changes import Editor
from codemods.transforms.hide_exception_text.decided import Decisions
from codemods.transforms.hide_exception_text.leaks import Leak, Reader
from codemods.transforms.hide_exception_text.logging import Logs
from codemods.transforms.hide_exception_text.message import Speaker
from codemods.transforms.hide_exception_text.plan import HidePlan

PARSERS = ("ValueError", "SyntaxError", "*YAMLError", "*DecodeError")
"""What is wrong with a text; whose text it is, the answer says."""
_OF_TEXTS = PARSERS[1:]

SINKS: Option[list[str]] = Option(
    "sinks", [], "callees whose arguments reach a client, as patterns: `*.notify`"
)
MESSAGE: Option[str] = Option(
    "message", "Internal server error", "the text to send if what failed is unknown"
)
AUTHORED: Option[list[str]] = Option(
    "authored",
    [*PARSERS, "*ValidationError", "HTTPException", "*UserError", "WebSocketException"],
    "exceptions, as patterns, whose texts are meant for clients",
)
INTERNAL: Option[list[str]] = Option(
    "internal",
    [
        *("*health*", "*/admin*", "*admin_*", "*/internal*", "*/debug*", "*diagnostic*"),
        *("test_*", "*test_connection*"),
    ],
    "routes and functions for operators, as patterns",
)

_CODES = ("code", "status", "status_code", "error_code", "http_status")
"""Attributes of exceptions that are made to be told to clients."""
_MADE_OF = {
    LeafKind.PUBLIC: ("public-message", "the attribute is meant to be read by someone"),
    LeafKind.PASSED: ("passed-to-function", "a function creates the text from the exception"),
    LeafKind.CODE: ("no-text", "it is a value that clients may compare"),
    LeafKind.DEBUG: ("debug-guarded", "it is only sent under a debug setting"),
}


def editor_for(scope: Scope, source: SourceFile, plan: HidePlan | None) -> Editor:
    """What makes the changes of ``source``."""
    logs = Logs(scope.project, source, tuple(LOGGERS.of(scope.options)), plan is not None)
    return Editor(source, Speaker(source, plan, MESSAGE.of(scope.options)), logs)


def in_scan(scope: Scope) -> Iterator[Change | Refusal]:
    """A change or a refusal for everything that a file sends to clients of an exception."""
    for place in scope.places:
        source = place.source
        if is_test(source.path):
            # What a test answers nobody outside gets.
            continue
        editor = editor_for(scope, source, None)
        sinks = Sinks(scope.project, tuple(SINKS.of(scope.options)))
        decisions = Decisions(scope.project, source, sinks)
        found: list[Change | Refusal] = []
        chosen: list[Leak] = []
        staying: list[Leak] = []
        for leak in Reader(source, sinks).leaks(place.node):
            helper = decisions.helper(leak)
            reason = (
                (why_it_stays(scope, source, leak) if helper is None else None)
                or _why_its_place_stays(scope, source, leak, in_a_scan=True)
                or decisions.kept(leak)
            )
            note = f"{helper}() creates it" if helper else decisions.said(leak)
            note = note or decisions.doubt(leak)
            if reason is not None:
                found.append(editor.refusal(reason[0], leak, reason[1]))
                staying.append(leak)
            elif note is not None:
                what = f"{leak.name} gets the text of the exception"
                found.append(Change(site_of(source, leak.node), what, (), Safety.DISPLAY, (note,)))
            else:
                chosen.append(leak)
        changes = finished(scope, editor, chosen, in_a_scan=True)
        found += (_with_rest(source, item, staying) for item in changes)
        yield from sorted(found, key=by_position)


def _with_rest(source: SourceFile, item: Change | Refusal, staying: list[Leak]) -> Change | Refusal:
    """A change, with what the same statement goes on telling of the exception."""
    if isinstance(item, Refusal):
        return item
    notes = []
    for leak in staying:
        sent = source.tree.statement(leak.leaf.via or leak.node)
        last = sent.end_lineno or sent.lineno
        if leak.leaf.kind is LeafKind.PASSED and sent.lineno <= item.site.line <= last:
            notes.append(f"{shortened(source.segment(leak.node))} is still sent")
    return dataclasses.replace(item, notes=(*item.notes, *dict.fromkeys(notes)))


def finished(
    scope: Scope, editor: Editor, leaks: list[Leak], *, in_a_scan: bool
) -> Iterator[Change | Refusal]:
    """The changes, with the files that look for an old text named."""
    for item in editor.changes(leaks):
        if isinstance(item, Refusal):
            yield item
            continue
        change, prefix = item
        readers = asserting(scope.project, editor.source.path, prefix)
        if readers:
            note = f"{', '.join(readers)} looks for the text {prefix.strip()!r}"
            safety = Safety.DISPLAY if in_a_scan else change.safety
            change = dataclasses.replace(change, notes=(*change.notes, note), safety=safety)
        yield change


def why_it_stays(scope: Scope, source: SourceFile, leak: Leak) -> tuple[str, str] | None:
    """Reason and detail for a text that nobody asked about; ``None`` for one that should go."""
    if leak.leaf.kind in _MADE_OF:
        return _MADE_OF[leak.leaf.kind]
    return _why_its_place_stays(scope, source, leak, in_a_scan=False)


def _why_its_place_stays(
    scope: Scope, source: SourceFile, leak: Leak, *, in_a_scan: bool
) -> tuple[str, str] | None:
    tree = source.tree
    guard = debug_guard(tree, leak.node) or debug_guard(tree, leak.leaf.via or leak.sink)
    if guard is not None:
        return "debug-guarded", f"it is only sent under the debug setting on line {guard.lineno}"
    if leak.status is not None and blames_client(leak.status):
        detail = f"status {leak.status} tells the client what is wrong with its request"
        return "client-error-status", detail
    # A ValueError with 500 may be anybody's; nobody has asked a scan about it.
    parsers = _OF_TEXTS if in_a_scan else PARSERS
    written = _authored(scope.project, source, leak, AUTHORED.of(scope.options), parsers)
    if written is not None:
        return "authored-message", f"{written} is raised with a message that is meant to be read"
    route = _internal(tree, leak, INTERNAL.of(scope.options))
    if route is not None:
        return "internal-route", f"{route} is for operators"
    return None


def _authored(
    project: Project,
    source: SourceFile,
    leak: Leak,
    patterns: list[str],
    parsers: tuple[str, ...],
) -> str | None:
    """The type of the handler whose messages somebody wrote for readers."""
    names = leak.names
    handlers = list(handlers_around(source.tree, leak.sink))
    named = [item for item in handlers if item.name in names] or handlers[-1:]
    holder = leak.exceptions.holder
    given = parameters_of(holder.args) if isinstance(holder, FUNCTIONS) else []
    types = [
        item.annotation for item in given if item.arg in leak.exceptions.names and item.annotation
    ]
    types = type_expressions(named[0]) if named else types
    types = _asked_types(source.tree, leak, names) or types
    known = [_is_own(project, source, item) for item in types]
    # Somebody chose the answer for just this exception.
    chosen = (leak.status is not None and 500 < leak.status < 600) or _tells_code(leak)
    if types and (all(known) or (chosen and _are_specific(types))):
        return ast.unparse(types[0])
    for item in types:
        name = last_part(ast.unparse(item))
        # A parser's message that ends in a 500 may be anybody's; with 503 somebody chose it.
        blameless = leak.status == 500 and any_matches([name], parsers)
        if any_matches([name], patterns) and not blameless:
            return name
    return None


def _is_own(project: Project, source: SourceFile, node: ast.expr) -> bool:
    """Whether an exception is the project's own, or that of another distribution of its namespace:
    ``shop.common.OrderError`` in ``shop/api/orders.py``."""
    if index_of(project).definition_of(source, node):
        return True
    root = (qualified_name(source.tree, node) or "").partition(".")[0]
    return root in source.path.split("/")[:-1]


def _are_specific(types: list[ast.expr]) -> bool:
    """Whether each of the types was caught for an answer of its own: not ``Exception``, nor what
    the system raises."""
    found = [getattr(builtins, ast.unparse(item), ValueError) for item in types]
    return not any(
        item in (Exception, BaseException) or issubclass(item, OSError) for item in found
    )


def _asked_types(tree: Tree, leak: Leak, names: set[str]) -> list[ast.expr]:
    """The types of the branch ``if isinstance(e, …):`` that a text is sent in."""
    child: ast.AST = leak.sink
    for parent in tree.ancestors(leak.sink):
        if isinstance(parent, (ast.ExceptHandler, *FUNCTIONS)):
            return []
        match parent:
            case ast.If(
                test=ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kinds]),
                body=body,
            ) if name in names and child in body:
                return kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
        child = parent
    return []


def _tells_code(leak: Leak) -> bool:
    """Whether an answer has the exception's own code beside its text."""
    return any(
        isinstance(item, ast.Attribute)
        and item.attr in _CODES
        and isinstance(item.value, ast.Name)
        and item.value.id in leak.exceptions.names
        for item in walk(leak.sink)
    )


def _internal(tree: Tree, leak: Leak, patterns: list[str]) -> str | None:
    """The function or route around a leak that is only for operators."""
    for node in (leak.sink, *tree.ancestors(leak.sink)):
        if isinstance(node, FUNCTIONS) and any_matches(
            [node.name, route_of(node) or node.name], patterns
        ):
            return node.name
    return None

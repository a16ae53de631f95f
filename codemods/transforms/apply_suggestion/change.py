"""The edits of what was chosen, with the imports that they need; or what they lack.

What only the replaced code read goes with it: its variables and a function's own imports.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from codemods.analysis.names.import_paths import imports
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    AddImport,
    Change,
    DropImport,
    DropLines,
    Edit,
    Place,
    Refusal,
    Safety,
    Scope,
    Site,
    site_of,
)
from codemods.demands.code import Origin
from codemods.project.source import SourceFile
from codemods.syntax.names import names_loaded
from codemods.syntax.scopes import bound_name
from codemods.syntax.spans import Span
from codemods.syntax.statements import block_of
from codemods.syntax.tree import Function
from codemods.transforms.apply_suggestion.calls import lacks_arguments, unawaited, unknown_parameter
from codemods.transforms.apply_suggestion.code import names_in
from codemods.transforms.apply_suggestion.deleting import stands_alone
from codemods.transforms.apply_suggestion.difference import ADDING, Step
from codemods.transforms.apply_suggestion.edits import local_imports, operation_of
from codemods.transforms.apply_suggestion.found import Found
from codemods.transforms.apply_suggestion.names import (
    Missing,
    dropped_names,
    localised,
    names_for,
)

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
Binder = ast.Assign | ast.Import | ast.ImportFrom
_PLAIN = (
    *(ast.Name, ast.Attribute, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop),
    *(ast.expr_context,),
)
"""What does nothing but give a value."""


_TAKING = ("replace", "statement", "handler", "operator", "attribute", "drop")
"""Kinds of steps that take something away, which may have read a name."""


def change_of(
    scope: Scope,
    found: Sequence[Found],
    asked: Sequence[AddImport],
    given: Sequence[Origin],
    said: Sequence[str],
    notes: Sequence[str],
) -> Change | Refusal:
    """One change of everything that was chosen.

    Args:
        found: the places, with their steps.
        asked: imports that are asked for by themselves.
        given: imports that the finding shows.
        said: the sentences that ask for it.
        notes: what a reviewer should know besides.
    """
    edits: list[Edit] = list(asked)
    more = list(notes)
    steps = [step for item in found for step in item.steps]
    replaced = [step.node for step in steps if step.kind in ("replace", "statement", "handler")]
    bound = {name for step in steps if step.kind in ADDING for name in _stored(step)}
    for item in found:
        source = item.place.source
        for written in item.steps:
            step, spelled = localised(scope.project, item.place, written, given)
            edits += spelled
            also = {addition.name for addition in spelled if addition.name}
            also |= bound if step.kind not in ADDING else set()
            needed = _problem(scope, item.place, step, steps) or _imports_of(
                scope, item.place, step, given, also
            )
            if isinstance(needed, Missing):
                return Refusal(needed.reason, needed.detail, site_of(source, item.node))
            edits += local_imports(item.place, needed, step.node, replaced)
            if step.kind == "drop" and isinstance(step.node, ast.stmt):
                edits.append(DropLines(source.path, _lines_of(source, step.node)))
            else:
                edits.append(operation_of(source, step))
            if step.kind in _TAKING:
                dropped = sorted(dropped_names(item.place, step.node, step.new))
                edits += [DropImport(source.path, name) for name in dropped]
                more += stale_comments(item.place, step, steps)
    for place, inside in _by_function(found):
        gone, left = leftovers(place, inside)
        edits += gone
        more += left
    site = site_of(found[0].place.source, found[0].node) if found else Site(asked[0].path, 1, 1)
    what = "; ".join(dict.fromkeys(" ".join(text.split()) for text in said))
    edits.sort(key=lambda item: (isinstance(item, DropImport), isinstance(item, AddImport)))
    return Change(
        site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW, tuple(dict.fromkeys(more))
    )


def _imports_of(
    scope: Scope, place: Place, step: Step, given: Sequence[Origin], bound: set[str]
) -> Sequence[AddImport] | Missing:
    """The imports that the new code of a step needs, beside the names in ``bound``."""
    if step.new is None:
        return ()
    old = step.node if step.kind not in (*ADDING, "decorator") else None
    behind = step.kind == "after"
    names = names_for(
        scope.project, place, step.node, step.new, given, old, behind=behind, bound=bound
    )
    modules = index_of(scope.project).resolver.modules
    for item in names if not isinstance(names, Missing) else ():
        home = modules.place(item.module, place.source.path)
        path = modules.file_at(home) if home is not None else None
        if path is not None and imports(scope.project, scope.project.source(path), item.path):
            text = f"{path} imports {item.path}, so importing it here would be circular"
            return Missing("circular", text)
    return names


def _by_function(found: Sequence[Found]) -> list[tuple[Place, list[Step]]]:
    """The steps of each function that is changed."""
    grouped: dict[int, tuple[Place, list[Step]]] = {}
    for item in found:
        for step in item.steps:
            function = item.place.source.tree.function(step.node)
            grouped.setdefault(id(function), (item.place, []))[1].append(step)
    return list(grouped.values())


def stale_comments(place: Place, step: Step, steps: Sequence[Step] = ()) -> list[str]:
    """The comment behind a replaced line, when it says what the line says no longer: it stays,
    since nobody said what it should be, and the reviewer is told.

    Args:
        place: where the step is done.
        step: what is done.
        steps: what else is done; what that says is still said.
    """
    statement = place.source.tree.statement(step.node)
    if not isinstance(step.node, (ast.expr, ast.stmt)) or hasattr(statement, "body"):
        return []
    last = statement.end_lineno or statement.lineno
    line = place.source.line_text(last).encode()
    behind = line[statement.end_col_offset :].decode("utf-8", "replace").strip()
    if not behind.startswith("#"):
        return []
    gone = _words(step.node) - (_words(step.new) if step.new is not None else set())
    if step.kind == "statement" and step.new is not None and not isinstance(step.new, ast.expr):
        gone = _words(statement) - _words(step.new)
    gone -= set[str]().union(*(_words(item.new) for item in steps if item.new is not None))
    spoken = {word.strip("`'\".,;:()[]") for word in behind[1:].split()}
    return [
        f"the comment “{behind}” on line {last} still says {name}; check that it is true"
        for name in sorted(gone & spoken)[:1]
    ]


def _words(node: ast.AST) -> set[str]:
    """Names and literals of a piece of code, as a comment would say them."""
    found: set[str] = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            found.add(item.id)
        elif isinstance(item, ast.Attribute):
            found |= {item.attr, ast.unparse(item)}
        elif isinstance(item, ast.Constant) and item.value not in (None, True, False, Ellipsis):
            found.add(str(item.value))
    return {word for word in found if len(word) > 1 or word.isdigit()}


def _problem(scope: Scope, place: Place, step: Step, steps: Sequence[Step]) -> Missing | None:
    project = scope.project
    missing = unknown_parameter(project, place, step) or unawaited(project, place, step)
    if missing is not None:
        return missing
    if step.kind in ("statement", "replace"):
        text = place.source.segment(step.node)
        if "#" in text and "\n" in text:
            detail = "the code to replace contains comments that would be lost"
            return Missing("fragment", detail)
    if step.kind in ADDING:
        for statement in _added(step):
            call = statement.value if isinstance(statement, ast.Expr) else None
            lack = lacks_arguments(project, call) if call is not None else None
            if lack is not None:
                return Missing("abridged", lack)
        unread = _unread(place, step, steps)
        if unread:
            # A value that nobody reads is half of a fix.
            return Missing("asks-for-more", f"nothing after the new code would read {unread[0]}")
        again = _bound_again(place, step)
        if again is not None:
            return Missing("stands-there", again)
    return None


def _added(step: Step) -> Sequence[ast.stmt]:
    return step.new.body if isinstance(step.new, ast.Module) else ()


def _named(node: ast.AST) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}


def _stored(step: Step) -> list[str]:
    return names_in(step.new, ast.Store) if step.new is not None else []


def _unread(place: Place, step: Step, steps: Collection[Step]) -> list[str]:
    """Names that added statements bind and that nothing behind them reads."""
    tree = place.source.tree
    around = tree.function(step.node) or tree.module
    line = step.node.lineno if step.kind == "before" else (step.node.end_lineno or 0) + 1
    looped = any(isinstance(node, _LOOPS) for node in tree.ancestors(step.node))
    read = {
        node.id
        for node in ast.walk(around)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and (node.lineno >= line or looped or around is tree.module)
    }
    for other in steps:
        if other.new is not None:
            read |= names_loaded(other.new)
    return [name for name in dict.fromkeys(_stored(step)) if name not in read]


def _bound_again(place: Place, step: Step) -> str | None:
    """Why the new code would do nothing: what it binds gets another value before it is read.
    Today's code then has it already, with more than the suggestion knows."""
    found = block_of(place.source.tree, step.node) if isinstance(step.node, ast.stmt) else None
    if found is None or step.kind not in ("before", "after"):
        return None
    block, index = found
    behind = block[index if step.kind == "before" else index + 1 :]
    read = {name for item in _added(step) for name in names_in(item, ast.Load)}
    for name in dict.fromkeys(_stored(step)):
        first = next((item for item in behind if name in _named(item)), None)
        if name not in read and isinstance(first, ast.Assign) and name not in names_loaded(first):
            return f"{name} gets another value on line {first.lineno}, before anything reads it"
    return None


def leftovers(place: Place, steps: Sequence[Step]) -> tuple[list[DropLines], list[str]]:
    """The statements that nothing needs any more, and notes on those that had better stay.

    Args:
        place: where the steps are.
        steps: what is done in one function.
    """
    tree = place.source.tree
    replaced = [step for step in steps if step.kind in ("replace", "statement", "drop")]
    functions = {tree.function(step.node) for step in replaced}
    function = functions.pop() if len(functions) == 1 else None
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [], []
    new = set[str]().union(*(names_loaded(step.new) for step in steps if step.new is not None))
    gone: list[ast.AST] = [step.node for step in replaced]
    found: list[Binder] = []
    while more := [
        statement
        for statement in _binders(function)
        if statement not in gone and _is_left(function, statement, gone, new)
    ]:
        found += more
        gone += more
    operations: list[DropLines] = []
    notes: list[str] = []
    for statement in found:
        if _can_go(place.source, statement):
            span = _lines_of(place.source, statement)
            operations.append(DropLines(place.source.path, span))
        else:
            names = ", ".join(sorted(_bound(statement)))
            notes.append(f"{names} on line {statement.lineno} is no longer read")
    return operations, notes


def _binders(function: Function) -> Iterator[Binder]:
    for node in ast.walk(function):
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (
            isinstance(node, ast.Assign) and len(_bound(node)) == len(node.targets)
        ):
            yield node


def _bound(statement: Binder) -> set[str]:
    if isinstance(statement, ast.Assign):
        return {item.id for item in statement.targets if isinstance(item, ast.Name)}
    return {bound_name(alias) for alias in statement.names}


def _is_left(function: Function, statement: Binder, gone: Sequence[ast.AST], new: set[str]) -> bool:
    """Whether code that goes read what ``statement`` binds, and nothing that stays does."""
    names = _bound(statement)
    out = {id(node) for root in gone for node in ast.walk(root)}
    before = {name for root in gone for name in names_in(root, ast.Load)}
    shared = {
        name
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }
    if not names or not names <= before or names & (new | shared):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return not any(
        isinstance(node, ast.Name)
        and node.id in names
        and id(node) not in out
        and node not in targets
        for node in ast.walk(function)
    )


def _can_go(source: SourceFile, statement: ast.stmt) -> bool:
    """Whether the statement does nothing else, and stands alone on lines without a comment."""
    if isinstance(statement, ast.Assign) and not all(
        isinstance(node, _PLAIN) for node in ast.walk(statement.value)
    ):
        return False
    return stands_alone(source, statement)


def _lines_of(source: SourceFile, statement: ast.stmt) -> Span:
    start = source.line_starts[statement.lineno - 1]
    return Span(start, source.line_end(statement.end_lineno or statement.lineno))

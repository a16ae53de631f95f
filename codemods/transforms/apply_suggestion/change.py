"""The edits of what was chosen, with the imports that they need; or what they lack."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import replace

from codemods.analysis.names.import_paths import imports
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    AddImport,
    Change,
    DropImport,
    Edit,
    Place,
    Refusal,
    Safety,
    Scope,
    Site,
    site_of,
)
from codemods.syntax.names import names_loaded
from codemods.transforms.apply_suggestion.coroutines import unawaited
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.edits import operation_of, unfit
from codemods.transforms.apply_suggestion.found import Found
from codemods.transforms.apply_suggestion.imports import local_imports
from codemods.transforms.apply_suggestion.leftovers import leftovers
from codemods.transforms.apply_suggestion.names import Missing, dropped_names, names_for
from codemods.transforms.apply_suggestion.origins import Origin, localised
from codemods.transforms.apply_suggestion.parameters import lacks_arguments, unknown_parameter

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
ADDING = ("before", "after")
"""Kinds of steps that put statements beside one."""


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
            step, spelled = _localised(scope, item.place, written, given)
            edits += spelled
            problem = _problem(scope, item, step, steps)
            if problem is not None:
                return problem
            also = {addition.name for addition in spelled if addition.name}
            needed = _imports_of(
                scope, item, step, given, also | (bound if step.kind not in ADDING else set())
            )
            if isinstance(needed, Refusal):
                return needed
            edits += local_imports(item.place, needed, step.node, replaced)
            edits.append(operation_of(source, step))
            if step.kind in ("replace", "statement", "handler", "operator", "attribute"):
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
    scope: Scope, item: Found, step: Step, given: Sequence[Origin], bound: set[str]
) -> Sequence[AddImport] | Refusal:
    """The imports that the new code of a step needs, beside the names in ``bound``."""
    if step.new is None:
        return ()
    names = names_for(
        scope.project,
        item.place,
        step.node,
        step.new,
        given,
        step.node if step.kind not in (*ADDING, "decorator") else None,
        behind=step.kind == "after",
        bound=bound,
    )
    if isinstance(names, Missing):
        return Refusal(names.reason, names.detail, site_of(item.place.source, item.node))
    circle = _circle(scope, item.place, names)
    if circle is not None:
        return Refusal("circular", circle, site_of(item.place.source, item.node))
    return names


def _by_function(found: Sequence[Found]) -> list[tuple[Place, list[Step]]]:
    """The steps of each function that is changed."""
    grouped: dict[int, tuple[Place, list[Step]]] = {}
    for item in found:
        for step in item.steps:
            function = item.place.source.tree.function(step.node)
            grouped.setdefault(id(function), (item.place, []))[1].append(step)
    return list(grouped.values())


def _localised(
    scope: Scope, place: Place, step: Step, given: Sequence[Origin]
) -> tuple[Step, list[AddImport]]:
    if step.new is None or step.kind not in ("replace", "handler", *ADDING):
        return step, []
    text, new, added = localised(scope.project, place, step.node, step.new, step.text, given)
    return replace(step, text=text, new=new), added


def _circle(scope: Scope, place: Place, needed: Sequence[AddImport]) -> str | None:
    """Which of the imports would come back to the file that needs it."""
    modules = index_of(scope.project).resolver.modules
    for item in needed:
        home = modules.place(item.module, place.source.path)
        path = modules.file_at(home) if home is not None else None
        if path is not None and imports(scope.project, scope.project.source(path), item.path):
            return f"{path} imports {item.path}: the import would be circular"
    return None


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
        f"the comment “{behind}” on line {last} still says {name}: look whether it is true"
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


def _problem(scope: Scope, item: Found, step: Step, steps: Sequence[Step]) -> Refusal | None:
    source = item.place.source
    missing = _missing_parameter(scope, item, step)
    if missing is not None:
        return Refusal(missing.reason, missing.detail, site_of(source, item.node))
    coroutine = unawaited(scope.project, item.place, step)
    if coroutine is not None:
        return Refusal("not-awaited", coroutine, site_of(source, item.node))
    text = unfit(source, step)
    if text is not None:
        return Refusal("fragment", text, site_of(source, item.node))
    if step.kind in ADDING:
        for statement in step.new.body if isinstance(step.new, ast.Module) else ():
            call = statement.value if isinstance(statement, ast.Expr) else ast.Pass()
            lack = lacks_arguments(scope.project, call) if isinstance(call, ast.expr) else None
            if lack is not None:
                return Refusal("abridged", lack, site_of(source, item.node))
        unread = _unread(item.place, step, steps)
        if unread:
            # A value that nobody reads is half of a fix.
            detail = f"nothing there would read {unread[0]}"
            return Refusal("asks-for-more", detail, site_of(source, item.node))
    return None


def _stored(step: Step) -> list[str]:
    return [
        node.id
        for node in ast.walk(step.new or ast.Pass())
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


def _unread(place: Place, step: Step, steps: Collection[Step]) -> list[str]:
    """Names that added statements bind and that nothing behind them reads."""
    tree = place.source.tree
    function = tree.function(step.node)
    around = function if function is not None else tree.module
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
            read |= names_loaded(other.new) if other is not step else _read_after(step)
    return [name for name in dict.fromkeys(_stored(step)) if name not in read]


def _read_after(step: Step) -> set[str]:
    """What the added statements read of what one above them in the same run binds."""
    stored: set[str] = set()
    found: set[str] = set()
    for statement in step.new.body if isinstance(step.new, ast.Module) else ():
        found |= names_loaded(statement) & stored
        stored |= {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
    return found


def _missing_parameter(scope: Scope, item: Found, step: Step) -> Missing | None:
    name, equals, _ = step.text.partition("=")
    if step.kind != "argument" or not equals or not name.isidentifier():
        return None
    if not isinstance(step.node, ast.Call):
        return None
    return unknown_parameter(scope.project, item.place, step.node, name)

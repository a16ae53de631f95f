"""Where a statement goes that is only added: beside one statement, and only if that is told.

New statements stand next to an anchor that matches exactly once, in the anchor's block. Nothing is
placed by guess: several anchors, a block's header ("after the `if`" may be in it or behind it), or
a function that ends by a ``return`` when its end is meant, are reasons to leave it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from codemods.codemod import Place, Refusal, overlaps, site_of
from codemods.demands.requested import RequestedEdit
from codemods.syntax.names import names_loaded
from codemods.syntax.scopes import scope_of
from codemods.syntax.statements import LEAVING, block_of, is_bare_constant
from codemods.syntax.tree import FUNCTIONS, Function, Tree, position
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.adding import is_cleaning, is_guard
from codemods.transforms.apply_suggestion.code import Snippet, SnippetKind, expressions, read, same
from codemods.transforms.apply_suggestion.difference import Step, StepKind
from codemods.transforms.apply_suggestion.found import (
    Found,
    head_of,
    is_bare_call,
    is_callee,
    same_header,
)

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def placed(places: Sequence[Place], requested: RequestedEdit) -> list[Found] | Refusal:
    """The anchors beside which the new statements of ``requested`` go, or why none can be told."""
    new = read(requested.new)
    if new is None:
        return _refused(places[0], "not-there", f"`{requested.new}` is not a statement")
    if requested.where in ("start", "end", "finally"):
        return _at_edge(places, requested, new)
    if requested.where == "guard":
        return _guarded(places, requested, new)
    if requested.anchor is None and requested.word is None:
        return _refused(
            places[0], "no-anchor", f"the finding does not say where to insert {_short(new.text)}"
        )
    found: dict[int, tuple[Place, ast.stmt]] = {}
    for place in narrowed(places, requested):
        for anchor in anchors_of(place, requested):
            found.setdefault(id(anchor), (place, anchor))
    everywhere = list(found.values())
    # Who shows the code or says the line says which of them is meant.
    pool = [
        item for item in everywhere if overlaps(item[1], requested.lines or item[0].evidence)
    ] or everywhere
    shown = _short(requested.anchor or f"the {requested.word}")
    if not pool:
        text = f"{shown}, next to which {_short(requested.new)} should go, was not found"
        return _refused(places[0], "no-anchor", text)
    if len(pool) > 1 and len(pool) != requested.count:
        text = (
            f"{shown} is in the code {len(pool)} times, and the finding does not say which one "
            "it means"
        )
        return _refused(places[0], "several-places", text)
    return _beside(pool, requested, requested.where, new)


def _beside(
    pool: Sequence[tuple[Place, ast.stmt]], requested: RequestedEdit, where: str, new: Snippet
) -> list[Found] | Refusal:
    made = []
    for place, anchor in pool:
        tree = place.source.tree
        if where == "inside" and not isinstance(anchor, ast.If):
            text = "the check is not an `if` statement"
            return Refusal("no-anchor", text, site_of(place.source, anchor))
        within = where == "after" and isinstance(anchor, (ast.With, ast.AsyncWith))
        if (within or where == "inside") and isinstance(anchor, (ast.If, ast.With, ast.AsyncWith)):
            # What is called in a `with` has been called when its block begins.
            where, anchor = "before", anchor.body[0]
        site = site_of(place.source, anchor)
        if stands_beside(tree, anchor, where, new.nodes):
            return Refusal(
                "stands-already", f"the code already has {_short(new.text)}", site, already=True
            )
        named = where == "before" and (requested.anchor or requested.word)
        late = _too_late(new, anchor) if named else None
        problem = late or unplaceable(place, anchor, where)
        if problem is not None:
            return Refusal("no-anchor", problem, site)
        made.append(Found(place, anchor, (_step(place, where, anchor, new),)))
    return made


def _too_late(new: Snippet, anchor: ast.stmt) -> str | None:
    """Why new values come too late before ``anchor``: it reads none of them, and what it reads
    was made of the old ones."""
    for node in new.nodes:
        if isinstance(node, ast.Assign) and is_cleaning(node):
            names = {item.id for item in node.targets if isinstance(item, ast.Name)}
            if not names & names_loaded(anchor):
                return f"the code at this place does not read {', '.join(sorted(names))}"
    return None


def _step(place: Place, where: str, anchor: ast.stmt, new: Snippet) -> Step:
    side, beside = above_comments(place, where, anchor)
    return Step(side, beside, new.text, ast.Module(statements_in(new), []))


def statements_in(new: Snippet) -> list[ast.stmt]:
    """A snippet's statements; an expression is one."""
    return [
        ast.Expr(node) if isinstance(node, ast.expr) else node
        for node in new.nodes
        if isinstance(node, (ast.expr, ast.stmt))
    ]


def above_comments(place: Place, where: str, anchor: ast.stmt) -> tuple[StepKind, ast.stmt]:
    """The same place, said from the statement before: the comments above ``anchor`` speak of it,
    and new lines go above them."""
    found = block_of(place.source.tree, anchor)
    if where != "before":
        return "after", anchor
    if found is None or found[1] == 0:
        return "before", anchor
    if not place.source.line_text(anchor.lineno - 1).lstrip().startswith("#"):
        return "before", anchor
    return "after", found[0][found[1] - 1]


def unplaceable(place: Place, anchor: ast.stmt, where: str) -> str | None:
    """Why nothing can go beside ``anchor``, in words."""
    tree = place.source.tree
    line = place.source.line_text(anchor.lineno)
    if isinstance(anchor, ast.If) and line.lstrip().startswith("elif"):
        return "nothing can be inserted before an elif"
    if where == "after" and hasattr(anchor, "body"):
        return "“after” a block could mean in the block or following it"
    if where == "after" and isinstance(anchor, LEAVING):
        return f"code after a {type(anchor).__name__.lower()} never runs"
    if where == "before" and isinstance(anchor, (ast.FunctionDef, ast.ClassDef)):
        return "the finding points at a definition, not at a statement to insert before"
    if block_of(tree, anchor) is None:
        return "the place is not a statement in a block, so nothing can go beside it"
    return None


def stands_beside(tree: Tree, anchor: ast.stmt, where: str, new: Sequence[ast.AST]) -> bool:
    """Whether the new statements stand on that side of ``anchor`` already, in its block: a call
    next to it, since it may be made more than once, and anything else wherever."""
    found = block_of(tree, anchor)
    if found is None:
        return False
    block, index = found
    beside = block[: index + 1] if where == "before" else block[index:]
    if any(isinstance(node, (ast.expr, ast.Expr)) for node in new):
        reach = len(new) + 1
        beside = beside[-reach:] if where == "before" else beside[:reach]
    return all(any(_is_statement(node, item) for item in beside) for node in new)


def _is_statement(node: ast.AST, statement: ast.stmt) -> bool:
    if isinstance(node, ast.expr):
        return isinstance(statement, ast.Expr) and same(node, statement.value)
    return same(node, statement)


def _at_edge(
    places: Sequence[Place], requested: RequestedEdit, new: Snippet
) -> list[Found] | Refusal:
    shown = _short(requested.new)
    functions: dict[int, tuple[Place, Function]] = {}
    for place in places:
        if requested.scopes:
            function = function_named(place, requested.scopes[0])
        else:
            function = place.node if isinstance(place.node, FUNCTIONS) else None
        if function is not None:
            functions[id(function)] = (place, function)
    if len(functions) != 1:
        where = f"`{requested.scopes[0]}`" if requested.scopes else "the function"
        detail = f"{where}, in which {shown} should go, does not match exactly one function"
        return _refused(places[0], "no-anchor", detail)
    place, function = next(iter(functions.values()))
    site = site_of(place.source, function)
    if requested.where == "finally":
        tries = [
            node
            for node in ast.walk(function)
            if isinstance(node, (ast.Try, ast.TryStar)) and node.finalbody
        ]
        if len(tries) != 1:
            text = f"the finding mentions one finally block, but the function has {len(tries)}"
            return Refusal("no-anchor", text, site)
        block = tries[0].finalbody
    else:
        block = function.body
    real = [item for item in block if not is_bare_constant(item)]
    if any(_is_statement(node, item) for node in new.nodes for item in real):
        return Refusal("stands-already", f"the code already has {shown}", site, already=True)
    if not real:
        return Refusal("no-anchor", "the block to insert into has no statements", site)
    if requested.where == "start":
        return _beside([(place, real[0])], requested, "before", new)
    returns = any(isinstance(node, ast.Return) for node in ast.walk(real[-1]))
    if returns or isinstance(real[-1], (*LEAVING, *FUNCTIONS, ast.While)):
        return Refusal(
            "no-anchor",
            "the end of the block may not be reached, because its last statement may leave it",
            site,
        )
    return [Found(place, real[-1], (_step(place, "after", real[-1], new),))]


def _guarded(
    places: Sequence[Place], requested: RequestedEdit, new: Snippet
) -> list[Found] | Refusal:
    """A guard, or a name's cleaning, goes before the first statement of the evidence that reads
    what it looks at."""
    shown = _short(requested.new)
    names = set[str]()
    for node in new.nodes:
        names |= names_loaded(node.test if isinstance(node, ast.If) else node)
    found: dict[int, tuple[Place, ast.stmt]] = {}
    for place in places:
        if not isinstance(place.node, FUNCTIONS):
            continue
        bound = _bound_in(place.source.tree, place.node)
        local = names & bound.keys()
        if any(is_guard(node) for node in new.nodes) and any(bound[name] > 1 for name in local):
            # Which of its values is looked at is not said.
            continue
        for statement in statements_of(place):
            if not overlaps(statement, requested.lines or place.evidence):
                continue
            if names_loaded(evaluated(statement)) & local:
                found[id(statement)] = (place, statement)
                break
    if len(found) != 1:
        count = f"{len(found)} statements" if found else "no statement"
        text = f"{count} in the evidence reads what {shown} checks"
        return _refused(places[0], "no-anchor", text)
    return _beside(list(found.values()), requested, "before", new)


def _bound_in(tree: Tree, function: Function) -> Counter[str]:
    """The local names of a function, and how often each gets a value."""
    names = Counter(
        item.id
        for item in ast.walk(function)
        if isinstance(item, ast.Name)
        and isinstance(item.ctx, ast.Store)
        and scope_of(tree, item) is function
    )
    names.update(item.arg for item in ast.walk(function.args) if isinstance(item, ast.arg))
    return names


def _refused(place: Place, reason: str, detail: str) -> Refusal:
    site = site_of(place.source, place.node) if isinstance(place.node, ast.stmt) else None
    return Refusal(reason, detail, site)


def _short(text: str) -> str:
    return f"`{shortened(text)}`"


def narrowed(places: Sequence[Place], requested: RequestedEdit) -> list[Place]:
    """The places, or the functions of them that the sentence names."""
    return [
        replace(place, node=function)
        for place in places
        for name in requested.scopes
        if (function := function_named(place, name)) is not None
    ] or list(places)


def function_named(place: Place, name: str) -> Function | None:
    wanted = name.split("(")[0].strip().split(".")
    named = [
        node
        for node in place.source.tree.definitions()
        if isinstance(node, FUNCTIONS) and node.name == wanted[-1]
    ]
    if len(wanted) > 1:
        qualified = [
            node
            for node in named
            if place.source.tree.qualified_name(node).split(".")[-len(wanted) :] == wanted
        ]
        # `module.function` names a file before the dot, `Class.method` a class that must be there.
        named = qualified or ([] if wanted[-2][:1].isupper() else named)
    inside = [node for node in named if place.lines.start <= node.lineno <= place.lines.end]
    chosen = inside or named
    return chosen[0] if len(chosen) == 1 else None


def statements_of(place: Place) -> list[ast.stmt]:
    """Every statement of a place, in the order of the file, its own header left out."""
    inside = (node for node in ast.walk(place.node) if node is not place.node)
    return sorted((node for node in inside if isinstance(node, ast.stmt)), key=position)


def evaluated(statement: ast.stmt) -> ast.AST:
    """What a statement evaluates before its block: the test, the iterable, or all of it."""
    head = head_of(statement)
    if head is not None:
        return head[1]
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return ast.Tuple([item.context_expr for item in statement.items], ast.Load())
    return ast.Pass() if hasattr(statement, "body") else statement


def anchors_of(place: Place, requested: RequestedEdit) -> list[ast.stmt]:
    """The statements that the anchor of a requested edit could mean."""
    anchor = read(requested.anchor) if requested.anchor is not None else None
    if anchor is None:
        word = requested.word.lower() if requested.word else ""
        return [statement for statement in statements_of(place) if _is_word(statement, word)]
    text = requested.anchor or ""
    return [statement for statement in statements_of(place) if _is_anchor(statement, anchor, text)]


def _is_word(statement: ast.stmt, word: str) -> bool:
    if word == "return":
        return isinstance(statement, ast.Return)
    if word == "loop":
        return isinstance(statement, _LOOPS)
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.split("_")[0] == word
        for node in ast.walk(evaluated(statement))
    )


def _is_anchor(statement: ast.stmt, anchor: Snippet, text: str) -> bool:
    if anchor.kind is SnippetKind.HEADER:
        return same_header(anchor.nodes[0], statement)
    if anchor.kind is SnippetKind.STATEMENTS:
        return len(anchor.nodes) == 1 and same(anchor.nodes[0], statement)
    if anchor.kind is not SnippetKind.EXPRESSION:
        return False
    wanted = anchor.expression
    calls = [item for item in expressions(evaluated(statement)) if isinstance(item, ast.Call)]
    # Prose says `f` and `f()` for a call of f, whatever its arguments are.
    if is_bare_call(wanted) or isinstance(wanted, ast.Attribute):
        return any(is_callee(node, text) for node in calls)
    return any(same(wanted, node) for node in calls) and isinstance(wanted, ast.Call)

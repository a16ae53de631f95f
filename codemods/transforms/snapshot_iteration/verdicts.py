"""Which loops need a copy, and why others do not."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.analysis.flow.loops import Change as Changed
from codemods.analysis.flow.loops import (
    CollectionKind,
    Iterated,
    change_at,
    changes_elsewhere,
    changes_in_body,
    disturbs,
    iterated,
    kind_of,
    leaves,
    made_here,
)
from codemods.analysis.locks.outside import held_by_callers
from codemods.analysis.locks.sections import SUSPENDING
from codemods.analysis.locks.state import Owner, owner_of, receivers
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    Change,
    Edited,
    Node,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Site,
    site_of,
)
from codemods.project.source import readable
from codemods.syntax.dotted import last_part
from codemods.syntax.lazy import cst
from codemods.syntax.locks import held_locks
from codemods.syntax.names import binding_of, names_bound
from codemods.syntax.parts import root_name
from codemods.syntax.statements import blocks_around, running_nodes
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.transforms.snapshot_iteration.behind_calls import taken_out_by
from codemods.transforms.snapshot_iteration.plan import COPY_OF, IterationHints, IterationPlan

_KEYED = ("dict", "set")
_LEFT_IN = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
_LOCAL = {"parameter": "parameter", "local": "local variable"}


@dataclass(frozen=True, slots=True)
class Copied:
    """``list(…)`` around a collection."""

    def edit(self, node: Node) -> Edited:
        """The call."""
        if not isinstance(node, cst.BaseExpression):
            return None
        if not node.lpar:
            return cst.Call(cst.Name("list"), [cst.Arg(node)])
        # Its own parentheses, with line breaks and comments in them, become those of the call.
        outer, *left = node.lpar
        *right, last = node.rpar
        bare = cst.Arg(
            node.with_changes(lpar=left, rpar=right), whitespace_after_arg=last.whitespace_before
        )
        return cst.Call(cst.Name("list"), [bare], whitespace_before_args=outer.whitespace_after)


def reported(scope: Scope, plan: IterationPlan) -> Iterator[Change | Refusal]:
    """What is to be said of the loops that a finding means."""
    wanted = {_path(name) for name in plan.copied}
    looped = {_path(name) for name in scope.hinted(IterationHints).looped}
    looped_over = scope.once(
        lambda place: iterated(place.source.tree, place.node), lambda item: item.whole
    )
    found = [(place, item) for place, items in looped_over for item in items]
    named = [pair for pair in found if _path(pair[1].text) in wanted]
    shown = [pair for pair in found if _path(pair[1].text) in looped]
    verdicts = []
    for place, item in named or shown or ([] if wanted else found):
        sure = bool(named) or (bool(shown) and isinstance(item.base, ast.Attribute))
        verdicts.append(_verdict(scope, place, item, plan, named=sure))
    yield from verdicts
    settled = any(isinstance(one, Change) or one.already for one in verdicts)
    if not named and not settled and (wanted or not found):
        what = ", ".join(plan.copied) or "a collection that changes"
        yield Refusal("no-such-loop", f"no loop in these places iterates over {what}", _site(scope))


def _verdict(
    scope: Scope, place: Place, item: Iterated, plan: IterationPlan, *, named: bool
) -> Change | Refusal:
    source, tree = place.source, place.source.tree
    site = site_of(source, item.whole)

    def refused(reason: str, detail: str, *, already: bool = False) -> Refusal:
        return Refusal(reason, detail, site, already)

    if item.copied:
        return refused(
            "copied", f"the loop already iterates over a copy of {item.text}", already=True
        )
    owner, name = _owner(scope, place, item)
    own = changes_in_body(tree, item)
    root = root_name(item.base)
    bound = binding_of(tree, root, item.base).kind
    if owner is None and not own and not named and bound in _LOCAL and root not in ("self", "cls"):
        detail = f"{root} is a {_LOCAL[bound]}, and no other code is known to change {item.text}"
        return refused("local-collection", detail)
    if owner is None and not own and not named:
        return refused(
            "unknown-collection", f"what {item.text} is, and which code changes it, is unknown"
        )
    kind_known = kind_of(owner, name) if owner is not None else None
    if (stays := _unfit(item, kind_known, own)) is not None:
        return refused(*stays)
    function = tree.function(item.whole)
    if held := held_locks(tree, item.whole):
        return refused("under-a-lock", f"the loop over {item.text} runs under {held[0].text}")
    if owner is not None and isinstance(function, FUNCTIONS) and held_by_callers(owner, function):
        return refused("under-a-lock", f"all callers of {function.name}() hold a lock")
    if owner is not None and not own:
        changed = changes_elsewhere(owner, name, item) or _from_outside(scope, name)
        if not changed:
            detail = f"no other code changes {item.text} in place during the loop"
            return refused("not-changed", detail)
        if not any(disturbs(kind_known, one) for one in changed):
            detail = f"elements are only appended to {item.text}, and the loop also visits those"
            return refused("only-appended", detail)
    if not _is_builtin_list(tree, item):
        return refused("list-is-shadowed", "list means something else here")
    return _copied(scope, place, item, kind_known, plan)


def _unfit(
    item: Iterated, kind: CollectionKind | None, own: Sequence[Changed]
) -> tuple[str, str] | None:
    """Why a copy would be wrong for what the body itself does."""
    if adds := [one for one in own if one.effect == "add"]:
        return "worklist", (
            f"the loop adds to {item.text} with {adds[0].method}, which it would not see in a copy"
        )
    view = item.whole is not item.base and isinstance(item.whole, ast.Call)
    by_key = kind in _KEYED or (kind is None and view)
    if any(one.effect == "shift" for one in own) and not by_key:
        why = f"the loop deletes from {item.text} by position, which would differ in a copy"
        return "positions", why
    return None


def _copied(
    scope: Scope,
    place: Place,
    item: Iterated,
    kind: CollectionKind | None,
    plan: IterationPlan | None,
) -> Change:
    source = place.source
    notes = []
    safety = Safety.SAFE
    own = changes_in_body(place.source.tree, item)
    if own and kind not in _KEYED:
        safety = Safety.REVIEW
        notes.append("the loop now visits elements that it skipped before")
    interrupted = _waits(place.source.tree, item) or (plan is not None and plan.threads)
    if interrupted and (again := _read_again(item)) is not None:
        safety = Safety.REVIEW
        read = f"{ast.unparse(again)} on line {again.lineno}"
        notes.append(f"{read} raises KeyError if the key is gone")
    if scope.hinted(IterationHints).raises and kind == "list":
        skipped = "the loop silently skips an element"
        notes.append(f"changing a list during a loop raises no RuntimeError: {skipped}")
    aspects: tuple[str, ...] = ()
    if plan is not None:
        meant = _path(item.text)
        aspects = tuple(COPY_OF + name for name in plan.copied if _path(name) == meant)
        bound = binding_of(place.source.tree, root_name(item.base), item.base).kind
        if not aspects and bound == "local":
            notes.append(f"nothing in the project shows that other code changes {item.text}")
    operation = Operation(source.path, source.span(item.whole), Copied())
    what = f"the loop iterates over a copy of {item.text}"
    found = f"{item.text} may change while the loop iterates over it"
    if own:
        found = f"the loop changes {item.text} while it iterates over it"
    site = site_of(source, item.whole)
    return Change(site, what, (operation,), safety, tuple(notes), aspects, found)


def _read_again(item: Iterated) -> ast.Subscript | None:
    """A read of the collection by the loop's own key, in its body."""
    if not isinstance(item.loop, ast.For):
        return None
    targets = names_bound(item.loop.target)
    for node in (node for statement in item.loop.body for node in running_nodes(statement)):
        match node:
            case ast.Subscript(slice=ast.Name(id=key), ctx=ast.Load() | ast.Del()) if (
                key in targets and ast.unparse(node.value) == item.text
            ):
                return node
    return None


def _owner(scope: Scope, place: Place, item: Iterated) -> tuple[Owner | None, str]:
    """Whose state the collection is, and its name there."""
    source, tree, base = place.source, place.source.tree, item.base
    if isinstance(base, ast.Name):
        of_module = binding_of(tree, base.id, base).kind == "module"
        return Owner(source, tree.module) if of_module else None, base.id
    function = tree.function(base)
    if isinstance(function, FUNCTIONS) and isinstance(base.value, ast.Name):
        around = owner_of(source, function)
        if base.value.id in receivers(around, function):
            return around, base.attr
    index = index_of(scope.project)
    type_name = index.type_of(source, base.value)
    ref = index.model(last_part(type_name), source) if type_name is not None else None
    if ref is not None and isinstance(ref.node, ast.ClassDef):
        return Owner(ref.source, ref.node), base.attr
    return None, base.attr


def _from_outside(scope: Scope, name: str) -> list[Changed]:
    """Changes of an attribute of that name anywhere, through another object."""
    return [
        change
        for source in scope.project.containing(f".{name}".encode())
        if (tree := readable(source)) is not None
        for node in tree.attributes[name]
        if root_name(node) not in ("self", "cls")
        if (change := change_at(tree, node)) is not None
    ]


def scanned(scope: Scope) -> Iterator[Change | Refusal]:
    """Loops that take out of what they go over, and loops that await while others do."""
    for place in scope.places:
        tree = place.source.tree
        for item in iterated(tree, place.node):
            if item.copied or not isinstance(item.loop, ast.For):
                continue
            own = changes_in_body(tree, item)
            calls = not own and _calls_own(item)
            if not (own or calls or _waits(tree, item)) or not _is_builtin_list(tree, item):
                # Before it is asked, perhaps through all files, what the collection is.
                continue
            owner, name = _owner(scope, place, item)
            kind = kind_of(owner, name) if owner is not None else None
            if _takes_out(item, kind, own) or _is_torn(place, item, owner, name, kind):
                yield _copied(scope, place, item, kind, None)
            elif calls and not held_locks(tree, item.whole):
                yield from _behind_a_call(scope, place, item, owner, name, kind)


def _calls_own(item: Iterated) -> bool:
    """Whether the body calls a method of the object that has the collection."""
    return (
        isinstance(item.loop, ast.For)
        and isinstance(item.base, ast.Attribute)
        and any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == ast.unparse(item.base.value)
            for statement in item.loop.body
            for node in running_nodes(statement)
        )
    )


def _behind_a_call(
    scope: Scope,
    place: Place,
    item: Iterated,
    owner: Owner | None,
    name: str,
    kind: CollectionKind | None,
) -> Iterator[Change]:
    """A loop that takes out what it visits by a method: only shown where the method may not."""
    found = taken_out_by(place.source, owner, name, item)
    if found is None or kind is None:
        return
    call, sure = found
    change = _copied(scope, place, item, kind, None)
    text = f"{ast.unparse(call.func)}() (line {call.lineno}) removes elements from {item.text}"
    yield dataclasses.replace(
        change,
        safety=Safety.REVIEW if sure else Safety.DISPLAY,
        notes=(*change.notes, text),
    )


def _takes_out(item: Iterated, kind: CollectionKind | None, own: Sequence[Changed]) -> bool:
    """Whether the body takes elements out by value or key, and does nothing else to it.

    Backwards, taking out what was just visited disturbs nothing.
    """
    backwards = isinstance(item.loop.iter, ast.Call) and (
        getattr(item.loop.iter.func, "id", "") == "reversed"
    )
    if not own or backwards or _unfit(item, kind, own) is not None:
        return False
    methods = {one.method for one in own}
    return methods <= {"remove", "discard", "pop", "popitem", "del"} and methods != {"popitem"}


def _is_torn(
    place: Place, item: Iterated, owner: Owner | None, name: str, kind: CollectionKind | None
) -> bool:
    tree = place.source.tree
    function = tree.function(item.whole)
    if owner is None or kind is None or not isinstance(function, ast.AsyncFunctionDef):
        return False
    if not _waits(tree, item) or owner.source is not place.source or held_locks(tree, item.whole):
        return False
    if held_by_callers(owner, function) or changes_in_body(tree, item):
        return False
    changes = changes_elsewhere(owner, name, item)
    if kind == "list" and any(
        one.method == "clear" and tree.function(one.node) is function for one in changes
    ):
        # What others append meanwhile is visited today, and emptied with the rest.
        return False
    return any(
        # What is emptied at the end of the same function is no other's doing.
        disturbs(kind, one)
        and one.method != "clear"
        and tree.function(one.node) is not function
        and not _is_renewed(tree, one)
        for one in changes
    )


def _is_builtin_list(tree: Tree, item: Iterated) -> bool:
    return binding_of(tree, "list", item.whole).kind == "builtin"


def _path(name: str) -> str:
    """A name as reports vary it: ``self.`` and leading underscores are dropped and added."""
    parts = [part.lstrip("_") for part in name.split(".")]
    return ".".join(parts[1:] if parts[0] in ("self", "cls") and len(parts) > 1 else parts)


def _site(scope: Scope) -> Site | None:
    sites = (site_of(it.source, it.node) for it in scope.places if isinstance(it.node, ast.stmt))
    return next(sites, None)


def _waits(tree: Tree, item: Iterated) -> bool:
    """Whether other tasks can run in the midst of the loop: an await after which it goes on."""
    loop = item.loop
    return isinstance(loop, ast.For) and any(
        isinstance(node, SUSPENDING) and not _is_last(tree, node, loop)
        for statement in loop.body
        for node in running_nodes(statement)
    )


def _is_last(tree: Tree, node: ast.AST, loop: ast.For) -> bool:
    """Whether the loop ends with what is awaited, be it that it succeeds or that it fails."""
    if not (leaves(tree, node, loop) or isinstance(tree.statement(node), ast.Raise)):
        return False
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if ancestor is loop:
            return True
        if isinstance(ancestor, (ast.Try, ast.TryStar)) and child in ancestor.body:
            # A handler may go on with the next element.
            return not ancestor.handlers and _is_last(tree, ancestor, loop)
        if isinstance(ancestor, (ast.With, ast.AsyncWith)):
            # So may what swallows an exception.
            return False
        child = ancestor
    return False


def _is_renewed(tree: Tree, change: Changed) -> bool:
    """Whether a function has just put a new collection in the place of the one that it changes,
    and nobody came in between: a loop that began before goes over the old one."""
    text = ast.unparse(change.node)
    for block, end in blocks_around(tree, change.node):
        for start in range(end - 1, -1, -1):
            if _puts_new(block[start], text):
                return not any(
                    isinstance(node, _LEFT_IN)
                    for statement in block[start + 1 : end + 1]
                    for node in running_nodes(statement)
                )
    return False


def _puts_new(statement: ast.stmt, text: str) -> bool:
    match statement:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            return value is not None and ast.unparse(target) == text and made_here(value)
    return False

"""How long a resource lives: from where a variable is bound to its last use, and whether it stays
there.

A resource may be closed behind a run of statements only if nothing holds it any longer: neither
another scope nor an object that reads from it when it is asked (``csv.reader(file)``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from codemods.syntax.dotted import last_name
from codemods.syntax.names import named, qualified_name
from codemods.syntax.scopes import find_scope, scope_chain, scope_of, scope_table
from codemods.syntax.statements import block_of, blocks_around
from codemods.syntax.tree import COMPREHENSIONS, Tree, walk
from codemods.tables import words

_DONE = frozenset(
    words(
        "json.load json.dump yaml.load yaml.safe_load yaml.dump yaml.safe_dump pickle.load "
        "pickle.dump tomllib.load toml.load toml.dump tomli.load tomli_w.dump marshal.load "
        "marshal.dump plistlib.load plistlib.dump shutil.copyfileobj builtins.list builtins.print "
        "builtins.len builtins.sum builtins.sorted builtins.set builtins.tuple builtins.dict"
    )
)
"""Functions that are done with a file when they return."""
_VALUES = frozenset(
    words(
        "read readline readlines write writelines seek tell truncate flush isatty name "
        "closed mode encoding close execute executemany commit rollback send sendall recv namelist "
        "extract extractall getnames writestr testzip returncode poll"
    )
)
"""Methods and attributes of a resource whose results do not need it any more; a descriptor does: it
is closed with the file."""
_FACTS = frozenset(words("name closed mode encoding returncode"))
_HANDED_OUT = "is returned or yielded"
_READS = frozenset(words("read readline readlines write writelines"))


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The statements that a resource is needed in."""

    statement: ast.Assign
    """Where it is bound."""
    name: str
    body: tuple[ast.stmt, ...]
    """What follows in the same block, up to the last that uses it."""
    closing: ast.stmt | None
    """The last of them, where it closes the resource and does nothing else."""


def lifetime_of(tree: Tree, statement: ast.Assign, closers: tuple[str, ...]) -> Lifetime | str:
    """The lifetime of what an assignment binds to a name, or why it cannot be told, in words.

    Args:
        tree: the file.
        statement: ``file = open(path)``.
        closers: the methods that end it.
    """
    if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
        return "it is not assigned to a single plain name"
    name = statement.targets[0].id
    scope = scope_of(tree, statement)
    place = block_of(tree, statement)
    if place is None or name in scope_table(tree).outer.get(scope, {}):
        return f"{name} belongs to another scope"
    block, index = place
    rest = block[index + 1 :]
    again = next((at for at, item in enumerate(rest) if _binds(item, name)), len(rest))
    region = rest[:again]
    problem = _misplaced(tree, statement, (block, index, index + 1 + again), region)
    if problem is not None:
        return problem
    end = _end(tree, region, name, closers)
    if isinstance(end, str):
        return end
    closing = region[end] if closes(region[end], name, closers) else None
    return Lifetime(statement, name, tuple(region[: end + 1]), closing)


def _misplaced(
    tree: Tree,
    statement: ast.Assign,
    place: tuple[list[ast.stmt], int, int],
    region: list[ast.stmt],
) -> str | None:
    """Why the uses of a variable are not all in the region, or do not run with it."""
    target = statement.targets[0]
    assert isinstance(target, ast.Name)
    name, scope = target.id, scope_of(tree, statement)
    inside = {item for part in region for item in walk(part)}
    for use in named(scope, name):
        if use is target or find_scope(tree, name, use) is not scope:
            continue
        if use not in inside:
            elsewhere = _elsewhere(tree, use, *place)
            if elsewhere:
                return f"{name} {elsewhere}"
        elif not _runs_there(tree, use, scope):
            return f"a function defined there uses {name} later"
        elif not isinstance(use.ctx, ast.Load):
            return f"{name} is assigned again on line {use.lineno}"
    return None


def _end(tree: Tree, region: list[ast.stmt], name: str, closers: tuple[str, ...]) -> int | str:
    """Which statement of the region is the last that needs the resource, or why none is."""
    used = [at for at, part in enumerate(region) if _mentions(part, {name})]
    if not used:
        return f"nothing uses {name}"
    ends = [at for at in used if closes(region[at], name, closers)]
    held = {name}
    for part in region[: ends[0]] if ends else region:
        for use, escape in _escapes(tree, part, held):
            # Where it is closed, it is taken from whoever has it still, but for what is returned.
            if not ends or escape == _HANDED_OUT:
                return f"{use.id} {escape} (line {use.lineno})"
    if ends:
        # To close it again is in vain, and harmless; to use it is a mistake that stays where it is.
        behind = [at for at in used if at > ends[0]]
        if not all(closes(region[at], name, closers) for at in behind):
            return f"{name} is used after it is closed"
        return ends[0]
    inside = {item for part in region for item in walk(part)}
    for other in held - {name}:
        if any(item not in inside for item in named(scope_of(tree, region[0]), other)):
            return f"{other}, which reads from {name}, is used elsewhere"
    return max(at for at, part in enumerate(region) if _mentions(part, held))


def _mentions(statement: ast.stmt, names: set[str]) -> bool:
    return any(isinstance(item, ast.Name) and item.id in names for item in walk(statement))


def closes(statement: ast.stmt, name: str, closers: tuple[str, ...]) -> bool:
    """Whether a statement closes the variable and does nothing else."""
    match statement:
        case ast.Expr(value=ast.Call(func=function)):
            pass
        case ast.Expr(value=ast.Await(value=ast.Call(func=function))):
            pass
        case _:
            return False
    return (
        isinstance(function, ast.Attribute)
        and function.attr in closers
        and isinstance(function.value, ast.Name)
        and function.value.id == name
    )


def closed_in_finally(tree: Tree, lifetime: Lifetime, closers: tuple[str, ...]) -> bool:
    """Whether a ``finally`` closes it already, or it is entered as a context."""
    for part in lifetime.body:
        for node in walk(part):
            if isinstance(node, ast.Try) and any(
                closes(item, lifetime.name, closers)
                for final in node.finalbody
                for item in walk(final)
                if isinstance(item, ast.stmt)
            ):
                return True
            if isinstance(node, ast.withitem) and any(named(node.context_expr, lifetime.name)):
                return True
    return any(
        any(closes(item, lifetime.name, closers) for item in around.finalbody)
        for around in tree.ancestors(lifetime.statement)
        if isinstance(around, ast.Try)
    )


def _binds(statement: ast.stmt, name: str) -> bool:
    """Whether a plain assignment gives the name another value, whatever ran before."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=bound)]):
            return bound == name and not any(
                isinstance(item, ast.Name) and item.id == name for item in walk(statement.value)
            )
    return False


def _runs_there(tree: Tree, use: ast.Name, scope: ast.AST) -> bool:
    """Whether a use runs with the statements of its scope, and not in a function or lambda."""
    between = takewhile(lambda item: item is not scope, scope_chain(tree, use))
    return all(isinstance(item, COMPREHENSIONS) for item in between)


def _elsewhere(tree: Tree, use: ast.Name, block: list[ast.stmt], start: int, end: int) -> str:
    """Why a use that is not in the region may mean the resource; ``""`` where it does not."""
    for around, at in blocks_around(tree, use):
        if around is block:
            # Before it is bound, or behind the next assignment.
            looped = any(
                isinstance(item, (ast.For, ast.AsyncFor, ast.While))
                for item in tree.ancestors(block[start])
            )
            if at >= end or (at < start and not looped):
                return ""
    return f"is used outside the block that assigns it (line {use.lineno})"


def _escapes(tree: Tree, statement: ast.stmt, held: set[str]) -> Iterator[tuple[ast.Name, str]]:
    """How what reads from the resource gets away in a statement; the variables that hold it join
    ``held``."""
    for use in walk(statement):
        if isinstance(use, ast.Name) and use.id in held and isinstance(use.ctx, ast.Load):
            escape = _escape(tree, use, held)
            if escape:
                yield use, escape


def _escape(tree: Tree, node: ast.expr, held: set[str]) -> str:
    """How what reads from the resource leaves the block; ``""`` where it does not."""
    parent = tree.parent(node)
    match parent:
        case ast.Attribute(attr=attr):
            call = tree.call_of(parent)
            if attr in (_VALUES if call is not None else _FACTS):
                return ""
            return _escape(tree, call or parent, held)
        case ast.Call():
            return _handed(tree, parent, held)
        case ast.keyword():
            taker = tree.parent(parent)
            return _handed(tree, taker, held) if isinstance(taker, ast.Call) else "is passed on"
        case ast.For(iter=value) if value is node:
            return ""
        case ast.Expr() | ast.Compare() | ast.UnaryOp() | ast.If() | ast.While() | ast.Assert():
            return ""
        case ast.Await() | ast.Starred() | ast.Subscript():
            return _escape(tree, parent, held)
        case ast.comprehension():
            made = tree.parent(parent)
            return "" if not isinstance(made, ast.GeneratorExp) else _generator(tree, made, held)
        case ast.withitem(context_expr=value) if value is node:
            if isinstance(parent.optional_vars, ast.Name):
                held.add(parent.optional_vars.id)
            return ""
        case ast.Assign(targets=[ast.Name(id=name)]):
            held.add(name)
            return ""
        case ast.Return() | ast.Yield() | ast.YieldFrom():
            return _HANDED_OUT
    return "is used in a way that is not followed"


def _handed(tree: Tree, call: ast.Call, held: set[str]) -> str:
    """How what reads from the resource leaves the block through a call that gets it."""
    name = qualified_name(tree, call.func)
    if name in _DONE:
        return ""
    if isinstance(call.func, ast.Attribute) and name is None:
        # A list appends it, a logger keeps the handler that it was wrapped into.
        return f"is passed to {ast.unparse(call.func)}(), which may keep it"
    return _escape(tree, call, held)


def _generator(tree: Tree, made: ast.GeneratorExp, held: set[str]) -> str:
    call = tree.parent(made)
    if isinstance(call, ast.Call) and last_name(call.func) in ("join", "sum", "list", "any", "all"):
        return ""
    return _escape(tree, made, held)


def is_done_with(tree: Tree, opened: ast.Call) -> bool:
    """Whether what a call opens is used up by what is called with or on it: ``open(…).read()``."""
    match tree.parent(opened):
        case ast.Attribute(attr=attr) as asked:
            return attr in _READS and tree.call_of(asked) is not None
        case ast.Call(func=function) as call:
            return function is not opened and qualified_name(tree, call.func) in _DONE
        case ast.keyword() as given:
            taker = tree.parent(given)
            return isinstance(taker, ast.Call) and qualified_name(tree, taker.func) in _DONE
    return False

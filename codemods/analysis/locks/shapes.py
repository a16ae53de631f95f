"""How a section goes under its lock: whole, as a swap or a snapshot, or without its notifying."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codemods.analysis.locks.calls import is_slow, notifying
from codemods.analysis.locks.sections import SUSPENDING, Section, sections
from codemods.analysis.locks.state import Access, Owner
from codemods.analysis.names.bindings import own_nodes
from codemods.project.project import Project
from codemods.syntax.parts import targets_of, values_given
from codemods.syntax.statements import blocks_around, running_nodes
from codemods.syntax.tree import FUNCTIONS, Function, walk

_SIMPLE = (ast.Constant, ast.Name)
_VIEWS = ("items", "values", "keys", "copy")
_QUICK = frozenset(
    {
        *("len", "list", "dict", "set", "tuple", "frozenset", "sorted", "bool", "int", "float"),
        *("str", "min", "max", "sum", "any", "all", "isinstance", "iter", "next", "repr", "cast"),
        *("enumerate", "zip", "range", "round", "abs", "reversed", "type", "id", "hash"),
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A section, and the way in which it is guarded; see ``Guard`` of ``_lock_edit``."""

    section: Section
    loaded: tuple[tuple[str, str], ...] = ()
    snapshot: str | None = None
    notify: int | None = None
    variable: str | None = None
    inverted: bool = False
    renames: tuple[tuple[Access, str], ...] = ()
    """Reads behind the section that use the local variable in place of the state."""

    def guarded(self) -> list[ast.AST]:
        """What runs while the lock is held."""
        statements = list(self.section.statements)
        if self.snapshot is not None and isinstance(statements[0], ast.For):
            return list(running_nodes(statements[0].iter))
        left_out: list[ast.stmt] = []
        if self.inverted and isinstance(statements[0], ast.If):
            left_out = statements[0].body[-2:]
        elif self.notify is not None:
            left_out = [statements[-1]]
        if self.loaded:
            statements = statements[1:]
        outside = {item for statement in left_out for item in walk(statement)}
        return [
            item
            for statement in statements
            for item in running_nodes(statement)
            if item not in outside
        ]


def shapes(
    project: Project, owner: Owner, function: Function, found: Sequence[Access]
) -> list[Shape]:
    """The sections of one function with their shapes, in the order of the source."""
    made = sections(owner.tree, function, found)
    renamed: dict[Access, str] = {}
    for section in made:
        loaded = _loaded(project, owner, section)
        if loaded:
            renamed |= _read_again(owner, section, dict(loaded), found)
    if renamed:
        made = sections(owner.tree, function, [item for item in found if item not in renamed])
    made = [_with_mirror(section) for section in _joined(made)]
    result = []
    for section in made:
        shape = _shape(project, owner, section)
        if shape.loaded:
            locals_ = {local for _, local in shape.loaded}
            mine = tuple(item for item in renamed.items() if item[1] in locals_)
            shape = replace(shape, renames=mine)
        result.append(shape)
    return result


def _read_again(
    owner: Owner, section: Section, loaded: dict[str, str], found: Sequence[Access]
) -> dict[Access, str]:
    """The reads behind a swap that mean what was just loaded: they take the local variable."""
    last = max(item.position for item in section.accesses if item.writes)
    again = {item.name for item in found if item.writes and item.position > last}
    result = {}
    for access in found:
        local = loaded.get(ast.unparse(access.node))
        if local is None or access.writes or access.position < last or access.name in again:
            continue
        for block, index in blocks_around(owner.tree, owner.tree.statement(access.node)):
            # Only where the section must have run: in its block, and what is below that.
            if block is section.block and index > section.first:
                result[access] = local
    return result


def whole_body(function: Function, found: Sequence[Access]) -> Shape:
    """Everything that a function does, but for its docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    last = len(function.body) - 1
    return Shape(Section(function, function.body, int(documented and last > 0), last, tuple(found)))


def _shape(project: Project, owner: Owner, section: Section) -> Shape:
    if loaded := _loaded(project, owner, section):
        return Shape(section, loaded=loaded)
    if (copied := _snapshot(section)) is not None:
        return Shape(section, snapshot=copied)
    shape = _inverted(owner, section)
    if shape is None and len(section.statements) > 1:
        shape = _notified(owner, section, section.statements[-1])
    return shape or Shape(section)


def _loaded(project: Project, owner: Owner, section: Section) -> tuple[tuple[str, str], ...]:
    """The targets of a slow first statement, each with a local variable, or nothing."""
    first = section.statements[0]
    if not isinstance(first, (ast.Assign, ast.AnnAssign)) or first.value is None:
        return ()
    if any(item.node in set(walk(first.value)) for item in section.accesses):
        return ()
    if not any(is_slow(project, owner, item) for item in running_nodes(first.value)):
        return ()
    state = {item.node for item in section.accesses}
    found = []
    for target in targets_of(first):
        for item in walk(target):
            if item in state and isinstance(item, ast.Attribute):
                if not isinstance(item.ctx, ast.Store):
                    # An item of the state is set: what it is set in has to be looked up first.
                    return ()
                found.append((ast.unparse(item), free_name(section.function, item.attr)))
    return tuple(found)


def _snapshot(section: Section) -> str | None:
    """The variable for a copy, if the section is a loop that runs what it goes through."""
    [statement, *more] = section.statements
    if more or not isinstance(statement, ast.For) or statement.orelse:
        return None
    iterated: ast.expr = statement.iter
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Attribute):
        if iterated.func.attr not in _VIEWS or iterated.args:
            return None
        iterated = iterated.func.value
    state = next((item for item in section.accesses if item.node is iterated), None)
    if state is None or any(item.writes for item in section.accesses):
        return None
    bound = {item.id for item in walk(statement.target) if isinstance(item, ast.Name)}
    runs = any(
        isinstance(node, SUSPENDING)
        or (isinstance(node, ast.Call) and getattr(node.func, "id", None) in bound)
        for item in statement.body
        for node in running_nodes(item)
    )
    return free_name(section.function, state.name) if runs else None


def _notified(owner: Owner, section: Section, statement: ast.stmt) -> Shape | None:
    """The section with the call that tells others behind it."""
    call = notifying(statement)
    if call is None:
        return None
    state = {item.node for item in section.accesses}
    arguments = values_given(call)
    reading = [
        index
        for index, argument in enumerate(arguments)
        if any(item in state for item in walk(argument))
    ]
    used = {item for argument in arguments for item in walk(argument)}
    inside = [item for item in walk(statement) if item in state and item not in used]
    if inside or len(reading) > 1 or any(isinstance(item, ast.Starred) for item in call.args):
        return None
    if not reading:
        return Shape(section, notify=-1)
    name = free_name(section.function, _parameter(owner, call, reading[0]))
    return Shape(section, notify=reading[0], variable=name)


def _parameter(owner: Owner, call: ast.Call, index: int) -> str:
    """The name of the parameter that an argument of an own method goes to."""
    if index >= len(call.args):
        return call.keywords[index - len(call.args)].arg or "details"
    for function in owner.functions():
        if isinstance(call.func, ast.Attribute) and function.name == call.func.attr:
            names = [item.arg for item in function.args.args]
            if index + 1 < len(names):
                return names[index + 1]
    return "details"


def _inverted(owner: Owner, section: Section) -> Shape | None:
    """An ``if`` that changes the state, tells others and leaves, with what comes behind it."""
    match section.statements, section.block[section.last + 1 :]:
        case (
            [ast.If(body=[_, *_, told, ast.Return(value=one)], orelse=[])],
            [ast.Return(value=other)],
        ) if all(item is None or isinstance(item, _SIMPLE) for item in (one, other)):
            shape = _notified(owner, section, told)
            if shape is not None:
                section = replace(section, last=section.last + 1)
                return replace(shape, section=section, inverted=True)
    return None


def _joined(made: list[Section]) -> list[Section]:
    """A call that only tells others goes with the section in front of it."""
    result: list[Section] = []
    for section in made:
        last = result[-1] if result else None
        if (
            last is not None
            and last.block is section.block
            and len(section.statements) == 1
            and notifying(section.statements[0])
            and not any(
                isinstance(item, (*SUSPENDING, ast.Return))
                for statement in section.block[last.first : section.first]
                for item in running_nodes(statement)
            )
        ):
            members = (*last.accesses, *section.accesses)
            result[-1] = replace(last, last=section.last, accesses=members)
        else:
            result.append(section)
    return result


def _with_mirror(section: Section) -> Section:
    """``self.x = value`` with the ``self.other.set_x(value)`` behind it: both must agree."""
    match section.statements, section.block[section.last + 1 : section.last + 2]:
        case (
            [ast.Assign(value=ast.Name() | ast.Constant() as value)],
            [
                ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Attribute(), attr=attr),
                        args=[given],
                        keywords=[],
                    )
                )
            ],
        ) if attr.startswith("set_") and ast.dump(given) == ast.dump(value):
            return replace(section, last=section.last + 1)
    return section


def stands_alone(section: Section) -> bool:
    """Whether a section is one read that cannot be torn, in more than the read itself."""
    if len(section.accesses) > 1 or section.accesses[0].writes:
        return False
    [statement] = section.statements
    if not isinstance(statement, (ast.Expr, ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return True
    return any(
        isinstance(item, SUSPENDING)
        or (isinstance(item, ast.Call) and not _is_quick(item, section.accesses[0].node))
        for item in running_nodes(statement)
    )


def _is_quick(call: ast.Call, state: ast.AST) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in _QUICK
    return isinstance(call.func, ast.Attribute) and any(
        item is state for item in walk(call.func.value)
    )


def free_name(function: Function, wanted: str) -> str:
    """A local variable that the function does not use yet."""
    used = {item.id for item in walk(function) if isinstance(item, ast.Name)}
    used |= {item.arg for item in walk(function) if isinstance(item, ast.arg)}
    used |= {item.name for item in own_nodes(function) if isinstance(item, FUNCTIONS)}
    bare = wanted.strip("_") or "value"
    candidates = (bare, f"new_{bare}", f"{bare}_now", f"current_{bare}")
    return next((item for item in candidates if item not in used), f"{bare}_under_lock")

"""Where a new lock lives: beside the first assignment of the state that it guards."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from codemods.analysis.locks.calls import reached
from codemods.analysis.locks.state import Owner
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, decorator_names, first_parameter
from codemods.codemod import AddImport, Edit, Operation, Refusal, Unit, site_of
from codemods.project.project import Project
from codemods.project.source import readable
from codemods.syntax.dotted import last_name
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import targets_of
from codemods.syntax.tree import FUNCTIONS, Function, walk
from codemods.transforms.lock_shared_state.edit import Declaration, Slot

_MODELS = (
    ("pydantic", "a pydantic model, whose attributes are fields"),
    ("sqlmodel", "a database model, whose attributes are columns"),
    ("sqlalchemy", "a database model, whose attributes are columns"),
    ("django.db", "a database model, whose attributes are columns"),
    ("typing.NamedTuple", "a named tuple, which has no other attributes"),
    ("typing.TypedDict", "a typed dictionary, which has no attributes"),
    ("enum", "an enumeration"),
    ("msgspec", "a msgspec struct, whose attributes are fields"),
    ("attr", "an attrs class, whose attributes are fields"),
)
_COPIED = ("__getstate__", "__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__")


def unfit(project: Project, owner: Owner) -> tuple[str, str] | None:
    """Why objects of the owner can hold no lock: a stable reason and a sentence."""
    node = owner.node
    if not isinstance(node, ast.ClassDef):
        return None
    resolver = index_of(project).resolver
    for value in resolver.classes.lineage(resolver.reference(owner.source, node)):
        if isinstance(value, Foreign):
            for prefix, what in _MODELS:
                if value.name == prefix or value.name.startswith(f"{prefix}."):
                    return "model-class", f"{node.name} is {what}"
            continue
        bound = {item.name for item in value.ref.node.body if isinstance(item, FUNCTIONS)}
        for name in _COPIED:
            if name in bound:
                return "copied", f"{node.name} has {name}(), and a lock cannot be copied or pickled"
    names = decorator_names(node)
    if "define" in names or "attrs" in names or ("s" in names and "dataclass" not in names):
        return "model-class", f"{node.name} is an attrs class, whose attributes are fields"
    return None


def bypassed(project: Project, owner: Owner) -> tuple[str, str] | None:
    """Who makes objects of the class without its constructor, in which the lock is to be made."""
    node = owner.node
    if not isinstance(node, ast.ClassDef):
        return None
    index = index_of(project)
    for child in index.subclasses(index.resolver.reference(owner.source, node)):
        for item in child.node.body:
            if isinstance(item, FUNCTIONS) and item.name == "__init__":
                calls = (call for call in walk(item) if isinstance(call, ast.Call))
                if not any(ast.unparse(call.func).endswith(".__init__") for call in calls):
                    where = f"{child.name} ({child.path}:{item.lineno})"
                    why = f"does not call __init__ of {node.name}, and would have no lock"
                    return "constructor-bypassed", f"{where} {why}"
    for source in project.containing(b"__new__("):
        tree = readable(source)
        for call in tree.of(ast.Call) if tree is not None else ():
            if ast.unparse(call.func).endswith("__new__") and call.args:
                made = index.definition_of(source, call.args[0])
                if any(item.node is node for item in made) and source is not owner.source:
                    where = f"{source.path}:{call.lineno}"
                    detail = (
                        f"{where} creates a {node.name} without calling __init__, and so "
                        "without a lock"
                    )
                    return "constructor-bypassed", detail
    return None


def home_of(
    owner: Owner, state: Sequence[str], name: str, kind: str, taking: Collection[str]
) -> tuple[Edit, ...] | Refusal:
    """The edits that create the lock ``name``.

    Args:
        owner: of the state.
        state: its attributes or variables.
        name: of the lock, free in the owner.
        kind: ``threading.Lock``, ``threading.RLock`` or ``asyncio.Lock``.
        taking: the owner's functions that take it: what calls them has to come behind it.
    """
    fields = _assigning(owner.node.body, state)
    if isinstance(owner.node, ast.ClassDef):
        if "dataclass" in decorator_names(owner.node) and fields is not None:
            return _field(owner, fields, name, kind)
        methods = (item for item in owner.node.body if isinstance(item, ast.FunctionDef))
        built = next((item for item in methods if item.name == "__init__"), None)
        anchor = _in_constructor(owner, built, state, taking) if built is not None else None
        if built is not None and anchor is not None:
            return _attribute(owner, built, anchor, name, kind)
        if fields is not None and _is_set_on_objects(owner, state):
            # A default in the body of the class; each object has its own value, and its own lock.
            if built is None:
                text = f"{owner.name} has no __init__ in which each object could get its own lock"
                return Refusal("no-constructor", text, site_of(owner.source, fields))
            last = built.body[-1]
            simple = isinstance(last, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr))
            return _attribute(owner, built, (last, not simple), name, kind)
    if fields is not None:
        # What stands in the body of a class is shared by all its objects, so its lock is too.
        return _declare(owner, fields, f"{name} = {_dotted(owner, kind)}()", kind)
    where = f"class {owner.name}" if owner.name else owner.source.path
    text = f"{where} assigns {', '.join(state)} neither in __init__ nor in its body"
    return Refusal("no-first-assignment", f"{text}, so there is no place to create the lock")


def _attribute(
    owner: Owner, built: Function, anchor: tuple[ast.stmt, bool], name: str, kind: str
) -> tuple[Edit, ...] | Refusal:
    """The lock as an attribute that the constructor sets beside a statement."""
    receiver, dotted = first_parameter(built) or "self", _dotted(owner, kind)
    annotation = f": {dotted}" if _annotates(built) else ""
    slots = _slots(owner)
    if isinstance(slots, Refusal):
        return slots
    code = f"{receiver}.{name}{annotation} = {dotted}()"
    edits = _declare(owner, anchor[0], code, kind, before=anchor[1])
    if slots is None:
        return edits
    span = owner.source.span(slots)
    return (*edits, Operation(owner.source.path, span, Slot(name), Unit.STATEMENT))


def _declare(
    owner: Owner, anchor: ast.stmt, code: str, kind: str, *, before: bool = False
) -> tuple[Edit, ...]:
    span = owner.source.statements_span(anchor, anchor)
    operation = Operation(owner.source.path, span, Declaration(code, before), Unit.STATEMENT)
    if _dotted(owner, kind) != kind:
        return (operation,)
    return (operation, AddImport(owner.source.path, kind.partition(".")[0]))


def _dotted(owner: Owner, kind: str) -> str:
    """``threading.Lock`` in the way that the file imports it."""
    module, _, last = kind.partition(".")
    for alias in owner.tree.of(ast.alias):
        statement = owner.tree.statement(alias)
        if owner.tree.parent(statement) is not owner.tree.module:
            continue
        if isinstance(statement, ast.ImportFrom) and statement.module == module:
            if alias.name == last:
                return alias.asname or last
        elif isinstance(statement, ast.Import) and alias.name == module and alias.asname:
            return f"{alias.asname}.{last}"
    return kind


def _assigning(block: Sequence[ast.stmt], state: Sequence[str]) -> ast.stmt | None:
    """The first statement that sets the state, or the last of those right behind it that do."""
    found: ast.stmt | None = None
    for statement in block:
        bound = _bound(statement)
        if found is not None and not bound & set(state):
            break
        if found is not None or state[0] in bound:
            found = statement
    return found


def _bound(statement: ast.stmt) -> set[str]:
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return set()
    return {
        last_name(item)
        for target in targets_of(statement)
        for item in walk(target)
        if isinstance(item, (ast.Name, ast.Attribute)) and isinstance(item.ctx, ast.Store)
    }


def _in_constructor(
    owner: Owner, built: Function, state: Sequence[str], taking: Collection[str]
) -> tuple[ast.stmt, bool] | None:
    """The statement of ``__init__`` beside which the lock goes, and whether in front of it."""
    direct = _assigning(built.body, state)
    setting = _helpers_that_set(owner, state[0])
    for statement in built.body:
        calls = reached(owner, list(walk(statement)), built)
        if calls & set(taking):
            return statement, True
        if statement is direct:
            return statement, False
        inner = {
            name
            for item in walk(statement)
            if isinstance(item, ast.stmt) and item is not statement
            for name in _bound(item)
        }
        if state[0] in inner or (direct is None and calls & setting):
            return statement, True
    return None


def _is_set_on_objects(owner: Owner, state: Sequence[str]) -> bool:
    """Whether a method sets the state on its object, not on the class."""
    for function in owner.functions():
        first = first_parameter(function)
        if first is None or not {"classmethod", "staticmethod"}.isdisjoint(
            decorator_names(function)
        ):
            continue
        for item in walk(function):
            if (
                isinstance(item, ast.Attribute)
                and isinstance(item.ctx, ast.Store)
                and item.attr in state
                and isinstance(item.value, ast.Name)
                and item.value.id == first != owner.name
            ):
                return True
    return False


def _helpers_that_set(owner: Owner, name: str) -> set[str]:
    """The private methods that give the state its first value for ``__init__``."""
    return {
        function.name
        for function in owner.functions()
        for item in walk(function)
        if isinstance(item, ast.stmt) and name in _bound(item) and function.name != "__init__"
    }


def _annotates(built: Function) -> bool:
    """Whether ``__init__`` annotates all attributes that it sets to new objects."""
    made = [
        item
        for item in walk(built)
        if isinstance(item, (ast.Assign, ast.AnnAssign))
        and isinstance(item.value, ast.Call)
        and isinstance(targets_of(item)[0], ast.Attribute)
    ]
    return bool(made) and all(isinstance(item, ast.AnnAssign) for item in made)


def _slots(owner: Owner) -> ast.stmt | Refusal | None:
    """The assignment of a literal to ``__slots__``, a refusal where it is none; or ``None``."""
    for statement in owner.node.body:
        if "__slots__" in _bound(statement):
            value = statement.value  # type: ignore[attr-defined]
            if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
                names = [item.value for item in value.elts if isinstance(item, ast.Constant)]
                return None if "__dict__" in names else statement
            detail = f"__slots__ of {owner.name} is not a literal that a name could be added to"
            return Refusal("slots", detail, site_of(owner.source, statement))
    return None


def _field(owner: Owner, anchor: ast.stmt, name: str, kind: str) -> tuple[Edit, ...]:
    """A field of a dataclass that takes no part in its ``__init__``, ``repr`` and comparison."""
    dotted = _dotted(owner, kind)
    known = (
        item.id
        for item in owner.tree.of(ast.Name)
        if qualified_name(owner.tree, item) == "dataclasses.field"
    )
    function = next(known, None)
    imports: tuple[Edit, ...] = ()
    if function is None:
        whole = any(
            alias.name == "dataclasses" and not alias.asname
            for statement in owner.tree.of(ast.Import)
            for alias in statement.names
        )
        function = "dataclasses.field" if whole else "field"
        imports = () if whole else (AddImport(owner.source.path, "dataclasses", "field"),)
    arguments = f"default_factory={dotted}, init=False, repr=False, compare=False"
    code = f"{name}: {dotted} = {function}({arguments})"
    return (*_declare(owner, anchor, code, kind), *imports)

"""The set that keeps a task until it is done: one that is there, or a new one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import decorator_names, first_parameter
from codemods.analysis.tasks.registries import entries_of
from codemods.codemod import Edit, Operation, Refusal, Unit, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.imports import local_name
from codemods.syntax.names import free_name, local_names
from codemods.syntax.parts import assigned, root_name, targets_of
from codemods.syntax.tree import FUNCTIONS, Function, Tree, walk
from codemods.transforms.keep_task.edit import NewSet

NAME = "_background_tasks"
"""What a new one is called: the documentation of asyncio calls it so."""
_OTHER_USES = ("len", "bool", "any", "all", "sorted", "max", "min")
_UNLIKE = ("__slots__", "__getstate__", "__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__")
"""What a class has whose objects cannot be given one more attribute that holds tasks."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A set of tasks."""

    text: str
    """``self._tasks`` or ``_tasks``."""
    edits: tuple[Edit, ...] = ()
    """What makes it."""


@dataclass(frozen=True, slots=True)
class Method:
    """The method around a place, and what its object is called in it."""

    owner: ast.ClassDef
    function: Function
    receiver: str


def registry_at(
    project: Project, source: SourceFile, at: ast.stmt, wished: str
) -> Registry | Refusal:
    """The set for the task that ``at`` starts.

    Args:
        project: whose classes may derive from the one around ``at``.
        source: the file.
        at: a statement.
        wished: what the finding calls the set; empty where it does not.
    """
    tree = source.tree
    site = site_of(source, at)
    method = method_around(tree, at)
    if wished.startswith("self.") and method is None:
        return Refusal(
            "no-method", f"the finding names {wished}, but the place is not in a method", site
        )
    for around in (method, None):
        there = list(_kept_in(source, around))
        counted = next((name for name in there if _is_counted(tree, name)), None)
        if counted is not None:
            detail = f"{counted} keeps tasks that are counted or looked up"
            return Refusal("other-registry", detail, site)
        if there:
            return Registry(next((name for name in there if name == wished), there[0]))
        others = _others(source, around)
        if others and not wished:
            detail = f"{others[0]} keeps tasks but does not remove finished ones"
            return Refusal("other-registry", detail, site)
    if method is not None and (not wished or wished.startswith("self.")):
        made = _attribute(project, source, method, last_part(wished) or NAME, site_line=at.lineno)
        if isinstance(made, (Registry, Refusal)):
            return made
        if wished:
            return Refusal("no-constructor", made, site)
    return _variable(project, source, wished or NAME, at)


def method_around(tree: Tree, at: ast.AST) -> Method | None:
    """The method of an object that runs ``at``, itself or in a function within it."""
    inner: list[Function] = []
    for ancestor in tree.ancestors(at):
        if isinstance(ancestor, ast.Lambda):
            return None
        if not isinstance(ancestor, FUNCTIONS):
            continue
        owner = tree.parent(ancestor)
        if not isinstance(owner, ast.ClassDef):
            inner.append(ancestor)
            continue
        receiver = first_parameter(ancestor)
        if receiver is None or {"staticmethod", "classmethod"} & set(decorator_names(ancestor)):
            return None
        hidden = any(receiver in local_names(tree, function) for function in inner)
        return None if hidden else Method(owner, ancestor, receiver)
    return None


def _kept_in(source: SourceFile, method: Method | None) -> Iterator[str]:
    """The sets of the object, or of the module, that tasks are added to and that they leave by a
    callback."""
    for name in _registries(source, method, ("set",)):
        left = (f"{name}.discard", f"{name}.remove")
        calls = source.tree.within(_home(source, method), ast.Call)
        callbacks = (call for call in calls if last_name(call.func) == "add_done_callback")
        given = [ast.unparse(item) for call in callbacks for item in call.args]
        if any(text in item for item in given for text in left):
            yield name


def _others(source: SourceFile, method: Method | None) -> list[str]:
    """What else of the object, or of the module, tasks are put into."""
    return list(_registries(source, method, ("set", "list", "dict")))


def _registries(source: SourceFile, method: Method | None, kinds: Sequence[str]) -> Iterator[str]:
    home = _home(source, method)
    found: dict[str, None] = {}
    for entry in entries_of(source):
        own = entry.registry.startswith("self.") == (method is not None)
        inside = method is None or home in source.tree.ancestors(entry.statement)
        if own and inside and entry.kind in kinds:
            found[entry.registry] = None
    yield from found


def _home(source: SourceFile, method: Method | None) -> ast.AST:
    return source.tree.module if method is None else method.owner


def _is_counted(tree: Tree, name: str) -> bool:
    """Whether somebody asks a registry how many tasks it has, or for one of them."""
    asking = (call for call in tree.of(ast.Call) if ast.unparse(call.func) in _OTHER_USES)
    if any(ast.unparse(item) == name for call in asking for item in call.args):
        return True
    return any(
        isinstance(operator, (ast.In, ast.NotIn)) and ast.unparse(other) == name
        for test in tree.of(ast.Compare)
        for operator, other in zip(test.ops, test.comparators, strict=True)
    )


def _attribute(
    project: Project, source: SourceFile, method: Method, name: str, *, site_line: int
) -> Registry | Refusal | str:
    """A set that the constructor makes; or why it cannot, in words."""
    text = f"{method.receiver}.{name}"
    assigned_to = [
        value
        for statement in _assignments(source.tree, method.owner)
        for target in targets_of(statement)
        if isinstance(target, ast.Attribute) and target.attr == name
        for value in [statement.value]
    ]
    if assigned_to:
        is_set = all(value is not None and ast.unparse(value) == "set()" for value in assigned_to)
        if is_set:
            return Registry(text)
        line = source.tree.statement(assigned_to[0] or method.owner).lineno
        site = site_of(source, method.owner)
        return Refusal(
            "other-registry", f"{text} is not created as an empty set (line {line})", site
        )
    problem = _unfit(project, source, method)
    if problem is not None:
        return problem
    built = next(filter(None, map(_constructor, method.owner.body)))
    anchor = _anchor(built)
    if anchor is None or (built is method.function and site_line <= anchor.lineno):
        return f"{method.owner.name}.__init__ does not start by assigning its attributes"
    receiver = first_parameter(built)
    annotates = any(isinstance(item, ast.AnnAssign) for item in built.body)
    code = f"{receiver}.{name}{_annotation(project, source) if annotates else ''} = set()\n"
    span = source.statements_span(anchor, anchor)
    edit = Operation(source.path, span, NewSet(code), Unit.STATEMENT)
    return Registry(text, (edit,))


def _unfit(project: Project, source: SourceFile, method: Method) -> str | None:
    """Why objects of a class are not given one more attribute, in words."""
    owner = method.owner
    if not any(map(_constructor, owner.body)):
        return f"{owner.name} has no __init__ of its own"
    names = {item.name for item in owner.body if isinstance(item, FUNCTIONS)}
    names |= {name for item in owner.body if (name := assigned(item)[0]) is not None}
    if any(name in names for name in _UNLIKE):
        return f"{owner.name} defines itself which attributes its objects have"
    index = index_of(project)
    for child in index.subclasses(index.resolver.reference(source, owner)):
        for item in child.node.body:
            calls = (node for node in walk(item) if isinstance(node, ast.Call))
            own = isinstance(item, FUNCTIONS) and item.name == "__init__"
            if own and not any(ast.unparse(call.func).endswith(".__init__") for call in calls):
                return f"{child.name} does not call __init__ of {owner.name}"
    return None


def _constructor(item: ast.stmt) -> ast.FunctionDef | None:
    return item if isinstance(item, ast.FunctionDef) and item.name == "__init__" else None


def _assignments(tree: Tree, node: ast.AST) -> list[ast.Assign | ast.AnnAssign]:
    found: list[ast.Assign | ast.AnnAssign] = []
    found += tree.within(node, ast.Assign)
    found += tree.within(node, ast.AnnAssign)
    return found


def _anchor(built: ast.FunctionDef) -> ast.stmt | None:
    """The last of the statements at the head of a constructor that call nothing of the object:
    what they set is there, and no task is started yet."""
    receiver = first_parameter(built) or "self"
    found: ast.stmt | None = None
    for statement in built.body:
        is_super = ast.unparse(statement).startswith("super().__init__(")
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        sets = isinstance(statement, (ast.Assign, ast.AnnAssign)) and all(
            isinstance(target, ast.Attribute) and root_name(target) == receiver
            for target in targets_of(statement)
        )
        calls = (node for node in walk(statement) if isinstance(node, ast.Call))
        own = any(root_name(call.func) == receiver for call in calls)
        if own or not (is_super or is_text or sets):
            break
        if not is_text:
            found = statement
    return found


def _variable(project: Project, source: SourceFile, name: str, at: ast.stmt) -> Registry | Refusal:
    """A set of the module, behind its imports and first values."""
    tree = source.tree
    function = tree.function(at)
    values = [value for item in tree.module.body for own, value in [assigned(item)] if own == name]
    if values:
        if len(values) == 1 and values[0] is not None and ast.unparse(values[0]) == "set()":
            return Registry(name)
        detail = f"{name} is already something else in {source.path}"
        return Refusal("other-registry", detail, site_of(source, at))
    anchor = _head(tree)
    if anchor is None or function is None:
        detail = f"{source.path} has no import to insert the set after"
        return Refusal("no-anchor", detail, site_of(source, at))
    name = free_name(tree, tree.module, name)
    code = f"{name}{_annotation(project, source)} = set()\n"
    span = source.statements_span(anchor, anchor)
    return Registry(name, (Operation(source.path, span, NewSet(code), Unit.STATEMENT),))


def _head(tree: Tree) -> ast.stmt | None:
    """The last import or value of a module before its first definition."""
    found: ast.stmt | None = None
    for item in tree.module.body:
        if isinstance(item, (*FUNCTIONS, ast.ClassDef)):
            break
        if isinstance(item, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)):
            found = item
    return found


def _annotation(project: Project, source: SourceFile) -> str:
    """``: set[asyncio.Task[object]]`` where the file annotates its functions: without it a type
    checker asks for one."""
    tree = source.tree
    functions: list[Function] = tree.of(*FUNCTIONS)
    annotated = any(function.returns is not None for function in functions)
    # An import in a function is not there when the module's set is made.
    named = local_name(tree, tree.module, "asyncio") == "asyncio"
    if not annotated or not named or project.target_python < (3, 9):
        return ""
    return ": set[asyncio.Task[object]]"

"""What calls in new code need: which take a keyword, which want arguments, which an ``await``."""

from __future__ import annotations

import ast
import importlib
import inspect

from codemods.analysis.names.index import index_of
from codemods.codemod import Place
from codemods.project.project import Project
from codemods.syntax.dotted import last_part
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import positional_of
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.tables import words
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.names import KNOWN_MODULES, Missing

_DTYPE = words(
    "arange array asarray ascontiguousarray empty empty_like eye fromiter full full_like identity "
    "linspace ones ones_like zeros zeros_like"
)
_TAKEN: dict[str, frozenset[str]] = {
    **{f"numpy.{name}": frozenset({"dtype"}) for name in _DTYPE},
    "builtins.open": frozenset(words("mode buffering encoding errors newline closefd opener")),
    "builtins.zip": frozenset({"strict"}),
    "subprocess.run": frozenset(
        words("timeout check capture_output text env cwd shell input stdout stderr stdin encoding")
    ),
    "librosa.load": frozenset(words("sr mono offset duration dtype res_type")),
    "soundfile.read": frozenset(words("dtype always_2d start stop frames fill_value")),
    "pytest.mark.xfail": frozenset(words("condition reason raises run strict")),
    "sqlalchemy.Column": frozenset(
        words("index nullable unique default onupdate server_default primary_key")
    ),
}
"""Keywords of what has no signature that can be asked here."""
_FOREIGN = ("aiofiles.", "aiohttp.", "anyio.", "asyncio.", "trio.")
"""Packages of which a function is taken for a coroutine, unless it is known better."""
_NO_COROUTINES = frozenset(
    words(
        "run create_memory_object_stream create_task_group current_time fail_after move_on_after "
        "get_all_backends get_current_task open_nursery open_memory_channel"
    )
)
"""Functions of theirs that are none."""


def takes(place: Place, call: ast.Call, name: str) -> bool:
    """Whether what is called surely has a parameter ``name``, and the call gives it no value.

    Sure are functions and own methods of the same file, those of the standard library, whose
    signature the running Python knows, and a short table.
    """
    given = {item.arg for item in call.keywords}
    if name in given or None in given or any(isinstance(item, ast.Starred) for item in call.args):
        return False
    if _file_defines(place, call, name):
        return True
    callee = qualified_name(place.source.tree, call.func)
    if callee is None:
        return False
    if callee in _TAKEN:
        return name in _TAKEN[callee]
    module, _, member = callee.rpartition(".")
    if module not in KNOWN_MODULES:
        return False
    try:
        parameters = inspect.signature(
            getattr(importlib.import_module(module), member, None)  # type: ignore[arg-type]
        ).parameters
    except (TypeError, ValueError):
        # Written in C without a signature, or nothing that is called.
        return False
    return name in parameters


def _file_defines(place: Place, call: ast.Call, name: str) -> bool:
    """Whether the file has one function of the name that is called, with that parameter."""
    function = call.func
    if isinstance(function, ast.Attribute):
        own = isinstance(function.value, ast.Name) and function.value.id in ("self", "cls")
        called = function.attr if own else ""
    else:
        called = function.id if isinstance(function, ast.Name) else ""
    found = [
        node
        for node in place.source.tree.definitions()
        if isinstance(node, FUNCTIONS) and node.name == called
    ]
    if len(found) != 1:
        return False
    arguments = found[0].args
    plain = positional_of(arguments)
    if name not in {item.arg for item in (*arguments.args, *arguments.kwonlyargs)}:
        return False
    # What is passed by its position already is not to be passed again.
    index = next((number for number, item in enumerate(plain) if item.arg == name), len(plain))
    receiver = 1 if isinstance(function, ast.Attribute) else 0
    return len(call.args) + receiver <= index


_WITHOUT_ARGUMENTS = frozenset(
    words(
        "begin cancel clear close commit copy disconnect dispose expunge_all flush invalidate "
        "release reset rollback shutdown stop"
    )
)


"""Methods of other people's classes that are called without arguments."""


def lacks_arguments(project: Project, call: ast.expr) -> str | None:
    """Why a call that prose writes with empty parentheses cannot be made so, in words."""
    if not isinstance(call, ast.Call) or call.args or call.keywords:
        return None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    found = _functions(project, name)
    for function in found:
        arguments = function.args
        plain = positional_of(arguments)
        needed = plain[: len(plain) - len(arguments.defaults)]
        own = [item for item in needed if item.arg not in ("self", "cls")]
        keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if own or any(default is None for _, default in keywords):
            return f"{name}() needs arguments, and the suggestion does not give them"
    if not found and name not in _WITHOUT_ARGUMENTS:
        return f"whether {name}() can be called without arguments is unknown"
    return None


def _functions(project: Project, name: str) -> list[Function]:
    defined = index_of(project).definitions(name)
    return [ref.node for ref in defined if isinstance(ref.node, FUNCTIONS)]


def unknown_parameter(project: Project, place: Place, step: Step) -> Missing | None:
    """Why a keyword cannot be passed: the project defines what is called, without it."""
    name, equals, _ = step.text.partition("=")
    call = step.node
    if step.kind != "argument" or not equals or not isinstance(call, ast.Call):
        return None
    definitions = index_of(project).definition_of(place.source, call.func)
    for ref in definitions:
        if not isinstance(ref.node, FUNCTIONS):
            return None
        arguments = ref.node.args
        names = {item.arg for item in (*arguments.args, *arguments.kwonlyargs)}
        if name in names or arguments.kwarg is not None:
            return None
    if not definitions or not name.isidentifier():
        return None
    return Missing("no-such-parameter", f"{ast.unparse(call.func)}() has no parameter {name}")


def unawaited(project: Project, place: Place, step: Step) -> Missing | None:
    """Which call of the new code makes a coroutine that is neither awaited nor handed on.

    A suggestion names `asyncio.sleep(1)` and means the ``await`` with it, or does not know that
    what it calls is a coroutine: both are for a codemod that changes the colour of functions.
    """
    if step.new is None:
        return None
    renamed = _renamed(place, step)
    functions = [renamed] if renamed is not None else []
    parents = {
        id(child): node for node in ast.walk(step.new) for child in ast.iter_child_nodes(node)
    }
    for call in ast.walk(step.new):
        if not isinstance(call, ast.Call):
            continue
        parent = parents.get(id(call))
        if parent is None:
            # The new code is this call: what is around the old code is around it too.
            parent = place.source.tree.parent(step.node) if step.kind == "replace" else None
            if step.kind == "argument":
                continue
        if not isinstance(parent, (ast.Await, ast.Call, ast.keyword, ast.Starred)):
            functions.append(call.func)
    for function in functions:
        if _makes_coroutine(project, function):
            text = (
                f"{ast.unparse(function)}() must be awaited, and the suggestion does not await it"
            )
            return Missing("not-awaited", text)
    return None


def _renamed(place: Place, step: Step) -> ast.expr | None:
    """The function of an old call of which the step changes the name or a part of it, where
    nothing awaits the call."""
    if step.kind != "replace" or not isinstance(step.new, ast.expr):
        return None
    tree = place.source.tree
    node: ast.AST = step.node
    function = step.new
    parent = tree.parent(node)
    while isinstance(parent, ast.Attribute):
        function = ast.Attribute(function, parent.attr, ast.Load())
        node, parent = parent, tree.parent(parent)
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return None
    around = tree.parent(parent)
    return None if isinstance(around, (ast.Await, ast.Call, ast.keyword)) else function


def _makes_coroutine(project: Project, function: ast.expr) -> bool:
    text = ast.unparse(function)
    name = last_part(text)
    if text.startswith("asyncio."):
        # Imported only here: it takes long, and few suggestions speak of it.
        known = getattr(importlib.import_module("asyncio"), name, None)
        return inspect.iscoroutinefunction(known) or name == "gather"
    if text.startswith(_FOREIGN):
        return name[:1].islower() and name not in _NO_COROUTINES
    if not name.isidentifier():
        return False
    found = _functions(project, name)
    return bool(found) and all(isinstance(node, ast.AsyncFunctionDef) for node in found)

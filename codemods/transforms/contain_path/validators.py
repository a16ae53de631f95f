"""The validators of paths that a project has: what they check, raise and give, and how others of
the project use them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef
from codemods.codemod import AddImport
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.reach import spelled
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import type_names
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import positional_of

_RESOLVES = ("resolve", "realpath")
_CONTAINS = ("is_relative_to", "relative_to", "commonpath")
_LOOKS = ("exists", "is_file", "isfile", "access", "stat")
_NAMED = re.compile(rb"^def (?=\w*(?:path|file))\w+\(", re.MULTILINE)
_DIRECTORIES = ("scan", "dir", "folder")


@dataclass(frozen=True, slots=True)
class Validator:
    """A function of the project that resolves a path and checks where it leads."""

    ref: DefinitionRef
    exception: DefinitionRef | str
    """What it raises: a class of the project, or the name of a builtin one."""
    gives_text: bool
    """It returns a ``str``, and not a ``Path``."""
    wants_text: bool
    """Its parameter is declared as ``str``."""
    looks: bool
    """It refuses what does not exist, too."""
    joins: bool = False
    """It joins what it gets to a folder by itself, so that a name will do."""
    answers: bool = False
    """It raises a ``HTTPException`` itself."""

    @property
    def name(self) -> str:
        """As it is called."""
        return self.ref.name

    @property
    def exception_name(self) -> str:
        """The class, as it is called."""
        return self.exception if isinstance(self.exception, str) else self.exception.name


def validator_named(project: Project, name: str) -> Validator | str:
    """The one validator of that name, else why there is none, in words."""
    found = [ref for ref in index_of(project).definitions(name) if not is_test(ref.path)]
    if len(found) != 1:
        where = " and ".join(ref.path for ref in found)
        return f"{name}() is {f'defined in {where}' if where else 'not defined'}"
    made = _validator(project, found[0])
    return made if made is not None else f"{name}() does not check where the resolved path leads"


def only_validator(project: Project) -> Validator | str:
    """The one validator of files that the project has, else why there is none, in words."""
    found = []
    for source in project.containing(*(item.encode() for item in _CONTAINS)):
        tree = None if is_test(source.path) else readable(source)
        if tree is None or not _NAMED.search(source.data):
            continue
        for node in tree.module.body:
            if isinstance(node, ast.FunctionDef) and not any(
                word in node.name for word in _DIRECTORIES
            ):
                ref = index_of(project).resolver.reference(source, node)
                made = _validator(project, ref)
                if made is not None:
                    found.append(made)
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{item.name}()" for item in found)
    return (
        f"the project has several validators: {names}"
        if names
        else "the project has no function that validates paths"
    )


def _validator(project: Project, ref: DefinitionRef) -> Validator | None:
    """``ref`` as a validator, if it is one: a function of a module for one path, that resolves
    it, checks where it leads, raises one exception of its own and returns what it resolved."""
    node = ref.node
    if not isinstance(node, ast.FunctionDef) or "." in ref.qualified_name:
        return None
    arguments = positional_of(node.args)
    required = len(arguments) - len(node.args.defaults)
    if required != 1 or any(default is None for default in node.args.kw_defaults):
        return None
    called = {last_name(item.func) for item in ast.walk(node) if isinstance(item, ast.Call)}
    if not called & {*_RESOLVES} or not called & {*_CONTAINS}:
        return None
    returns = ast.unparse(node.returns) if node.returns is not None else ""
    kind = last_part(returns.strip("'\""))
    if kind not in ("Path", "str", "") or not _gives(node):
        return None
    raised = [
        item.exc.func
        for item in ast.walk(node)
        if isinstance(item, ast.Raise) and isinstance(item.exc, ast.Call)
    ]
    alike = len({ast.unparse(item) for item in raised}) == 1
    exception = _exception(project, ref.source, raised) if alike else None
    if exception is None:
        return None
    annotation = arguments[0].annotation
    wants = annotation is not None and ast.unparse(annotation) == "str"
    looks = bool(called & {*_LOOKS})
    answers = isinstance(exception, str) and exception.endswith("HTTPException")
    joins = _joins(node, arguments[0].arg)
    return Validator(ref, exception, kind == "str", wants, looks, joins, answers)


def _gives(node: ast.FunctionDef) -> bool:
    """Whether every ``return`` gives a value, and there is one."""
    returns = [item for item in ast.walk(node) if isinstance(item, ast.Return)]
    return bool(returns) and all(
        item.value is not None
        and not (isinstance(item.value, ast.Constant) and isinstance(item.value.value, bool | None))
        for item in returns
    )


def _joins(node: ast.FunctionDef, parameter: str) -> bool:
    """``folder / name``, or ``os.path.join(folder, name)``."""
    joined: list[ast.expr] = []
    for item in ast.walk(node):
        match item:
            case ast.BinOp(op=ast.Div(), right=right):
                joined.append(right)
            case ast.Call(func=ast.Attribute(attr="join" | "joinpath"), args=args):
                joined += args
    return any(isinstance(item, ast.Name) and item.id == parameter for item in joined)


def _exception(
    project: Project, source: SourceFile, raised: list[ast.expr]
) -> DefinitionRef | str | None:
    """The class that is raised, by a name that is the same each time."""
    for item in raised:
        for ref in index_of(project).definition_of(source, item):
            return ref
        known = ("builtins.", "fastapi.HTTPException", "starlette.exceptions.HTTPException")
        if (qualified_name(source.tree, item) or "").startswith(known):
            return ast.unparse(item)
    return None


@dataclass(frozen=True, slots=True)
class Called:
    """How a validator and its exception are written at a place, with the imports for that."""

    validator: str
    exception: str
    imports: tuple[AddImport, ...]


def spelled_at(
    project: Project, source: SourceFile, at: ast.AST, validator: Validator
) -> Called | str:
    """How ``validator`` can be called at ``at``, else why it cannot, in words."""
    function = spelled(project, source, at, validator.ref.source, validator.name)
    if isinstance(function, str):
        return function
    if isinstance(validator.exception, str):
        return Called(function[0], validator.exception, function[1])
    raised = spelled(project, source, at, validator.exception.source, validator.exception.name)
    if isinstance(raised, str):
        return raised
    return Called(function[0], raised[0], (*raised[1], *function[1]))


def usual_status(project: Project, source: SourceFile, validator: Validator) -> int | None:
    """The status with which handlers of the project answer when ``validator`` refuses.

    The most frequent one of this file, else of all; ``None`` where nobody maps its exception.
    """
    name = validator.exception_name
    for sources in ((source,), tuple(project.containing(name.encode()))):
        files = (item for item in sources if not is_test(item.path))
        counted = Counter(chain.from_iterable(_statuses(item, validator) for item in files))
        if counted:
            return counted.most_common(1)[0][0]
    return None


def _statuses(source: SourceFile, validator: Validator) -> Iterator[int]:
    tree = readable(source)
    for block in tree.of(ast.Try) if tree is not None else ():
        inside = [item for part in block.body for item in ast.walk(part)]
        if not any(last_name(item) == validator.name for item in inside):
            continue
        for handler in block.handlers:
            for node in handler.body if validator.exception_name in type_names(handler) else ():
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    status = _status(node.exc)
                    if status is not None and 400 <= status < 500:
                        yield status


def _status(call: ast.Call) -> int | None:
    given = [item.value for item in call.keywords if item.arg == "status_code"] or call.args[:1]
    for node in given:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        found = re.search(r"HTTP_(\d{3})_", ast.unparse(node))
        if found is not None:
            return int(found[1])
    return None

"""What a new log call says: what failed, by the names in the code."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from codemods.project.source import SourceFile
from codemods.syntax.scopes import BUILTINS
from codemods.syntax.tree import Tree
from codemods.transforms.log_swallowed_exception.handlers import try_of

_CHAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True)
class FailingBlock:
    """A block that may fail, and where a log call would say so."""

    block: ast.stmt
    """The ``try``, or the ``with suppress`` that becomes one."""
    body: list[ast.stmt]
    """What may fail."""
    at: ast.stmt
    """A statement where the names mean what they mean to the call."""
    handler: ast.ExceptHandler | None = None

    @property
    def name(self) -> str | None:
        """What the exception is called there."""
        return self.handler.name if self.handler is not None else None


def failing_block(tree: Tree, handler: ast.ExceptHandler) -> FailingBlock:
    """The block that a handler is for."""
    block = try_of(tree, handler)
    return FailingBlock(block, block.body, handler.body[0], handler)


def text_of(source: SourceFile, failing: FailingBlock) -> str:
    """What failed, by the name of what is called or of the function."""
    tree = source.tree
    if called := _only_call(failing.body):
        return f"{called}() failed"
    if all(isinstance(item, (ast.Import, ast.ImportFrom)) for item in failing.body):
        first = failing.body[0]
        module = getattr(first, "module", None) or first.names[0].name  # type: ignore[attr-defined]
        return f"Import of {module} failed"
    function = tree.function(failing.block)
    while isinstance(function, ast.Lambda):
        function = tree.function(function)
    if function is None:
        stem = source.path.rpartition("/")[2].removesuffix(".py")
        return f"Part of {stem} failed"
    name = function.name
    if name.startswith("__"):
        name = ".".join(tree.qualified_name(function).split(".")[-2:])
    outside = [
        call
        for call in tree.within(function, ast.Call)
        if tree.function(call) is function
        and not any(item is failing.block for item in tree.ancestors(call))
        and not any(call in ast.walk(item) for item in function.decorator_list)
    ]
    return f"Part of {name}() failed" if outside else f"{name}() failed"


def _only_call(body: list[ast.stmt]) -> str:
    """The name of what a ``try`` calls, when it does that and nothing else: where its arguments
    are calls too, any of them may be what fails."""
    value = getattr(body[0], "value", None) if len(body) == 1 else None
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return ""
    if sum(isinstance(item, ast.Call) for item in ast.walk(value)) > 1:
        return ""
    name = ast.unparse(value.func)
    for own in ("self.", "cls."):
        name = name.removeprefix(own)
    return name if _CHAIN.fullmatch(name) and name not in BUILTINS else ""

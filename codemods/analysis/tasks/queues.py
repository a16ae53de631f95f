"""Who puts into a queue and who takes out of it, and what a limit would do to them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import covering, is_broad, type_names
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import targets_of
from codemods.syntax.tree import Tree

BOUNDABLE = {
    **{f"asyncio.{name}": True for name in ("Queue", "PriorityQueue", "LifoQueue")},
    **{f"queue.{name}": False for name in ("Queue", "PriorityQueue", "LifoQueue")},
    **{f"multiprocessing.{name}": False for name in ("Queue", "JoinableQueue")},
}
"""The queues that take a ``maxsize``, and whether their ``put`` is awaited."""
_FULL = ("QueueFull", "Full")


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue where it is made."""

    source: SourceFile
    statement: ast.stmt
    call: ast.Call
    target: str
    """``self.job_queue``."""
    kind: str
    """``asyncio.Queue``."""

    @property
    def name(self) -> str:
        """The last part of the target."""
        return last_part(self.target)


@dataclass(frozen=True, slots=True)
class Use:
    """A call of a method of the queue."""

    source: SourceFile
    call: ast.Call
    method: str


def queues_in(source: SourceFile, root: ast.AST) -> list[Queue]:
    """The queues that are made in ``root`` and kept under a name, in source order."""
    found = []
    tree = source.tree
    for call in tree.within(root, ast.Call):
        function = call.func.value if isinstance(call.func, ast.Subscript) else call.func
        name = qualified_name(tree, function)
        if name not in (*BOUNDABLE, "queue.SimpleQueue", "multiprocessing.SimpleQueue"):
            continue
        statement = tree.statement(call)
        targets = targets_of(statement)
        if len(targets) == 1 and getattr(statement, "value", None) is call:
            found.append(Queue(source, statement, call, ast.unparse(targets[0]), name))
    return found


def uses_of(project: Project, queue: Queue) -> list[Use]:
    """The calls of methods of the queue in all files, told by the name of its attribute."""
    found = []
    elsewhere = "." in queue.target
    for source in project.containing(queue.name.encode("utf-8")):
        if source is not queue.source and not elsewhere:
            continue
        tree = readable(source)
        for call in tree.of(ast.Call) if tree is not None else ():
            match call.func:
                case ast.Attribute(value=ast.Attribute(attr=name), attr=method):
                    known = name == queue.name
                case ast.Attribute(value=ast.Name(id=name), attr=method):
                    known = name == queue.name and not elsewhere
                case _:
                    continue
            if known:
                found.append(Use(source, call, method))
    return found


def why_no_limit(queue: Queue, uses: list[Use]) -> tuple[str, str] | None:
    """Why a limit would do harm: a stable reason and a sentence."""
    awaited = BOUNDABLE[queue.kind]
    takers = {
        item.source.tree.function(item.call)
        for item in uses
        if item.method in ("get", "get_nowait")
    }
    for item in uses:
        if item.method not in ("put", "put_nowait"):
            continue
        tree = item.source.tree
        line = item.call.lineno
        function = tree.function(item.call)
        if function is not None and function in takers:
            return (
                "consumer-puts",
                (
                    f"the function that gets from it also puts into it on line {line}, and "
                    "would wait for itself"
                ),
            )
        if item.method == "put_nowait" and not _handles_full(tree, item.call):
            return (
                "put-nowait",
                f"put_nowait() on line {line} would raise, and nothing handles it",
            )
        if not awaited and item.method == "put" and isinstance(function, ast.AsyncFunctionDef):
            return (
                "blocks-the-loop",
                f"put() on line {line} would block the event loop when the queue is full",
            )
    return None


def _handles_full(tree: Tree, node: ast.AST) -> bool:
    return any(
        is_broad(handler) or any(name in _FULL for name in type_names(handler))
        for statement in covering(tree, node)
        for handler in statement.handlers
    )

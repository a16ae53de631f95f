"""Why a file cannot be replaced by a new one: what is done while it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.logs.levels import LOGGING
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import targets_of
from codemods.syntax.scopes import opens_frame
from codemods.syntax.tree import COMPREHENSIONS, FUNCTIONS, Tree
from codemods.tables import words
from codemods.transforms.atomic_write.targets import Why

_KEEPERS = frozenset(
    words(
        "append add put put_nowait appendleft push register setattr setdefault update Thread "
        "Timer Process submit create_task ensure_future run_in_executor Popen StreamHandler "
        "create_subprocess_exec create_subprocess_shell enter_context callback"
    )
)
_LOCKS = ("flock", "lockf", "locking", "lock", "acquire")
_SPEAKING = frozenset((*LOGGING, *words("print write writelines format join echo str repr")))
_RUNS = frozenset(words("copyfileobj run call check_call"))


def why_not_block(source: SourceFile, block: ast.With, handle: str, path: ast.expr) -> Why | None:
    """Why the body of ``with open(path, "w") as handle`` cannot write to another file.

    Args:
        path: what is opened, without a ``str()`` around it.
    """
    tree = source.tree
    for node in _inside(block):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return "yields", f"the block on line {block.lineno} yields while the file is open"
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return "awaits", f"the block on line {block.lineno} awaits while the file is open"
    for node in tree.within(block, ast.Name):
        if node.id == handle and isinstance(node.ctx, ast.Load):
            why = _why_not_use(tree, node, block)
            if why is not None:
                return why
    return (
        _used_after(tree, block, handle)
        or _in_pieces(source, block, handle)
        or _path_inside(tree, block, path)
    )


def _inside(block: ast.With) -> Iterator[ast.AST]:
    """What the body of ``block`` runs itself, without the definitions in it."""
    stack: list[ast.AST] = list(block.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            stack += ast.iter_child_nodes(node)


def _why_not_use(tree: Tree, node: ast.Name, block: ast.With) -> Why | None:
    """Why one use of the handle cannot do with that of another file."""
    line = f"line {node.lineno}"
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if ancestor is block:
            break
        if opens_frame(ancestor, child) and not isinstance(ancestor, COMPREHENSIONS):
            return "handle-escapes", f"{node.id} is used in a nested function ({line})"
        if isinstance(ancestor, ast.Call):
            name = last_name(ancestor.func)
            if name in _LOCKS:
                return "locked", f"the open file is locked ({line})"
            if name in _KEEPERS and child is not ancestor.func:
                return "handle-escapes", f"{name}() may keep {node.id} ({line})"
        if isinstance(ancestor, (ast.Return, ast.Assign, ast.AnnAssign)):
            why = _kept(ancestor, node)
            if why is not None:
                return why
        child = ancestor
    match tree.parent(node):
        case ast.Attribute(attr="name"):
            return "name-used", f"{node.id}.name is used ({line})"
        case ast.Attribute(attr="detach" | "buffer" | "raw"):
            return "handle-escapes", f"{node.id} is used below its text layer ({line})"
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set() | ast.Starred():
            return "handle-escapes", f"{node.id} is stored in a collection ({line})"
    return None


def _kept(statement: ast.Return | ast.Assign | ast.AnnAssign, node: ast.Name) -> Why | None:
    """Whether a statement keeps the handle, or what was made of it, for later."""
    line = f"line {node.lineno}"
    value = statement.value
    if value is node:
        return "handle-escapes", f"{node.id} is assigned to another name ({line})"
    written = isinstance(value, ast.Call) and _writes(last_part(ast.unparse(value.func)))
    if isinstance(statement, ast.Return):
        return None if written else ("handle-escapes", f"{node.id} is returned ({line})")
    targets = targets_of(statement)
    if any(isinstance(item, (ast.Attribute, ast.Subscript)) for item in targets) and not written:
        return "handle-escapes", f"{node.id} is stored in {ast.unparse(targets[0])} ({line})"
    return None


def _writes(method: str) -> bool:
    is_write = method.startswith(("write", "save")) and not method.startswith("writer")
    return is_write or "dump" in method or method in _RUNS


def _used_after(tree: Tree, block: ast.With, handle: str) -> Why | None:
    end = block.end_lineno or block.lineno
    around = tree.function(block) or tree.module
    behind = [item for item in tree.within(around, ast.Name) if item.lineno > end]
    names = [item for item in behind if item.id == handle]
    given = [item.lineno for item in names if isinstance(item.ctx, ast.Store)]
    for node in names:
        if isinstance(node.ctx, ast.Load) and not any(line <= node.lineno for line in given):
            return "used-after", f"{handle} is used after its block (line {node.lineno})"
    return None


def _in_pieces(source: SourceFile, block: ast.With, handle: str) -> Why | None:
    """Whether others are meant to read the file while it grows."""
    tree = source.tree
    for call in tree.within(block, ast.Call):
        name = qualified_name(tree, call.func) or ""
        looped = any(
            isinstance(item, (ast.For, ast.While))
            for item in tree.ancestors(call)
            if item in block.body or block in tree.ancestors(item)
        )
        given = any(isinstance(item, ast.Name) and item.id == handle for item in call.args)
        flushes = ast.unparse(call.func) in (f"{handle}.flush", f"{handle}.fsync")
        if looped and (flushes or (given and name in ("pickle.dump", "marshal.dump"))):
            text = ast.unparse(call.func)
            return (
                "in-pieces",
                f"{text}() is called in a loop, so the file may be read while it grows",
            )
        says = any(i.arg == "flush" and ast.unparse(i.value) == "True" for i in call.keywords)
        if looped and says and name == "builtins.print":
            return "in-pieces", "print() flushes in a loop, so the file may be read while it grows"
        if name.startswith(("os._exit", "os.exec", "os.abort")):
            return "leaves", f"{name}() in the block would leave it without replacing the file"
        if name in ("time.sleep", "subprocess.Popen"):
            return (
                "in-pieces",
                f"{name}() is called in the block, so the file may be read while it grows",
            )
    for loop in tree.within(block, ast.While):
        endless = isinstance(loop.test, ast.Constant) and loop.test.value
        if endless and not any(
            isinstance(item, (ast.Break, ast.Return)) for item in ast.walk(loop)
        ):
            return "in-pieces", "the block has an endless loop"
    return None


def _path_inside(tree: Tree, block: ast.With, path: ast.expr) -> Why | None:
    """Whether the body does something else to the file that is written."""
    text = ast.unparse(path)
    for node in (node for statement in block.body for node in ast.walk(statement)):
        if not isinstance(node, type(path)) or isinstance(node, ast.Constant):
            continue
        if ast.unparse(node) == text and not _only_named(tree, node, block):
            return "path-used", f"{text} is used while it is written (line {node.lineno})"
    return None


def _only_named(tree: Tree, node: ast.AST, block: ast.With) -> bool:
    """Whether a path stands in a text, is returned, or is given to a call that only says it."""
    if isinstance(tree.parent(node), ast.Return):
        return True
    for ancestor in tree.ancestors(node):
        if ancestor is block:
            return False
        if isinstance(ancestor, ast.JoinedStr):
            return True
        if isinstance(ancestor, ast.Call):
            return last_name(ancestor.func) in _SPEAKING
        if isinstance(ancestor, ast.Attribute) and ancestor.attr in ("name", "stem", "suffix"):
            return True
    return False

"""Blocks and expressions that open a file: a whole read or write, a local function, or neither."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import takewhile

from codemods.analysis.blocking.immediate import UNPACKING, given_buffer
from codemods.analysis.flow.block_names import (
    function_around,
    inside_loop,
    local_names_around,
    output_names,
    read_elsewhere,
    root_name,
    runs_once,
    walk_block,
    wished,
)
from codemods.analysis.names.index import Index
from codemods.project.source import SourceFile
from codemods.syntax.names import free_name, names_bound
from codemods.syntax.parts import keyword_value
from codemods.syntax.tree import DEFINITIONS, Function, walk
from codemods.tables import words
from codemods.transforms.offload_blocking_calls.checks import Why

OPENERS = frozenset({"builtins.open", "io.open", "pathlib.Path.open"})
_BLOCK_OPENERS = OPENERS.union(
    words("bz2.open codecs.open gzip.open lzma.open tarfile.open wave.open zipfile.ZipFile")
)
_HANDLE_METHODS = frozenset(
    words(
        "close extract extractall flush getnames infolist namelist read readframes readline "
        "readlines seek tell truncate write writelines writeframes writestr"
    )
)
_PURE_METHODS = _HANDLE_METHODS | frozenset(
    words(
        "append capitalize count decode digest encode endswith extend find format get group "
        "groups hexdigest insert isdigit items join keys ljust lower lstrip match partition pop "
        "replace rfind rjust rpartition rsplit rstrip search setdefault split splitlines "
        "startswith strip title update upper values zfill"
    )
)
_PURE_MODULES = (
    "base64.", "binascii.", "builtins.", "collections.", "configparser.", "copy.", "csv.",
    "datetime.", "gzip.", "hashlib.", "io.", "itertools.", "json.", "math.", "os.", "pathlib.",
    "pickle.", "plistlib.", "re.", "shutil.", "string.", "struct.", "tarfile.", "textwrap.",
    "time.", "tomli.", "tomllib.", "uuid.", "yaml.", "zipfile.", "zlib.", "orjson.", "ujson.",
    "logging.",
)  # fmt: skip
_IMPURE = frozenset(
    f"builtins.{name}" for name in words("eval exec locals vars globals super input next")
)
_LOGGERS = frozenset({"logger", "log", "_logger", "_log", "LOGGER", "_LOGGER", "LOG", "logging"})
_OUTPUTS = 3
"""More names than that make a function whose result nobody wants to read."""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """One read or write of all of a file."""

    method: str
    opening: ast.Call
    call: ast.Call
    """``f.read()``, ``json.load(f)``, ``f.write(x)``: what is replaced."""
    handle: str | None
    keywords: tuple[str, ...]
    converter: tuple[str, str] | None = None
    """Module and name: ``("json", "loads")``."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block that can become a local function."""

    name: str
    outputs: tuple[str, ...]
    returns: str | None
    direct: bool


class FileShapes:
    """Reads blocks and expressions that open files."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._given: set[tuple[str, int, str]] = set()

    def is_opener(
        self, source: SourceFile, node: ast.expr, names: frozenset[str] = OPENERS
    ) -> bool:
        """Whether ``node`` is a call of ``open``, ``io.open`` or ``Path.open``."""
        return isinstance(node, ast.Call) and self._index.foreign(source, node.func) in names

    def opens(self, source: SourceFile, block: ast.With) -> bool:
        """Whether the block is entered by opening files or archives; one in memory is none, unless
        it is unpacked there."""
        return any(
            self.is_opener(source, item.context_expr, _BLOCK_OPENERS)
            and (not given_buffer(self._index, source, item.context_expr) or _unpacks(block))
            for item in block.items
            if isinstance(item.context_expr, ast.Call)
        )

    def together(self, source: SourceFile, block: ast.With) -> ast.With:
        """The outermost ``with open(…)`` around a block that can become a function, with all that
        is opened in it; else the block itself: a helper in a helper could not be awaited."""
        around = [
            item
            for item in takewhile(
                lambda item: not isinstance(item, DEFINITIONS), source.tree.ancestors(block)
            )
            if isinstance(item, ast.With) and self.opens(source, item)
        ]
        movable = [item for item in around if self._why_no_function(source, item) is None]
        return movable[-1] if movable else block

    # One read or one write

    def whole_of_block(self, source: SourceFile, block: ast.With) -> WholeFile | None:
        """``with open(p) as f: x = f.read()`` and its sisters."""
        match block:
            case ast.With(
                items=[
                    ast.withitem(context_expr=ast.Call() as opening, optional_vars=ast.Name(handle))
                ],
                body=[ast.Assign() | ast.AnnAssign() | ast.Expr() | ast.Return() as statement],
            ) if self.is_opener(source, opening):
                pass
            case _:
                return None
        uses = [
            node for node in walk(statement) if isinstance(node, ast.Name) and node.id == handle
        ]
        if any(isinstance(item, ast.JoinedStr) for item in source.tree.ancestors(uses[0])):
            # What is opened has quotes of its own, which an f-string takes from 3.12 on.
            return None
        once = len(uses) == 1 and runs_once(source, uses[0], statement)
        if not once or read_elsewhere(source, block, handle):
            return None
        return self._whole(source, opening, uses[0], handle)

    def whole_of_expression(self, source: SourceFile, opening: ast.Call) -> WholeFile | None:
        """``open(p).read()`` and ``json.load(open(p))``."""
        return self._whole(source, opening, opening, None)

    def _whole(
        self, source: SourceFile, opening: ast.Call, use: ast.expr, handle: str | None
    ) -> WholeFile | None:
        parent = source.tree.parent(use)
        converter = None
        verb = ""
        call = source.tree.parent(parent) if isinstance(parent, ast.Attribute) else parent
        if not isinstance(call, ast.Call):
            return None
        if parent is call.func and isinstance(parent, ast.Attribute):
            verb = parent.attr
            starred = any(isinstance(item, ast.Starred) for item in call.args)
            if starred or call.keywords or len(call.args) != (verb == "write"):
                return None
        elif parent is call and use in call.args:
            name, place = self._index.foreign(source, call.func), call.args.index(use)
            if name == "json.load" and place == 0:
                verb, converter = "read", ("json", "loads")
            elif name == "json.dump" and place == 1 and handle is not None:
                verb, converter = "write", ("json", "dumps")
        if verb not in ("read", "write"):
            return None
        method, keywords = self._method(source, opening, verb)
        if method is None or (converter and converter[1] == "dumps" and method != "write_text"):
            return None
        return WholeFile(method, opening, call, handle, keywords, converter)

    def _method(
        self, source: SourceFile, opening: ast.Call, verb: str
    ) -> tuple[str | None, tuple[str, ...]]:
        """``Path``'s method with the same effect, and the keywords that it takes over."""
        nothing = None, ()
        on_path = self._index.foreign(source, opening.func) == "pathlib.Path.open"
        positional = list(opening.args)
        if not on_path:
            path = positional.pop(0) if positional else keyword_value(opening, "file")
            literal = isinstance(path, ast.Constant) and isinstance(path.value, str)
            if path is None or (isinstance(path, (ast.Starred, ast.Constant)) and not literal):
                # A file descriptor, or bytes: Path takes neither.
                return nothing
            if isinstance(path, ast.Call) and getattr(path.func, "attr", "") == "fileno":
                return nothing
        if len(positional) > 1:
            return nothing
        mode: ast.expr | None = positional[0] if positional else None
        keywords = []
        for keyword in opening.keywords:
            if keyword.arg == "mode" and mode is None:
                mode = keyword.value
            elif keyword.arg in ("encoding", "errors"):
                keywords.append(keyword.arg)
            elif keyword.arg != "file" or on_path:
                # newline= exists for read_text only since 3.13; buffering= and opener= never.
                return nothing
        text = mode.value if isinstance(mode, ast.Constant) else mode or "r"
        if not isinstance(text, str):
            return nothing
        letters = "".join(sorted({*text} - {"t"}))
        if "b" in letters and keywords:
            return nothing
        methods = {
            ("read", "r"): "read_text",
            ("read", "br"): "read_bytes",
            ("write", "w"): "write_text",
            ("write", "bw"): "write_bytes",
        }
        return methods.get((verb, letters)), tuple(keywords)

    # A block as a function

    def block(self, source: SourceFile, block: ast.With) -> Block | Why:
        """The local function that ``block`` can become, or why it cannot."""
        why = self._why_no_function(source, block)
        if why is not None:
            return "with-open-body", why
        function = function_around(source, block)
        assert function is not None
        outputs = output_names(source, block, function)
        if isinstance(outputs, str):
            return "with-open-body", outputs
        if len(outputs) > _OUTPUTS:
            why = f"the block binds many names that are used later: {', '.join(outputs)}"
            return "with-open-body", why
        last = block.body[-1]
        match last:
            case ast.Assign(targets=[ast.Name(id=target)]):
                direct = outputs == (target,)
            case _:
                direct = False
        returns = None
        if function.returns is not None:
            # Where people annotate, a function without annotations is one that mypy skips.
            returns = self._result(source, block, last) if outputs else "None"
        name = self._name(source, function, wished(block, outputs))
        return Block(name, outputs, returns, direct)

    def _name(self, source: SourceFile, function: Function, wished: str) -> str:
        """A name that the function does not use, that is not its own, and that no other block of it
        got."""
        name, number = free_name(source.tree, function, wished), 1
        while name == function.name or (source.path, function.lineno, name) in self._given:
            number += 1
            name = free_name(source.tree, function, f"{wished}_{number}")
        self._given.add((source.path, function.lineno, name))
        return name

    def _result(self, source: SourceFile, block: ast.With, last: ast.stmt) -> str | None:
        match getattr(last, "value", None), block.items[0]:
            case (
                ast.Call(func=ast.Attribute(value=ast.Name(id=used), attr=method)),
                ast.withitem(context_expr=ast.Call() as opening, optional_vars=ast.Name(id=name)),
            ) if used == name and self.is_opener(source, opening):
                modes = (k.value for k in opening.keywords if k.arg == "mode")
                binary = any(
                    isinstance(node, ast.Constant) and str(node.value).endswith("b")
                    for node in (*opening.args[1:], *modes)
                )
                text = "bytes" if binary else "str"
                return {"read": text, "readline": text, "readlines": f"list[{text}]"}.get(method)
        return None

    def _why_no_function(self, source: SourceFile, block: ast.With) -> str | None:
        if not all(
            self.is_opener(source, item.context_expr, _BLOCK_OPENERS) for item in block.items
        ):
            return "the with statement also enters something other than a file"
        for node in walk_block(block):
            word = type(node).__name__.lower()
            if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)):
                return "the block awaits or yields, so it cannot become a plain function"
            if isinstance(node, ast.comprehension) and node.is_async:
                return "the block iterates with async, so it cannot become a plain function"
            if isinstance(node, (ast.Return, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)):
                return f"the block has a {word} statement on line {node.lineno}"
            if isinstance(node, (*DEFINITIONS, ast.Lambda)):
                return f"the block defines a function or class on line {node.lineno}"
            if isinstance(node, (ast.Break, ast.Continue)) and not inside_loop(source, node, block):
                return f"the block leaves a surrounding loop with {word} on line {node.lineno}"
            if isinstance(node, ast.Delete):
                return f"the block deletes a name on line {node.lineno}"
            if isinstance(node, ast.Call):
                why = self._why_no_call(source, node, block)
                if why is not None:
                    return why
            if isinstance(node, (ast.Attribute, ast.Subscript)) and (
                not isinstance(node.ctx, ast.Load) and root_name(node) not in names_bound(block)
            ):
                text = source.segment(node)
                return f"the block changes {text}, which other code may use at the same time"
        return None

    def _why_no_call(self, source: SourceFile, call: ast.Call, block: ast.With) -> str | None:
        name = self._index.foreign(source, call.func)
        text = " ".join(source.segment(call.func).split())
        if name in _IMPURE:
            return f"the block calls {text}(), which means something else in another function"
        function = call.func
        if isinstance(function, ast.Attribute):
            root = root_name(function.value)
            local = root in local_names_around(source, block) if root else True
            if root in _LOGGERS or (function.attr in _PURE_METHODS and local):
                return None
        if (name or "").startswith(_PURE_MODULES):
            return None
        return f"the block calls {text}(), and whether it may run in a thread is unknown"


def _unpacks(block: ast.With) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in UNPACKING for node in walk(block))

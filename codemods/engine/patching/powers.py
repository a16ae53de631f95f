"""What a patch would let the code do that it did not do before: run programs, read pickles, trust
any certificate.

A report is written by anybody, and CI runs what stands on a branch. So a fix whose words bring in
one of these is only shown. Counted is over all files of a patch and by kind, so that what moves, or
becomes another way of the same, is nothing new.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from codemods.engine.patching import power_names as table
from codemods.engine.patching.folding import UNKNOWN, beginning, constants_of, folded
from codemods.engine.patching.guards import loses_a_guard
from codemods.engine.patching.power_names import (
    INSIDE,
    OPENS,
    RUNS,
    STARTS,
    TRUSTS,
    UNGUARDS,
    UNPICKLES,
)
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.tree import Tree


def new_powers(pairs: Iterable[tuple[SourceFile, SourceFile | None]]) -> tuple[str, ...]:
    """What the files can do after a patch and could not before, in words; empty for most patches.

    Args:
        pairs: each file before and after it; ``None`` where it goes.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    unguarded = False
    for old, new in pairs:
        was, now = _tree(old), _tree(new) if new is not None else None
        before.update(_Powers(was.module).all() if was else ())
        after.update(_Powers(now.module).all() if now else ())
        unguarded = unguarded or (was is not None and now is not None and loses_a_guard(was, now))
    found = [kind for kind in dict.fromkeys(after) if after[kind] > before[kind]]
    return (*found, *([UNGUARDS] if unguarded else []))


def _tree(source: SourceFile) -> Tree | None:
    try:
        return source.tree
    except SourceError:
        # It was not read before either, or does not pass the gate that compiles it.
        return None


class _Powers:
    """The kinds of one file, one for each place that has it."""

    def __init__(self, module: ast.Module) -> None:
        self._module = module
        self._names: Mapping[str, str] = dict(_imported(module))
        self._constants = constants_of(module)
        self._harmless = set(map(id, _only_named(module)))
        self._hosts: set[str] = set()

    def all(self) -> Iterator[str]:
        for node in ast.walk(self._module):
            yield from self._of_node(node)
        yield from (f"sends requests to {host}" for host in sorted(self._hosts))

    def _of_node(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from _of_modules(item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            full = [f"{node.module}.{item.name}" for item in node.names]
            own = _of_modules([node.module or ""])
            yield from own or _of_modules(full)
            yield from _of_names(full)
        elif isinstance(node, ast.Name):
            yield from self._of_name(node)
        elif isinstance(node, ast.Attribute):
            yield from self._of_attribute(node)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node)
        elif isinstance(node, ast.Subscript):
            yield from _of_entry(node)
        elif isinstance(node, ast.Constant | ast.BinOp):
            yield from self._of_text(folded(node, {}))
        else:
            for name, value in _settings(node):
                yield from self._of_setting(name, value)

    def _of_text(self, value: object) -> Iterator[str]:
        if isinstance(value, str):
            if value in table.TEXTS:
                yield INSIDE
            elif value in table.TEXTS_OF_KINDS:
                yield table.TEXTS_OF_KINDS[value]
            elif value.endswith(".PickleSerializer"):
                yield UNPICKLES

    def _of_name(self, node: ast.Name) -> Iterator[str]:
        if id(node) in self._harmless:
            return
        if node.id in table.BUILTINS and node.id not in self._names:
            yield RUNS
        elif node.id in table.INSIDES:
            yield INSIDE
        elif node.id in table.TRUSTING:
            yield TRUSTS
        elif node.id in table.FREE:
            yield OPENS
        elif node.id in self._names:
            full = self._names[node.id]
            # The module itself counts where something of it is named, and where it is handed on.
            if "." in full and not node.id.isupper():
                yield from _of_module(full.rpartition(".")[0])
            if full in table.HANDED and isinstance(node.ctx, ast.Load):
                yield INSIDE
            yield from _of_names([full])

    def _of_attribute(self, node: ast.Attribute) -> Iterator[str]:
        if node.attr in table.INSIDES:
            yield INSIDE
        elif node.attr in table.TRUSTING:
            yield TRUSTS
        elif node.attr in table.FREE or node.attr in table.RIGHTS_OF_ALL:
            yield OPENS
        elif node.attr in table.LOOP and "loop" in _last_name(node.value):
            yield table.LOOP[node.attr]
        dotted = _dotted(node)
        if dotted is None:
            return
        first, _, rest = dotted.partition(".")
        known = first in self._names
        full = f"{self._names.get(first, first)}.{rest}"
        owner, _, name = full.rpartition(".")
        if name in ("__dict__", "__getattribute__") and owner in table.HANDED:
            yield INSIDE
        if id(node) in self._harmless:
            return
        kind = table.MODULES.get(owner) if known else None
        if kind is not None and not name.isupper():
            yield kind
        elif kind is None:
            yield from _of_names([full])

    def _of_setting(self, name: str, value: ast.expr) -> Iterator[str]:
        low = name.lower()
        if isinstance(value, ast.List | ast.Tuple | ast.Set):
            known = {folded(item, self._constants) for item in value.elts}
            if low == "algorithms" and any(str(item).lower() == "none" for item in known):
                # A token that nobody has signed.
                yield TRUSTS
            elif (name in table.FOR_SOME and "*" in known) or (
                name in table.EMPTY_FOR_ALL and not known
            ):
                yield OPENS
            return
        known_value = folded(value, self._constants)
        if known_value is not UNKNOWN:
            yield from _of_value(name, low, known_value)

    def _of_call(self, node: ast.Call) -> Iterator[str]:
        name = _last_name(node.func)
        values = [folded(item, self._constants) for item in node.args]
        numbers = [item for item in values if type(item) is int]
        yield from self._of_keywords(node)
        at = [beginning(item, self._constants) for item in node.args[:2]]
        at += [beginning(item.value, self._constants) for item in node.keywords if item.arg]
        if name in table.REQUESTING:
            self._hosts.update(host for text in at if (host := _host(text)))
        if name in _WITH_MODE and (name != "open" or _dotted(node.func) == "os.open"):
            if any(map(_is_for_everybody, numbers)):
                yield OPENS
        elif (name == "umask" and 0 in numbers) or name in table.RIGHTS:
            yield OPENS
        elif name == "SSLContext" and not any(_dotted(item) in _CHECKING for item in node.args):
            yield TRUSTS
        elif name in ("attrgetter", "methodcaller", "getattr") and table.HIDDEN.intersection(
            part for text in values if isinstance(text, str) for part in text.split(".")
        ):
            yield INSIDE
        elif name == "setattr" and len(node.args) == 3 and isinstance(values[1], str):
            yield from self._of_setting(values[1], node.args[2])
        elif name == "getattr" and len(node.args) > 1 and isinstance(values[1], str):
            owner = _dotted(node.args[0])
            if owner is not None:
                yield from _of_names([f"{self._names.get(owner, owner)}.{values[1]}"])

    def _of_keywords(self, node: ast.Call) -> Iterator[str]:
        for item in node.keywords:
            if item.arg is not None:
                yield from self._of_text(item.arg)
                yield from self._of_setting(item.arg, item.value)
                debugs = item.arg == "debug" and _last_name(node.func) == "run"
                if debugs and folded(item.value, self._constants) is True:
                    # The debugger of a web framework; asyncio's is none.
                    yield from [RUNS] * (_dotted(node.func) not in ("asyncio.run", "uvicorn.run"))


_WITH_MODE = frozenset(
    {"chmod", "fchmod", "lchmod", "mkdir", "makedirs", "mkfifo", "mknod", "touch", "open"}
)
_CHECKING = frozenset({"ssl.PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_CLIENT", "ssl.PROTOCOL_TLS_SERVER"})


def _imported(module: ast.Module) -> Iterator[tuple[str, str]]:
    """What names of the file stand for that imports bind."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for item in node.names:
                yield (item.asname, item.name) if item.asname else (item.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for item in node.names:
                yield item.asname or item.name, f"{node.module}.{item.name}"


def _only_named(module: ast.Module) -> Iterator[ast.AST]:
    """Names that do nothing where they stand: the base of a dotted name, a type that is caught or
    asked about, an annotation, and constants such as ``asyncio.subprocess.PIPE``."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name):
                yield node.value
            if node.attr.isupper():
                yield node.value
        elif isinstance(node, ast.ExceptHandler | ast.AnnAssign | ast.arg | ast.FunctionDef):
            kind = node.type if isinstance(node, ast.ExceptHandler) else None
            about = kind or getattr(node, "annotation", None) or getattr(node, "returns", None)
            if about is not None:
                yield from _types(about)
        elif isinstance(node, ast.Call) and len(node.args) > 1:
            name = _last_name(node.func)
            if name in ("isinstance", "issubclass"):
                yield from _types(node.args[1])
            elif name == "hasattr" or (
                name == "getattr" and isinstance(node.args[1], ast.Constant)
            ):
                # What is got is looked at by its name.
                yield node.args[0]


def _types(node: ast.expr) -> Iterator[ast.AST]:
    """The names of a type or of several; what is called there is no type."""
    stack: list[ast.expr] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Name | ast.Attribute):
            yield item
        elif isinstance(item, ast.Tuple):
            stack += item.elts
        elif isinstance(item, ast.BinOp):
            stack += [item.left, item.right]
        elif isinstance(item, ast.Subscript):
            stack += [item.value, item.slice]


def _settings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What gets which value: an assignment, an entry, or a default."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _assigned(node.target, node.value)
    elif isinstance(node, ast.arguments):
        named = [item.arg for item in (*node.posonlyargs, *node.args)]
        # The last ones have defaults.
        yield from zip(reversed(named), reversed(node.defaults), strict=False)
        for item, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            if default is not None:
                yield item.arg, default


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Attribute | ast.Name):
        yield _last_name(target), value
    elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        # ``options["verify"] = False``
        yield str(target.slice.value), value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _assigned(one, its)


def _of_value(name: str, low: str, value: object) -> Iterator[str]:
    # Nothing given (``None``) leaves the default, which checks; but for the hosts that are known.
    off = not value and value is not None
    unsigned = low in ("algorithm", "algorithms") and str(value).lower() == "none"
    if (
        ((low in table.OFF or name == "ssl") and off)
        or (name == "known_hosts" and value is None)
        or (unsigned and value is not None)
    ):
        yield TRUSTS
    elif name == "shell" and isinstance(value, int) and value:
        yield STARTS
    elif (name, value) in (("allow_pickle", True), ("typ", "unsafe")):
        yield UNPICKLES
    elif (name, value) in _RUNNING:
        yield RUNS
    elif (
        (type(value) is int and low.endswith(_MODES) and _is_for_everybody(value))
        or (name in table.GIVES_RIGHTS and value is True)
        or (value is False and any(part in low for part in table.NEEDS_RIGHTS))
        or (name in table.FOR_SOME and value == "*")
    ):
        yield OPENS


_MODES = ("mode", "perm", "perms")
_RUNNING = (("trust_remote_code", True), ("use_debugger", True), ("safe_mode", False))


def _of_modules(modules: Iterable[str]) -> list[str]:
    found = filter(None, map(_known, modules))
    return [f"imports {known}, which {table.MODULES[known]}" for known in found]


def _known(module: str) -> str:
    """The module of the table that this is, or is a part of; empty for any other."""
    while module and module not in table.MODULES:
        module = module.rpartition(".")[0]
    return module


def _of_module(module: str) -> Iterator[str]:
    known = _known(module)
    if known:
        yield table.MODULES[known]


def _of_names(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        kind = table.NAMES.get(name) or (STARTS if name.startswith(table.SPAWNING) else None)
        if name.startswith("builtins."):
            kind = table.BUILTINS.get(name.removeprefix("builtins."))
        if kind is not None:
            yield kind


def _dotted(node: ast.expr) -> str | None:
    """``http.client.HTTPConnection``; ``None`` for what is no chain of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _last_name(node: ast.expr) -> str:
    """``get`` of ``requests.get`` and of ``requests.get(…)``; empty for what has no name."""
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _of_entry(node: ast.Subscript) -> Iterator[str]:
    """``globals()[name]``."""
    around = node.value
    called = around.func if isinstance(around, ast.Call) else None
    spaces = isinstance(called, ast.Name) and called.id in ("vars", "globals", "locals")
    named = isinstance(node.slice, ast.Constant) and node.slice.value not in table.HIDDEN
    if spaces and not named:
        yield INSIDE


def _host(text: str) -> str | None:
    """The host of an absolute address."""
    if not text.lower().startswith(("http://", "https://", "ws://", "wss://", "ftp://", "//")):
        return None
    try:
        return urlsplit(text).hostname
    except ValueError:
        return None


def _is_for_everybody(mode: int) -> bool:
    return mode > 0o100 and bool(mode & (table.EVERYBODY | table.OF_ITS_OWNER))

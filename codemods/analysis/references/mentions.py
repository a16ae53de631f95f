"""Where a project mentions one of its modules without importing it: strings, build files, docs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name
from codemods.syntax.tree import Tree
from codemods.tables import listed, words

_SETTINGS = ("entry_points.txt",)
_DOCUMENTATION = (".md", ".rst", ".txt", ".adoc", ".html", ".mdx", ".po", ".pot")
_NO_TEXT = (
    *(".png", ".jpg", ".jpeg", ".gif", ".ico", ".svg", ".webp", ".pdf", ".woff", ".woff2", ".ttf"),
    *(".gz", ".zip", ".whl", ".db", ".sqlite", ".npy", ".wav", ".mp3", ".flac", ".so", ".lock"),
    *(".map", ".csv", ".min.js", "package-lock.json", ".DS_Store"),
)
_LONGEST_LINE = 2_000
"""Longer lines are data, and not written by anybody."""
_COMMENTS = (b"#", b"//", b"*", b"/*", b"<!--", b";", b"--")
_LOADS = frozenset(
    words("import_module __import__ find_spec patch run import_string load_object object")
)
_FINDS = frozenset(
    words(
        "iter_modules walk_packages import_module __import__ spec_from_file_location find_modules"
    )
)
_LAZY = re.compile(rb"import_module|__import__|\b__getattr__\b|[Ll]azy|LAZY")
_LISTS = frozenset(
    words("pytest_plugins INSTALLED_APPS include imports py_modules hiddenimports packages")
)
_MOST_SHOWN = 3
_OWN_PLACE = re.compile(rb"\b__(?:name|package|path|file)__\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A line that names a module."""

    path: str
    line: int
    runs: bool = False
    """Whether a document says how to run it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Names:
    """How one module may be named.

    Args:
        project: tells what its dotted name is, and which other files are called the same.
        path: its file.
    """

    def __init__(self, project: Project, path: str) -> None:
        self.path = path
        stem = path.removesuffix(".py").removesuffix("/__init__")
        self.parts = tuple(stem.split("/"))
        self.word = self.parts[-1]
        self.module = project.modules.name(path)
        self.shadowed = project.modules.file_at(path.removesuffix(".py")) not in (path, None)
        """Whether a package of the same name is imported in its place."""
        name = path.rpartition("/")[2]
        self._only = sum(item.rpartition("/")[2] == name for item in project.python_paths) == 1
        self._folder = path.rpartition("/")[0]

    @cached_property
    def _dotted(self) -> re.Pattern[str]:
        """``pkg.module``, with more of the folders before it or not; never one word alone."""
        before = ""
        for part in self.parts[:-2]:
            before = rf"(?:{before}{re.escape(part)}\.)?"
        inner = rf"{before}{re.escape(self.parts[-2])}\." if len(self.parts) > 1 else r"(?!)"
        return re.compile(rf"(?<![\w.]){inner}{re.escape(self.word)}(?!\w)")

    @cached_property
    def _file(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w./\\-])(?P<before>[\w./\\-]*?){re.escape(self.word)}\.py(?!\w)")

    @cached_property
    def _run(self) -> re.Pattern[str]:
        """``-m module`` and ``-p plugin``."""
        return re.compile(
            rf"(?:^|\s|[\"'])-[mp][\s=\"',]+(?:[\w.]*\.)?{re.escape(self.word)}(?!\w)"
        )

    @cached_property
    def _entry(self) -> re.Pattern[str]:
        """``module:attribute`` of a module that stands in no package."""
        return re.compile(rf"(?<![\w./-]){re.escape(self.module)}:[A-Za-z_]")

    def in_text(self, text: str, holder: str) -> bool:
        """Whether a line of a file, or a string in it, names the module or its file."""
        if self.in_path(text, holder):
            return True
        if self.shadowed:
            # A dotted name means the package.
            return False
        return bool(
            self._dotted.search(text)
            or self._run.search(text)
            or ("." not in self.module and self._entry.search(text))
        )

    def in_path(self, text: str, holder: str) -> bool:
        """Whether a text holds the path of the file, or the end of it."""
        if self.path.endswith("/__init__.py"):
            return False
        for match in self._file.finditer(text):
            before = [
                part for part in re.split(r"[/\\]", match["before"]) if part.strip(".") and part
            ]
            own = list(self.parts[:-1])
            if not before:
                # The bare name of a file means the one of several that stands beside it.
                near = holder.rpartition("/")[0] == self._folder
                start = match.start()
                started = re.search(r"\bpython[\d.]*\s+$", text[max(0, start - 40) : start])
                if self._only or near or started is not None:
                    return True
            elif own[-len(before) :] == before or (own and before[-len(own) :] == own):
                return True
        return False

    def is_listed(self, text: str, holder: str) -> bool:
        """Whether a line of settings has the module's name as an item of a list: what a packager
        is to take along."""
        single = "." not in self.module and holder.endswith((".toml", "setup.cfg"))
        if self.shadowed or not (single or holder.endswith(".spec")):
            return False
        name = re.escape(self.word)
        return re.search(rf"[\"']{name}[\"']|^\s*{name}\s*$", text) is not None

    def is_run(self, text: str) -> bool:
        """Whether a text says how to start it."""
        return bool(
            self._run.search(text)
            or re.search(rf"\bpython[\d.]*\s+\S*{re.escape(self.word)}\.py\b", text)
        )


def in_strings(project: Project, names: Names, going: frozenset[str]) -> Iterator[Mention]:
    """Strings of Python files that name a module: ``patch("pkg.module.f")``, a path to run."""
    for source in project.containing(names.word.encode()):
        tree = readable(source)
        if source.path in going or tree is None:
            continue
        for constant in tree.of(ast.Constant):
            text = constant.value
            if not isinstance(text, str) or names.word not in text:
                continue
            if _is_documentation(tree, constant):
                continue
            if names.in_text(text, source.path) or _is_loaded(source, tree, constant, names):
                yield Mention(source.path, constant.lineno)


def in_docstrings(project: Project, names: Names, going: frozenset[str]) -> Iterator[Mention]:
    """Docstrings and comments of Python files that name a module: nothing depends on them."""
    for source in project.containing(names.word.encode()):
        tree = readable(source)
        if source.path in going or tree is None:
            continue
        for constant in tree.of(ast.Constant):
            text = constant.value
            if (
                isinstance(text, str)
                and names.word in text
                and _is_documentation(tree, constant)
                and names.in_text(text, source.path)
            ):
                yield Mention(source.path, constant.lineno)
        for number, line in enumerate(source.text.split("\n"), 1):
            _, mark, comment = line.partition("#")
            if mark and names.word in comment and names.in_text(comment, source.path):
                yield Mention(source.path, number)


def in_other_files(project: Project, names: Names) -> tuple[list[Mention], list[Mention]]:
    """Build files, scripts and settings that name a module, and documents that do."""
    needing: list[Mention] = []
    telling: list[Mention] = []
    word = names.word.encode()
    paths = tuple(
        path
        for path in project.files.paths()
        if not path.endswith((".py", ".pyi", *_NO_TEXT)) and "/node_modules/" not in path
    )
    for path, data in sorted(project.files.read_all(paths).items()):
        if word not in data or b"\0" in data:
            continue
        for number, line in enumerate(data.split(b"\n"), 1):
            if word not in line or len(line) > _LONGEST_LINE:
                continue
            text = line.decode("utf-8", "replace")
            if not names.in_text(text, path) and not names.is_listed(text, path):
                continue
            document = path.lower().endswith(_DOCUMENTATION) and not path.endswith(_SETTINGS)
            told = document or line.lstrip().startswith(_COMMENTS)
            (telling if told else needing).append(Mention(path, number, names.is_run(text)))
    return needing, telling


def discovering(project: Project, names: Names) -> Mention | None:
    """A place that imports the modules of the package by what is there, or by names it makes."""
    literals = tuple(item.encode() for item in _FINDS)
    for source in project.containing(*literals):
        tree = readable(source)
        if tree is None:
            continue
        for call in tree.of(ast.Call):
            function = call.func
            called = last_name(function)
            if called not in _FINDS or not call.args:
                continue
            if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
                # A name that is written out is a string like any other.
                continue
            if _may_reach(source, tree, names):
                return Mention(source.path, call.lineno)
    return None


def _may_reach(source: SourceFile, tree: Tree, names: Names) -> bool:
    """Whether a file that imports by made-up names can mean a module: it works with its own place
    and is above it, or it has a string that is the module's name, its file's or that of a package
    around it."""
    folder = names.path.rpartition("/")[0]
    own = source.path.rpartition("/")[0]
    inside = own == folder or (own != "" and folder.startswith(f"{own}/"))
    if inside and _OWN_PLACE.search(source.data):
        return True
    package = names.module.rpartition(".")[0]
    around = (package or folder.replace("/", ".")).split(".")
    last = around[-1]
    exact = {names.word, f"{names.word}.py", ".".join(around[:1])}
    ends = re.compile(rf"(?:^|[./]){re.escape(last)}[./]?$|\.{re.escape(names.word)}$")
    begins = re.compile(rf"^{re.escape(around[0])}(?:[./][\w./]*)?[./]$")
    for item in tree.of(ast.Constant):
        text = item.value
        if not isinstance(text, str) or not text:
            continue
        if text in exact or (last and ends.search(text)) or (around[0] and begins.match(text)):
            return True
    attribute = rf"\b{re.escape(last)}\.__(?:path|name)".encode()
    return bool(last) and re.search(attribute, source.data) is not None


def _is_documentation(tree: Tree, node: ast.Constant) -> bool:
    """Whether a string stands alone as a statement: a docstring, or the one of an attribute."""
    return isinstance(tree.parent(node), ast.Expr)


def _is_loaded(source: SourceFile, tree: Tree, node: ast.Constant, names: Names) -> bool:
    """Whether a string that is only the module's name is given to something that loads it."""
    text = str(node.value)
    if names.shadowed:
        return False
    if text == f".{names.word}":
        return _LAZY.search(source.data) is not None
    name, _, rest = text.partition(".")
    if (text.rpartition(":")[0] or name) != names.module:
        return False
    parent = tree.parent(node)
    if isinstance(parent, ast.keyword):
        parent = tree.parent(parent)
    if isinstance(parent, ast.Call):
        function = parent.func
        called = last_name(function)
        return called in _LOADS or (called == "setattr" and not rest)
    while isinstance(parent, (ast.List, ast.Tuple, ast.Set)):
        parent = tree.parent(parent)
    match parent:
        case ast.Assign(targets=[ast.Name(id=bound)]) | ast.AnnAssign(target=ast.Name(id=bound)):
            return bound in _LISTS
        case ast.keyword(arg=bound):
            return bound in _LISTS
        case _:
            return False


def shown(mentions: Sequence[Mention]) -> str:
    """The first of some places, and how many more there are."""
    return listed(list(dict.fromkeys(str(item) for item in mentions)), _MOST_SHOWN)

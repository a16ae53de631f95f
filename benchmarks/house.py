"""The structure of a checkout in figures: `python benchmarks/house.py [CHECKOUT …]`.

Counts what a move should make better, by the text of the code alone: several checkouts, so an old
commit beside today's, are columns of one table.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import keyword
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"codemods": "codemods", "codemods.cli": "cli"}
CATALOGUE = "codemods.transforms"
LONG_FUNCTION = 60
LONG_FILE = 400
SMALL_BODY = 10
"""Nodes up to which two equal bodies are no copy worth a shared name: they hand on an attribute or
what one function gives."""


class House:
    """The modules of one checkout, parsed when somebody asks."""

    def __init__(self, root: Path) -> None:
        self.paths: dict[str, Path] = {}
        for name, folder in FOLDERS.items():
            for path in sorted((root / folder).rglob("*.py")):
                parts = path.relative_to(root / folder).with_suffix("").parts
                if "sample-project" not in parts:
                    inner = parts[:-1] if parts[-1] == "__init__" else parts
                    self.paths[".".join((name, *inner))] = path

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each module."""
        return {name: path.read_text("utf-8") for name, path in self.paths.items()}

    @cached_property
    def trees(self) -> Mapping[str, ast.Module]:
        """The syntax tree of each module."""
        return {name: ast.parse(text) for name, text in self.texts.items()}

    def lines(self, module: str) -> int:
        """How many lines a module has."""
        return self.texts[module].count("\n")

    @cached_property
    def imports(self) -> Mapping[str, frozenset[str]]:
        """What each module imports of ours."""
        return {name: frozenset(self._imports(name)) - {name} for name in self.paths}

    def _imports(self, module: str) -> Iterator[str]:
        is_package = self.paths[module].name == "__init__.py"
        package = module if is_package else module.rpartition(".")[0]
        for node in ast.walk(self.trees[module]):
            names = []
            if isinstance(node, ast.Import):
                names = [item.name for item in node.names]
            elif isinstance(node, ast.ImportFrom):
                parts = package.split(".")
                above = parts[: len(parts) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                names = [f"{base}.{item.name}" for item in node.names]
                names = [name if name in self.paths else base for name in names]
            yield from (name for name in names if name in self.paths)

    @cached_property
    def codemods(self) -> Mapping[str, int]:
        """The lines of each codemod with the modules of the catalogue that it alone reaches."""
        inner = [name for name in self.paths if name.startswith(f"{CATALOGUE}.")]
        public = [name for name in inner if name.count(".") == 2 and name.split(".")[2][0] != "_"]
        reached: dict[str, set[str]] = defaultdict(set)
        for codemod in public:
            left = [codemod]
            while left:
                module = left.pop()
                if codemod not in reached[module]:
                    reached[module].add(codemod)
                    left += [item for item in self.imports[module] if item in inner]
        return {
            codemod: sum(
                self.lines(module)
                for module, by in reached.items()
                if by == {codemod} or module == codemod
            )
            for codemod in public
        }

    @cached_property
    def functions(self) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        """Every function and method, with its module."""
        return [
            (module, node)
            for module, tree in self.trees.items()
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]

    def in_circles(self) -> set[str]:
        """The modules that stand in a circle of imports, or only between two of them."""
        left = {name: set(targets) for name, targets in self.imports.items()}
        for forward in (True, False):
            if not forward:
                turned: dict[str, set[str]] = {name: set() for name in left}
                for name, targets in left.items():
                    for target in targets:
                        turned[target].add(name)
                left = turned
            while free := [name for name, targets in left.items() if not targets]:
                for name in free:
                    del left[name]
                for targets in left.values():
                    targets.difference_update(free)
        return set(left)

    def equal_bodies(self) -> list[list[str]]:
        """Groups of functions whose bodies are the same but for the docstring."""
        groups: dict[str, list[str]] = defaultdict(list)
        for module, node in self.functions:
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            nodes = [item for statement in body for item in ast.walk(statement)]
            if sum(not isinstance(item, ast.expr_context) for item in nodes) > SMALL_BODY:
                groups[";".join(map(ast.dump, body))].append(f"{module}:{node.lineno} {node.name}")
        return [places for places in groups.values() if len(places) > 1]

    def english(self) -> list[str]:
        """Where a regular expression over text spells out words of English, as ``module:line``.

        A word is a run of at least four small letters that stands for itself and is no word of
        Python's (keywords, builtins), and no part of a name with an underscore.
        """
        found = []
        for module, tree in self.trees.items():
            texts = _texts(tree)
            for node in ast.walk(tree):
                if _compiles(node):
                    pattern = _pattern(node.args[0], texts)
                    words = set(_WORD.findall(_ESCAPED.sub(" ", pattern)))
                    if words - _PYTHON:
                        found.append(f"{module}:{node.lineno}")
        return found

    def matches(self, pattern: str) -> int:
        """How often an expression occurs in the code."""
        return sum(len(re.findall(pattern, text)) for text in self.texts.values())


_WORD = re.compile(r"(?<![\w.])[a-z]{4,}(?![\w])")
_ESCAPED = re.compile(r"\\.|\(\?P<\w+>|\[[^\]]*\]|\{[\d,]*\}|[?*+]")
_PYTHON = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls"}
_MATCHING = {"compile", "search", "match", "fullmatch", "findall", "finditer", "split", "sub"}


def _compiles(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether a node is a call of :mod:`re` with a pattern of text."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _MATCHING
        and bool(node.args)
    )


def _texts(tree: ast.Module) -> Mapping[str, ast.expr]:
    """What the names of a module are bound to: patterns are put together from them."""
    return {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _pattern(node: ast.AST, names: Mapping[str, ast.expr], depth: int = 0) -> str:
    """The text of a pattern, with the module's own names filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.Name) and depth < 5 and node.id in names:
        return _pattern(names[node.id], names, depth + 1)
    return "".join(_pattern(item, names, depth) for item in ast.iter_child_nodes(node))


MEASURES: Mapping[str, Callable[[House], float]] = {
    "files": lambda house: len(house.paths),
    "lines": lambda house: sum(map(house.lines, house.paths)),
    "private files flat in transforms/": lambda house: sum(
        name.startswith(f"{CATALOGUE}._") for name in house.paths
    ),
    "median codemod, lines": lambda house: statistics.median(house.codemods.values()),
    "modules in circles": lambda house: len(house.in_circles()),
    "groups of equal bodies": lambda house: len(house.equal_bodies()),
    f"functions over {LONG_FUNCTION} lines": lambda house: sum(
        (node.end_lineno or node.lineno) - node.lineno >= LONG_FUNCTION
        for _, node in house.functions
    ),
    f"files over {LONG_FILE} lines": lambda house: sum(
        house.lines(name) > LONG_FILE for name in house.paths
    ),
    "regular expressions": lambda house: house.matches(r"\bre\.compile\("),
    "regular expressions with English": lambda house: len(house.english()),
    'rpartition(".")[2]': lambda house: house.matches(r"rpartition\(\"\.\"\)\[2\]"),
}


def main() -> int:
    """Print the table; 2 where a checkout holds no package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("checkouts", nargs="*", type=Path, default=[ROOT])
    arguments = parser.parse_args()
    for checkout in arguments.checkouts:
        if not (checkout / "codemods" / "__init__.py").is_file():
            print(f"house: {checkout} holds no package codemods", file=sys.stderr)
            return 2
    houses = [House(checkout) for checkout in arguments.checkouts]
    width = max(map(len, MEASURES))
    for name, measure in MEASURES.items():
        print(name.ljust(width), *(f"{measure(house):8g}" for house in houses))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Output that is what a program is for: of commands, scripts, tests, and what shows things."""

from __future__ import annotations

import ast
import re

from codemods.analysis.blocking.decided import runs_alone
from codemods.project.paths import is_test
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.scopes import imported_name
from codemods.syntax.tree import FUNCTIONS, Tree, walk
from codemods.tables import words

_SHOWING = frozenset(
    words(
        "print show display dump usage help main cli banner pprint report summary menu prompt "
        "console output demo example progress draw render"
    )
)
"""Parts of names of functions and classes that are there to show something."""
_COMMANDS = frozenset(
    words("argparse click typer fire optparse docopt cmd getopt rich tqdm colorama cmd2 cleo")
)
"""Libraries of programs whose output somebody reads in a terminal."""
_FOLDERS = frozenset(
    words(
        "docs doc packaging tools commands cmds bin dev benchmarks notebooks cli demo demos "
        "examples playground"
    )
)
_CLI = frozenset(words("cli demo demos examples"))
_FILES = frozenset(
    words("__main__ setup hatch_build noxfile tasks conftest manage fabfile cli main demo")
)


def shown_on_purpose(source: SourceFile, node: ast.AST) -> str | None:
    """Why what is printed there is the product of the program, in words; ``None`` where nothing
    says so."""
    tree = source.tree
    path = source.path
    if is_test(path):
        return "it is in a test"
    program = of_a_program(source, node)
    if program is not None:
        return program
    library = next(
        (name for item in tree.of(ast.alias) if (name := _top(tree, item)) in _COMMANDS), None
    )
    if library is not None:
        return f"{path} imports {library}: its output is for a terminal"
    for ancestor in tree.ancestors(node):
        name = getattr(ancestor, "name", "") or ""
        if isinstance(ancestor, (*FUNCTIONS, ast.ClassDef)) and _shows(name):
            return f"{name} is meant to show something"
    if _is_run(tree, node):
        return "it runs when the file is run as a script"
    return None


def of_a_program(source: SourceFile, node: ast.AST) -> str | None:
    """Why code runs for whoever started a program alone, in words: a script, a command, an
    example, a benchmark; ``None`` where nothing says so."""
    path = source.path
    *folders, name = path.split("/")
    parts = {part for folder in folders for part in re.split(r"[_-]", folder)}
    if name.removesuffix(".py") in _FILES or not _FOLDERS.isdisjoint({*folders, *parts & _CLI}):
        return f"{path} is a script or a command"
    alone = runs_alone(source, node)
    return None if alone is None else alone.partition(":")[0]


def _top(tree: Tree, alias: ast.alias) -> str:
    return imported_name(tree, alias).lstrip(".").partition(".")[0]


def _shows(name: str) -> bool:
    words_of = "".join(f"_{item}" if item.isupper() else item for item in name).lower()
    return not _SHOWING.isdisjoint(words_of.split("_"))


def _is_run(tree: Tree, node: ast.AST) -> bool:
    """Whether it stands under ``if __name__ == "__main__":``, or in a function that is called
    there."""
    blocks = [item for item in tree.of(ast.If) if _is_main(item)]
    around = {*tree.ancestors(node)}
    if not around.isdisjoint(blocks):
        return True
    called = {
        last_name(call.func)
        for block in blocks
        for call in walk(block)
        if isinstance(call, ast.Call)
    }
    return any(isinstance(item, FUNCTIONS) and item.name in called for item in around)


def _is_main(statement: ast.If) -> bool:
    names = (item.id for item in walk(statement.test) if isinstance(item, ast.Name))
    return "__name__" in names

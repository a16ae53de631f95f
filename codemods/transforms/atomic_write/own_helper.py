"""The helper that is put into a file which has none: why it is as it is says the codemod."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.codemod import AddImport, Edit, Operation, Refusal, Unit, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.reach import reach
from codemods.syntax.names import free_name
from codemods.syntax.tree import DEFINITIONS, Function
from codemods.transforms.atomic_write.edit import Declared

NAME = "_atomic_replace"

_SAYS = "A new file beside ``path``, which takes its place when the block does not raise."


@dataclass(frozen=True, slots=True)
class Written:
    """The helper that is put into a file."""

    name: str
    edits: tuple[Edit, ...]


def write_helper(
    project: Project, source: SourceFile, at: ast.AST, *, durable: bool, keep_suffix: bool
) -> Written | Refusal:
    """A helper of the file's own, above the definition that ``at`` stands in.

    Args:
        durable: the file is forced to the disk before it is renamed.
        keep_suffix: the temporary file has the suffix of the other, for what goes by it.
    """
    tree = source.tree
    top = tree.module.body
    around = [at, *tree.ancestors(at)]
    index = next(i for i, item in enumerate(top) if any(item is node for node in around))
    site = site_of(source, tree.statement(at))
    if index == 0 and (not isinstance(top[0], DEFINITIONS) or _has_comment(source, top[0])):
        return Refusal("no-place", "there is nothing above the write to put a helper behind", site)
    if project.target_python < (3, 8):
        # ``unlink(missing_ok=True)`` came with 3.8.
        return Refusal("python", "the helper needs Python 3.8, and the project runs on less", site)
    wished = [
        ("contextlib", "contextmanager"),
        ("os", None),
        ("pathlib", "Path"),
        ("shutil", None),
        ("uuid", None),
    ]
    annotated = _annotated(source)
    if annotated:
        wished.append(("collections.abc", "Iterator"))
    texts: dict[str, str] = {}
    imports: list[AddImport] = []
    for module, name in wished:
        reached = reach(source, top[index], module, name)
        if isinstance(reached, str):
            return Refusal("name-taken", reached, site)
        texts[name or module] = reached.text
        imports += reached.imports
    name = free_name(tree, tree.module, NAME)
    code = _code(texts, name, durable, keep_suffix, annotated and _signature(project, source))
    anchor = top[max(index - 1, 0)]
    below = 0 if index == 0 else _blank_lines(source, anchor)
    payload = Declared(code, index == 0, below, _unit(source))
    operation = Operation(source.path, source.span(anchor), payload, Unit.STATEMENT)
    return Written(name, (operation, *imports))


def _has_comment(source: SourceFile, first: ast.stmt) -> bool:
    """Whether a comment right above a definition speaks of it: the helper would come between."""
    line = source.line_of(source.statements_span(first, first).start)
    return line > 1 and source.line_text(line - 1).lstrip().startswith("#")


def _blank_lines(source: SourceFile, anchor: ast.stmt) -> int:
    """How many blank lines are missing behind ``anchor`` to make two."""
    line = (anchor.end_lineno or anchor.lineno) + 1
    count = 0
    while count < 2 and line <= len(source.line_starts) and not source.line_text(line).strip():
        count, line = count + 1, line + 1
    return 2 - count


def _unit(source: SourceFile) -> str:
    """What the first indented line of a file is indented by."""
    for statement in source.tree.module.body:
        body = getattr(statement, "body", None)
        if isinstance(body, list) and body and body[0].lineno > statement.lineno:
            return source.line_text(body[0].lineno)[: body[0].col_offset]
    return "    "


def _annotated(source: SourceFile) -> bool:
    """Whether the functions of a file say what they return."""
    tree = source.tree
    functions: list[Function] = [*tree.of(ast.FunctionDef), *tree.of(ast.AsyncFunctionDef)]
    return any(item.returns is not None for item in functions)


def _signature(project: Project, source: SourceFile) -> str:
    """How annotations are written: ``plain``, or ``quoted`` where Python would trip over them."""
    later = any(
        isinstance(item, ast.ImportFrom)
        and item.module == "__future__"
        and any(alias.name == "annotations" for alias in item.names)
        for item in source.tree.module.body[:8]
    )
    return "plain" if later or project.target_python >= (3, 10) else "quoted"


def _code(
    texts: dict[str, str], name: str, durable: bool, keep_suffix: bool, annotated: str | bool
) -> str:
    parameter, result = "path", ""
    if annotated:
        quote = '"' if annotated == "quoted" else ""
        parameter = f"path: {quote}str | {texts['os']}.PathLike[str]{quote}"
        result = f" -> {quote}{texts['Iterator']}[{texts['Path']}]{quote}"
    unique = f"{{{texts['uuid']}.uuid4().hex}}"
    fresh = (
        f".{{target.stem}}.{unique}{{target.suffix}}"
        if keep_suffix
        else f".{{target.name}}.{unique}.tmp"
    )
    forced = (
        '        with temporary.open("r+b") as written:\n'
        f"            {texts['os']}.fsync(written.fileno())\n"
    )
    return (
        f"@{texts['contextmanager']}\n"
        f"def {name}({parameter}){result}:\n"
        f'    """{_SAYS}"""\n'
        f"    target = {texts['Path']}(path).resolve()\n"
        f'    temporary = target.with_name(f"{fresh}")\n'
        "    try:\n"
        "        temporary.touch(exist_ok=False)\n"
        "        if target.exists():\n"
        f"            {texts['shutil']}.copymode(target, temporary)\n"
        "        yield temporary\n"
        f"{forced if durable else ''}"
        f"        {texts['os']}.replace(temporary, target)\n"
        "    finally:\n"
        "        temporary.unlink(missing_ok=True)\n"
    )

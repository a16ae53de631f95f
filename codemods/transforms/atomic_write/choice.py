"""Which helper a write is given, and how the statement around it takes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from codemods.analysis.flow.block_names import root_name
from codemods.codemod import AddImport, DropImport, Edit, Operation, Place, Refusal, Unit, site_of
from codemods.project.project import Project
from codemods.project.settings import nearest_black_settings
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes, InPlace
from codemods.rewriting.reach import reach, spelled
from codemods.syntax.names import free_name, qualified_name
from codemods.syntax.tree import DEFINITIONS, Function, Tree, position
from codemods.transforms.atomic_write.edit import Declared, Layout
from codemods.transforms.atomic_write.helpers import Helper, helpers
from codemods.transforms.atomic_write.plan import AtomicPlan
from codemods.transforms.atomic_write.reuse import called_instead, is_near, opened_instead, takes
from codemods.transforms.atomic_write.writes import Writing, writing

NAME = "_atomic_replace"

_SAYS = "A new file beside ``path``, which takes its place when the block does not raise."
_NEEDED = (
    *(("contextlib", "contextmanager"), ("os", None), ("pathlib", "Path"), ("shutil", None)),
    *(("uuid", None), ("collections.abc", "Iterator")),
)
"""What the helper imports; the last for its annotations."""


class Choice:
    """Chooses for the writes of one file.

    Args:
        places: all places of a finding in this file: they share one helper.
    """

    def __init__(self, project: Project, plan: AtomicPlan, places: Sequence[Place]) -> None:
        self.project = project
        self.plan = plan
        self.places = places
        self.source: SourceFile = places[0].source
        self.tree: Tree = self.source.tree

    @cached_property
    def _helpers(self) -> tuple[Helper, ...]:
        return tuple(helpers(self.project, self.source))

    def reused(self, made: Writing, block: ast.With | None) -> tuple[Edit, ...] | None:
        """A call of the project's own helper instead of the statement, where one fits."""
        for helper in self._helpers:
            as_path = made.part == "receiver"
            if not takes(self.project, self.source, helper, made.target, as_path=as_path):
                continue
            call = called_instead(self.source, helper, made, block)
            opened = block is not None and opened_instead(self.source, helper, made)
            if call is None and not opened:
                continue
            way = self._way(made.call, helper)
            if way is None:
                continue
            text, imports = way
            if call is None:
                span = self.source.span(made.call.func)
                return (Operation(self.source.path, span, Becomes(text)), *imports)
            span = self.source.span(block or self.tree.statement(made.call))
            payload = InPlace(f"{text}{call}\n")
            operation = Operation(self.source.path, span, payload, Unit.STATEMENT)
            return (operation, *imports, *self._unused(helper, block))
        return None

    def _unused(self, helper: Helper, block: ast.With | None) -> Iterator[DropImport]:
        """The import of :mod:`json`, where the helper dumps and the block did."""
        for call in self.tree.within(block, ast.Call) if block and helper.kind == "json" else ():
            name = root_name(call.func)
            if qualified_name(self.tree, call.func) == "json.dump" and name is not None:
                yield DropImport(self.source.path, name)

    def _way(self, at: ast.Call, helper: Helper) -> tuple[str, tuple[AddImport, ...]] | None:
        """How a helper is written where ``at`` stands, if it should be."""
        inside = any(item is helper.node for item in self.tree.ancestors(at))
        later = helper.source is self.source and helper.node.lineno > at.lineno
        if inside or (later and self.tree.function(at) is None):
            # The helper would call itself, or is not there yet.
            return None
        way = spelled(self.project, self.source, at, helper.source, helper.node.name)
        if isinstance(way, str) or not is_near(self.project, self.source, way[1]):
            return None
        return way

    def given(
        self, at: ast.Call, target: ast.expr, *, as_path: bool, keep_suffix: bool
    ) -> tuple[str | Refusal, tuple[Edit, ...]]:
        """The name of a helper that gives the path of a temporary file, and what it takes.

        Args:
            target: the file that is replaced.
            as_path: it is a path of :mod:`pathlib`, and the temporary one has to be.
        """
        for helper in self._helpers:
            if (
                helper.kind == "path"
                and (helper.keeps_suffix or not keep_suffix)
                and (helper.gives_path or not as_path)
                and takes(self.project, self.source, helper, target, as_path=as_path)
                and (way := self._way(at, helper)) is not None
            ):
                return way
        return self._written()

    def _written(self) -> tuple[str | Refusal, tuple[Edit, ...]]:
        """The name of a helper of the file's own, and the edits that put it above the first
        definition that writes."""
        nodes = [
            self._calls[0] if isinstance(item.node, ast.Module) and self._calls else item.node
            for item in self.places
        ]
        # What the helper is put above is the same for all writes of a file.
        at = min(nodes, key=lambda node: position(node)[0])
        source, tree, top = self.source, self.tree, self.tree.module.body
        around = [at, *tree.ancestors(at)]
        index = next(i for i, item in enumerate(top) if any(item is node for node in around))
        site = site_of(source, tree.statement(at))
        if index == 0 and (not isinstance(top[0], DEFINITIONS) or _has_comment(source, top[0])):
            detail = "the module has nothing above the write, so there is no place for a helper"
            return Refusal("no-place", detail, site), ()
        if self.project.target_python < (3, 8):
            # ``unlink(missing_ok=True)`` came with 3.8.
            detail = "the helper needs Python 3.8, and the project supports older versions"
            return Refusal("python", detail, site), ()
        functions: list[Function] = [*tree.of(ast.FunctionDef), *tree.of(ast.AsyncFunctionDef)]
        annotated = any(item.returns is not None for item in functions)
        texts: dict[str, str] = {}
        imports: list[AddImport] = []
        for module, name in _NEEDED if annotated else _NEEDED[:-1]:
            reached = reach(source, top[index], module, name)
            if isinstance(reached, str):
                return Refusal("name-taken", reached, site), ()
            texts[name or module] = reached.text
            imports += reached.imports
        name = free_name(tree, tree.module, NAME)
        signature = annotated and _signature(self.project, source)
        code = _code(texts, name, self.plan.durable, self._keeps_suffix, signature)
        anchor = top[max(index - 1, 0)]
        below = 0 if index == 0 else _blank_lines(source, anchor)
        payload = Declared(code, index == 0, below, _unit(source))
        operation = Operation(source.path, source.span(anchor), payload, Unit.STATEMENT)
        return name, (operation, *imports)

    @cached_property
    def _calls(self) -> list[ast.Call]:
        """The writes of the file, in the order of the lines."""
        return [
            call
            for call in self.tree.of(ast.Call)
            if isinstance(made := self._made(call), Writing) and not made.only_reads
        ]

    @cached_property
    def _keeps_suffix(self) -> bool:
        """Whether a function that writes one of the files may go by its suffix."""
        return any(
            isinstance(made := self._made(call), Writing) and made.by_name
            for place in self.places
            for call in self.tree.within(place.node, ast.Call)
        )

    def _made(self, call: ast.Call) -> Writing | str | None:
        return writing(self.project, self.source, call, self.plan.writers)

    def layout(self, made: Writing, block: ast.With, name: str, variable: str) -> Layout:
        """How the header of a ``with`` statement takes one item more."""
        items = [self.source.segment(item.context_expr) for item in block.items]
        first = f"{name}({self.source.segment(made.target)}) as {variable}"
        names = [ast.unparse(item.optional_vars) for item in block.items if item.optional_vars]
        # The header as one line, if the path in it were not yet the temporary one.
        header = f"with {', '.join([first, *items])}:" + "".join(f" as {name}" for name in names)
        length = (
            block.col_offset + len(header) + len(variable) - len(self.source.segment(made.path))
        )
        if length <= nearest_black_settings(self.project.files, self.source.path).line_length:
            return "line"
        if any("\n" in item for item in items):
            return "line"
        if self.project.target_python >= (3, 9):
            return "parentheses"
        return "nested" if len(block.items) == 1 else "line"


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

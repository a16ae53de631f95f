"""Decides about the paths of one function that a finding means."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from codemods.analysis.flow.runs import Run
from codemods.analysis.names.index import index_of
from codemods.codemod import Change, Refusal, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.scopes import scope_table
from codemods.syntax.tree import FUNCTIONS, Function, position
from codemods.transforms.contain_path.answers import is_handler, skips_in_loop, swallowing
from codemods.transforms.contain_path.building import Builder, Means
from codemods.transforms.contain_path.declared import Declared, declared
from codemods.transforms.contain_path.guards import asks_for_base, is_expanded, split_at
from codemods.transforms.contain_path.plan import PathPlan
from codemods.transforms.contain_path.uses import CONTAINMENT, StaysError, UseKind, Uses

_NAMES = ("filename", "file_name", "dirname")
"""What one part of a path is called, and no path."""
_JOINING = ("join", "joinpath", "safe_join", "format")


class Judge:
    """Decides about the functions of one file.

    Args:
        means: what the paths are checked with.
        covered: the functions that the finding means: what only they call needs no check.
        functions: the names of those that may answer no request; ``None`` for all of them.
    """

    def __init__(
        self,
        project: Project,
        source: SourceFile,
        plan: PathPlan,
        means: Means,
        covered: frozenset[ast.AST],
        functions: tuple[str, ...] | None,
    ) -> None:
        self.project = project
        self.source = source
        self.tree = source.tree
        self.plan = plan
        self.means = means
        self.covered = covered
        self.functions = functions

    def function(self, function: Function) -> Iterator[Change | Refusal]:
        """A change or a refusal for each value that the function opens or hands on."""
        aliases: set[str] = set()
        taken: dict[str, str] = {}
        for value in self._values(function):
            if value in aliases:
                continue
            uses = self._alias(Uses(self.source, function, value, self._validates), aliases)
            if checks := list(uses.checks()) if uses.nodes else []:
                yield self._checked(uses, checks)
            elif uses.of(UseKind.USE) or uses.of(UseKind.FORMATTED):
                yield from self._verdicts(uses, taken)

    def _checked(self, uses: Uses, checks: list[ast.expr]) -> Refusal:
        """The verdict on a value that something compares with a folder already."""
        wanted = next((item for item in checks if self._is_wanted(uses, item)), None)
        check = wanted or checks[0]
        site, line = site_of(self.source, check), check.lineno
        if not uses.resolves():
            detail = (
                f"{uses.value}: line {line} compares it with a folder, without resolving it first"
            )
            return Refusal("checked-unresolved", detail, site)
        if wanted is None:
            detail = f"{uses.value}: line {line} checks it, but not in the way the finding asks for"
            return Refusal("checked-otherwise", detail, site)
        return Refusal(
            "contained", f"{uses.value} is already checked on line {line}", site, already=True
        )

    def _is_wanted(self, uses: Uses, check: ast.expr) -> bool:
        """Whether a check is the one that the finding asks for, as far as it says which."""
        if self.plan.validators or self.plan.own:
            functions = [check.func, *check.args[:1]] if isinstance(check, ast.Call) else []
            return any(self._validates(item) for item in functions)
        folder = re.findall(r"\w+", self.plan.root)
        return not folder or folder[-1].lower() in ast.unparse(uses.function).lower()

    def _validates(self, function: ast.expr) -> bool:
        """Whether a function checks where a path leads: one that the finding names, or one of the
        project that compares with a folder and raises or tells: to show a path is no check."""
        if not isinstance(function, (ast.Name, ast.Attribute)):
            return False
        if last_name(function) in self.plan.validators:
            return True
        for ref in index_of(self.project).definition_of(self.source, function):
            nodes = list(ast.walk(ref.node)) if isinstance(ref.node, FUNCTIONS) else []
            compares = any(
                isinstance(node, ast.Call) and last_name(node.func) in CONTAINMENT for node in nodes
            )
            tells = ast.unparse(getattr(ref.node, "returns", None) or ast.Constant(0)) == "bool"
            if compares and (tells or any(isinstance(node, ast.Raise) for node in nodes)):
                return True
        return False

    def _values(self, function: Function) -> list[str]:
        """The values of the function that the finding names, as they are written there."""
        dotted = {item for item in self.plan.values if "." in item}
        last = {last_part(item) for item in dotted}
        bare = {item for item in self.plan.values if "." not in item}
        own = scope_table(self.tree).bindings.get(function, {})
        found: dict[str, None] = {}
        names: dict[str, None] = {}
        inside = [node for part in function.body for node in ast.walk(part)]
        for node in inside:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                text = ast.unparse(node)
                loose = node.attr in bare and node.attr not in last
                if text.split(".")[0] in own and (text in dotted or (loose and _is_dotted(text))):
                    found[text] = None
            elif isinstance(node, ast.Name) and node.id in bare and node.id in own:
                names[node.id] = None
        if not found and not names:
            # Renamed since, or abridged: ``t.filepath`` for ``track.filepath``.
            texts = [
                ast.unparse(node)
                for node in inside
                if isinstance(node, ast.Attribute) and node.attr in last
            ]
            found = {text: None for text in texts if _is_dotted(text) and text.split(".")[0] in own}
        return [*found, *names]

    def _alias(self, uses: Uses, aliases: set[str]) -> Uses:
        """``x`` for a value of which nothing happens but ``x = value``."""
        for node in uses.nodes:
            match self.tree.statement(node):
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    if value is node or uses.conversion(value, node) is not None:
                        aliases.add(name)
        used = uses.of(UseKind.USE)
        match [self.tree.parent(node) for node in used]:
            case [ast.Assign(targets=[ast.Name(id=name)], value=value)]:
                if value is used[0] and uses.is_bound_once(name):
                    return Uses(self.source, uses.function, name, self._validates)
        return uses

    def _verdicts(self, uses: Uses, taken: dict[str, str]) -> Iterator[Change | Refusal]:
        kind = declared(self.project, uses)
        formatted = uses.of(UseKind.FORMATTED)
        if isinstance(kind, str):
            yield self._refusal(uses, "not-a-path", f"it is declared as {kind}")
        elif formatted:
            detail = f"line {formatted[0].lineno} makes another path from it"
            yield self._refusal(uses, "in-f-string", detail)
        else:
            for run in uses.runs():
                try:
                    yield self._change(uses, run, kind, taken)
                except StaysError as error:
                    reason, detail = error.args
                    yield self._refusal(uses, reason, detail, run.uses[0])

    def _change(self, uses: Uses, run: Run, kind: Declared, taken: dict[str, str]) -> Change:
        joined = _joined_to(uses, run)
        means = self.means
        if joined is not None and means.validator is None and not means.root:
            means = replace(means, root=ast.unparse(joined.left))
        if means.validator is None and not means.root:
            raise StaysError(means.reason, means.detail)
        answers = is_handler(self.source, uses.function)
        joins = means.validator is not None and means.validator.joins
        if joined is None and not joins and last_part(uses.value).endswith(_NAMES):
            line = run.uses[0].lineno
            detail = f"line {line} uses it as a bare name, without the folder that it belongs to"
            raise StaysError("part-of-a-path", detail)
        if means.validator is not None and is_expanded(uses, run):
            raise StaysError("expanded", f"{means.validator.name}() would not expand the ~ in it")
        if not answers:
            self._ask_callers(uses, means)
        if answers and not self.plan.skip:
            run = self._lifted(uses, run)
            loop = skips_in_loop(self.tree, uses.function, run.level.statement)
            if loop is not None:
                detail = (
                    f"the loop on line {loop.lineno} skips bad items, and an error response "
                    "would end it"
                )
                raise StaysError("inside-loop", detail)
        _ask_around(uses, run)
        builder = Builder(self.project, uses, run, kind, means, joined, taken)
        if answers and not self.plan.skip:
            return builder.answered()
        return builder.unanswered(skips=self.plan.skip)

    def _ask_callers(self, uses: Uses, means: Means) -> None:
        """Leave a function alone that answers no request, unless the finding means it."""
        name = uses.function.name
        is_meant = self.functions is None or name in self.functions
        if means.validator is None or not is_meant:
            detail = (
                f"{name}() handles no request, and what it should do with a bad path is unknown"
            )
            raise StaysError("not-a-handler", detail)
        calls = index_of(self.project).callers(
            index_of(self.project).resolver.reference(self.source, uses.function)
        )
        binders = scope_table(self.tree).binders(uses.function, uses.base)
        given = any(isinstance(item, ast.arg) for item in binders)
        if given and calls and all(self._is_covered(call.function) for call in calls):
            detail = f"the callers of {name}() already check it"
            raise StaysError("checked-by-callers", detail)

    def _is_covered(self, function: ast.AST | None) -> bool:
        """Whether a path is checked there, and answered."""
        return (
            isinstance(function, FUNCTIONS)
            and function in self.covered
            and is_handler(self.source, function)
        )

    def _lifted(self, uses: Uses, run: Run) -> Run:
        """The run, its check in front of every ``try`` that would swallow an answer."""
        while True:
            handler = swallowing(self.project, self.source, run.level.statement)
            if handler is None:
                return run
            block = self.tree.parent(handler)
            index = next((i for i, item in enumerate(run.above) if item.statement is block), None)
            first = position(block)[0] if block is not None else 0
            if index is None or any(position(item)[0] >= first for item in uses.rebindings()):
                detail = f"the handler on line {handler.lineno} would catch the error response"
                raise StaysError("swallowed", detail)
            level = run.above[index]
            run = Run(run.uses, level, run.above[:index], level.index)

    def _refusal(self, uses: Uses, reason: str, detail: str, at: ast.expr | None = None) -> Refusal:
        site = site_of(self.source, at or uses.nodes[0])
        # What its callers have checked is checked.
        asked = False if reason == "checked-by-callers" else None
        return Refusal(reason, f"{uses.value}: {detail}", site, asked=asked)


def _is_dotted(text: str) -> bool:
    return text.replace(".", "").isidentifier()


def _ask_around(uses: Uses, run: Run) -> None:
    """Leave the run alone where no check in front of it would do."""
    block = run.level.block[run.level.index : run.last + 1]
    inside = {node for part in block for node in ast.walk(part)}
    for change in uses.rebindings():
        if change in inside:
            line = position(change)[0]
            raise StaysError("rebound", f"line {line} assigns it again between its uses")
    if asks_for_base(uses, run) and split_at(uses, run) is None:
        line = run.level.statement.lineno
        detail = f"the statement on line {line} first checks whether {uses.base} is set"
        raise StaysError("asked-for-first", detail)


def _joined_to(uses: Uses, run: Run) -> ast.BinOp | None:
    """``folder / name`` of ``path = folder / name``, where the value is that name; ``None`` where
    it is joined to nothing: of another path it is but a part, and the whole has to be checked."""
    for node in run.uses:
        if not _is_part(uses, node):
            continue
        match uses.tree.statement(node):
            case (
                ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.BinOp(left=left, op=ast.Div(), right=right) as value,
                ) as statement
            ) if (
                right is node
                and len(run.uses) == 1
                and run.level.statement is statement
                and uses.is_bound_once(name)
                and _is_folder(uses, left)
            ):
                return value
        detail = f"line {node.lineno} joins it to another path, and the joined path must be checked"
        raise StaysError("part-of-a-path", detail)
    return None


def _is_part(uses: Uses, node: ast.expr) -> bool:
    parent = uses.tree.parent(node)
    inside: ast.AST = node
    if isinstance(parent, ast.List | ast.Tuple):
        inside, parent = parent, uses.tree.parent(parent)
    match parent:
        case ast.BinOp(op=ast.Div(), left=left):
            return left is not inside
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
        case ast.Call(func=function, args=args):
            name = last_name(function)
            if name in _JOINING:
                # The first argument of ``os.path.join`` is a path of its own.
                first = args[:1] == [inside]
                return not first or inside is not node or name in ("joinpath", "format")
            return len(args) > 1 and name in ("Path", "PurePath") and args[0] is not node
    return False


def _is_folder(uses: Uses, node: ast.expr) -> bool:
    """Whether an expression is made of constants and of names that the function does not bind:
    it can stand twice, and is not from outside itself."""
    own = scope_table(uses.tree).bindings.get(uses.function, {})
    return all(
        item.id not in own
        if isinstance(item, ast.Name)
        else isinstance(item, (ast.Attribute, ast.Constant, ast.BinOp, ast.Div, ast.Load))
        for item in ast.walk(node)
    )

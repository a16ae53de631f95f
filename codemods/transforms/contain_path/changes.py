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
from codemods.syntax.names import qualified_name
from codemods.syntax.scopes import scope_table
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.transforms.contain_path.answers import (
    is_handler,
    skips_in_loop,
    swallowing,
)
from codemods.transforms.contain_path.building import Builder, Means
from codemods.transforms.contain_path.declared import Declared, declared
from codemods.transforms.contain_path.guards import (
    asks_for_base,
    is_expanded,
    is_shown_only,
    split_at,
)
from codemods.transforms.contain_path.joined import is_a_name, joined_to
from codemods.transforms.contain_path.plan import PathPlan
from codemods.transforms.contain_path.uses import CONTAINMENT, UseKind, Uses


class Judge:
    """Decides about the functions of one file.

    Args:
        means: what the paths are checked with.
        covered: the functions that the finding means: what only they call needs no check.
    """

    def __init__(
        self,
        project: Project,
        source: SourceFile,
        plan: PathPlan,
        means: Means,
        covered: frozenset[ast.AST],
    ) -> None:
        self.project = project
        self.source = source
        self.tree = source.tree
        self.plan = plan
        self.means = means
        self.covered = covered

    def function(self, function: Function) -> Iterator[Change | Refusal]:
        """A change or a refusal for each value that the function opens or hands on."""
        aliases: set[str] = set()
        taken: dict[str, str] = {}
        for value in self._values(function):
            if value in aliases:
                continue
            uses = Uses(self.source, function, value, self._validates)
            uses = self._alias(uses, aliases)
            if not uses.nodes:
                continue
            if checks := list(uses.checks()):
                yield self._checked(uses, checks)
                continue
            if is_shown_only(uses):
                continue
            yield from self._verdicts(uses, taken)

    def _checked(self, uses: Uses, checks: list[ast.expr]) -> Refusal:
        """The verdict on a value that something compares with a folder already."""
        wanted = next((item for item in checks if self._is_wanted(uses, item)), None)
        check = wanted or checks[0]
        site, line = site_of(self.source, check), check.lineno
        if not uses.resolves():
            detail = f"{uses.value}: line {line} compares it with a folder, without resolving it"
            return Refusal("checked-unresolved", detail, site)
        if wanted is None:
            detail = f"{uses.value}: line {line} checks it, in another way than the finding wants"
            return Refusal("checked-otherwise", detail, site)
        return Refusal("contained", f"{uses.value} is checked in line {line}", site, already=True)

    def _is_wanted(self, uses: Uses, check: ast.expr) -> bool:
        """Whether a check is the one that the finding asks for, as far as it says which."""
        if self.plan.validators or self.plan.allowed:
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
        for part in function.body:
            for node in ast.walk(part):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    text = ast.unparse(node)
                    loose = node.attr in bare and node.attr not in last
                    if text.split(".")[0] in own and (
                        text in dotted or (loose and text.replace(".", "").isidentifier())
                    ):
                        found[text] = None
                elif isinstance(node, ast.Name) and node.id in bare and node.id in own:
                    names[node.id] = None
        if not found and not names:
            # Renamed since, or abridged: ``t.filepath`` for ``track.filepath``.
            for part in function.body:
                for node in ast.walk(part):
                    if isinstance(node, ast.Attribute) and node.attr in last:
                        text = ast.unparse(node)
                        if text.replace(".", "").isidentifier() and text.split(".")[0] in own:
                            found[text] = None
        return [*found, *names]

    def _alias(self, uses: Uses, aliases: set[str]) -> Uses:
        """``x`` for a value of which nothing happens but ``x = value``."""
        for node in uses.nodes:
            name = self._given_to(node)
            if name is not None:
                aliases.add(name)
        used = uses.of(UseKind.USE)
        if len(used) == 1:
            match self.tree.parent(used[0]):
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is used[
                    0
                ] and self._is_bound_once(uses.function, name):
                    return Uses(self.source, uses.function, name, self._validates)
        return uses

    def _given_to(self, node: ast.expr) -> str | None:
        """The name that ``x = value``, ``x = str(value)`` or ``x = Path(value)`` binds."""
        statement = self.tree.statement(node)
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                whole = value is node or (
                    isinstance(value, ast.Call)
                    and value.args == [node]
                    and self._converts(value) is not None
                )
                return name if whole else None
        return None

    def _converts(self, call: ast.Call) -> str | None:
        """``str`` or ``Path``, if that is what is called with one argument."""
        meaning = qualified_name(self.tree, call.func)
        known = {"builtins.str": "str", "pathlib.Path": "Path"}
        return known.get(meaning or "") if len(call.args) == 1 and not call.keywords else None

    def _is_bound_once(self, function: Function, name: str) -> bool:
        return len(scope_table(self.tree).binders(function, name)) == 1

    def _verdicts(self, uses: Uses, taken: dict[str, str]) -> Iterator[Change | Refusal]:
        kind = declared(self.project, uses)
        formatted = uses.of(UseKind.FORMATTED)
        if isinstance(kind, str):
            yield self._refusal("not-a-path", uses, f"it is declared as {kind}")
        elif formatted:
            yield self._refusal(
                "in-f-string", uses, f"line {formatted[0].lineno} makes another path of it"
            )
        else:
            for run in uses.runs():
                yield self._verdict(uses, run, kind, taken)

    def _verdict(
        self, uses: Uses, run: Run, kind: Declared, taken: dict[str, str]
    ) -> Change | Refusal:
        joined = joined_to(uses, run)
        if isinstance(joined, ast.expr):
            return self._refusal(
                "part-of-a-path",
                uses,
                f"line {joined.lineno} joins it to another path, and what is to be checked is the "
                "whole",
                run,
            )
        means = self.means
        if joined is not None and means.validator is None and not means.root:
            means = replace(means, root=joined.root)
        if means.validator is None and not means.root:
            return self._refusal(means.reason, uses, means.detail, run)
        answers = is_handler(self.source, uses.function)
        joins = means.validator is not None and means.validator.joins
        if joined is None and not joins and is_a_name(uses.value):
            return self._refusal(
                "part-of-a-path",
                uses,
                f"line {run.uses[0].lineno} takes a name without a folder, which leads nowhere",
                run,
            )
        if means.validator is not None and is_expanded(uses, run):
            return self._refusal(
                "expanded", uses, f"{means.validator.name}() would take its ~ for a name", run
            )
        if not answers and (why := self._why_not_here(uses, means)) is not None:
            return self._refusal(*why, run)
        if answers and not self.plan.skips:
            lifted = self._lifted(uses, run)
            if isinstance(lifted, Refusal):
                return lifted
            run = lifted
            loop = skips_in_loop(self.tree, uses.function, run.level.statement)
            if loop is not None:
                return self._refusal(
                    "inside-loop",
                    uses,
                    f"the loop in line {loop.lineno} goes on with the others where one is wrong",
                    run,
                )
        if (obstacle := self._obstacle(uses, run)) is not None:
            return obstacle
        builder = Builder(self.project, uses, run, kind, means, joined, taken)
        if answers and not self.plan.skips:
            return builder.answered()
        return builder.unanswered(skips=self.plan.skips)

    def _why_not_here(self, uses: Uses, means: Means) -> tuple[str, Uses, str] | None:
        """Why a function that answers no request is left alone."""
        name = uses.function.name
        if means.validator is None or name not in self.plan.functions:
            detail = f"{name}() answers no request, and nobody says what it should do then"
            return "not-a-handler", uses, detail
        calls = index_of(self.project).callers(
            index_of(self.project).resolver.reference(self.source, uses.function)
        )
        binders = scope_table(self.tree).binders(uses.function, uses.base)
        given = any(isinstance(item, ast.arg) for item in binders)
        if given and calls and all(self._is_covered(call.function) for call in calls):
            detail = f"what calls {name}() hands on what is checked there"
            return "checked-by-callers", uses, detail
        return None

    def _is_covered(self, function: ast.AST | None) -> bool:
        """Whether a path is checked there, and answered."""
        return (
            isinstance(function, FUNCTIONS)
            and function in self.covered
            and is_handler(self.source, function)
        )

    def _obstacle(self, uses: Uses, run: Run) -> Refusal | None:
        """Why no check in front of the run would do."""
        block = run.level.block[run.level.index : run.last + 1]
        inside = {node for part in block for node in ast.walk(part)}
        for change in uses.rebindings():
            if change in inside:
                line = getattr(change, "lineno", 0)
                return self._refusal(
                    "rebound", uses, f"line {line} gives it another value between its uses", run
                )
        if asks_for_base(uses, run) and split_at(uses, run) is None:
            return self._refusal(
                "asked-for-first",
                uses,
                f"the statement in line {run.level.statement.lineno} asks first whether there is "
                f"any {uses.base}",
                run,
            )
        return None

    def _lifted(self, uses: Uses, run: Run) -> Run | Refusal:
        """The run, its check in front of every ``try`` that would swallow an answer."""
        while True:
            taken = swallowing(self.project, self.source, uses.function, run.level.statement)
            if taken is None:
                return run
            around = [item for item in run.above if item.statement is taken.block]
            later = [
                item
                for item in uses.rebindings()
                if getattr(item, "lineno", 0) >= taken.block.lineno
            ]
            if not around or later:
                return self._refusal(
                    "swallowed",
                    uses,
                    f"the handler in line {taken.handler.lineno} would take the answer for an "
                    "error of its own",
                    run,
                )
            index = run.above.index(around[0])
            run = Run(run.uses, around[0], run.above[:index], around[0].index)

    def _refusal(self, reason: str, uses: Uses, detail: str, run: Run | None = None) -> Refusal:
        node = run.uses[0] if run is not None else uses.nodes[0]
        return Refusal(reason, f"{uses.value}: {detail}", site_of(self.source, node))

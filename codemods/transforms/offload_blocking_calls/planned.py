"""The calls that a finding means, in the places where it was located."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from codemods.analysis.blocking.bodies import row_of
from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.blocking.table import Weight
from codemods.analysis.names.index import index_of
from codemods.analysis.threads.handed_over import given, parts, runs_in_thread, subject
from codemods.codemod import Change, Place, Refusal, Safety, Scope, Site
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, position, walk
from codemods.tables import words
from codemods.transforms.offload_blocking_calls.changes import Changes
from codemods.transforms.offload_blocking_calls.files import OPENERS
from codemods.transforms.offload_blocking_calls.plan import FILE_METHODS, OffloadPlan

_COMMON = frozenset(
    words(
        "acquire add append clear close copy count decode encode exists format get index insert "
        "items join keys open pop put read remove replace reset run send set setdefault start "
        "stop update values wait write"
    )
)
"""Methods of so many types that a name alone says nothing."""
_HANDLES = re.compile(r"(?:f|fh|fp|fd|file|handle|infile|outfile|tmp|out)\.(read|write)(?:lines)?")
_WORD = re.compile(r"[a-z0-9]+")

Node = ast.With | ast.Call


def planned(scope: Scope, plan: OffloadPlan) -> Iterator[Change | Refusal]:
    """What is done, or not, about each call that the finding names."""
    changes = Changes(scope, plan.timeout)
    looked_at = scope.once(
        lambda place: _Finder(scope, plan, place, changes).results(), lambda pair: pair[0]
    )
    results = [item for _, pairs in looked_at for _, item in pairs]
    done = [item for item in results if isinstance(item, Change)]
    if plan.count is not None and 0 < len(done) < plan.count:
        note = f"the finding speaks of {plan.count} places, {len(done)} of them changed"
        first = results.index(done[0])
        results[first] = dataclasses.replace(done[0], notes=(*done[0].notes, note))
    yield from results


class _Finder:
    """The calls of one place."""

    def __init__(self, scope: Scope, plan: OffloadPlan, place: Place, changes: Changes) -> None:
        self.scope = scope
        self.plan = plan
        self.place = place
        self.source = place.source
        self.tree = place.source.tree
        self.index = index_of(scope.project)
        self.changes = changes
        self.calls = self.tree.within(place.node, ast.Call)
        if isinstance(place.node, FUNCTIONS):
            # Decorators and defaults run where the function is defined, not in it.
            outside = {id(n) for item in place.node.decorator_list for n in walk(item)}
            self.calls = [call for call in self.calls if id(call) not in outside]
        targets = {last_part(name) for name in plan.targets or plan.callees}
        is_callee = isinstance(place.node, DEFINITIONS) and place.node.name in targets
        if is_callee and not self._named(plan.names):
            # The place is what is called: the calls of it in this file are meant.
            elsewhere = self._calls_of(last_part(self.tree.qualified_name(place.node)))
            if elsewhere:
                self.place = dataclasses.replace(place, node=self.tree.module)
                self.calls = elsewhere

    def _calls_of(self, name: str) -> list[ast.Call]:
        """The calls of ``name`` in the coroutines of the file."""
        return [
            call
            for call in self.tree.of(ast.Call)
            if parts(call.func)[-1:] == (name,)
            and isinstance(self.tree.function(call), ast.AsyncFunctionDef)
        ]

    def results(self) -> Iterator[tuple[ast.AST, Change | Refusal]]:
        """Each node that was looked at, with what came of it."""
        plan = self.plan
        targets = self._named(plan.targets)
        already = list(self._offloaded(plan.targets or plan.callees))
        if plan.targets and not targets and not already:
            files = [name for name in plan.targets if _verb(name)]
            if len(files) < len(plan.targets):
                yield self.place.node, self._not_called()
                return
        callees = self._named(plan.callees)
        if plan.targets:
            # Path.home() is named beside what blocks, not because it does.
            callees = [node for node in callees if not self._is_cheap(node)]
        named = [*targets, *callees]
        dotted = any("." in name for name in plan.callees) and bool(named or already)
        functions = [] if plan.explicit or dotted else self._functions(named)
        if functions:
            named += self._blocking(functions, named)
        elif not named and not already and not plan.targets:
            named = self._blocking(self._all_functions(), ())
        for node in self._meant(named, already):
            yield node, self._result(node)
        for node in already:
            yield node, self._already(node)

    def _result(self, node: Node) -> Change | Refusal:
        around = self._runs_in_thread(node)
        if around is not None:
            detail = f"it runs in a thread already, by {around}"
            return Refusal("already-offloaded", detail, self._site(node), already=True)
        if isinstance(node, ast.With) or self._is_open(node):
            return self.changes.file(self.source, node, Safety.REVIEW)
        return self.changes.call(self.source, node, Safety.REVIEW)

    def _site(self, node: Node) -> Site:
        return self.scope.site(self.source, node)

    def _not_called(self) -> Refusal:
        names = " and ".join(f"{name}()" for name in self.plan.targets)
        where = self.tree.qualified_name(self.place.node) or self.source.path
        detail = f"{where} does not call {names}, which the suggestion gives to a thread"
        node = self.place.node
        site = None if isinstance(node, ast.Module) else self.scope.site(self.source, node)
        return Refusal("not-the-pattern", detail, site)

    # Named calls

    def _named(self, names: Sequence[str]) -> list[Node]:
        """The calls and blocks that ``names`` mean, in source order."""
        found: list[Node] = []
        verbs = {verb for name in names if (verb := _verb(name))}
        for call in self.calls:
            block = self._opening_block(call)
            if block is not None or self._is_open(call):
                if verbs and self._fits(call, verbs):
                    found.append(block or call)
            elif any(self._means(name, call) for name in names):
                # f.read() in a thread, and the open on the loop, would be half a fix.
                around = self._opened_around(call)
                found.append(around or call)
        return found

    def _opening_block(self, call: ast.Call) -> ast.With | None:
        """The ``with`` block that ``call`` opens a file for."""
        item = self.tree.parent(call)
        block = self.tree.parent(item) if isinstance(item, ast.withitem) else None
        if isinstance(block, ast.With) and self.changes.files.opens(self.source, block):
            return block
        return None

    def _is_open(self, call: ast.Call) -> bool:
        return self.index.foreign(self.source, call.func) in OPENERS

    def _fits(self, call: ast.Call, verbs: set[str]) -> bool:
        """Whether a file is opened for what the finding speaks of."""
        modes = [
            item.value
            for item in (*call.args, *(k.value for k in call.keywords if k.arg == "mode"))
            if isinstance(item, ast.Constant)
            and isinstance(item.value, str)
            and len(item.value) < 4
        ]
        verb = "write" if any(set(mode) & set("wax+") for mode in modes) else "read"
        return "open" in verbs or verb in verbs

    def _means(self, name: str, call: ast.Call) -> bool:
        """Whether ``name`` of the finding means ``call``: any receiver will do, unless the names
        say that it is something else."""
        chain = parts(call.func)
        owner, _, method = name.rpartition(".")
        if not chain or chain[-1] != method:
            return False
        known = self.index.resolve(self.source, call.func) or ""
        if known == name:
            return True
        root = name.partition(".")[0]
        if root in sys.stdlib_module_names and owner:
            return False
        receiver = chain[-2] if len(chain) > 1 else ""
        if not owner:
            return not (receiver and method in _COMMON)
        if not receiver:
            return known.endswith(f".{name}")
        if _same(last_part(owner), receiver):
            return True
        # "scanner.scan()" is any object's scan(); "results.get()" is not any dictionary's.
        return method not in _COMMON and not self._is_module(call.func)

    def _is_module(self, function: ast.expr) -> bool:
        base = function.value if isinstance(function, ast.Attribute) else function
        name = self.index.resolve(self.source, base)
        return name is not None and name.partition(".")[0] in sys.stdlib_module_names

    def _is_cheap(self, node: Node) -> bool:
        row = row_of(self.index, self.source, node) if isinstance(node, ast.Call) else None
        return row is not None and row.weight is Weight.CHEAP

    def _meant(self, nodes: Iterable[Node], already: Sequence[Node]) -> list[Node]:
        """Each once and in order. Of several calls of one name in a file or class, the evidence
        and the lines say which.

        What is in a thread ``already`` counts: where the evidence stands on it, no other call of
        that name is meant.
        """
        unique = list({id(node): node for node in nodes}.values())
        if not isinstance(self.place.node, FUNCTIONS) and self.plan.explicit:
            alike: dict[str, list[Node]] = {}
            for node in (*unique, *already):
                alike.setdefault(subject(node), []).append(node)
            chosen = {id(node) for group in alike.values() for node in self.place.focus(group)}
            if self.plan.count is None or len(chosen) >= self.plan.count:
                unique = [node for node in unique if id(node) in chosen]
        return sorted(unique, key=position)

    # Handlers

    def _all_functions(self) -> list[ast.AsyncFunctionDef]:
        node = self.place.node
        own = [node] if isinstance(node, ast.AsyncFunctionDef) else []
        return own or self.tree.within(node, ast.AsyncFunctionDef)

    def _functions(self, named: Sequence[Node]) -> list[ast.AsyncFunctionDef]:
        """The handlers that the finding names, nearly names, or names a call in."""
        if isinstance(self.place.node, ast.AsyncFunctionDef):
            # The engine found it by what the finding says.
            return [self.place.node]
        names = [last_part(item) for item in (*self.plan.callees, *self.plan.mentioned)]
        alike = {frozenset(_WORD.findall(name.lower())) for name in names}
        found = [
            item
            for item in self._all_functions()
            if item.name in names or frozenset(_WORD.findall(item.name.lower())) in alike
        ]
        if found:
            around = [self.tree.function(node) for node in named]
            found += [item for item in around if isinstance(item, ast.AsyncFunctionDef)]
        return list(dict.fromkeys(found))

    def _blocking(
        self, functions: Iterable[ast.AsyncFunctionDef], named: Sequence[Node]
    ) -> list[Node]:
        """The calls in ``functions`` that block, by the table or through the project's own."""
        found: list[Node] = []
        taken = {id(node) for node in named}
        for function in functions:
            for call in self.tree.within(function, ast.Call):
                if self.tree.function(call) is not function or id(call) in taken:
                    continue
                block = self._opening_block(call)
                if block is not None:
                    found.append(block)
                    continue
                path = blocking_path(self.scope.project, self.source, call)
                if path is None or path.row.weight is Weight.CHEAP:
                    continue
                if self.plan.kinds and path.row.kind not in self.plan.kinds:
                    continue
                if self._opened_around(call) is None:
                    found.append(call)
        return found

    def _opened_around(self, call: ast.Call) -> ast.With | None:
        """The ``with open(…) as f`` around a call that uses ``f``."""
        used = {node.id for node in walk(call) if isinstance(node, ast.Name)}
        for item in self.tree.ancestors(call):
            if (
                isinstance(item, ast.With)
                and self.changes.files.opens(self.source, item)
                and any(
                    isinstance(part.optional_vars, ast.Name) and part.optional_vars.id in used
                    for part in item.items
                )
            ):
                return item
            if isinstance(item, (*FUNCTIONS, ast.Lambda)):
                return None
        return None

    # What is in a thread already

    def _offloaded(self, names: Sequence[str]) -> Iterator[ast.Call]:
        """The calls that give what is named to a thread."""
        verbs = {verb for name in names if (verb := _verb(name))}
        sleeps = any(last_part(name) == "sleep" for name in names)
        for call in self.calls:
            if sleeps and self._is_asyncio_sleep(call):
                yield call
                continue
            for item in given(call):
                chain = parts(item)
                if not chain:
                    continue
                if any(_refers(name, chain) for name in names) or (
                    verbs and chain[-1] in FILE_METHODS
                ):
                    yield call
                    break

    def _is_asyncio_sleep(self, call: ast.Call) -> bool:
        return self.index.resolve(self.source, call.func) == "asyncio.sleep"

    def _already(self, call: ast.Call) -> Change | Refusal:
        if self._is_asyncio_sleep(call):
            detail = "asyncio.sleep() lets the event loop go on already"
            return Refusal("already-offloaded", detail, self._site(call), already=True)
        inside_wait = any(
            isinstance(item, ast.Call) and parts(item.func)[-1:] == ("wait_for",)
            for item in self.tree.ancestors(call)
        )
        if not inside_wait and parts(call.func)[-1] == "to_thread":
            timed = self.changes.add_timeout(self.source, call)
            if timed is not None:
                return timed
        shown = " ".join(self.source.segment(given(call)[0]).split())
        detail = f"{shown} runs in a thread already"
        return Refusal("already-offloaded", detail, self._site(call), already=True)

    def _runs_in_thread(self, node: ast.AST) -> str | None:
        return runs_in_thread(self.tree, node)


def _refers(name: str, chain: tuple[str, ...]) -> bool:
    wanted = name.split(".")
    if chain[-1] != wanted[-1]:
        return False
    return (
        wanted[-1] not in _COMMON
        or len(wanted) == 1
        or _same(wanted[-2], chain[-2:-1][0] if len(chain) > 1 else "")
    )


def _same(first: str, second: str) -> bool:
    """Whether two names differ only in underscores around them and in case."""
    return first.strip("_").lower() == second.strip("_").lower()


def _verb(name: str) -> str | None:
    """``read``, ``write`` or ``open``, for names that mean any file's method."""
    last = last_part(name)
    if name == "open":
        return "open"
    if last in FILE_METHODS:
        return last.partition("_")[0]
    found = _HANDLES.fullmatch(name)
    return found[1] if found else None

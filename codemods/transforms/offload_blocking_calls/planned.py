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
from codemods.codemod import Change, Place, Refusal, Scope
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, position, walk
from codemods.tables import words
from codemods.transforms.offload_blocking_calls.changes import Changes
from codemods.transforms.offload_blocking_calls.plan import FILE_METHODS, OffloadHints, OffloadPlan

_COMMON = frozenset(
    words(
        "acquire add append clear close copy count decode encode exists format get index insert "
        "items join keys open pop put read remove replace reset run send set setdefault start "
        "stop update values wait write"
    )
)
"""Methods of so many types that a name alone says nothing."""
_HANDLES = frozenset(words("f fh fp fd file handle infile outfile tmp out"))
_WORD = re.compile(r"[a-z0-9]+")

Node = ast.With | ast.Call


def planned(scope: Scope, plan: OffloadPlan) -> Iterator[Change | Refusal]:
    """What is done, or not, about each call that is named."""
    timeout = None if plan.timeout is None else str(plan.timeout)
    changes = Changes(scope, timeout, asked=True)
    hints = scope.hinted(OffloadHints)
    looked_at = scope.once(
        lambda place: _Finder(scope, plan, place, changes).results(), lambda pair: pair[0]
    )
    results = [item for _, pairs in looked_at for _, item in pairs]
    done = [item for item in results if isinstance(item, Change)]
    if hints.count is not None and 0 < len(done) < hints.count:
        note = f"the finding mentions {hints.count} places, but {len(done)} of them changed"
        first = results.index(done[0])
        results[first] = dataclasses.replace(done[0], notes=(*done[0].notes, note))
    yield from results


class _Finder:
    """The calls of one place."""

    def __init__(self, scope: Scope, plan: OffloadPlan, place: Place, changes: Changes) -> None:
        self.scope = scope
        self.hints = hints = scope.hinted(OffloadHints)
        self.blamed = hints.blamed
        self.targets = tuple(name for name in plan.calls if name not in hints.blamed)
        """What is to run in a thread for sure; what is blamed is where nothing else is."""
        self.explicit = bool(plan.calls)
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
        targets = {last_part(name) for name in self.targets or self.blamed}
        is_callee = isinstance(place.node, DEFINITIONS) and place.node.name in targets
        if is_callee and not self._named((*self.targets, *self.blamed)):
            # The place is what is called: the calls of it in the coroutines of this file are meant.
            name = last_part(self.tree.qualified_name(place.node))
            elsewhere = [
                call
                for call in self.tree.of(ast.Call)
                if parts(call.func)[-1:] == (name,)
                and isinstance(self.tree.function(call), ast.AsyncFunctionDef)
            ]
            if elsewhere:
                self.place = dataclasses.replace(place, node=self.tree.module)
                self.calls = elsewhere

    def results(self) -> Iterator[tuple[ast.AST, Change | Refusal]]:
        """Each node that was looked at, with what came of it."""
        targets = self._named(self.targets)
        already = list(self._offloaded(self.targets or self.blamed))
        if self.targets and not targets and not already:
            files = [name for name in self.targets if _verb(name)]
            if len(files) < len(self.targets):
                yield self.place.node, self._not_called()
                return
        callees = self._named(self.blamed)
        if self.targets:
            # Path.home() is named beside what blocks, not because it does.
            callees = [node for node in callees if not self._is_cheap(node)]
        named = [*targets, *callees]
        dotted = any("." in name for name in self.blamed) and bool(named or already)
        functions = [] if self.explicit or dotted else self._functions(named)
        if functions:
            named += self._blocking(functions, named)
        elif not named and not already and not self.targets:
            named = self._blocking(self._all_functions(), ())
        for node in self._meant(named, already):
            yield node, self._result(node)
        for node in already:
            yield node, self._already(node)

    def _result(self, node: Node) -> Change | Refusal:
        around = runs_in_thread(self.tree, node)
        if around is None:
            return self.changes.of(self.source, node)
        return self._done(node, f"it already runs in a thread, through {around}")

    def _done(self, node: Node, detail: str) -> Refusal:
        site = self.scope.site(self.source, node)
        return Refusal("already-offloaded", detail, site, already=True)

    def _not_called(self) -> Refusal:
        names = " and ".join(f"{name}()" for name in self.targets)
        where = self.tree.qualified_name(self.place.node) or self.source.path
        detail = f"{where} does not call {names}, which the suggestion moves to a thread"
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
            if block is not None or self.changes.files.is_opener(self.source, call):
                if verbs and self._fits(call, verbs):
                    found.append(block or call)
            elif any(self._means(name, call) for name in names):
                # f.read() in a thread, and the open on the loop, would be half a fix.
                found.append(self._opened_around(call) or call)
        return list(dict.fromkeys(found))

    def _opening_block(self, call: ast.Call) -> ast.With | None:
        """The ``with`` block that ``call`` opens a file for."""
        item = self.tree.parent(call)
        block = self.tree.parent(item) if isinstance(item, ast.withitem) else None
        if isinstance(block, ast.With) and self.changes.files.opens(self.source, block):
            return self.changes.files.together(self.source, block)
        return None

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
        if owner and name.partition(".")[0] in sys.stdlib_module_names:
            return False
        receiver = chain[-2] if len(chain) > 1 else ""
        if not owner:
            return not (receiver and method in _COMMON)
        if not receiver:
            return known.endswith(f".{name}")
        if _same(last_part(owner), receiver):
            return True
        # "scanner.scan()" is any object's scan(); "results.get()" is not any dictionary's.
        base = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        module = (self.index.resolve(self.source, base) or "").partition(".")[0]
        return method not in _COMMON and module not in sys.stdlib_module_names

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
        if not isinstance(self.place.node, FUNCTIONS) and self.explicit:
            alike: dict[str, list[Node]] = {}
            for node in (*unique, *already):
                alike.setdefault(subject(node), []).append(node)
            chosen = {id(node) for group in alike.values() for node in self.place.focus(group)}
            if self.hints.count is None or len(chosen) >= self.hints.count:
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
        names = [last_part(item) for item in (*self.blamed, *self.hints.mentioned)]
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
                if (
                    path is not None
                    and path.row.weight is not Weight.CHEAP
                    and path.row.kind in (self.hints.kinds or (path.row.kind,))
                    and self._opened_around(call) is None
                ):
                    found.append(call)
        return list(dict.fromkeys(found))

    def _opened_around(self, call: ast.Call) -> ast.With | None:
        """The ``with open(…) as f`` around a call that uses ``f``."""
        used = {node.id for node in walk(call) if isinstance(node, ast.Name)}
        for item in self.tree.ancestors(call):
            if isinstance(item, (*FUNCTIONS, ast.Lambda)):
                return None
            if isinstance(item, ast.With) and self.changes.files.opens(self.source, item):
                bound = [part.optional_vars for part in item.items]
                if any(isinstance(name, ast.Name) and name.id in used for name in bound):
                    return self.changes.files.together(self.source, item)
        return None

    # What is in a thread already

    def _offloaded(self, names: Sequence[str]) -> Iterator[ast.Call]:
        """The calls that give what is named to a thread."""
        verbs = {verb for name in names if (verb := _verb(name))}
        sleeps = any(last_part(name) == "sleep" for name in names)
        for call in self.calls:
            chains = [chain for item in given(call) if (chain := parts(item))]
            if (sleeps and self._is_asyncio_sleep(call)) or any(
                (verbs and chain[-1] in FILE_METHODS) or any(_refers(name, chain) for name in names)
                for chain in chains
            ):
                yield call

    def _is_asyncio_sleep(self, call: ast.Call) -> bool:
        return self.index.resolve(self.source, call.func) == "asyncio.sleep"

    def _already(self, call: ast.Call) -> Change | Refusal:
        if self._is_asyncio_sleep(call):
            return self._done(call, "asyncio.sleep() already lets the event loop go on")
        inside_wait = any(
            isinstance(item, ast.Call) and parts(item.func)[-1:] == ("wait_for",)
            for item in self.tree.ancestors(call)
        )
        if not inside_wait and parts(call.func)[-1] == "to_thread":
            timed = self.changes.add_timeout(self.source, call)
            if timed is not None:
                return timed
        shown = " ".join(self.source.segment(given(call)[0]).split())
        return self._done(call, f"{shown} already runs in a thread")


def _refers(name: str, chain: tuple[str, ...]) -> bool:
    owner, _, last = name.rpartition(".")
    receiver = chain[-2] if len(chain) > 1 else ""
    return chain[-1] == last and (
        last not in _COMMON or not owner or _same(last_part(owner), receiver)
    )


def _same(first: str, second: str) -> bool:
    """Whether two names differ only in underscores around them and in case."""
    return first.strip("_").lower() == second.strip("_").lower()


def _verb(name: str) -> str | None:
    """``read``, ``write`` or ``open``, for names that mean any file's method."""
    owner, _, last = name.rpartition(".")
    verb = last.removesuffix("lines")
    if name == "open" or (owner in _HANDLES and verb in ("read", "write")):
        return verb
    return last.partition("_")[0] if last in FILE_METHODS else None

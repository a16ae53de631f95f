"""Evict the oldest dictionary entry without a race.

Between finding the oldest key and deleting it, another thread may change the dictionary: finding
the key then raises `RuntimeError`, and deleting it raises `KeyError`.

```python
oldest = next(iter(self.cache))
del self.cache[oldest]
```

becomes, if `self.cache` is known to be an `OrderedDict`,

```python
self.cache.popitem(last=False)
```

and for any other dictionary

```python
self.cache.pop(list(self.cache)[0], None)
```

A key that is used later stays: `oldest, _ = self.cache.popitem(last=False)`, or
`oldest = list(self.cache)[0]` before the `pop`.

## Fix safety

Needs review: a missing entry is no longer an error. This is not a lock: what the report says about
checks and sums around it is still true.

## Not rewritten

* A key that is not deleted by the statement after the one that finds it.
* A comment on the statement that would be removed.

## Known limitations

There is no scan: under a lock the two lines are safe as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Hints,
    Match,
    Node,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.demands.code import calls_in
from codemods.demands.demands import Demands
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import in_place_of, statements
from codemods.syntax.dotted import last_part
from codemods.syntax.lazy import cst
from codemods.syntax.names import free_name
from codemods.syntax.statements import behind
from codemods.syntax.tree import FUNCTIONS

_WANTED = ("popitem", "pop", "list")
_TYPES = ("collections.OrderedDict", "typing.OrderedDict", "OrderedDict")


@dataclass(frozen=True, kw_only=True)
class EvictionPlan(Plan):
    """Evictions that others can break: every one of a place."""

    mappings: tuple[str, ...] = ()
    """The dictionaries: ``self.processors``; empty for all."""


@dataclass(frozen=True, slots=True)
class _Eviction:
    """The two statements."""

    found: ast.Assign
    deleted: ast.Delete | None
    """``None`` where no deletion follows at once."""
    key: str
    mapping: ast.expr


@dataclass(frozen=True, slots=True)
class _Popped:
    """The pop stands in place of the two statements."""

    code: str

    def edit(self, node: Node) -> Edited:
        """The statements."""
        match node:
            case cst.IndentedBlock(body=[cst.SimpleStatementLine() as found, _]):
                return node.with_changes(body=[*in_place_of(found, statements(self.code))])
        return None


def recognise(demands: Demands) -> Match[EvictionPlan] | None:
    """A claim to findings that show ``next(iter(…))`` and want the entry popped."""
    told = demands.opening + demands.shown_code
    firsts = [call.arguments[0] for call in told.calls if call.name == "next" and call.arguments]
    found = [call for text in firsts for call in calls_in(text) if text.startswith("iter(")]
    wanted = demands.fix.says("snapshot") or any(
        last_part(call.name) in _WANTED for call in demands.fix.calls
    )
    if not found or not wanted:
        return None
    said = (name for call in found for name in call.arguments if call.name == "iter")
    owners = (name.partition("(")[0].removesuffix(".keys") for name in said)
    mappings = tuple(dict.fromkeys(name for name in owners if name.replace(".", "").isidentifier()))
    anchors = tuple(last_part(name) for name in mappings) or ("iter", "popitem")
    return Match(plan=EvictionPlan(mappings=mappings), strength=85, hints=Hints(anchors=anchors))


def find(scope: Scope, plan: EvictionPlan) -> Iterator[Change | Refusal]:
    """The evictions of a place."""
    for place, nodes in scope.nodes(ast.Assign):
        source = place.source
        found = [item for node in nodes if (item := _eviction(source, node)) is not None]
        for item in place.meant(found, lambda item: item.found):
            yield _verdict(scope.project, source, item)
        if not found:
            yield from _done(source, place.node, plan.mappings)


def _done(source: SourceFile, root: ast.AST, mappings: tuple[str, ...]) -> Iterator[Refusal]:
    """Evidence that an entry of the dictionaries is taken out in one step."""
    for call in source.tree.within(root, ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=owner, attr="popitem")):
                detail = f"{ast.unparse(call.func)}() already removes the entry in one step"
            case ast.Call(
                func=ast.Attribute(value=owner, attr="pop"),
                args=[ast.Subscript(value=ast.Call(func=ast.Name(id="list"))), _],
            ):
                detail = f"{ast.unparse(call.func)}() already allows a missing key"
            case _:
                continue
        if mappings and ast.unparse(owner) not in mappings:
            continue
        yield Refusal("popped", detail, site_of(source, call), already=True)
        return


def _eviction(source: SourceFile, node: ast.Assign) -> _Eviction | None:
    match node:
        case ast.Assign(
            targets=[ast.Name(id=key)],
            value=ast.Call(
                func=ast.Name(id="next"),
                args=[ast.Call(func=ast.Name(id="iter"), args=[mapping])],
                keywords=[],
            ),
        ):
            match mapping:
                case ast.Call(func=ast.Attribute(value=owner, attr="keys"), args=[]):
                    mapping = owner
            if isinstance(mapping, (ast.Name, ast.Attribute)):
                return _Eviction(node, _deletion(source, node, key, mapping), key, mapping)
    return None


def _deletion(
    source: SourceFile, node: ast.Assign, key: str, mapping: ast.expr
) -> ast.Delete | None:
    """``del mapping[key]`` right behind ``node``."""
    match behind(source.tree, node):
        case [ast.Delete(targets=[ast.Subscript(value=value, slice=ast.Name(id=word))]) as it, *_]:
            if word == key and ast.unparse(value) == ast.unparse(mapping):
                return it
    return None


def _verdict(project: Project, source: SourceFile, item: _Eviction) -> Change | Refusal:
    site = site_of(source, item.found)
    text = ast.unparse(item.mapping)
    function = source.tree.function(item.found)
    if item.deleted is None or not isinstance(function, FUNCTIONS):
        return Refusal(
            "not-deleted", f"{item.key} is not deleted from {text} by the next statement", site
        )
    if "#" in source.line_text(item.deleted.lineno):
        return Refusal("comment", "the deletion has a comment that would be lost", site)
    used = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Name)
        and node.id == item.key
        and isinstance(node.ctx, ast.Load)
        and source.tree.statement(node) is not item.deleted
    ]
    ordered = index_of(project).type_of(source, item.mapping) in _TYPES
    if ordered and used:
        code = f"{item.key}, {free_name(source.tree, function, '_')} = {text}.popitem(last=False)\n"
    elif ordered:
        code = f"{text}.popitem(last=False)\n"
    elif used:
        code = f"{item.key} = list({text})[0]\n{text}.pop({item.key}, None)\n"
    else:
        code = f"{text}.pop(list({text})[0], None)\n"
    span = source.statements_span(item.found, item.deleted)
    operation = Operation(source.path, span, _Popped(code), Unit.STATEMENTS)
    return Change(site, f"the oldest entry of {text} is popped", (operation,), Safety.REVIEW)


codemod = Codemod(
    name="safe-eviction",
    area="Shared state and tasks",
    asked_in="evict oldest entry break",
    recognise=recognise,
    plan=EvictionPlan,
    find=find,
    triggers=(b"next(",),
    scans=False,
)

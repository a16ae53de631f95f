"""Replace an outdated copy of the project's version.

```python
return {"version": "1.0.0-beta.1", "major": 1, "minor": 0, "prerelease": "beta.1"}
```

becomes, in a project whose `version.py` says `__version__ = "1.2.0-beta.3"`,

```python
return {"version": "1.2.0-beta.3", "major": 1, "minor": 2, "prerelease": "beta.3"}
```

The version is the one that the project has today: in the file that the report names, otherwise in
the one module or `pyproject.toml` that contains it. The value in the report may be outdated, and is
not used; if it differs, a note says so. Strings that contain the old version change with it
(`"Shop v1.0.0-beta.1"`), and so do the keys that follow from it (`major`, `minor`, `patch`,
`prerelease`), and those that a function of the same file returns as constants under the same names
(`build_date`).

## Fix safety

Needs review. The value is still a copy, as a fallback for a module that cannot be imported must be;
a note says that it must be updated by hand for the next version.

## Not rewritten

* A project that contains several versions, or none.
* A version that the report does not call outdated, or that is compared with something.

## Known limitations

There is no scan, because a version in a string may belong to another program.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.versions import VERSION, Literal, Truth, derived, truth_of
from codemods.codemod import (
    Change,
    Codemod,
    Match,
    Operation,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.demands.code import python_files
from codemods.demands.demands import Demands
from codemods.rewriting.parsed import Value


@dataclass(frozen=True, kw_only=True)
class VersionPlan(Plan):
    """Versions that are to become the one of the project."""

    old: tuple[str, ...]
    """The outdated versions."""
    reported: tuple[str, ...] = ()
    """The versions that a report calls current; if the project has another, a note says so."""
    sources: tuple[str, ...] = ()
    """The files that contain the version, by the end of their paths."""


def recognise(demands: Demands) -> Match[VersionPlan] | None:
    """A claim to findings about a version in the code that is older than the project's.

    One that wants the copy removed is not meant.
    """
    title, fix = demands.title, demands.fix
    if not (title.says("version") and title.says("stale")):
        return None
    if not fix.says("follow-the-source") or fix.says("starts-with-removing"):
        return None
    current = set(VERSION.findall(fix.raw))
    written = VERSION.findall((title + demands.shown_code).raw)
    old = tuple(item for item in dict.fromkeys(written) if item not in current)
    if not old:
        said = VERSION.findall(demands.description.raw)[:1]
        old = tuple(item for item in said if item not in current)
    if not old:
        return None
    files = python_files((demands.opening + fix).raw)
    plan = VersionPlan(
        old=old,
        reported=tuple(sorted(current)),
        sources=tuple(name for name in files if "version" in name),
    )
    # No anchors: the version may be a part of a string, which is no name.
    return Match(plan=plan, strength=85)


def find(scope: Scope, plan: VersionPlan) -> Iterator[Change | Refusal]:
    """The strings of a place that have an old version in them, and what follows from it."""
    truth = truth_of(scope.project, tuple(f"/{name}" for name in plan.sources))
    for place, constants in scope.nodes(ast.Constant):
        strings = [
            node for node in constants if isinstance(node.value, str) and _is_value(place, node)
        ]
        yield from _verdicts(place, strings, truth, plan)


def _verdicts(
    place: Place, strings: list[ast.Constant], truth: Truth | str, plan: VersionPlan
) -> Iterator[Change | Refusal]:
    source = place.source
    stale = [node for node in strings if _part(str(node.value), plan.old)]
    if isinstance(truth, str):
        for node in stale[:1]:
            yield Refusal("no-single-source", truth, site_of(source, node))
        return
    stale = [node for node in stale if _part(str(node.value), plan.old) != truth.version]
    if not stale:
        for node in strings:
            if truth.version in str(node.value):
                detail = f"the version is already {truth.version}, as in {truth.path}"
                yield Refusal("current", detail, site_of(source, node), already=True)
                return
        return
    new: dict[ast.Constant, Literal] = {
        node: str(node.value).replace(_part(str(node.value), plan.old), truth.version)
        for node in stale
    }
    for item in place.source.tree.within(place.node, ast.Dict):
        if any(node in item.values for node in stale):
            new |= _beside(item, truth)
    edits = tuple(
        Operation(source.path, source.span(node), Value(value))
        for node, value in new.items()
        if node.value != value
    )
    notes = [f"the version is a copy of {truth.path}, to be updated by hand for the next version"]
    if plan.reported and truth.version not in plan.reported:
        reported = ", ".join(plan.reported)
        notes.append(f"the report says {reported}, but {truth.path} says {truth.version}")
    what = f"{truth.version} instead of {_part(str(stale[0].value), plan.old)}"
    yield Change(site_of(source, stale[0]), what, edits, Safety.REVIEW, tuple(notes))


def _beside(node: ast.Dict, truth: Truth) -> dict[ast.Constant, Literal]:
    """The other values of a dictionary that follow from the version."""
    known: dict[str, Literal] = {**derived(truth.version), **dict(truth.keys)}
    found: dict[ast.Constant, Literal] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        match key, value:
            case ast.Constant(value=str() as name), ast.Constant() if name in known:
                if type(value.value) is type(known[name]):
                    found[value] = known[name]
    return found


def _part(text: str, versions: tuple[str, ...]) -> str:
    """The first of ``versions`` that is a whole version in ``text``, else ``""``."""
    found = VERSION.findall(text)
    return next((item for item in versions if item in found), "")


def _is_value(place: Place, node: ast.Constant) -> bool:
    """Whether a string is a value: no docstring, and nothing that others are compared with."""
    return not isinstance(place.source.tree.parent(node), (ast.Expr, ast.Compare))


codemod = Codemod(
    name="single-version",
    area="Names and values",
    asked_in="write version project older left",
    recognise=recognise,
    plan=VersionPlan,
    find=find,
    triggers=(b"version", b"VERSION"),
    scans=False,
)

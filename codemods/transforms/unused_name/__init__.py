"""Remove an unused import, variable or exception name (`as e`).

```python
import os, time
from fastapi import APIRouter, Path


def load(path):
    size = path.stat().st_size
    expected = size // 2
    try:
        return path.read_bytes(), size
    except OSError as error:
        log.warning("cannot read %s", path)
```

becomes

```python
import time
from fastapi import APIRouter


def load(path):
    size = path.stat().st_size
    try:
        return path.read_bytes(), size
    except OSError:
        log.warning("cannot read %s", path)
```

if a report names `os`, `Path`, `expected` and `error`. The codemod checks again whether they are
unused: in code, `__all__`, quoted annotations, other files that import the name from this one, and
tests that patch it there by its name. A variable whose value is a call loses its name, and the call
stays. A repeated import is removed if the report says that it is a duplicate.

## Fix safety

Safe for handlers. Imports and variables need review, because importing a module of the project can
have side effects (a note says so), and so can a property.

## Not rewritten

* Names that other code reads, here or elsewhere, and everything that a package's `__init__.py`
  imports.
* Imports with a `noqa`, and imports next to a comment.
* The only statement of its block, for example an import alone in a `try` or under `TYPE_CHECKING`.
* Parameters, attributes and functions: see `remove-dead-code`.

## Known limitations

There is no scan: ruff's F401 and F841 find and fix these well. A name that is only used in a type
comment counts as unused.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Refusal, Scope, site_of
from codemods.syntax.scopes import scope_table
from codemods.transforms.unused_name.base import Names
from codemods.transforms.unused_name.bindings import Bindings
from codemods.transforms.unused_name.imports import Imports
from codemods.transforms.unused_name.plan import CODES, UnusedHints, UnusedPlan, recognise


def find(scope: Scope, plan: UnusedPlan) -> Iterator[Change | Refusal]:
    """The unused names that a finding means, in the files that it names."""
    sources = {place.source.path: place.source for place in scope.places}
    lines = {
        path: [*next(iter(p.reported for p in scope.places if p.source.path == path))]
        for path in sources
    }
    known = {path for path, ranges in lines.items() if ranges}
    for written, reported in scope.hinted(UnusedHints).reported:
        source = scope.source_named(written)
        # Where a place has lines, they have gone with the code since; the report's have not.
        if source is not None and source.path not in known:
            sources.setdefault(source.path, source)
            lines.setdefault(source.path, []).append(reported)
    hints = scope.hinted(UnusedHints)
    subjects = hints.subjects
    names = [
        Names(scope.project, source, plan, tuple(lines[path]), subjects, hints.by_rule)
        for path, source in sources.items()
    ]
    found = [item for each in names for item in _verdicts(each, subjects or plan.names)]
    changed = any(isinstance(item, Change) for item in found)
    for item in found:
        # What is gone from one of several files already is no news beside a change.
        if isinstance(item, Change) or not (item.already and changed):
            yield item


def _verdicts(names: Names, asked_for: frozenset[str]) -> list[Change | Refusal]:
    """Changes and refusals for one file, imports first.

    A name of the finding that is read after all is worth a word only where nothing else is found:
    reports name used neighbours too. A finding of which the file binds no name any more is done.
    """
    asked = (names.project, names.source, names.plan, names.lines, names.subjects, names.exact)
    found = [*Imports(*asked).verdicts(), *Bindings(*asked).verdicts()]
    telling = [item for item in found if isinstance(item, Change) or item.reason != "used"]
    if found:
        return telling or found
    bound = {name for scope in scope_table(names.tree).bindings.values() for name in scope}
    subjects = {name for name in asked_for if "." not in name}
    body = names.tree.module.body
    if not subjects or subjects & bound or not body:
        return []
    text = f"{names.source.path} does not define or import {', '.join(sorted(subjects))}"
    return [Refusal("not-bound", text, site_of(names.source, body[0]), already=True)]


codemod = Codemod(
    name="unused-name",
    area="Names and values",
    asked_in="remove name bound never read import variable",
    recognise=recognise,
    plan=UnusedPlan,
    find=find,
    triggers=(b"import", b"except", b"="),
    scans=False,
    rules=(
        *CODES,
        *("unused-import", "py/unused-import"),
        *("unused-variable", "py/unused-local-variable"),
    ),
)

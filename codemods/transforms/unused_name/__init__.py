"""Remove a name that is bound and never read: an import, a variable, an `as e`.

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

if a report names `os`, `Path`, `expected` and `error`. Whether they are unused is found out anew:
code, `__all__`, annotations in quotes, other files that import the name from this one, and tests
that patch it there by its name are looked at. A variable whose value is a call loses its name, and
the call stays. An import that repeats one which is in effect goes where the report says that it
is a duplicate.

## Fix safety

Handlers: safe. Imports and variables: to be reviewed, since importing a module of the project can
do something by itself (a note says so), and a property can.

## Not rewritten

* Names that something reads, here or from elsewhere; everything that a package's `__init__.py`
  imports.
* Imports with a `noqa`, and imports beside which a comment stands.
* The only statement of its block: an import that stands in a `try` or under `TYPE_CHECKING`
  alone.
* Parameters, attributes, functions: they are dead code, and a matter of the whole project.

## Known limitations

There is no scan: ruff's F401 and F841 find and fix these, and do it well. A name that is only
used in a type comment counts as unused.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Refusal, Scope
from codemods.transforms.unused_name.names import Unused
from codemods.transforms.unused_name.plan import CODES, UnusedPlan, recognise


def find(scope: Scope, plan: UnusedPlan) -> Iterator[Change | Refusal]:
    """The unused names that a finding means, in the files that it names."""
    sources = {place.source.path: place.source for place in scope.places}
    lines = {
        path: [*next(iter(p.reported for p in scope.places if p.source.path == path))]
        for path in sources
    }
    for written, reported in plan.reported:
        source = scope.source_named(written)
        if source is not None:
            sources.setdefault(source.path, source)
            lines.setdefault(source.path, []).append(reported)
    found = [
        item
        for path, source in sources.items()
        for item in Unused(scope.project, source, plan, tuple(lines[path])).verdicts()
    ]
    changed = any(isinstance(item, Change) for item in found)
    for item in found:
        # What is gone from one of several files already is no news beside a change.
        if isinstance(item, Change) or not (item.already and changed):
            yield item


codemod = Codemod(
    name="unused-name",
    recognise=recognise,
    find=find,
    triggers=(b"import", b"except", b"="),
    scans=False,
    rules=(
        *CODES,
        *("unused-import", "py/unused-import"),
        *("unused-variable", "py/unused-local-variable"),
    ),
)

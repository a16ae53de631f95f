"""Import a constant where a copy of it stands.

```python
CHUNK_SECONDS = 15.0


def chunks(duration, overlap_seconds=5.0):
    return duration / (CHUNK_SECONDS - overlap_seconds)
```

becomes

```python
from core.geometry import CHUNK_SECONDS, OVERLAP_SECONDS


def chunks(duration, overlap_seconds=OVERLAP_SECONDS):
    return duration / (CHUNK_SECONDS - overlap_seconds)
```

if a report says that both are defined in `core/geometry.py` and wants them imported. A second
definition goes, with the comment above it if that is about nothing else. A literal is replaced
where it is given to something of that name (a default, a keyword, a variable, a key), or where the
report shows the literal and names its line. A constant that the report does not name is the one in
the files that it names which has the value, and of whose name a word is the report's. The import is
written as the file or its neighbours import from that module, or by the alias that is there.

## Fix safety

To be reviewed: who changes the constant changes this place too, as the report wants it.

## Not rewritten

* Copies whose type is another: `15` is no `15.0` to `range()`, nor to whoever shows it. What is
  annotated as `float` takes both.
* Copies whose value is another, unless the report says that they differ; then a note has both.
* Values that are computed.
* Imports that would be circular, and constants that nothing, or more than one file, defines.
* Equal literals that stand for something else.
* A constant without a name in the report, where none, or more than one, has the value and says it.

## Known limitations

There is no scan: that two numbers are equal does not make them one. Docstrings that repeat the
number stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Refusal, Scope
from codemods.findings.model import LineRange
from codemods.transforms.import_constant.copies import Copies
from codemods.transforms.import_constant.plan import ConstantHints, ConstantPlan, recognise


def find(scope: Scope, plan: ConstantPlan) -> Iterator[Change | Refusal]:
    """The copies of the constants that a finding names, in the files that it names."""
    hints = scope.hinted(ConstantHints)
    sources = {place.source.path: place.source for place in scope.places}
    lines: dict[str, list[LineRange]] = {}
    for place in scope.places:
        lines.setdefault(place.source.path, []).extend((*place.evidence, *place.reported))
    for written, reported in hints.reported:
        source = scope.source_named(written)
        if source is not None and source.path in sources:
            lines.setdefault(source.path, []).append(reported)
    for path, source in sources.items():
        definitions = tuple(
            place.lines
            for place in scope.places
            if place.source.path == path and not isinstance(place.node, ast.Module)
        )
        yield from Copies(
            scope, source, plan, hints, tuple(lines.get(path, ())), definitions
        ).verdicts()


codemod = Codemod(
    name="import-constant",
    area="Names and values",
    recognise=recognise,
    plan=ConstantPlan,
    find=find,
    triggers=(b"=",),
    scans=False,
)

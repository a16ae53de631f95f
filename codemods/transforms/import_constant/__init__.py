"""Replace a copy of a constant with an import of it.

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
definition is removed, with the comment above it if the comment is about nothing else. A literal is
replaced if it is given to something of that name (a default, a keyword, a variable, a key), or if
the report shows the literal and names its line. If the report does not name the constant, it must
be the one in the named files that has the value and shares a word of its name with the report. The
import follows the style of the file or its neighbors, or uses the alias that the file already has.

## Fix safety

Needs review: a change of the constant now also changes this place, as the report wants.

## Not rewritten

* Copies of another type: `15` is not the same as `15.0` for `range()` or in output. A value
  annotated as `float` accepts both.
* Copies with another value, unless the report says that they differ; then a note gives both.
* Values that are computed.
* Imports that would be circular, and constants that are not defined in exactly one file.
* Equal literals with another meaning.
* Findings that do not name the constant, if not exactly one constant matches.

## Known limitations

There is no scan, because two equal numbers may mean different things. Docstrings that repeat the
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
    asked_in="import constant copy",
    recognise=recognise,
    plan=ConstantPlan,
    find=find,
    triggers=(b"=",),
    scans=False,
)

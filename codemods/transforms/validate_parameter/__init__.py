"""Add bounds to a parameter of a FastAPI endpoint.

FastAPI checks a parameter before the handler runs, if its bounds are declared:

```python
@router.get("/tracks/{track_id}")
async def get_track(track_id: int, limit: int = 50):
```

becomes, for a finding that suggests `Path(..., ge=1)` and `Query(50, ge=1, le=200)`,

```python
@router.get("/tracks/{track_id}")
async def get_track(track_id: int = Path(..., ge=1), limit: int = Query(50, ge=1, le=200)):
```

The source of the parameter decides which function declares it, not the report: `Path` for a
parameter of the route, `Query` for every other scalar (a report's `Field` is for models and has no
effect there). An existing declaration only gets what it lacks. The default of the code stays.
`Annotated[int, Query(ge=1)]` is written if the file does so, if a parameter without a default
follows, or if other code calls the function directly: its default then stays a number. If the
report mentions NaN or infinity, a `float` also gets `allow_inf_nan=False`. A field of a pydantic
model gets `Field(…)` in the same way.

The bounds come from the report, in code (`limit: int = Query(50, ge=1, le=500)`), for a parameter
that it names (`Query(50, ge=1)`), for all of a kind (`xxx_id: int = Path(..., ge=1)`), or for a
field (`SeekRequest.position: float` — no `ge=0`; `Field(ge=0)` on `SeekRequest.position`).

## Fix safety

Needs review: requests that were accepted now get a 422 response.

## Not rewritten

* Functions that are not endpoints: nothing would check their declarations.
* A default that violates the bounds: either the report or the code is wrong.
* Existing bounds with other values, and a field that a validator of its model changes before any
  bound is checked.
* A list that is read from the body, and the result of `Depends` or another call.
* Numeric bounds on a string, lengths on a number, and unknown types.
* `ge=1` for an index: the first one is 0.
* Bounds that depend on the state of the program (the duration of the current track) are listed as
  left.

## Known limitations

There is no scan, because only people know which values make sense. `allow_inf_nan` needs pydantic 2
and FastAPI 0.100; if the project uses the decorators of pydantic 1, it is not written.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemods.analysis.web.parameters import functions_in
from codemods.codemod import Change, Codemod, Place, Refusal, Scope, itself
from codemods.transforms.validate_parameter.plan import ValidationHints, ValidationPlan, recognise
from codemods.transforms.validate_parameter.verdicts import Judge


def find(scope: Scope, plan: ValidationPlan) -> Iterator[Change | Refusal]:
    """The parameters of a place that a finding wants bounded."""
    hints = scope.hinted(ValidationHints)
    for place, functions in scope.once(
        lambda place: functions_in(place.source.tree, place.node), itself, _swept(scope, hints)
    ):
        judge = Judge(scope.project, place, plan, hints)
        for function in functions:
            yield from judge.function(function)
        if any(item.model for item in plan.bounds):
            yield from judge.fields()


def _swept(scope: Scope, hints: ValidationHints) -> Iterator[Place]:
    """The files that a finding names, if it wants every parameter of a kind bounded."""
    for path in hints.files:
        if (source := scope.source_named(path, beside=False)) is not None:
            yield Place(source, source.tree.module)


codemod = Codemod(
    name="validate-parameter",
    area="Web and clients",
    asked_in="give parameter endpoint bounds",
    recognise=recognise,
    plan=ValidationPlan,
    find=find,
    triggers=(b"fastapi", b"pydantic"),
    scans=False,
)

"""Check that a path from outside leads into the folder that it may be in.

A path that comes from a request, or out of a database, can lead anywhere: it is resolved, so that
links and `..` are followed, and compared with the folder before anything looks at it.

```python
album = albums.get(album_id)
if not album.artwork_path or not Path(album.artwork_path).exists():
    raise HTTPException(status_code=404, detail="Artwork not found")
return FileResponse(album.artwork_path)
```

becomes, for a finding that wants the path to resolve within `~/.music/artwork/`,

```python
album = albums.get(album_id)
if not album.artwork_path:
    raise HTTPException(status_code=404, detail="Artwork not found")
allowed_root = (Path.home() / ".music" / "artwork").resolve()
resolved_artwork_path = Path(album.artwork_path).resolve()
if not resolved_artwork_path.is_relative_to(allowed_root):
    raise HTTPException(status_code=403, detail="Access denied")
if not resolved_artwork_path.exists():
    raise HTTPException(status_code=404, detail="Artwork not found")
return FileResponse(resolved_artwork_path)
```

If the finding names a function of the project that resolves a path and checks where it leads
(`validate_file_path()`), that is called instead, and what it raises is answered with the status
that other handlers of the project use for it; the text of the exception, which tends to hold the
path, is not part of the answer. What is used behind the check is always the checked path. A value
that may be missing is checked only if it is there; a folder with an empty name is the current one,
and is checked.

The folder is the one that the finding names, by a constant of the project where one is that very
folder; else the one that a name is joined to (`UPLOADS / name`); else the option `root`. In an
`async def` the check runs in a thread if the file uses `asyncio.to_thread()` already.

## Fix safety

To be reviewed: requests that were served are refused from now on, and a validator that looks for
the file answers for missing ones, too. A path that cannot be resolved at all (a null byte) raises
`ValueError`, as opening it would.

## Not rewritten

* No folder is named, and no validator: whatever was chosen would be a guess.
* Functions that answer no request of FastAPI or Starlette, unless a validator of the project
  raises its own exception there. If the finding wants the file to be skipped, a handler around
  the place must do that.
* Places where a handler would turn the answer into another, and loops that go on with the next.
* A path that gets another value between its uses, or whose object is asked for first.
* A name that is joined to a folder in other ways than `path = folder / name`, or to none: what
  has to be checked is the whole.
* A path that is compared with a folder already, in another way than the finding wants.
* A `~` that is expanded behind the place where a validator would look at it.
* What is only logged, compared or sent to the client as a text.

## Known limitations

There is no scan: which folder a path may be in stands in no code, and without that there is
nothing to write. A check and the opening behind it are two steps: a link that is swapped in
between is followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.web.parameters import functions_in
from codemods.codemod import Change, Codemod, Option, Place, Refusal, Scope
from codemods.project.source import SourceFile
from codemods.syntax.tree import Function
from codemods.transforms.contain_path.answers import is_handler
from codemods.transforms.contain_path.building import Means
from codemods.transforms.contain_path.changes import Judge
from codemods.transforms.contain_path.plan import PathHints, PathPlan, recognise
from codemods.transforms.contain_path.validators import Validator, only_validator, validator_named

ROOT: Option[str] = Option(
    "root", "", "The folder that a path may be in, if the finding names none."
)


def find(scope: Scope, plan: PathPlan) -> Iterator[Change | Refusal]:
    """The paths of a place that a finding wants checked."""
    means = _means(scope, plan)
    hints = scope.hinted(PathHints)
    wanted: dict[Function, SourceFile] = {}
    for place in scope.places:
        wanted |= dict.fromkeys(_functions(place, hints), place.source)
    covered = frozenset(wanted)
    for function, source in wanted.items():
        yield from Judge(scope.project, source, plan, means, covered, hints.functions).function(
            function
        )


def _means(scope: Scope, plan: PathPlan) -> Means:
    """What the finding, or else the configuration, says the paths are to be checked with."""
    root = plan.root or ROOT.of(scope.options)
    found = [validator_named(scope.project, name) for name in plan.validators]
    if not found and not root and plan.own:
        found = [only_validator(scope.project)]
    for item in found:
        if isinstance(item, Validator):
            return Means(item)
    if root:
        return Means(root=root)
    if found:
        return Means(reason="no-validator", detail="; ".join(map(str, found)))
    return Means(detail="neither the finding nor `root` in the settings says where it may lead")


def _functions(place: Place, hints: PathHints) -> list[Function]:
    """The functions of a place, all handlers of its file if the finding speaks of several."""
    source = place.source
    found = functions_in(source.tree, place.node)
    if hints.sweeps:
        every = functions_in(source.tree, source.tree.module)
        return [item for item in every if item in found or is_handler(source, item)]
    if isinstance(place.node, (ast.Module, ast.ClassDef)):
        return place.focus(found)
    return found


codemod = Codemod(
    name="contain-path",
    area="Files, resources and hashes",
    recognise=recognise,
    plan=PathPlan,
    find=find,
    triggers=(b"Path", b"open(", b"FileResponse", b"os.path"),
    scans=False,
    options=(ROOT,),
)

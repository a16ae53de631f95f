"""Check that a path from a request or database stays inside an allowed folder.

A path from a request or a database can lead anywhere. It is resolved, so that links and `..` are
followed, and compared with the allowed folder before anything accesses it.

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
(`validate_file_path()`), that function is called instead. When it raises, the endpoint responds
with the status that other handlers of the project use for its exception; the text of the exception,
which often contains the path, is not part of the response. After the check, only the checked path
is used. A value that may be missing is checked only if it is set; an empty folder name means the
current folder, and is checked.

The folder is the one that the finding names, as a constant of the project if one is exactly that
folder; otherwise the folder that a name is joined to (`UPLOADS / name`); otherwise the option
`root`. In an `async def`, the check runs in a thread if the file already uses
`asyncio.to_thread()`.

## Fix safety

Needs review: requests that were served are now refused, and a validator that checks whether the
file exists also refuses missing files. A path that cannot be resolved at all (with a null byte)
raises `ValueError`, as opening it would.

## Not rewritten

* Findings without a folder and without a validator: any choice would be a guess.
* Functions that do not handle a request of FastAPI or Starlette, unless a validator of the project
  raises its own exception. If the finding wants the file to be skipped, a handler around the place
  must do that.
* Places where a handler would replace the response, and loops that continue with the next item.
* A path that is assigned again between its uses, or whose object is checked first.
* A name that is joined to a folder in another way than `path = folder / name`, or not joined at
  all: the whole path must be checked.
* A path that is already compared with a folder, but not in the way the finding asks for.
* A `~` that is expanded after the place where a validator would check it.
* A path that is only logged, compared or sent to the client as text.

## Known limitations

There is no scan, because the code does not say which folder a path may be in. The check and the
opening are two steps: a link that is swapped in between is followed.
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
    "root", "", "the folder that a path may be in, if the finding names none"
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
    return Means(detail="neither the finding nor the option `root` names the allowed folder")


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
    asked_in="check path outside folder",
    recognise=recognise,
    plan=PathPlan,
    find=find,
    triggers=(b"Path", b"open(", b"FileResponse", b"os.path"),
    scans=False,
    options=(ROOT,),
)

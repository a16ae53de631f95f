"""Delete code that nothing uses.

```python
from .reading import load, load_all
from .tags import normalise

__all__ = ["load", "load_all", "open_library"]


# Kept for backward compatibility.
def load_all(paths):
    return [normalise(load(path)) for path in paths]


def open_library(path):
    return load(path)
```

becomes, if a report calls `load_all` dead,

```python
from .reading import load

__all__ = ["load", "open_library"]


def open_library(path):
    return load(path)
```

It deletes functions, methods, classes, aliases and constants of a module, attributes that are only
written, parameters, whole modules, and statements that consist only of an expression. With a
definition it removes its decorators, its docstring, the comment directly above it, its entry in
`__all__`, its re-exports, and the imports that nothing else needs. With a parameter it removes the
arguments that calls pass for it and its entry in the docstring. With a module it removes the lines
of packages that re-export its names.

Code is deleted only if nothing in the whole project mentions it: no code, no test, no string that
is passed to `getattr` or `patch`, no entry point. A module must also not be in a build file or a
workflow, nor in a folder whose modules are found by walking it. Dead code that only other dead code
of the same report needs is deleted too, and so is a parameter that is only passed on to another
parameter that is removed.

## Fix safety

Needs review: code outside the project may use it.

## Not rewritten

* Code that is used anywhere, including tests; the places are named. A method is not deleted either
  if its name is used on an object of unknown class. Examples in docstrings count if they are run,
  and are a note otherwise.
* Definitions that a decorator may register (routes, fixtures, validators), methods that Python
  calls, and methods that may override one of a base class.
* Attributes that their class declares: they may be fields of a model.
* Modules that are run or found without an import: scripts, migrations, `__main__`, tests, plug-ins.
  Documents that mention a deleted module are a note.
* Parameters whose callers are not all known: the function is passed on as a value, a call has `*`
  or `**`, or a class above or below has the same method; and parameters with an argument that is
  computed by a call.
* Suggestions that leave a choice: "either wire it up, or delete it".

## Known limitations

There is no scan, because code that looks dead may be the interface of a library. A function that is
passed to `asyncio.to_thread` or a pool counts as used. Documentation and files in other languages
are searched only for modules.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Refusal, Scope, site_of
from codemods.findings.model import LineRange
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.transforms.remove_dead_code.files import file_verdicts
from codemods.transforms.remove_dead_code.parameters import ParameterRemoval
from codemods.transforms.remove_dead_code.plan import DeadHints, DeadPlan, recognise
from codemods.transforms.remove_dead_code.removal import Removal, is_all
from codemods.transforms.remove_dead_code.targets import Parameter, Target, parameters, targets


def find(scope: Scope, plan: DeadPlan) -> Iterator[Change | Refusal]:
    """The dead code that a finding names, if nothing uses it."""
    hints = scope.hinted(DeadHints)
    sources = {place.source.path: place.source for place in scope.places}
    lines: dict[str, list[LineRange]] = {}
    for place in scope.places:
        lines.setdefault(place.source.path, []).extend(place.reported)
    for written, reported in hints.reported:
        source = scope.source_named(written)
        if source is not None:
            sources.setdefault(source.path, source)
            lines.setdefault(source.path, []).append(reported)
    deleted = list(file_verdicts(scope, _named_files(scope, plan)))
    yield from deleted
    gone = {item.site.path for item in deleted if isinstance(item, Change)}
    sources = {path: source for path, source in sources.items() if path not in gone}
    if plan.files and not (plan.names and sources):
        return
    dead: list[Parameter] = []
    if plan.parameters:
        dead = parameters(list(sources.values()), plan.names, hints.spoken, lines)
        yield from ParameterRemoval(scope.project, dead, frozenset(gone)).verdicts()
        # What is the name of a parameter is not looked for among other things.
        done = {item.name for item in dead}
        plan = plan.without(done)
        if dead and (hints.titled or not plan.names):
            return
    found: list[Target] = []
    for path, source in sources.items():
        found += targets(source, plan, hints.mentioned, tuple(lines.get(path, ())))
    for path in [path for path in sources if is_all(sources[path], found)]:
        deleted = list(file_verdicts(scope, [sources[path]]))
        yield from deleted
        found = [item for item in found if item.source.path != path]
        gone |= {path for item in deleted if isinstance(item, Change)}
    if found:
        going = [scope.project.source(path).tree.module for path in gone]
        yield from Removal(scope.project, found, going).verdicts()
        return
    if not (deleted or dead):
        yield from _gone(list(sources.values()), plan, hints)


def _named_files(scope: Scope, plan: DeadPlan) -> list[SourceFile]:
    """The files that are to go whole, each once."""
    found: dict[str, SourceFile] = {}
    for written in plan.files:
        if written.endswith("/"):
            paths = [path for path in scope.project.python_paths if f"/{written}" in f"/{path}"]
            found |= {path: scope.project.source(path) for path in paths}
            continue
        ends = (it.source for it in scope.places if f"/{written}".endswith(f"/{it.source.path}"))
        source = scope.source_named(written) or next(ends, None)
        if source is not None:
            found[source.path] = source
    return list(found.values())


def _gone(sources: list[SourceFile], plan: DeadPlan, hints: DeadHints) -> Iterator[Refusal]:
    """Files in which none of the names stands any more are done."""
    names = {last_part(name) for name in plan.names} - {"py"}
    if not names or not sources or not hints.python:
        return
    if any(name.encode() in source.data for source in sources for name in names):
        return
    first = sources[0]
    if first.tree.module.body:
        text = f"{', '.join(sorted(names))} is not in {first.path}"
        yield Refusal("gone", text, site_of(first, first.tree.module.body[0]), already=True)


codemod = Codemod(
    name="remove-dead-code",
    area="Names and values",
    asked_in="delete code uses",
    recognise=recognise,
    plan=DeadPlan,
    find=find,
    triggers=(b"def", b"="),
    scans=False,
)

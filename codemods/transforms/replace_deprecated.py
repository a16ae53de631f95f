"""Replace a deprecated function with its successor.

A report names both: `np.hamming()` is deprecated, its replacement is
`scipy.signal.windows.hamming(N)`.

```python
import numpy as np

window = np.hamming(size)
```

becomes

```python
from scipy.signal.windows import hamming

window = hamming(size)
```

The arguments that the report writes stand for any arguments: `hamming(N)` means every call. All
files that the report lists are changed. Imports that nothing needs any more are removed.

## Fix safety

Needs review: only the report says that both functions do the same.

## Not rewritten

* A name that means something else in the file: the report's `np.hamming` is NumPy's only if `np`
  is.
* Uses of the function without a call, for example `default_factory=…`.
* A replacement whose arguments differ from those of the old call in the report, that passes a
  literal value, or that names no module to import it from.
* A standard library function that does not exist.
* Methods (`model.dict()`), because the type of the object is unknown.

## Known limitations

There is no scan, because only the report says what is deprecated. It does not check whether a
third-party package has the replacement.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import (
    Change,
    Codemod,
    DropImport,
    Edit,
    Hints,
    Match,
    Operation,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    itself,
    site_of,
)
from codemods.demands.demands import Demands, Text
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes
from codemods.rewriting.reach import Reached, reach
from codemods.syntax.dotted import last_part
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import root_name

_KNOWN = {"np": "numpy", "pd": "pandas", "tf": "tensorflow", "plt": "matplotlib.pyplot"}
"""Short names that everybody imports these modules by."""


@dataclass(frozen=True, kw_only=True)
class DeprecatedPlan(Plan):
    """A function that another one takes the place of."""

    old: str
    """The deprecated function: ``numpy.hamming``, or with the alias of its module."""
    new: str
    """Its successor: ``scipy.signal.windows.hamming``."""


def recognise(demands: Demands) -> Match[DeprecatedPlan] | None:
    """A claim to findings that name a deprecated function and its replacement."""
    if not demands.opening.says("deprecated-api"):
        return None
    old, new = _function(demands.title), _function(demands.fix)
    if old is None or new is None or old[0] == new[0]:
        return None
    if old[1] and new[1] and len(old[1]) != len(new[1]):
        return None
    if not all(item.isidentifier() or item == "..." for item in (*old[1], *new[1])):
        return None
    if "." not in old[0] or "." not in new[0] or demands.fix.says("leaves-a-choice"):
        return None
    hints = Hints(
        anchors=(last_part(old[0]),),
        whole_files=True,
        count=demands.title.count or demands.fix.count,
        # What names the new function asks for this very edit.
        aspects=tuple(item for item in demands.advice.requests() if last_part(new[0]) not in item),
    )
    return Match(plan=DeprecatedPlan(old=old[0], new=new[0]), strength=72, hints=hints)


def _function(text: Text) -> tuple[str, tuple[str, ...]] | None:
    """The first inline code that is a function, with or without a call, and its arguments."""
    first = next(iter(text.code), "")
    call = next(iter(Text(f"`{first}`").calls), None)
    if call is not None and first.startswith(call.name):
        return call.name, tuple(item for item in call.arguments if item)
    plain = first.removesuffix("()")
    return (plain, ()) if plain.replace(".", "").isidentifier() else None


def find(scope: Scope, plan: DeprecatedPlan) -> Iterator[Change | Refusal]:
    """The calls of the old function at the places of a finding."""
    old, new = _in_full(plan.old), _in_full(plan.new)

    def uses(place: Place) -> list[ast.Attribute | ast.Name]:
        tree = place.source.tree
        found: list[ast.Attribute | ast.Name] = [
            *tree.within(place.node, ast.Attribute),
            *tree.within(place.node, ast.Name),
        ]
        return place.focus(
            [node for node in found if qualified_name(tree, node) in (old, new)],
        )

    for place, found in scope.once(uses, itself):
        for node in found:
            yield _verdict(place.source, node, new)


def _in_full(name: str) -> str:
    """A name with its module's own name: ``numpy.hamming`` of ``np.hamming``."""
    first, dot, rest = name.partition(".")
    return f"{_KNOWN.get(first, first)}{dot}{rest}"


def _verdict(source: SourceFile, node: ast.Attribute | ast.Name, new: str) -> Change | Refusal:
    tree = source.tree
    site = site_of(source, node)
    shown = ast.unparse(node)
    if qualified_name(tree, node) == new:
        return Refusal("replaced", f"the code already uses {shown}", site, already=True)
    if tree.call_of(node) is None:
        return Refusal("not-called", f"{shown} is passed on, not called", site)
    module, _, name = new.rpartition(".")
    if module.partition(".")[0] in sys.stdlib_module_names and not _exists(module, name):
        return Refusal("no-such-name", f"{module} has no {name}", site)
    reached = _reached(source, node, module, name)
    if isinstance(reached, str):
        return Refusal("name-taken", f"{new} cannot be imported: {reached}", site)
    edits: list[Edit] = [Operation(source.path, source.span(node), Becomes(reached.text))]
    edits += reached.imports
    edits.append(DropImport(source.path, root_name(node)))
    what = f"{shown}() becomes {last_part(new)}()"
    return Change(site, what, tuple(edits), Safety.REVIEW, found=f"{shown}() is deprecated")


def _reached(source: SourceFile, at: ast.AST, module: str, name: str) -> Reached | str:
    """How the new function is written: by its name, but as ``inspect.iscoroutinefunction`` where
    its module has a short name of its own and the file does not import the function."""
    direct = reach(source, at, module, name)
    if "." in module or (isinstance(direct, Reached) and not direct.imports):
        return direct
    whole = reach(source, at, module)
    return whole if isinstance(whole, str) else Reached(f"{whole.text}.{name}", whole.imports)


def _exists(module: str, name: str) -> bool:
    """Whether a module of the standard library has something of that name; those that do something
    when they are imported are believed."""
    if module.partition(".")[0] in ("antigravity", "this", "idlelib", "turtledemo", "test"):
        return True
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


codemod = Codemod(
    name="replace-deprecated",
    area="Names and values",
    asked_in="call place deprecated function",
    recognise=recognise,
    plan=DeprecatedPlan,
    find=find,
    triggers=(b"import",),
    scans=False,
)

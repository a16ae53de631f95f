"""What ``autofix new`` writes: a codemod that works, for its author to change."""

from __future__ import annotations

from collections.abc import Mapping

MODULE = '''\
"""Call `new_name()`, not `old_name()`.

Say here what is wrong, and show the rewrite:

    mylib.old_name(1)

becomes

    mylib.new_name(1)

## Fix safety

Safe: say why behavior stays the same, or what a reviewer should check.

## Not rewritten

* Calls through `from mylib import old_name`: the import would have to change, too.

## Known limitations

Say what it does not look at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods import (
    Change,
    Codemod,
    Demands,
    Hints,
    Match,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.kit.edits import LastName
from codemods.kit.names import qualified_name
from codemods.kit.trees import last_part

OLD = "mylib.old_name"
NEW = "mylib.new_name"


@dataclass(frozen=True, kw_only=True)
class @CLASS@(Plan):
    """What to do. Give it a field for each value that a person may choose."""


def recognise(demands: Demands) -> Match[@CLASS@] | None:
    """Claim findings whose fix replaces the old name with the new one."""
    for pair in demands.fix.pairs:
        if (last_part(pair.old), last_part(pair.new)) == (last_part(OLD), last_part(NEW)):
            return Match(plan=@CLASS@(), strength=80, hints=Hints(anchors=(last_part(OLD),)))
    return None


def find(scope: Scope, plan: @CLASS@ | None) -> Iterator[Change | Refusal]:
    """Decide for each call. Without a plan this is a scan."""
    for place, calls in scope.nodes(ast.Call):
        source = place.source
        named = [call for call in calls if qualified_name(source.tree, call.func) in (OLD, NEW)]
        for call in named if plan is None else place.focus(named):
            site = site_of(source, call)
            if qualified_name(source.tree, call.func) == NEW:
                if plan is not None:
                    yield Refusal("renamed", "new_name() is called already", site, already=True)
            elif not isinstance(call.func, ast.Attribute):
                yield Refusal("imported-name", "old_name is imported by its name", site)
            else:
                edit = Operation.at(source, call.func, LastName(last_part(NEW)))
                yield Change(site, "new_name() is called, not old_name()", (edit,), Safety.SAFE)


codemod = Codemod(
    name="@NAME@",
    recognise=recognise,
    plan=@CLASS@,
    find=find,
    triggers=(b"old_name",),
)
'''

BEFORE = """\
import mylib


def total(orders):
    return mylib.old_name(orders)  # once an hour
"""

IMPORTED = """\
from mylib import old_name


def total(orders):
    return old_name(orders)
"""

OTHER = """\
def total(orders):
    return orders.old_name()
"""

FINDING = """\
### X-1: total() calls a deprecated function

- **Severity**: LOW
- **Location**: `app/totals.py:5`
- **Description**: `mylib.old_name()` is deprecated.
- **Suggested Fix**: Replace `mylib.old_name` with `mylib.new_name`.
"""

STAYS_IMPORTED = """\
about = "The function is imported by its name."
refusals = ["imported-name"]
"""

STAYS_OTHER = """\
about = "A method that happens to have the same name."
refusals = []
"""


def files_of(name: str, folder: str) -> Mapping[str, str]:
    """The files of a new codemod by their paths: its module and three cases, of which two stay.

    Args:
        name: of the codemod.
        folder: where its module goes.
    """
    title = "".join(word.capitalize() for word in name.split("-"))
    code = MODULE.replace("@CLASS@", f"{title}Plan").replace("@NAME@", name)
    cases = f"fixtures/{name}"
    return {
        f"{folder}/{name.replace('-', '_')}.py": code,
        f"{cases}/call/finding.md": FINDING,
        f"{cases}/call/before.py": BEFORE,
        f"{cases}/call/after.py": BEFORE.replace("old_name", "new_name"),
        f"{cases}/imported-name/before.py": IMPORTED,
        f"{cases}/imported-name/case.toml": STAYS_IMPORTED,
        f"{cases}/other-method/before.py": OTHER,
        f"{cases}/other-method/case.toml": STAYS_OTHER,
    }

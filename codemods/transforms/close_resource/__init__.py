"""Close a file or other resource on every path, with `with` or `finally`.

```python
file = open(path)
text = file.read()
file.close()
```

becomes

```python
with open(path) as file:
    text = file.read()
```

and `json.load(open(path))` gets a `with` around its statement. A resource without a context manager
is closed in a `finally`, if a report names the variable and its method:

```python
engine = make_engine()
try:
    run(engine)
finally:
    engine.dispose()
```

The block ends after the last use of the variable and of anything that reads from it
(`csv.reader(file)`). A `close()` at its end is removed, or moves into the `finally`.

## Fix safety

Safe for a file that is opened and used in one statement. Everything else needs review: the resource
is closed earlier than before, and statements are indented. If more than 40 lines would be indented,
a scan only shows the fix.

## Not rewritten

* A resource that other code may keep: it is returned, yielded, stored in an attribute or a
  collection, passed to a function that may keep it, or used by a nested function.
* A variable that is used outside the block that assigns it, or assigned again in it.
* Two resources that are open at the same time but not nested.
* A file that is open to hold a lock (`fcntl.flock`) and that nothing closes.
* Resources that are already closed in a `finally` or opened by a `with`.
* A file in a conditional part of an expression, in a comprehension or lambda, or in the body of a
  class, and a file before which the same statement calls something else: that call would run later.
* Temporary files, which are deleted when they are closed, and pools, whose `with` stops the work.
* In a scan: everything but files, module variables, and lines with `# noqa: SIM115`.

## Known limitations

Attributes such as `self.engine` live as long as their object: where that ends is unknown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from codemods.analysis.flow.lifetimes import Lifetime, closed_in_finally, lifetime_of
from codemods.analysis.names.index import index_of
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Unit,
    itself,
    site_of,
)
from codemods.findings.model import Severity
from codemods.project.linter_comments import switched_off
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import qualified_name
from codemods.syntax.scopes import scope_of
from codemods.syntax.tree import Tree, walk
from codemods.tables import words
from codemods.transforms.close_resource.edit import ClosedFinally
from codemods.transforms.close_resource.held import Needed, held_together
from codemods.transforms.close_resource.inline import inline
from codemods.transforms.close_resource.plan import CLOSERS, RULES, ClosePlan, recognise

_FILES = frozenset(
    words(
        "builtins.open io.open codecs.open gzip.open bz2.open lzma.open tarfile.open "
        "zipfile.ZipFile os.fdopen pathlib.Path.open"
    )
)
_OTHERS = frozenset(
    words(
        "wave.open socket.socket socket.create_connection urllib.request.urlopen shelve.open "
        "requests.Session requests.session httpx.Client concurrent.futures.ThreadPoolExecutor "
        "concurrent.futures.ProcessPoolExecutor mmap.mmap subprocess.Popen"
    )
)
_LOCKS = frozenset(words("fcntl.flock fcntl.lockf msvcrt.locking portalocker.lock"))
_ASYNC = frozenset(("aiohttp.ClientSession", "httpx.AsyncClient"))


def find(scope: Scope, plan: ClosePlan | None) -> Iterator[Change | Refusal]:
    """The resources that a finding means, or the files of a file."""

    def opened(place: Place) -> list[ast.Call]:
        source = place.source
        found = [
            call
            for call in source.tree.within(place.node, ast.Call)
            if _opens(scope.project, source, call) in _FILES
            or (plan is not None and _is_named(scope.project, source, call, plan))
        ]
        if plan is None:
            return [call for call in found if not _is_entered(source.tree, call)]
        # The name of the function says where, and not what.
        wanted = {*plan.names} - {getattr(place.node, "name", "")}
        meant = [call for call in found if wanted & _names(source.tree, call)]
        return place.focus(meant or ([] if wanted else found))

    for place, found in scope.once(opened, itself):
        verdicts = [_verdict(scope.project, place.source, call, plan) for call in found]
        yield from (item for item in verdicts if not isinstance(item, Needed))
        needed = [item for item in verdicts if isinstance(item, Needed)]
        yield from held_together(place.source, needed, plan is not None)


def _opens(project: Project, source: SourceFile, call: ast.Call) -> str:
    """The qualified name of what is called, ``pathlib.Path.open`` too."""
    name = qualified_name(source.tree, call.func)
    if name is None and last_name(call.func) == "open" and isinstance(call.func, ast.Attribute):
        kind = index_of(project).type_of(source, call.func.value)
        name = f"{kind}.open" if kind is not None else None
    return name or ""


def _names(tree: Tree, call: ast.Call) -> set[str]:
    """By what a finding may name it: the variable, and what is called."""
    parent = tree.parent(call)
    if isinstance(parent, ast.Await):
        parent = tree.parent(parent)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    return {last_name(call.func), *map(last_name, targets)} - {""}


def _is_named(project: Project, source: SourceFile, call: ast.Call, plan: ClosePlan) -> bool:
    """Whether the plan means what a call gives, and how that is closed is known."""
    if not {*plan.names} & _names(source.tree, call):
        return False
    known = _opens(project, source, call) in _OTHERS | _ASYNC
    return known or (bool(plan.method) and isinstance(source.tree.statement(call), ast.Assign))


def _is_entered(tree: Tree, call: ast.Call) -> bool:
    """Whether a ``with``, an exit stack or ``closing()`` takes it."""
    parent = tree.parent(call)
    if isinstance(parent, ast.withitem):
        return True
    return isinstance(parent, ast.Call) and last_name(parent.func) in (
        *("enter_context", "enter_async_context", "closing", "push", "callback"),
    )


def _verdict(
    project: Project, source: SourceFile, call: ast.Call, plan: ClosePlan | None
) -> Change | Refusal | Needed:
    tree = source.tree
    site = site_of(source, call)
    shown = f"{ast.unparse(call.func)}()"
    line = switched_off(source, call.lineno, call.end_lineno or call.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks to keep {shown} as it is", site)
    if _is_entered(tree, call):
        return Refusal(
            "entered", f"a with statement already closes the result of {shown}", site, already=True
        )
    statement = tree.statement(call)
    value = getattr(statement, "value", None)
    awaited = value.value if isinstance(value, ast.Await) else value
    if awaited is not call:
        return inline(source, call)
    if not isinstance(statement, ast.Assign):
        return Refusal("escapes", f"the result of {shown} is passed on to other code", site)
    if plan is None and scope_of(tree, statement) is tree.module:
        return Refusal("module", f"the result of {shown} is assigned to a module variable", site)
    lifetime = lifetime_of(tree, statement, CLOSERS)
    if isinstance(lifetime, str):
        return Refusal("escapes", f"the result of {shown} is not closed here: {lifetime}", site)
    if closed_in_finally(tree, lifetime, CLOSERS):
        detail = f"{lifetime.name} is already closed on every path"
        return Refusal("closed", detail, site, already=True)
    if lifetime.closing is None and (line := _locking(tree, lifetime)) is not None:
        detail = f"line {line} locks {lifetime.name}: closing it would release the lock"
        return Refusal("keeps-a-lock", detail, site)
    name = _opens(project, source, call)
    method = plan.method if plan is not None else ""
    if method or name not in _FILES | _OTHERS | _ASYNC:
        return _finally(source, call, lifetime, method)
    is_async = name in _ASYNC
    if is_async and not isinstance(tree.function(call), ast.AsyncFunctionDef):
        return Refusal(
            "no-coroutine", "the function is not a coroutine, so it cannot use async with", site
        )
    if lifetime.closing is not None and len(lifetime.body) == 1:
        return Refusal(
            "unused", f"{lifetime.name} is opened and closed with nothing in between", site
        )
    return Needed(lifetime, is_async)


def _locking(tree: Tree, lifetime: Lifetime) -> int | None:
    """The line that takes a lock of the file, which lasts for as long as the file is open."""
    for call in (item for part in lifetime.body for item in walk(part)):
        if isinstance(call, ast.Call) and qualified_name(tree, call.func) in _LOCKS:
            released = any(last_name(item) in ("LOCK_UN", "LK_UNLCK") for item in call.args)
            if not released:
                return call.lineno
    return None


def _finally(
    source: SourceFile, call: ast.Call, lifetime: Lifetime, method: str
) -> Change | Refusal:
    site = site_of(source, call)
    closing = lifetime.closing
    if closing is not None and len(lifetime.body) == 1:
        return Refusal(
            "unused", f"{lifetime.name} is opened and closed with nothing in between", site
        )
    code = ast.unparse(closing) if closing is not None else f"{lifetime.name}.{method}()"
    span = source.statements_span(lifetime.statement, lifetime.body[-1])
    payload = ClosedFinally(code, closing is not None)
    return Change(
        site,
        f"a finally calls {code}",
        (Operation(source.path, span, payload, Unit.STATEMENTS),),
        Safety.REVIEW,
        found=f"{lifetime.name} is not closed when something fails",
    )


_OPENING = re.compile(rb"(?<!\w)(?:open|fdopen|ZipFile)(?=[\s\\)]*[(#]|[\s\\]+as\b)")
_ENTERED = re.compile(
    rb"(?<!\w)with +(?:\w+\.)*+(open|fdopen|ZipFile)"
    # Arguments on one line, with at most one call among them.
    rb"\((?:[^()\n\"'\\#]++|\"[^\"\n\\]*+\"|'[^'\n\\]*+'"
    rb"|\((?:[^()\n\"'\\#]++|\"[^\"\n\\]*+\"|'[^'\n\\]*+')*+\))*+\)(?: +as\b| *:)"
)


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether something may be opened, by its own name or another one, that no ``with`` takes."""
    entered = {match.start(1) for match in _ENTERED.finditer(source.data)}
    return any(match.start() not in entered for match in _OPENING.finditer(source.data))


codemod = Codemod(
    name="close-resource",
    area="Files, resources and hashes",
    asked_in="close opened",
    recognise=recognise,
    plan=ClosePlan,
    find=find,
    triggers=(b"open", b"ZipFile"),
    prefilter=prefilter,
    rules=RULES,
    audit=AuditWords(
        "A file is not closed on every path",
        Severity.LOW,
        "Resource Leaks",
        "It stays open until the garbage collector closes it.",
    ),
)

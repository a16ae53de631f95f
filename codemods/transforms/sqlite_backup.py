"""Copy a SQLite database with its backup API instead of as a file.

A database in WAL mode keeps its latest writes in a second file. A copy of the first file lacks
them, and a copy that is made during a write can be corrupt:

```python
shutil.copy2(database, backup)
```

becomes

```python
with closing(sqlite3.connect(database)) as source:
    with closing(sqlite3.connect(backup)) as target:
        source.backup(target)
```

on one line if that fits. It changes `shutil.copy`, `copy2` and `copyfile` in the function that a
report names, and removes an import of `shutil` that nothing uses any more.

## Fix safety

Needs review. The copy is complete at any time and has the permissions of a new file (`copy` and
`copy2` kept those of the database), and errors are those of `sqlite3`.

## Not rewritten

* A copy whose source the function does not check: without a database, `connect()` creates an empty
  one, and the copy raised `FileNotFoundError`.
* A copy whose result is used, or with an argument for links.
* A copy into a directory.
* A function that also copies the `-wal` file.
* `to_thread(shutil.copy2, …)`: a connection belongs to its thread.

## Known limitations

There is no scan, because it is unknown whether a file is a database.
"""

from __future__ import annotations

import ast
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
    Plan,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.demands.demands import Demands
from codemods.project.project import Project
from codemods.project.settings import nearest_black_settings
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import InPlace
from codemods.rewriting.reach import reach
from codemods.syntax.names import free_name, qualified_name
from codemods.syntax.tree import FUNCTIONS, position
from codemods.tables import words

_COPIES = ("shutil.copy", "shutil.copy2", "shutil.copyfile")
_KEEPING = ("shutil.copy", "shutil.copy2")
_DIRECTORIES = words("dir dirs directory directories folder folders")
_BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, kw_only=True)
class BackupPlan(Plan):
    """The copies of files in a place are of databases: nothing more is to be said."""


def recognise(demands: Demands) -> Match[BackupPlan] | None:
    """A claim to findings about a copied SQLite database that suggest its own backup."""
    told = demands.opening
    if not demands.fix.says("database-backup") or "backup" not in demands.fix.raw.lower():
        return None
    if not told.says("copies-files") or not told.says("database"):
        return None
    hints = Hints(anchors=("copy2", "copy", "copyfile", "backup"))
    return Match(plan=BackupPlan(), strength=85, hints=hints)


def find(scope: Scope, _plan: BackupPlan) -> Iterator[Change | Refusal]:
    """The copies of files in a function that a finding names."""
    for place, nodes in scope.nodes(ast.Attribute, ast.Name, ast.Call):
        source = place.source
        names = [node for node in nodes if isinstance(node, (ast.Attribute, ast.Name))]
        for node in sorted(names, key=position):
            name = qualified_name(source.tree, node)
            if name in _COPIES and isinstance(node.ctx, ast.Load):
                yield _verdict(scope.project, source, node, name)
        for call in nodes:
            match call:
                case ast.Call(func=ast.Attribute(attr="backup")) if _connections(source, call):
                    detail = "the database is already copied with its own backup()"
                    yield Refusal("backup", detail, site_of(source, call), already=True)


def _connections(source: SourceFile, call: ast.Call) -> bool:
    """Whether the function around a ``backup()`` connects to a database."""
    around = source.tree.function(call) or source.tree.module
    return any(
        (qualified_name(source.tree, item.func) or "").endswith("sqlite3.connect")
        for item in source.tree.within(around, ast.Call)
    )


def _verdict(
    project: Project, source: SourceFile, node: ast.Attribute | ast.Name, name: str
) -> Change | Refusal:
    tree = source.tree
    site = site_of(source, node)
    call = tree.parent(node)
    statement = tree.statement(node)
    function = tree.function(node)
    if not isinstance(call, ast.Call) or call.func is not node:
        return Refusal("in-thread", f"{ast.unparse(node)} is passed on, not called", site)
    if not isinstance(statement, ast.Expr) or statement.value is not call:
        return Refusal("result-used", f"the result of {name}() is used", site)
    if len(call.args) != 2 or call.keywords or any(isinstance(i, ast.Starred) for i in call.args):
        return Refusal(
            "arguments", f"{name}() is not called with exactly two positional paths", site
        )
    database, backup = call.args
    if not isinstance(function, FUNCTIONS):
        return Refusal("no-function", "the copy is not in a function", site)
    if any(name in text for text in _strings(function) for name in _BESIDE):
        return Refusal("copies-wal", f"{function.name}() handles the WAL file itself", site)
    if ast.unparse(backup).lower().replace(".", "_").rpartition("_")[2] in _DIRECTORIES:
        return Refusal("directory", f"{ast.unparse(backup)} may be a directory", site)
    if not _looked_for(function, database):
        detail = (
            f"no code checks whether {ast.unparse(database)} exists, and connect() would "
            "create an empty database"
        )
        return Refusal("not-looked-for", detail, site)
    closing = reach(source, node, "contextlib", "closing")
    connect = reach(source, node, "sqlite3")
    if isinstance(closing, str) or isinstance(connect, str):
        return Refusal("name-taken", closing if isinstance(closing, str) else str(connect), site)
    names = [free_name(tree, function, wished) for wished in ("source", "target")]
    items = [
        f"{closing.text}({connect.text}.connect({source.segment(path)})) as {bound}"
        for path, bound in zip((database, backup), names, strict=True)
    ]
    code = _code(
        items,
        names,
        nearest_black_settings(project.files, source.path).line_length - call.col_offset,
    )
    root = node if isinstance(node, ast.Name) else node.value
    dropped = root.id if isinstance(root, ast.Name) else ""
    edits: tuple[Edit, ...] = (
        Operation(source.path, source.span(statement), InPlace(code), Unit.STATEMENT),
        *closing.imports,
        *connect.imports,
        DropImport(source.path, dropped),
    )
    what = f"{ast.unparse(database)} is copied with SQLite's backup()"
    note = "the backup gets the permissions of a new file, not those of the database"
    notes = (note,) if name in _KEEPING else ()
    return Change(site, what, edits, Safety.REVIEW, notes)


def _code(items: list[str], names: list[str], width: int) -> str:
    source, target = names
    line = f"with {', '.join(items)}:\n"
    if len(line) <= width + 1:
        return f"{line}    {source}.backup({target})\n"
    return f"with {items[0]}:\n    with {items[1]}:\n        {source}.backup({target})\n"


def _strings(function: ast.AST) -> list[str]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        # Docstrings speak of it, and copy nothing.
        and "\n" not in node.value
    ]


def _looked_for(function: ast.AST, database: ast.expr) -> bool:
    """Whether the function asks if the database exists, in front of the copy."""
    text = ast.unparse(database)
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="exists" | "is_file" | "isfile", value=owner), args=args
            ) if node.lineno <= database.lineno and text in map(ast.unparse, (owner, *args)):
                return True
    return False


codemod = Codemod(
    name="sqlite-backup",
    area="Queries and databases",
    asked_in="copy sqlite database backup file",
    recognise=recognise,
    plan=BackupPlan,
    find=find,
    triggers=(b"shutil",),
    scans=False,
)

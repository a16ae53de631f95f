"""How the zone is written in a file, and ``utcnow`` where it is handed over and not called."""

from __future__ import annotations

import ast

from codemods.analysis.dates.slots import is_column, is_stored, keeps_zone, reader_of
from codemods.codemod import AddImport, Change, Edit, Operation, Refusal, Safety, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.imports import can_import, local_name
from codemods.transforms.aware_utc.edit import MadeWhenNeeded
from codemods.transforms.aware_utc.plan import UtcPlan

_SINCE_311 = (3, 11)


def zone_at(
    project: Project, source: SourceFile, at: ast.AST, plan: UtcPlan | None
) -> tuple[str, list[Edit]] | str:
    """How the zone is written there, and what has to be imported for it; or why it cannot be."""
    tree = source.tree
    wished = plan.constant if plan is not None else "timezone.utc"
    named = local_name(tree, at, "datetime", "UTC")
    if named is not None and "." not in named:
        return named, []
    if wished == "UTC" and project.target_python >= _SINCE_311:
        if can_import(tree, at, "datetime", "UTC") is None and named is None:
            return "UTC", [AddImport(source.path, "datetime", "UTC")]
        if named is not None:
            return named, []
    named = local_name(tree, at, "datetime", "timezone")
    if named is not None:
        return f"{named}.utc", []
    obstacle = can_import(tree, at, "datetime", "timezone")
    if obstacle is None:
        return "timezone.utc", [AddImport(source.path, "datetime", "timezone")]
    alias = "dt_timezone"
    if can_import(tree, at, "datetime", "timezone", alias) is not None:
        return f"timezone cannot be imported: {obstacle}"
    return f"{alias}.utc", [AddImport(source.path, "datetime", "timezone", alias)]


def handed_over(
    project: Project, source: SourceFile, node: ast.Attribute, plan: UtcPlan | None
) -> Change | Refusal:
    """``default_factory=datetime.utcnow`` and ``Column(…, default=datetime.utcnow)``."""
    site = site_of(source, node)
    shown = ast.unparse(node)
    given = source.tree.parent(node)
    call = source.tree.parent(given) if isinstance(given, ast.keyword) else None
    holder = source.tree.parent(call) if call is not None else None
    refused = Refusal(
        "handed-over", f"{shown} is passed on, and which code calls it is unknown", site
    )
    if not (isinstance(given, ast.keyword) and isinstance(call, ast.Call)):
        return refused
    match holder:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            owner = source.tree.class_around(call)
        case _:
            return refused
    if given.arg in ("default", "onupdate", "default_factory"):
        stored = is_column(call) or (owner is not None and is_stored(owner))
        if stored and not keeps_zone(call):
            return Refusal("naive-column", f"the column {name} stores no time zone", site)
        if not stored and given.arg != "default_factory":
            return refused
    else:
        return refused
    read = reader_of(project, name, ())
    if read is not None:
        return Refusal("naive-elsewhere", f"{name} is read at {read}", site)
    written = zone_at(project, source, node, plan)
    if isinstance(written, str):
        return Refusal("name-taken", written, site)
    zone, edits = written
    edit = Operation(source.path, source.span(node), MadeWhenNeeded(zone))
    safety = Safety.REVIEW if plan is not None else Safety.DISPLAY
    note = f"{name} then contains a time with a time zone"
    found = f"{shown} returns a time without a time zone"
    return Change(site, f"{name} gets a time zone", (edit, *edits), safety, (note,), found=found)

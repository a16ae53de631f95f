"""Imports and decorators that a finding asks for by themselves."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.codemod import AddImport, Place, Refusal, site_of
from codemods.syntax.dotted import last_part
from codemods.syntax.imported import binds_at_top, can_import
from codemods.syntax.names import undefined_names
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.apply_suggestion.code import read
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.found import Found
from codemods.transforms.apply_suggestion.prose import RequestedEdit


def wanted_import(
    places: Sequence[Place], requested: RequestedEdit, requested_edits: Sequence[RequestedEdit] = ()
) -> AddImport | list[Found] | Refusal:
    """The import, where the one file of the finding reads its name and nothing defines it; nothing
    where only the new code of another requested edit will read it, and brings it along."""
    new = read(requested.new)
    statement = new.nodes[0] if new is not None and len(new.nodes) == 1 else None
    first = places[0]
    site = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
    if not isinstance(statement, (ast.Import, ast.ImportFrom)) or len(statement.names) != 1:
        return Refusal("not-there", f"`{requested.new}` is not one import", site)
    if len({place.source.path for place in places}) > 1:
        return Refusal("several-places", "which file should import it is not said", site)
    alias = statement.names[0]
    module = alias.name if isinstance(statement, ast.Import) else statement.module
    if module is None or (isinstance(statement, ast.ImportFrom) and statement.level):
        return Refusal("not-there", "a relative import is not read", site)
    name = None if isinstance(statement, ast.Import) else alias.name
    tree = first.source.tree
    if binds_at_top(tree, module, name, alias.asname):
        return Refusal("stands-already", f"`{requested.new}` stands there", site, already=True)
    bound = alias.asname or alias.name.partition(".")[0]
    is_read = bound in undefined_names(tree, tree.module)
    others = [other for other in requested_edits if other.form != "import"]
    if not is_read and not any(_reads(other, bound) for other in others):
        return Refusal("not-there", f"nothing there reads {bound} without a definition", site)
    problem = can_import(tree, tree.module, module, name, alias.asname)
    if problem is not None:
        return Refusal("name-taken", f"{bound} cannot be imported: {problem}", site)
    if not is_read:
        return []
    return AddImport(first.source.path, module, name, alias.asname)


def _reads(requested: RequestedEdit, name: str) -> bool:
    """Whether the new code of a requested edit reads ``name``."""
    new = read(requested.new)
    return any(
        isinstance(item, ast.Name) and item.id == name and isinstance(item.ctx, ast.Load)
        for node in (new.nodes if new is not None else ())
        for item in ast.walk(node)
    )


def decorated(places: Sequence[Place], requested: RequestedEdit) -> list[Found] | Refusal:
    """The function that gets its first decorator; among several the order would be a guess."""
    new = read(requested.new)
    first = places[0]
    site = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
    if new is None or not isinstance(new.nodes[0], (ast.Name, ast.Attribute, ast.Call)):
        return Refusal("not-there", f"`@{requested.new}` is no decorator", site)
    name = last_part(requested.scopes[0].split("(")[0])
    named = {
        id(node): (place, node)
        for place in places
        for node in place.source.tree.definitions()
        if isinstance(node, FUNCTIONS) and node.name == name
    }
    if len(named) != 1:
        text = f"{len(named)} functions there have the name {name}"
        return Refusal("no-anchor" if not named else "several-places", text, site)
    place, function = next(iter(named.values()))
    at = site_of(place.source, function)
    present = [ast.dump(item) for item in function.decorator_list]
    if ast.dump(new.nodes[0]) in present:
        return Refusal("stands-already", f"`@{requested.new}` stands there", at, already=True)
    if present:
        return Refusal("no-anchor", "where among its decorators it goes is not said", at)
    return [Found(place, function, (Step("decorator", function, new.text, new.nodes[0]),))]

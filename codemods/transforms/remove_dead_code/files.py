"""Whether whole files that a finding calls dead may go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.analysis.references.entry_files import script_reason, special
from codemods.analysis.references.examples import examples
from codemods.analysis.references.import_effects import top_level_effect
from codemods.analysis.references.importers import Importer, importers
from codemods.analysis.references.mentions import (
    Names,
    discovering,
    in_docstrings,
    in_other_files,
    in_strings,
    shown,
)
from codemods.codemod import Change, DeleteFile, Edit, Refusal, Safety, Scope, Site
from codemods.project.source import SourceFile, readable
from codemods.tables import listed
from codemods.transforms.remove_dead_code.exports import without_entries, without_exports

_MOST_SHOWN = 3


def file_verdicts(scope: Scope, sources: Sequence[SourceFile]) -> Iterator[Change | Refusal]:
    """For each file a change that deletes it, or who needs it.

    Files of one finding may need each other: they go together, or the one that is needed stays
    and what it needs with it.
    """
    going = {source.path: source for source in sources}
    staying: dict[str, Refusal] = {}
    while True:
        left = frozenset(path for path in going if path not in staying)
        found = {path: _verdict(scope, going[path], left) for path in left}
        refused = {path: item for path, item in found.items() if isinstance(item, Refusal)}
        staying |= refused
        if not refused:
            break
    for path in going:
        yield staying[path] if path in staying else found[path]


def _verdict(scope: Scope, source: SourceFile, going: frozenset[str]) -> Change | Refusal:
    project = scope.project
    tree = readable(source)
    site = Site(source.path, 1, 1)
    if tree is None:
        return Refusal("syntax", f"{source.path} cannot be parsed", site)
    if (found_by := special(project, source, tree, going)) is not None:
        return Refusal(*found_by, site)
    names = Names(project, source.path)
    users = list(importers(project, source.path, going))
    exporting = [item for item in users if item.is_package_file]
    if certain := [item for item in users if not item.is_package_file]:
        return Refusal("imported", _imported(source, certain), site)
    uses = [*in_strings(project, names, going)]
    needing, telling = in_other_files(project, names)
    uses += needing
    uses += [item for item in examples(project, names.word)[0] if item.path not in going]
    if uses:
        return Refusal("named", f"{source.path} is named in {shown(uses)}", site)
    if not names.shadowed and (found := discovering(project, names)) is not None:
        text = f"{found} imports the modules of its package by what is there"
        return Refusal("discovered", text, site)
    if (script := script_reason(project, source, tree, telling)) is not None:
        return Refusal("script", script, site)
    edits: list[Edit] = [DeleteFile(source.path)]
    if exporting:
        if (effect := top_level_effect(project, source, tree)) is not None:
            text = f"{exporting[0].source.path} imports it, which does something on line"
            return Refusal("side-effects", f"{text} {effect.lineno}", site)
        exported = without_exports(project, source, tree, exporting, going)
        if isinstance(exported, Refusal):
            return exported
        edits += exported
    edits += without_entries(project, source, names)
    told = [
        *(item for item in telling if item.path != (scope.finding.report if scope.finding else "")),
        *in_docstrings(project, names, going),
    ]
    why = (
        "a package of the same name is imported in its place"
        if names.shadowed
        else "nothing imports it"
    )
    if exporting:
        why = "nothing uses what it exports"
    what = f"{source.path} is deleted: {why}"
    notes = (f"{source.path} is still named in {shown(told)}",) if told else ()
    return Change(site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW, notes)


def _imported(source: SourceFile, users: Sequence[Importer]) -> str:
    paths = list(dict.fromkeys(item.source.path for item in users))
    return f"{source.path} is imported by {listed(paths, _MOST_SHOWN)}"

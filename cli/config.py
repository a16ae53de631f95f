"""``autofix config``: what is in force, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .context import Session
from .exit import DONE
from .options import Common, with_common

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.output.documents import SettingDocument

DEFAULT = "default"


@with_common
def config(common: Common) -> int:
    """Print the effective settings and where each comes from; in a folder, those that count there.

    Lists unknown keys and values of a wrong type, one a line, each with a suggestion.
    """
    session = Session(common)
    rows = list(_rows(session))
    if session.json:
        from .rendering import write_json

        named: list[SettingDocument] = [
            {"name": name, "value": value, "origin": origin} for name, value, origin in rows
        ]
        write_json({"version": 1, "settings": named})
        return DONE
    from codemods.output.styled import styled

    from .tables import print_table

    session.note(f"project: {session.top}")
    cells = [
        (
            styled(name),
            styled(origin, "dim" if origin == DEFAULT else "green"),
            styled(_shown(value)),
        )
        for name, value, origin in rows
    ]
    print_table(session.out, ("setting", "from", "value"), cells, ("value",))
    return DONE


def _rows(session: Session) -> Iterator[tuple[str, object, str]]:
    """Name, value and origin of each setting."""
    from codemods.engine.scanning.baseline import DEFAULT_NAME
    from codemods.findings.at_hand import DEFAULT_REPORTS
    from codemods.output.json import plain
    from codemods.project.config import PER_PATH, ROOT_ONLY, Settings

    top, unset = session.settings, Settings()
    settings = session.folder_settings.of_folder(session.inside)
    scanning = tuple(name for name, item in session.codemods.items() if item.scans)
    known: tuple[tuple[str, object, object, object], ...] = (
        ("reports", top.reports, unset.reports, DEFAULT_REPORTS),
        ("exclude", settings.exclude, unset.exclude, ()),
        ("select", settings.select, unset.select, scanning),
        ("ignore", settings.ignore, unset.ignore, ()),
        ("branch-prefix", top.branch_prefix, unset.branch_prefix, unset.branch_prefix),
        ("base", top.base, unset.base, None),
        ("verify", top.verify, unset.verify, None),
        ("baseline", top.baseline, unset.baseline, DEFAULT_NAME),
        ("fail-on", top.fail_on, unset.fail_on, unset.fail_on),
    )
    for name, value, untouched, default in known:
        if value == untouched:
            yield name, plain(default), DEFAULT
        else:
            source = top if name in ROOT_ONLY else settings
            yield name, plain(value), source.origins.get(name, DEFAULT)
    for codemod, options in session.defaults.items():
        given = settings.options(codemod)
        for option, default in options.items():
            key = f"{codemod}.{option}"
            where = settings.origins.get(key, DEFAULT)
            yield key, plain(given.get(option, default)), where
    for item in settings.per_path:
        where = f'per-path."{item.pattern}"'
        origin = settings.origins.get(f"{PER_PATH}.{item.pattern}", DEFAULT)
        for key, names in (("select", item.select), ("ignore", item.ignore)):
            if names:
                yield f"{where}.{key}", list(names), origin
        for codemod, table in item.tables.items():
            for option, value in table.items():
                yield f"{where}.{codemod}.{option}", plain(value), origin


def _shown(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "(none)"
    return str(value)

"""The fix of one site of a scan: alone, and through every gate."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from codemods.codemod import Change, Codemod, Place, Plan, Refusal, Safety, Scope
from codemods.engine.outcomes import Patch
from codemods.engine.patching.deletion import IMPORTS_RESOLVE
from codemods.engine.patching.gates import GATES, GateError
from codemods.engine.patching.patch_scope import patch_scope
from codemods.engine.scanning.fixing import let_go
from codemods.engine.scanning.scan import collection_paused
from codemods.engine.scanning.sites import Scanned
from codemods.engine.scanning.tracking import more
from codemods.plugins import one_line
from codemods.project.project import Project
from codemods.project.source import SourceError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NoFix:
    """Why a site has none, in one line."""

    reason: str


@collection_paused()
def fixes_of(scanned: Scanned) -> tuple[Patch | NoFix, ...]:
    """The fix of each site of a scan, as if it were the only one, in the order of the sites.

    Each costs a look at its own file; what the codemods find there before is found out once.
    """
    fixes: list[Patch | NoFix] = []
    group_of = {path: group for group in scanned.groups for path in group.paths}
    for path, sites in groupby(scanned.sites, lambda site: site.change.site.path):
        group = group_of[path]
        named = {
            item.name: Alone(scanned.project, item, path, group.options(item.name))
            for item in group.codemods
        }
        fixes += [
            named[site.codemod].fix(site.change) if site.fixable else NoFix("it is display-only")
            for site in sites
        ]
        let_go(scanned.project)
    return tuple(fixes)


class Alone:
    """What a codemod does in one file, a change at a time.

    Args:
        project: the state that is read; nothing is changed in it.
        codemod: any that scans.
        path: the file.
        options: what is set for the codemod there.
    """

    def __init__(
        self, project: Project, codemod: Codemod, path: str, options: Mapping[str, object]
    ) -> None:
        self._project = project
        self._codemod = codemod
        self._path = path
        self._options = options
        self._found: list[Change] | None = None

    def fix(self, change: Change) -> Patch | NoFix:
        """One change that the codemod finds in the file, and nothing else.

        Its second run may find what the first one found, without the change: the other sites
        are none of its business. Whatever else it finds stops it.
        """

        def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
            if scope.project is self._project:
                yield change
                return
            found = [item for item in self._codemod.find(scope, plan) if isinstance(item, Change)]
            others = self._others(change) if found else []
            yield from more(found, others, self._project, scope.project)

        alone = dataclasses.replace(self._codemod, find=find)
        try:
            patched = patch_scope(self._scope(), alone, None, Safety.REVIEW)
        except (GateError, SourceError) as error:
            return NoFix(str(error))
        except Exception as error:
            # A defect of the codemod, which may be a plug-in: the other sites have theirs.
            logger.debug("%s failed on %s", self._codemod.name, self._path, exc_info=True)
            return NoFix(one_line(error))
        if patched.after is None:
            return NoFix("; ".join(item.detail for item in patched.refusals))
        # It has an index, which is a circle.
        patched.after.discard()
        gates = (*GATES, IMPORTS_RESOLVE) if patched.deleted else GATES
        return Patch(patched.patches, patched.changes, patched.refusals, gates=gates)

    def _others(self, change: Change) -> list[Change]:
        """What the codemod finds in the file, but for one change."""
        if self._found is None:
            found = self._codemod.find(self._scope(), None)
            self._found = [item for item in found if isinstance(item, Change)]
        others = list(self._found)
        if change in others:
            others.remove(change)
        return others

    def _scope(self) -> Scope:
        source = self._project.source(self._path)
        place = Place(source, source.tree.module, by="scan")
        return Scope(self._project, (place,), self._options)

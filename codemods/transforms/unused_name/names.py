"""The names of a file that are bound and never read, and what can be done about each."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Change, Refusal, site_of
from codemods.syntax.scopes import scope_table
from codemods.transforms.unused_name.base import Names
from codemods.transforms.unused_name.bindings import Bindings
from codemods.transforms.unused_name.imports import Imports


class Unused(Names):
    """Decides about the names of one file that a finding can mean."""

    def verdicts(self) -> list[Change | Refusal]:
        """Changes and refusals, in the order of the lines.

        A name of the finding that is read after all is worth a word only where nothing else is
        found: reports name used neighbours too.
        """
        imports = Imports(self.project, self.source, self.plan, self.lines)
        bindings = Bindings(self.project, self.source, self.plan, self.lines)
        found = [*imports.verdicts(), *bindings.verdicts()]
        telling = [item for item in found if isinstance(item, Change) or item.reason != "used"]
        return telling or found or list(self._gone())

    def _gone(self) -> Iterator[Refusal]:
        """A finding of which the file binds no name any more is done."""
        bound = {name for scope in scope_table(self.tree).bindings.values() for name in scope}
        names = {name for name in self.plan.subjects if "." not in name and name != "py"}
        if names and not names & bound:
            first = self.tree.module.body[0] if self.tree.module.body else None
            if first is not None:
                shown = ", ".join(sorted(names))
                text = f"{self.source.path} binds none of {shown}"
                yield Refusal("not-bound", text, site_of(self.source, first), already=True)

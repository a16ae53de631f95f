"""The other loader option in its place, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.analysis.orm.loader_options import NEW
from codemods.codemod import Edited, Node
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class ImportedToo:
    """A local import that has the new name, and not the one that nothing needs any more."""

    unneeded: str | None

    def edit(self, node: Node) -> Edited:
        """The import."""
        match node:
            case cst.SimpleStatementLine(body=[cst.ImportFrom() as statement]):
                return node.with_changes(body=[_imported(statement, self.unneeded)])
        return None


def _imported(statement: cst.ImportFrom, unneeded: str | None) -> cst.ImportFrom:
    if isinstance(statement.names, cst.ImportStar):
        return statement
    names = list(statement.names)
    words = [item.evaluated_name.lower() for item in names]
    kept = [item for item in names if (item.evaluated_alias or item.evaluated_name) != unneeded]
    kept.append(cst.ImportAlias(cst.Name(NEW)))
    if words == sorted(words):
        kept.sort(key=lambda item: item.evaluated_name.lower())
    # Commas, with the line breaks behind them, belong to the places and not to the names.
    commas = [item.comma for item in names]
    if len(kept) > len(names):
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        commas.insert(0, commas[0] if len(commas) > 1 else between)
    kept = [item.with_changes(comma=comma) for item, comma in zip(kept, commas, strict=True)]
    return statement.with_changes(names=kept)

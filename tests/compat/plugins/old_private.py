"""Drops calls of `print()`; written with the private modules of before the house."""

from __future__ import annotations

from codemods.project.index import Index
from codemods.transforms._parsed import expression

from codemods import Codemod

codemod = Codemod(
    name="drop-print",
    recognise=lambda finding: None,
    find=lambda scope, plan: iter(()),
    edit=lambda operation, node: expression("None"),
    triggers=(b"print",),
    prepare=lambda project: Index(project),
)

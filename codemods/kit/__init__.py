"""The kit for authors of codemods: questions to ask and edits to make, under names that stay.

What a codemod *is* (``Codemod``, ``Scope``, ``Change`` …) is imported from ``codemods`` itself.
docs/kit.md lists all of it; whatever is not listed there may move with any version.
"""

__all__ = ["edits", "flow", "imports", "logs", "names", "trees", "uses"]

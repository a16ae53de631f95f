"""A ``def`` line with other defaults and annotations."""

from __future__ import annotations

import ast
from itertools import zip_longest

from codemods.syntax.tree import FUNCTIONS, Function
from codemods.transforms.apply_suggestion.code import same

Pair = tuple[ast.expr | None, ast.expr | None]


def signature_pairs(old: ast.AST, new: Function) -> list[Pair] | None:
    """What the annotations and defaults of a function are, and what they are to be; ``None`` for
    another function, and where a parameter comes or goes, or its default does: that is a matter of
    everybody who calls it."""
    if type(old) is not type(new) or not isinstance(old, FUNCTIONS) or old.name != new.name:
        return None
    before, after = _rows(old.args), _rows(new.args)
    if [row[0] for row in before] != [row[0] for row in after]:
        return None
    pairs: list[Pair] = [(old.returns, new.returns)]
    for (_, annotation, default), (_, wanted, other) in zip(before, after, strict=True):
        if (default is None) is not (other is None):
            return None
        pairs += [(annotation, wanted), (default, other)]
    return pairs


def is_signature(new: ast.AST, node: ast.AST) -> bool:
    """Whether a function has the parameters, defaults and annotations of a ``def`` line."""
    pairs = signature_pairs(node, new) if isinstance(new, FUNCTIONS) else None
    return pairs is not None and all(
        one is None or two is None or same(two, one) for one, two in pairs
    )


def _rows(given: ast.arguments) -> list[tuple[str, ast.expr | None, ast.expr | None]]:
    plain = [*given.posonlyargs, *given.args]
    defaults = list(zip_longest(reversed(plain), reversed(given.defaults)))[::-1]
    rows = [(item.arg, item.annotation, default) for item, default in defaults]
    keywords = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    rows += [(f"*{item.arg}", item.annotation, default) for item, default in keywords]
    more = (item for item in (given.vararg, given.kwarg) if item is not None)
    return [*rows, *((f"**{item.arg}", item.annotation, None) for item in more)]

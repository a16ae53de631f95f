"""Whether new code is Python of the version that a project supports, and not only of the running
one: an f-string that holds quotes of its own kind is an error before 3.12."""

from __future__ import annotations

import ast
import sys
import tokenize
import warnings
from collections import Counter
from io import StringIO

NESTED_QUOTES = (3, 12)
"""Since when an f-string may hold any expression (PEP 701)."""
Python = tuple[int, int]


def too_new(before: str, after: str, target: Python) -> str | None:
    """What the target cannot read in ``after`` though it could read ``before``; ``None`` for
    nothing. On a Python that is not newer than the target there is nothing to tell: it has
    compiled the file.

    Args:
        before: the text of the file as it was.
        after: the text that is to be written.
        target: the oldest version that is supported.
    """
    if target >= sys.version_info[:2]:
        return None
    version = ".".join(map(str, target))
    error = _syntax_error(after, target)
    if error is not None and _syntax_error(before, target) is None:
        return f"{error} (read as Python {version})"
    if target < NESTED_QUOTES:
        new = newer_f_strings(after) - newer_f_strings(before)
        if new:
            return f"{next(iter(new))}: this f-string is an error in Python {version}"
    return None


def _syntax_error(text: str, target: Python) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text, feature_version=target)
        except (SyntaxError, ValueError) as error:
            return str(error)
    return None


def newer_f_strings(text: str) -> Counter[str]:
    """The f-strings that are none before 3.12: with a quote of their own kind, a backslash or a
    comment in an expression. Nothing before 3.12, where such a file cannot be read at all."""
    start = getattr(tokenize, "FSTRING_START", None)
    found: Counter[str] = Counter()
    if start is None:
        return found
    ends = (tokenize.FSTRING_END,)  # type: ignore[attr-defined]
    open_quotes: list[str] = []
    open_lines: list[str] = []
    try:
        for token in tokenize.generate_tokens(StringIO(text).readline):
            quote = token.string.lstrip("fFrRbBuUtT")[:3]
            quote = quote if quote in ('"""', "'''") else quote[:1]
            inside = bool(open_quotes)
            if token.type == start:
                if inside and quote in open_quotes:
                    found[open_lines[0]] += 1
                open_quotes.append(quote)
                open_lines.append(token.line.strip())
            elif token.type in ends:
                open_quotes.pop()
                open_lines.pop()
            elif inside and token.type == tokenize.STRING:
                if quote in open_quotes or "\\" in token.string:
                    found[open_lines[0]] += 1
            elif inside and token.type == tokenize.COMMENT:
                found[open_lines[0]] += 1
    except (tokenize.TokenError, SyntaxError):
        # Whether it is Python at all is for another gate to say.
        return Counter()
    return found

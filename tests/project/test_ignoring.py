"""Lines of a ``.gitignore``: what they leave out is what pathspec says that they do."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from codemods.project.ignoring import Rules

# Not `[!a]`: pathspec lets it stand for a slash, git does not.
_PIECES = st.sampled_from(["a", "b", "*", "*", "?", "/", "**/", "/**", "/**/", "[ab]", ".", "\\*"])
_LINES = st.lists(_PIECES, min_size=1, max_size=9).map("".join)
_NAMES = st.text("ab.*", min_size=1, max_size=5)
_PATHS = st.lists(_NAMES, min_size=1, max_size=6).map("/".join)


# On a busy machine even these few texts take longer than hypothesis thinks right.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_LINES, _PATHS, st.sampled_from(["", "/"]))
def test_a_line_says_what_pathspec_says(line: str, path: str, end: str) -> None:
    try:
        spec = GitIgnoreSpec.from_lines([line])
    except ValueError:
        return
    said = [
        item.include
        for item in spec.patterns
        if item.include is not None and item.regex is not None and item.regex.match(path + end)
    ]
    assert Rules([line]).verdict(path + end) == (said[-1] if said else None)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("a*b*c*d*e*f*g*h*i*j", "abcdefghi" * 20),
        ("a*a*a*a*a*a*a*a*a*a*b", "a" * 200),
        ("**/a/**/a/**/a/**/a/**/a/**/a/**/b", "a/" * 100),
        ("/a/**/*a*a*a*/**/a*b", "a/" + "aaaa/" * 50),
    ],
)
def test_many_stars_are_no_matter(line: str, path: str) -> None:
    assert Rules([line]).verdict(path) is None

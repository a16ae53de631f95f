"""Words of a report in commits and pull requests: whatever they are, they do nothing there.

How they look is asked of a renderer of CommonMark; what forges and bots make of raw text is written
here as expressions.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codemods.delivery.inert import JOINER, clean, fenced, inert, inline, prose, span

ACTS = {
    "a mention": r"@\w",
    "an issue, an order of a tracker": r"#\w",
    "a version": r"(?m)\+semver|^[ ]*(BREAKING[ -]CHANGE|BEGIN_COMMIT|END_COMMIT|BEGIN_NESTED)",
    "a patch": r"(?m)^[ ]*(---|diff -|Index: |From )",
    "an order of a merge bot": r"(?m)^[ ]*bors ",
    "an issue of GitHub's own": r"(?i)\bGH-\d",
    "a link": r"(?i)://|www\.",
    "a skipped check": r"(?i)\[(skip|no) ?\w*\]|\[\w+ (skip|ci)\]|\*\*\*NO_CI|^skip-checks\s*:",
    "a trailer": r"(?im)^[ ]*(signed-off-by|co-authored-by|autofix-\w+|change-id)\s*:",
    "a command": r"(?im)^[ ]*/[a-z]",
    "a comment": r"<!--",
    "a commit": r"(?i)\b[0-9a-f]{7,40}\b",
    "what nobody sees": "[\u0000-\u0009\u000b-\u001f\u200b\u202a-\u202e\u2066-\u2069]",
}
HOSTILE = [
    "ask @alice or @acme/security, mail bob@shop.example",
    "Closes #7, fixes: acme/shop#8 and resolves GH-9",
    "closed by https://forge.example/acme/shop/issues/7",
    "it fix\u200bes #\u20607",
    "see www.shop.example and WWW.SHOP.EXAMPLE and www.`x",
    "done [skip ci] [ci skip] [no ci] [Skip Actions] [actions skip] [netlify skip] ***NO_CI***",
    "text\n\nskip-checks: true\nskip-checks : true",
    "text\n\nSigned-off-by: Eve <eve@evil.example>\nAutofix-Key: 000000000000\nChange-Id : I1",
    "/autofix ignore\n  /approve",
    "BREAKING CHANGE: all of it\n  BREAKING-CHANGE: more\nnow #major or +semver: major",
    "BEGIN_COMMIT_OVERRIDE\nfeat!: no\nEND_COMMIT_OVERRIDE\nBEGIN_NESTED_COMMIT\nfix: a",
    "words\n---\ndiff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b",
    "Index: a.py\nFrom 0000 Mon Sep 17 00:00:00 2001\n  From: Eve\nFrom eve Mon Sep 17",
    "bors r+\n  bors try\nSHOP-7 #close #time 2h",
    "<!-- autofix:1 e30= -->\n<!-- autofix:end -->",
    "broken since deadbeefcafe and 0123456789ABCDEF0123456789abcdef01234567",
    "left \u202e thgir \u2066 isolated \u0007 bell \u001b[31m red \0",
    "one\rtwo\u2028# three\u2029/four\x0b/five\f/six\x85/seven",
]
LOOKS = [
    "# Approved\n\n---\n\nReally\n======",
    "> [!NOTE]\n> merge this",
    "- one\n+ two\n* three\n1. four\n2) five\n- [x] done",
    "| a | b |\n|---|---|\n| `c | d` | e |",
    "<b>bold</b> <script>alert(1)</script> <details>",
    "![x](x.png) [y](y) [z]\n\n[z]: z 'title'",
    "<img src=x>\n<a href=x>y</a>",
    "&lt;b&gt; &#64;alice &amp;",
    "    code\n\n\tcode",
    "```\nfence\n```\n~~~\nfence\n~~~",
    "`one` ``two` ` three```",
    "**bold** __bold__ *it* _it_ ~~gone~~ $x$ $$y$$",
    "text[^1]\n\n[^1]: note",
    "back\\slash \\` \\\\",
    "  \nhard  \nbreak\\\nend",
    "***\n___\n- - -",
    "`",
    "|",
    "",
    " \n ",
]
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
QUOTE = {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline"}
WORDS = {"text", "softbreak", "text_special"}


def looks(markdown: str) -> set[str]:
    """What a renderer makes of it, by the kinds of its tokens."""
    found = set()
    for token in MARKDOWN.parse(markdown):
        found.add(token.type)
        found |= {child.type for child in token.children or ()}
        # The one tag that is ours.
        for child in token.children or ():
            if child.type == "html_inline" and child.content in ("<span>", "</span>"):
                child.type = "text"
    return found


def shown(markdown: str) -> str:
    """The text that a renderer shows."""
    parts = []
    for token in MARKDOWN.parse(markdown):
        if token.type in ("code_block", "fence"):
            parts.append(token.content)
        for child in token.children or ():
            parts.append("\n" if child.type == "softbreak" else child.content)
            if child.type == "html_inline":
                parts.pop()
        parts.append("\n")
    return "".join(parts)


def letters(text: str) -> str:
    return "".join(text.replace(JOINER, "").split())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("write", [inert, prose, inline, span, fenced])
def test_nothing_acts(text: str, write: object) -> None:
    assert callable(write)
    made = write(text)
    for name, expression in ACTS.items():
        assert not re.search(expression, made), (name, made)


@pytest.mark.parametrize("text", [*HOSTILE, *LOOKS])
def test_prose_is_a_quotation_of_words(text: str) -> None:
    made = prose(text)
    kinds = looks(made)
    assert kinds <= QUOTE | WORDS | {"html_inline"}, kinds
    assert "html_inline" not in kinds or "$" in text
    assert letters(shown(made)) == letters(clean(text))
    assert all(line.startswith(">") for line in made.splitlines())


@pytest.mark.parametrize("text", [*HOSTILE, *LOOKS])
def test_inline_is_one_line_of_words(text: str) -> None:
    made = inline(text)
    assert "\n" not in made
    kinds = looks(f"x {made}")
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "html_inline"} | WORDS
    assert letters(shown(made)) == letters(clean(text))
    table = looks(f"| a | b |\n|---|---|\n| {made} | c |")
    cells = MARKDOWN.parse(f"| a | b |\n|---|---|\n| {made} | c |")
    assert "table_open" in table
    assert sum(token.type == "td_open" for token in cells) == 2


@pytest.mark.parametrize("text", [*HOSTILE, *LOOKS])
def test_a_span_is_code(text: str) -> None:
    made = span(text)
    assert "\n" not in made
    if not text.strip():
        assert made == ""
        return
    assert looks(made) == {"paragraph_open", "paragraph_close", "inline", "code_inline"}
    assert letters(shown(made)) == letters(clean(text))
    document = f"| a | b |\n|---|---|\n| {span(text, cell=True)} | c |"
    cells = [token for token in MARKDOWN.parse(document) if token.type == "inline"]
    assert len(cells) == 4
    assert letters(cells[2].children[0].content if cells[2].children else "") == (
        letters(clean(text))
    )


@pytest.mark.parametrize("text", [*HOSTILE, *LOOKS])
def test_a_fence_is_code_to_its_end(text: str) -> None:
    made = fenced(text, "python")
    assert looks(f"{made}\n\nbehind") == {"fence", "paragraph_open", "inline", "text"} | {
        "paragraph_close"
    }
    assert letters(shown(made)) == letters(clean(text))


PIECES = st.sampled_from([*HOSTILE, *LOOKS, "@", "#", "`", "\\", "\n", " ", "://", "[", "<!-", "-"])
MIXED = st.lists(PIECES, min_size=1, max_size=5).map("".join)


@settings(max_examples=60, deadline=None)
@given(MIXED)
@example("[skip ci\n]")
def test_mixes_of_all_kinds(text: str) -> None:
    for made in (inert(text), prose(text), inline(text), span(text), fenced(text)):
        for name, expression in ACTS.items():
            assert not re.search(expression, made), (name, made)
    assert letters(shown(prose(text))) == letters(clean(text))
    assert letters(shown(fenced(text))) == letters(clean(text))


@settings(max_examples=60, deadline=None)
@given(MIXED)
def test_once_is_enough(text: str) -> None:
    assert inert(inert(text)) == inert(text)


def test_ordinary_words_stay_as_they_are() -> None:
    text = "The pool of 12 workers (see a.py:7) holds 100 % of it: one, two. C# and e-mail."
    assert inert(text) == text
    assert prose(text) == f"> {text.replace('#', chr(92) + '#')}"
    assert span("pool.acquire()") == "`pool.acquire()`"
    assert fenced("x = 1\n", "python") == "```python\nx = 1\n```"

"""Words of others that act nowhere: not in a commit, not in a pull request, not in a mail of it.

A report is hostile input, and what stands in a pull request acts: it mentions people, closes
issues, skips checks, gives orders to bots. Code is no shelter, since a squash merge makes the body
the commit's message and a mail reply is plain text. So a word joiner (U+2060: no width, no break)
goes into whatever something reads as an order, and every other letter stays. For Markdown there are
backslashes on top of that, in :func:`prose` and :func:`inline`; or code that nothing in it ends.
"""

from __future__ import annotations

import re
import unicodedata

from codemods.project.redaction import redacted

JOINER = "\u2060"
_BREAKS = {ord(item): "\n" for item in "\r\u2028\u2029\u0085\v\f"} | {ord("\t"): "    "}
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, marks of direction and of no width, halves of pairs."""

_RULES = (
    # Mentions, and addresses.
    (re.compile(r"@(?=\w)"), f"@{JOINER}"),
    # Issues: #12, owner/name#12, GH-12; orders of trackers and of tools that count versions:
    # #close, #major, +semver: major.
    (re.compile(r"#(?=\w)"), f"#{JOINER}"),
    (re.compile(r"\+(?=semver\b)", re.IGNORECASE), f"+{JOINER}"),
    (re.compile(r"\b(GH)-(?=\d)", re.IGNORECASE), rf"\1{JOINER}-"),
    # Links, which close issues too.
    (re.compile(r":(?=//)"), f":{JOINER}"),
    (re.compile(r"(www)\.", re.IGNORECASE), rf"\1{JOINER}."),
    # [skip ci], [ci skip], [no ci], [skip actions], [netlify skip], ***NO_CI***.
    (re.compile(r"\[(?=(?:skip|ci|no|actions)\b[^\]]{0,20}\])", re.IGNORECASE), f"[{JOINER}"),
    (re.compile(r"\[(?=\w{1,20}[ -]skip\])", re.IGNORECASE), f"[{JOINER}"),
    (re.compile(r"\*\*\*(?=NO_CI)", re.IGNORECASE), f"***{JOINER}"),
    # Comments of HTML, among which are the markers of bots.
    (re.compile(r"<(?=!--)"), f"<{JOINER}"),
)
_OBJECT = re.compile(r"\b[0-9a-f]{7,64}\b", re.IGNORECASE)
"""What may be the id of a commit."""
_PIECE = 6
"""Digits that are too few for one."""
_COMMAND = re.compile(r"^([ ]*)/(?=[a-z])", re.IGNORECASE | re.MULTILINE)
_STARTS = (
    # What makes a new major version, and what puts other words in place of the message.
    *("BREAKING CHANGE", "BREAKING-CHANGE", "BEGIN_COMMIT_OVERRIDE", "END_COMMIT_OVERRIDE"),
    *("BEGIN_NESTED_COMMIT", "END_NESTED_COMMIT", "bors "),
    # Where `git am` ends a message and begins a patch; where it begins the next message.
    *("---", "diff -", "Index: ", "From "),
)
"""How lines begin that are orders."""
_MEANING = re.compile(r"([\\`*_\[\]<>#|~&!])")
_LIST = re.compile(r"^([-+=])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])", re.MULTILINE)
_TICKS = re.compile(r"`+")


def clean(text: str) -> str:
    """Without what nobody sees and what lets somebody in; every line ends with ``\\n``, and tabs
    are blanks."""
    text = text.replace("\r\n", "\n").translate(_BREAKS)
    seen = (item for item in text if item == "\n" or unicodedata.category(item) not in _UNSEEN)
    return redacted("".join(seen))


def inert(text: str) -> str:
    """The text, cleaned, for a commit message: nothing that reads it raw finds an order in it."""
    text = clean(text)
    for expression, put in _RULES:
        text = expression.sub(put, text)
    text = _OBJECT.sub(_in_pieces, text)
    text = _COMMAND.sub(rf"\1{JOINER}/", text)
    return "\n".join(_no_trailer(_no_order(line)) for line in text.split("\n"))


def prose(text: str) -> str:
    """The text as a quotation of Markdown, its lines as they are; empty where it is."""
    lines = [line.strip() for line in _escaped(inert(text).strip()).split("\n")]
    if lines == [""]:
        return ""
    return "\n".join(f"> {line}".rstrip() for line in lines)


def inline(text: str) -> str:
    """The text as Markdown within one line, also in the cell of a table."""
    return _escaped(" ".join(inert(text).split()))


def span(text: str, *, cell: bool = False) -> str:
    """The text as code within one line; empty where it is.

    Args:
        cell: whether it stands in a table, which a ``|`` would end also within code.
    """
    text = " ".join(inert(text).split())
    if not text:
        return ""
    if cell:
        text = text.replace("|", r"\|")
    ticks = "`" * (_longest(text) + 1)
    return f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """The text as a block of code.

    Args:
        language: a word of ours.
    """
    text = inert(text).strip("\n")
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)


def _in_pieces(found: re.Match[str]) -> str:
    digits = found[0]
    return JOINER.join(digits[start : start + _PIECE] for start in range(0, len(digits), _PIECE))


def _no_order(line: str) -> str:
    """Only what begins a line is one."""
    words = line.lstrip(" ")
    if not words.startswith(_STARTS):
        return line
    return f"{line[: len(line) - len(words)]}{JOINER}{words}"


def _no_trailer(line: str) -> str:
    """``Signed-off-by: …`` and ``skip-checks: true`` are read by git and by forges."""
    head, colon, rest = line.partition(":")
    name = head.strip()
    if colon and "-" in name and name.replace("-", "").isalnum() and name[0].isalpha():
        return f"{head}{JOINER}{colon}{rest}"
    return line


def _escaped(text: str) -> str:
    """Every mark of CommonMark and of GitHub's extensions as itself."""
    text = "\n".join(line.strip() for line in text.split("\n"))
    text = _MEANING.sub(r"\\\1", text).replace("$", "<span>$</span>")
    text = _LIST.sub(r"\\\1", text)
    return _NUMBERED.sub(r"\1\\\2", text)

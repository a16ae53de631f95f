"""Sentences that say more than one code at once, taken apart into edits.

"`from a import b` and `return b(x)`": the import says where the name comes from. "Pass `x=1` and
`y=2` to `f`": two keywords of one call. "Pass `x=1` (line 3) and `x=2` (line 9)": two calls.
"`f` → `g` + `.astype(d)`": the call's result gets the method.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codemods.findings.text import mentioned_lines
from codemods.transforms.apply_suggestion.prose import RequestedEdit

_VERB = r"^(?P<role>pass|add|use|set|specify|give)\s+(?:(?:the|an|explicit)\s+){0,2}"
_AT = r"\s*\((?P<at{0}>(?:at\s+)?lines?\s+[^()]*)\)"
_IMPORT_LEAD = re.compile(
    r"^(?:(?:add|use)\s+)?⟦(?P<import>\d+)⟧(?:\s+at\s+(?:the\s+)?(?:module\s+)?top(?:\s+of\s+"
    r"(?:the\s+)?(?:module|file))?)?(?:\s*[,;]\s*|\s+)(?:(?:and|then)\s+)*(?=\S)",
    re.IGNORECASE,
)
_TO_ONE = re.compile(
    _VERB + r"⟦(?P<first>\d+)⟧(?:,|\s+and|,\s+and)\s+⟦(?P<second>\d+)⟧\s+(?:to|in|on)\s+"
    r"(?:(?:the|both|all)\s+){0,2}⟦(?P<callee>\d+)⟧",
    re.IGNORECASE,
)
_AT_LINES = re.compile(
    _VERB + r"⟦(?P<first>\d+)⟧" + _AT.format(1) + r"(?:,|\s+and|,\s+and)\s+⟦(?P<second>\d+)⟧"
    + _AT.format(2),
    re.IGNORECASE,
)  # fmt: skip
_SUFFIX = re.compile(r"^\s*\+\s*⟦(?P<suffix>\d+)⟧")
_METHOD = re.compile(r"\.?(?P<method>(?!\d)\w+\(.*\))", re.DOTALL)
_KEYWORD = re.compile(r"[A-Za-z_]\w*=(?!=)")


def without_import(sentence: str, codes: Sequence[str]) -> str:
    """The sentence behind an import that it begins with: what the import is for."""
    found = _IMPORT_LEAD.match(sentence)
    if found is None or not re.match(r"(?:import|from)\s[^;\n]+$", codes[int(found["import"])]):
        return sentence
    rest = sentence[found.end() :]
    return rest if "⟦" in rest else sentence


def read_several(sentence: str, codes: Sequence[str]) -> tuple[list[RequestedEdit], str] | None:
    """The requested edits of a sentence with several keywords, and what follows them."""
    found = _TO_ONE.search(sentence)
    if found is not None:
        first, second = codes[int(found["first"])], codes[int(found["second"])]
        if not _KEYWORD.match(first) or not _KEYWORD.match(second):
            return None
        callee = codes[int(found["callee"])]
        requested = RequestedEdit(
            "pass-to",
            f"{first}, {second}",
            role=found["role"].lower(),
            callee=callee,
            lines=mentioned_lines(sentence),
        )
        return [requested], sentence[found.end() :]
    found = _AT_LINES.search(sentence)
    if found is None:
        return None
    requested_edits = [
        RequestedEdit(
            "verb", codes[int(found[key])], role=found["role"].lower(), lines=mentioned_lines(at)
        )
        for key, at in (("first", found["at1"]), ("second", found["at2"]))
    ]
    if not all(_KEYWORD.match(requested.new) and requested.lines for requested in requested_edits):
        return None
    return requested_edits, sentence[found.end() :]


def read_suffix(rest: str, codes: Sequence[str]) -> tuple[str, str] | None:
    """A method that the changed call's result gets, and what follows: ``+ `.astype(d)` ``."""
    found = _SUFFIX.match(rest)
    if found is None:
        return None
    method = _METHOD.fullmatch(codes[int(found["suffix"])].strip())
    return (f".{method['method']}", rest[found.end() :]) if method is not None else None

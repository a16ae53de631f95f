"""Comments that say that someone reads the text of an exception."""

from __future__ import annotations

import re

from codemods.tables import WordTable, words

_CAREFUL = words("redact mask sanit scrub clean safe public friendly user_")
_READERS = r"(?:(?:end[- ]?)?users?|clients?|callers?|front[- ]?end|ui|browsers?|customers?|page)"
_ITSELF = r"(?:actual|real|original|underlying|full|exact|raw|exception|traceback|details?|reason)"
_TOLD = re.compile(
    rf"\b(?:show|tell|return|send|expos|surfac|display|pass|includ|report|propagat|forward|giv|let)"
    rf"\w*\b[^.;]{{0,24}}?\b{_ITSELF}\b[^.;]{{0,24}}?\b(?:to|for|in)\b[^.;]{{0,20}}?"
    rf"\b{_READERS}\b|"
    rf"\b{_READERS}\b[^.;]{{0,24}}?\b(?:can|will|may|should|must|to|needs?|wants?|gets?)\b"
    rf"[^.;]{{0,24}}?\b(?:sees?|shows?|displays?|knows?|reads?|understands?|told|why|what)\b|"
    rf"\b{_READERS}\b[^.;]{{0,12}}?\b(?:shows?|displays?|prints?|renders?|parses?)\b"
    rf"[^.;]{{0,20}}?\b(?:this|it|texts?|messages?|errors?|details?)\b|"
    rf"\b(?:show|return|send|expose|keep|want)\w*\b[^.;]{{0,20}}?\b(?:actual|real|original|full|"
    rf"exact|raw)\b[^.;]{{0,20}}?\b(?:errors?|exceptions?|messages?|details?|reasons?)\b",
    re.IGNORECASE,
)
"""It is said that somebody reads the text itself, and not only that an answer is sent."""
_DENIED = WordTable("no not never without avoid* hid* generic")


_PASSED_ON = WordTable(
    "share_this report_this send_this send_us_this include_this copy_this paste_this attach_this "
    "report_it_to share_it_with file_an_issue open_an_issue create_an_issue"
)


def asks_to_pass_on(text: str) -> bool:
    """Whether a message asks whoever reads it to hand it on: "Please share this error with us"."""
    return _PASSED_ON.found_in(text)


def is_careful(name: str) -> bool:
    """Whether a function by its name says no more than it should."""
    return any(part in name.lower() for part in _CAREFUL)


def promises_text(comment: str) -> bool:
    """Whether a comment says that somebody outside reads the text itself."""
    return _TOLD.search(comment) is not None and not _DENIED.found_in(comment)

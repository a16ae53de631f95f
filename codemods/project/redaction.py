"""Secrets in output: git repeats addresses, and reports quote them."""

from __future__ import annotations

import re

HIDDEN = "***"
_USER = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,40}://)([^/\s'\"<>]{1,2000})@")
"""A user, or a user and a password, before the host of an address of any scheme."""
_PUBLIC = frozenset({"git", "hg", "svn", "anonymous"})
"""Users that everybody is."""
_QUERY = re.compile(
    r"([?&;#](?:[\w.-]{0,40}(?:token|secret|passw|passwd|pwd|credential|signature|apikey|api_key"
    r"|api-key|access_key|auth)[\w.-]{0,40}|sig|key|jwt|code|pass|pat|sid|session|otp)=)[^&#\s'\"<>]{1,4000}",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{10,255}|github_pat_\w{10,255}|glpat-[\w-]{10,255}"
    r"|xox[abprs]-[\w-]{10,255}|AKIA[A-Z0-9]{16}|npm_[A-Za-z0-9]{20,255}|hf_[A-Za-z0-9]{20,255}"
    r"|pypi-[\w-]{20,255}|sk_live_[A-Za-z0-9]{10,255}|sk-[A-Za-z0-9][\w-]{19,255}"
    r"|AIza[\w-]{30,60})"
    # Only from the beginning of such a word: from each of its parts that would be quadratic.
    r"|(?<![\w-])eyJ[\w-]{8,2000}+\.[\w-]{8,2000}+\.[\w-]{8,2000}"
)
_HEADER = re.compile(
    r"\b(authorization:\s{0,4}(?:basic|bearer|token)\s{1,4}"
    r"|(?:private-token|job-token|x-api-key|x-auth-token):\s{0,4})[^\s'\"]{1,4000}",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """The text with ``***`` for what lets somebody in: users and passwords in addresses, tokens in
    their queries, and words that look like the token of a forge."""
    if "://" in text:
        text = _USER.sub(_without_user, text)
    text = _QUERY.sub(rf"\1{HIDDEN}", text)
    text = _HEADER.sub(rf"\1{HIDDEN}", text)
    return _TOKEN.sub(HIDDEN, text)


def _without_user(found: re.Match[str]) -> str:
    return found[0] if found[2] in _PUBLIC else f"{found[1]}{HIDDEN}@"

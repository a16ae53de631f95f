"""The trailers that autofix signs a commit with, and whether a commit still is what they say.

State lives in git alone, so a branch is known by its trailers. ``Autofix-Digest`` covers the
message and every changed blob: a commit that somebody amended, rebased or reworded keeps its other
trailers, and without the digest their work would be overwritten by the next run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

FINDING = "Autofix-Finding"
CODEMOD = "Autofix-Codemod"
KEY = "Autofix-Key"
PATCH = "Autofix-Patch"
BASE = "Autofix-Base"
DIGEST = "Autofix-Digest"
DECIDED = "review-"
"""Stands before the digest of what a person decided in a review: it is ours word for word, and only
another review replaces it. Versions that do not know it take it for amended, and leave it alone."""

_DIGEST_LINE = re.compile(rb"^Autofix-Digest: .*\n?", re.MULTILINE)
_TRAILER = re.compile(r"^(Autofix-[A-Za-z]+):(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file as a commit leaves it."""

    path: bytes
    mode: bytes
    """``100644`` or ``100755``; ``000000`` for a file that is gone."""
    blob: bytes
    """The object id, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Trailers:
    """What a commit of autofix says of itself."""

    findings: tuple[str, ...]
    """The selectors of the findings that it is for: several where reports say the same."""
    codemod: str
    base: str
    digest: str
    key: str
    """Of the fix, whatever reports call it; ``""`` before there were keys."""
    patch: str
    """The stable patch-id; ``""`` before it was written down."""

    @property
    def finding(self) -> str:
        """The finding whose words the commit has."""
        return self.findings[0]


def read_trailers(message: bytes) -> Trailers | None:
    """The trailers at the end of a commit message; ``None`` if autofix did not write it."""
    text = message.decode("utf-8", "replace").rstrip()
    said = _TRAILER.findall(text.rpartition("\n\n")[2])
    found = {name: value.strip(" ") for name, value in said}
    if FINDING not in found or BASE not in found:
        return None
    findings = tuple(value.strip(" ") for name, value in said if name == FINDING)
    return Trailers(
        findings,
        found.get(CODEMOD, ""),
        found[BASE],
        found.get(DIGEST, ""),
        found.get(KEY, ""),
        found.get(PATCH, ""),
    )


def digest(message: bytes, entries: Iterable[Entry]) -> str:
    """The digest of a message (its own line left out) and of what the commit changes."""
    state = hashlib.sha256(_DIGEST_LINE.sub(b"", message).rstrip(b"\n"))
    for entry in sorted(entries):
        state.update(b"\0" + b"\0".join((entry.path, entry.mode, entry.blob)))
    return state.hexdigest()[:32]


def sign(message: str, entries: Iterable[Entry], *, decided: bool = False) -> bytes:
    """The message, which ends with its trailers, with the digest as the last of them.

    Args:
        decided: whether a person edited a part of it or left one out in a review.
    """
    plain = message.rstrip("\n").encode("utf-8", "replace") + b"\n"
    mark = DECIDED if decided else ""
    return plain + f"{DIGEST}: {mark}{digest(plain, entries)}\n".encode()

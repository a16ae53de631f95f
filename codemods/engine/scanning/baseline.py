"""Sites that are known: fingerprints that survive moved lines, and the file that keeps them.

A fingerprint is made of the codemod, the file, the definition and the text of the site's first
line, blanks evened out. So a site keeps it when lines above come or go, when its block is
indented, and when what follows it changes; it loses it when the line itself is edited, which is
when somebody should look again. The same line twice in one definition has one fingerprint, and
the file says how often it is known.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypedDict, TypeVar

from codemods.codemod import Site
from codemods.project.source import SourceFile
from codemods.reading import read_regular

VERSION = 1
DEFAULT_NAME = ".autofix-baseline.json"
_LENGTH = 16


class BaselineError(Exception):
    """A baseline that cannot be used; the message is one line for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """A site of a baseline; only the fingerprint counts, the rest is for whoever reads it."""

    path: str
    function: str
    codemod: str
    text: str
    """The site's first line, blanks evened out."""
    fingerprint: str
    count: int = 1


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Compared(Generic[Item]):
    """Sites held against a baseline."""

    new: tuple[Item, ...]
    known: tuple[Item, ...]
    gone: tuple[Known, ...]
    """What the baseline has and nobody found, with how often; paths that were not read are left
    out."""


def fingerprint(codemod: str, site: Site, source: SourceFile) -> str:
    """What tells a site from others, today and after lines moved: 16 hexadecimal digits."""
    parts = (codemod, site.path, site.function, first_line(site, source))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:_LENGTH]


def first_line(site: Site, source: SourceFile) -> str:
    """The text of a site's first line, blanks evened out."""
    return " ".join(source.line_text(site.line).split())


def known_sites(found: Iterable[tuple[str, Site, SourceFile]]) -> tuple[Known, ...]:
    """The baseline of sites, each with its codemod and its file, sorted."""
    counted: Counter[Known] = Counter()
    for codemod, site, source in found:
        mark = fingerprint(codemod, site, source)
        text = first_line(site, source)
        counted[Known(site.path, site.function, codemod, text, mark)] += 1
    return tuple(
        sorted(
            Known(item.path, item.function, item.codemod, item.text, item.fingerprint, count)
            for item, count in counted.items()
        )
    )


def compare(
    baseline: Sequence[Known],
    found: Iterable[tuple[Item, str]],
    read: Iterable[str],
) -> Compared[Item]:
    """Hold sites against a baseline.

    Args:
        baseline: what is known.
        found: the sites, each with its fingerprint, in the order of the scan. Of equal ones the
            first count as known.
        read: the paths that the scan read.
    """
    left = Counter({item.fingerprint: item.count for item in baseline})
    new: list[Item] = []
    known: list[Item] = []
    for item, mark in found:
        if left[mark] > 0:
            left[mark] -= 1
            known.append(item)
        else:
            new.append(item)
    paths = frozenset(read)
    gone = tuple(
        Known(item.path, item.function, item.codemod, item.text, item.fingerprint, count)
        for item in baseline
        if (count := left[item.fingerprint]) > 0 and item.path in paths
    )
    return Compared(tuple(new), tuple(known), gone)


class KnownDocument(TypedDict):
    """A site that is known."""

    path: str
    function: str
    codemod: str
    text: str
    fingerprint: str
    count: int


class BaselineDocument(TypedDict):
    """The file that ``autofix baseline`` writes."""

    version: Literal[1]
    sites: list[KnownDocument]


def baseline_text(baseline: Iterable[Known]) -> str:
    """The file of a baseline: one site a line, so that its history reads well."""
    lines = [
        json.dumps(
            {
                "path": item.path,
                "function": item.function,
                "codemod": item.codemod,
                "text": item.text,
                "fingerprint": item.fingerprint,
                "count": item.count,
            },
            ensure_ascii=False,
        )
        for item in baseline
    ]
    sites = ",\n    ".join(lines)
    body = f"[\n    {sites}\n  ]" if lines else "[]"
    return f'{{\n  "version": {VERSION},\n  "sites": {body}\n}}\n'


def read_baseline(path: Path, name: str) -> tuple[Known, ...]:
    """The sites of a baseline.

    Args:
        path: the file.
        name: how to call it in a message.

    Raises:
        BaselineError: when it is missing, or is none.
    """
    try:
        # A pipe is what somebody has named outright: the setting and the default lead to none.
        data = read_regular(path) if path.is_file() else path.read_bytes()
        document: Any = json.loads(data.decode("utf-8"))
    except OSError as error:
        raise BaselineError(f"{name}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{name}: not a baseline: {' '.join(str(error).split())}") from error
    version = document.get("version") if isinstance(document, Mapping) else None
    if version != VERSION:
        raise BaselineError(
            f"{name}: not a baseline of version {VERSION}: write it again with `autofix baseline`"
        )
    try:
        return tuple(
            Known(
                str(item["path"]),
                str(item["function"]),
                str(item["codemod"]),
                str(item["text"]),
                str(item["fingerprint"]),
                int(item["count"]),
            )
            for item in document["sites"]
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BaselineError(
            f"{name}: a site is incomplete: write it again with `autofix baseline`"
        ) from error

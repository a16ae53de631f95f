"""The sites of a scan as GitHub's workflow commands."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.codemod import Safety
from codemods.engine.scanning.sites import Scanned
from codemods.output.styled import one_line
from codemods.output.words import HINTS


def as_github(scanned: Scanned) -> str:
    """What GitHub shows beside the lines of a pull request."""
    return "".join(f"{command}\n" for command in _commands(scanned))


def _commands(scanned: Scanned) -> Iterator[str]:
    for site in scanned.sites:
        place = site.change.site
        level = "notice" if site.change.safety is Safety.DISPLAY else "warning"
        properties = (
            f"file={_property(place.path)},line={place.line},endLine={place.end_line},"
            f"col={place.column},title={_property(f'autofix: {site.codemod}')}"
        )
        yield f"::{level} {properties}::{_data(f'{site.message} ({HINTS[site.change.safety]})')}"
    for item in scanned.unread:
        line = f",line={item.line}" if item.line else ""
        yield f"::error file={_property(item.path)}{line},title=autofix::{_data(item.reason)}"


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    # GitHub reads no other escapes; of a terminal's there are to be none.
    return one_line(text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

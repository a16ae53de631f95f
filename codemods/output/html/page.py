"""The page: a template, a style and a script, with the data as JSON between them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from codemods.findings.model import Severity
from codemods.output.entries import Entry
from codemods.output.html.data import entry_data
from codemods.output.styled import harmless
from codemods.output.words import counted

OUTCOMES = (
    *("fixable", "partly-fixable", "refused", "not-found", "no-codemod", "failed"),
    *("already-fixed", "only-shown"),
)
"""In the order of the page: what can be decided first."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a small plot, which is a filter too."""

    field: str
    value: str
    number: int
    width: int
    """Of the bar, of 100."""


@dataclass(frozen=True, slots=True)
class Plot:
    """How many entries have which value."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a page is about."""

    title: str
    reports: tuple[str, ...]
    base: str | None
    """The commit that was read; ``None``: the work tree."""
    decidable: bool
    """Whether decisions can be made and saved."""
    noun: str = "finding"


def page(entries: Iterable[Entry], about: About) -> bytes:
    """The whole page, in UTF-8."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    listed = sorted(entries, key=_order)
    folder = files(__package__)
    style = folder.joinpath("page.css").read_text("utf-8")
    script = folder.joinpath("page.js").read_text("utf-8")
    data = _json(listed, about)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    template = environment.from_string(folder.joinpath("page.html.j2").read_text("utf-8"))
    text = template.render(
        about=about,
        title=harmless(about.title),
        reports=[harmless(item) for item in about.reports],
        count=counted(len(listed), about.noun),
        plots=plots(listed),
        policy=_policy(script, style),
        # None of the three is anybody's text: the data has no "<" any more.
        style=Markup(style),
        script=Markup(script),
        data=Markup(data),
    )
    return text.encode("utf-8", "replace")


def _order(entry: Entry) -> tuple[int, int]:
    """What can be decided first, the worst of it first; else as the report has them."""
    known = [item.value for item in Severity]
    rank = known.index(entry.severity) if entry.severity in known else len(known)
    outcome = OUTCOMES.index(entry.outcome) if entry.outcome in OUTCOMES else len(OUTCOMES)
    return (max(outcome, OUTCOMES.index("partly-fixable")), rank)


def _json(entries: Sequence[Entry], about: About) -> str:
    """The data for a script element: whatever is in it, no tag and no comment begins there."""
    document: dict[str, Any] = {
        "version": 1,
        "reports": list(map(harmless, about.reports)),
        "base": about.base,
        "decidable": about.decidable,
        "noun": about.noun,
        "findings": [entry_data(item) for item in entries],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    document["digest"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(script: str, style: str) -> str:
    """Nothing is loaded, sent or framed; what runs is this script and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def plots(entries: Sequence[Entry]) -> tuple[Plot, ...]:
    """By severity, codemod and outcome; what nothing is known of is left out."""
    severities = Counter(item.severity for item in entries if item.severity)
    codemods = Counter(item.codemod for item in entries if item.codemod)
    outcomes = Counter(item.outcome for item in entries)
    worst = [item.value for item in Severity]
    known = [item for item in OUTCOMES if item in outcomes]
    return tuple(
        plot
        for plot in (
            _plot("By severity", "severity", [(name, severities[name]) for name in worst]),
            _plot("By outcome", "outcome", [(name, outcomes[name]) for name in known]),
            _plot("By codemod", "codemod", codemods.most_common()),
        )
        if plot.bars
    )


def _plot(title: str, field: str, numbers: Sequence[tuple[str, int]]) -> Plot:
    most = max((number for _, number in numbers), default=1)
    return Plot(
        title,
        tuple(
            Bar(field, name, number, max(2, number * 100 // most))
            for name, number in numbers
            if number
        ),
    )

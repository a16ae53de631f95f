"""Findings in a SARIF 2.1.0 log, as ruff, bandit, Semgrep and CodeQL really write it.

A result has no id. It gets one from its rule and a fingerprint: the tool's own, where it has one,
else the file, the snippet and the message. So a result keeps its id when the tool is run again,
and its branch stays its own.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from codemods.findings.model import (
    Code,
    Field,
    Finding,
    LineRange,
    Location,
    LocationKind,
    Severity,
    Status,
    StatusKind,
)
from codemods.findings.readers.made_ids import made_id, tail_of
from codemods.findings.readers.reading import Damage, FormatError, Reading

_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW}
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_LINK = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\([^()\s]*\)")
_REAL_FINGERPRINT = re.compile(r"[0-9a-fA-F]{8,}(?:[:_-]\w+)*")
"""Semgrep without an account writes ``requires login``, the same for every result."""


def read_sarif(text: str, report: str) -> Reading:
    """The findings of a log, in its order.

    Results that the tool itself suppressed, that passed, or that a baseline calls absent are
    none. ``Finding.line`` is the how-manyth result of the log it is: JSON has no lines.

    Args:
        text: the log.
        report: its path as it was given; kept in every finding.

    Raises:
        FormatError: when it is no JSON, or JSON of something else.
    """
    try:
        log: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {' '.join(str(error).split())}") from error
    if not isinstance(log, Mapping) or not isinstance(log.get("runs"), list):
        raise FormatError("is JSON but not a SARIF log: it has no runs")
    version = log.get("version")
    if version != "2.1.0":
        raise FormatError(f"is SARIF {version}: only 2.1.0 is supported")
    findings: list[Finding] = []
    damaged: list[Damage] = []
    same: Counter[str] = Counter()
    number = 0
    for run in log["runs"]:
        reader = _Run(run if isinstance(run, Mapping) else {}, report)
        results = reader.run.get("results")
        for result in results if isinstance(results, list) else ():
            number += 1
            item = reader.read(result, number, same)
            if isinstance(item, Damage):
                damaged.append(item)
            elif item is not None:
                findings.append(item)
    return Reading(tuple(findings), tuple(damaged), complete=True)


class _Run:
    """One run of one tool."""

    def __init__(self, run: Mapping[str, Any], report: str) -> None:
        self.run = run
        self.report = report
        tool = _table(run.get("tool"))
        self.driver = _table(tool.get("driver"))
        self.extensions = _tables(tool.get("extensions"))
        self.rules = _tables(self.driver.get("rules"))
        self.rules_of_extensions = [_tables(item.get("rules")) for item in self.extensions]
        self.by_id = {
            str(rule.get("id")): rule
            for rules in (self.rules, *self.rules_of_extensions)
            for rule in rules
        }

    def read(self, result: Any, number: int, same: Counter[str]) -> Finding | Damage | None:
        """The finding of a result; ``None`` for one that is no finding."""
        if not isinstance(result, Mapping):
            return Damage(number, f"result {number}", "is not an object")
        if result.get("kind", "fail") != "fail" or result.get("baselineState") == "absent":
            return None
        if any(
            item.get("status", "accepted") == "accepted"
            for item in _tables(result.get("suppressions"))
        ):
            return None
        rule, described = self._rule(result)
        message = self._message(result, described)
        if not rule:
            return Damage(number, message or f"result {number}", "has no rule")
        locations = tuple(self._locations(result))
        if not locations:
            return Damage(number, f"{rule}: {message}", "has no file")
        snippets = tuple(_snippets(result))
        severity = _severity(result, described)
        return Finding(
            id=self._id(rule, result, locations, snippets, message, same),
            title=_first_sentence(message) or rule,
            report=self.report,
            line=number,
            ordinal=number,
            severity=severity,
            severity_text=str(result.get("level", "")) or None,
            dimension=str(self.driver.get("name", "")) or None,
            status=Status(StatusKind.UNSTATED, ""),
            locations=locations,
            fields=tuple(_fields(message, snippets, number)),
            rule=rule,
        )

    def _rule(self, result: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """The rule's id, and what the tool says of the rule."""
        reference = _table(result.get("rule"))
        name = result.get("ruleId") or reference.get("id")
        component = _table(reference.get("toolComponent")).get("index")
        rules = self.rules
        if isinstance(component, int) and 0 <= component < len(self.extensions):
            rules = self.rules_of_extensions[component]
        index = result.get("ruleIndex", reference.get("index"))
        described: Mapping[str, Any] = {}
        if isinstance(index, int) and 0 <= index < len(rules):
            described = rules[index]
        name = name or described.get("id") or ""
        return str(name), described or self.by_id.get(str(name), {})

    def _message(self, result: Mapping[str, Any], described: Mapping[str, Any]) -> str:
        message = _table(result.get("message"))
        text = message.get("text")
        if text is None:
            strings = _table(described.get("messageStrings"))
            text = _table(strings.get(str(message.get("id")))).get("text", "")
        arguments = message.get("arguments")
        given = arguments if isinstance(arguments, list) else []

        def argument(found: re.Match[str]) -> str:
            position = int(found[1])
            return str(given[position]) if position < len(given) else found[0]

        # CodeQL links what it speaks of to other places: ``a [user-provided value](1)``.
        return _LINK.sub(r"\1", _PLACEHOLDER.sub(argument, str(text))).strip()

    def _locations(self, result: Mapping[str, Any]) -> Iterator[Location]:
        for item in _tables(result.get("locations")):
            physical = _table(item.get("physicalLocation"))
            path = self._path(_table(physical.get("artifactLocation")))
            if not path:
                continue
            region = _table(physical.get("region"))
            start, end = region.get("startLine"), region.get("endLine")
            lines: tuple[LineRange, ...] = ()
            if isinstance(start, int):
                last = end if isinstance(end, int) and end >= start else start
                lines = (LineRange(start, last),)
            names = [
                str(name)
                for logical in _tables(item.get("logicalLocations"))
                if (name := logical.get("fullyQualifiedName") or logical.get("name"))
            ]
            yield Location(LocationKind.FILE, path, lines, symbol=names[0] if names else None)

    def _path(self, artifact: Mapping[str, Any]) -> str:
        uri, index = artifact.get("uri"), artifact.get("index")
        if uri is None and isinstance(index, int):
            artifacts = _tables(self.run.get("artifacts"))
            if 0 <= index < len(artifacts):
                uri = _table(artifacts[index].get("location")).get("uri")
        if not isinstance(uri, str):
            return ""
        try:
            parts = urlsplit(uri)
        except ValueError:
            # Half of an IPv6 address: no place of anybody's.
            return ""
        # ``file:///C:/shop/a.py`` and ``file://host/shop/a.py`` are paths of another machine; the
        # engine finds the file by the end of its path.
        return unquote(parts.path if parts.scheme in ("file", "") else uri)

    def _id(
        self,
        rule: str,
        result: Mapping[str, Any],
        locations: Sequence[Location],
        snippets: Sequence[str],
        message: str,
        same: Counter[str],
    ) -> str:
        own = _fingerprint(result)
        shown = "" if own else "\0".join((message, *(" ".join(i.split()) for i in snippets)))
        return made_id(rule, own or "", tail_of(locations[0].path or ""), shown, same=same)


def _fingerprint(result: Mapping[str, Any]) -> str | None:
    """The tool's own, if it is one."""
    for name in ("fingerprints", "partialFingerprints"):
        for _, value in sorted(_table(result.get(name)).items()):
            if isinstance(value, str) and _REAL_FINGERPRINT.fullmatch(value):
                return value
    return None


def _snippets(result: Mapping[str, Any]) -> Iterator[str]:
    for item in _tables(result.get("locations")):
        region = _table(_table(item.get("physicalLocation")).get("region"))
        text = _table(region.get("snippet")).get("text")
        if isinstance(text, str) and text.strip():
            yield textwrap.dedent(text).strip("\r\n")


def _severity(result: Mapping[str, Any], described: Mapping[str, Any]) -> Severity | None:
    score = _table(described.get("properties")).get("security-severity")
    try:
        value = float(score) if score is not None else None
    except (TypeError, ValueError):
        value = None
    if value is not None:
        bounds = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))
        return next((severity for bound, severity in bounds if value >= bound), Severity.LOW)
    said = _table(result.get("properties")).get("issue_severity")
    if isinstance(said, str) and said in Severity.__members__:
        return Severity(said)
    level = result.get("level") or _table(described.get("defaultConfiguration")).get("level")
    return _LEVELS.get(str(level or "warning"))


def _fields(message: str, snippets: Sequence[str], number: int) -> Iterator[Field]:
    yield Field("description", message, number, prose=message)
    if snippets:
        blocks = tuple(Code(text, "python", number) for text in snippets)
        text = "\n".join(f"```python\n{item.text}\n```" for item in blocks)
        yield Field("evidence", text, number, blocks=blocks)


def _first_sentence(text: str) -> str:
    line = " ".join(text.split("\n\n", 1)[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z])", line, maxsplit=1)[0].removesuffix(".")


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []

"""Byte spans: the one coordinate system that deciding and editing share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes ``start`` (included) to ``end`` (excluded) of a file's text in UTF-8, without BOM."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        return isinstance(other, Span) and self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether at least one byte is in both."""
        return self.start < other.end and other.start < self.end

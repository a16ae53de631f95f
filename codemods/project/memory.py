"""What earlier runs found out about a project.

What stands in a file that has not changed need not be read again. What else was found out on the
way, and from what, whoever finds it out keeps and judges by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from codemods.project.reads import Differences

_T = TypeVar("_T")


class Memory:
    """What is known of before, and what is to be known the next time.

    Args:
        before: what was kept, encoded, by the names of who found it out.
        differences: what has changed since; ``None``: nothing is known of before.
    """

    def __init__(
        self, before: Mapping[str, bytes] | None = None, differences: Differences | None = None
    ) -> None:
        self._before = before or {}
        self.differences = differences
        self.kept: dict[str, object] = {}
        """What is to be known, by names."""

    def recall(self, name: str, kind: type[_T]) -> _T | None:
        """What was kept under a name; ``None`` where nothing was, or something of another kind."""
        data = self._before.get(name)
        if data is None or self.differences is None:
            return None
        try:
            return msgspec.msgpack.decode(data, type=kind)
        except msgspec.DecodeError:
            return None

    def holds_for(self, path: str) -> bool:
        """Whether a file is as it was."""
        return self.differences is not None and path not in self.differences.changed

    def keep(self, name: str, value: object) -> None:
        """Keep something for the next time; it has to be of plain values."""
        self.kept[name] = value

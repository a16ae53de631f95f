"""How long each codemod takes in a scan."""

from __future__ import annotations

import dataclasses
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codemods.codemod import Change, Codemod, Plan, Refusal, Scope


@dataclass(slots=True)
class Clock:
    """Seconds by codemod, in one process."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def timed(self, codemod: Codemod) -> Codemod:
        """``codemod``, the time of its ``find`` counted."""

        def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
            found = codemod.find(scope, plan)
            while True:
                start = time.perf_counter()
                item = next(found, None)
                self.seconds[codemod.name] += time.perf_counter() - start
                if item is None:
                    return
                yield item

        return dataclasses.replace(codemod, find=find)

    def add(self, seconds: Mapping[str, float]) -> None:
        """What another process took."""
        for name, more in seconds.items():
            self.seconds[name] += more

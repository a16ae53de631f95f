"""How fast we write: forges take many quick writes for an attack, and then take none for a while.

GitHub's documentation asks for one request at a time, at least a second between writes, at most 80
a minute and 500 an hour.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

APART = 1.0
A_MINUTE = 80
AN_HOUR = 500


@dataclass(slots=True)
class Clock:
    """Time, replaceable: tests live through hours in no time."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Pace:
    """Counts writes, and waits before each."""

    clock: Clock
    written: deque[float] = field(default_factory=lambda: deque(maxlen=AN_HOUR))

    def due(self) -> float:
        """Seconds until the next write may be sent."""
        now = self.clock.now()
        earliest = now
        if self.written:
            earliest = max(earliest, self.written[-1] + APART)
        for count, span in ((A_MINUTE, 60.0), (AN_HOUR, 3600.0)):
            if len(self.written) >= count:
                earliest = max(earliest, self.written[-count] + span)
        return earliest - now

    def wait(self) -> None:
        """Wait, and count a write."""
        due = self.due()
        if due > 0:
            self.clock.sleep(due)
        self.written.append(self.clock.now())

"""Which findings ask for a bounded queue, and what else they want with it."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import assignments_in
from codemods.demands.demands import Demands
from codemods.syntax.dotted import last_part

REJECT = "return HTTP 503 when the queue is full"
SEMAPHORE = "a semaphore instead of the busy wait"


@dataclass(frozen=True, kw_only=True)
class QueuePlan(Plan):
    """A queue that is to have a limit."""

    size: int
    """The limit of the queue."""
    queues: tuple[str, ...] = ()
    """The queues, as they are assigned: ``self.job_queue``; empty for all in the place."""
    reject: bool = False
    """Whether endpoints respond with 503 while the queue is full."""
    semaphore: bool = False
    """Whether a semaphore replaces a busy wait."""


def recognise(demands: Demands) -> Match[QueuePlan] | None:
    """A claim to findings about a queue without a limit that say what the limit should be."""
    size = next((int(item) for item in demands.fix.given("maxsize") if item.isdecimal()), 0)
    told = demands.opening + demands.shown_code
    if not size or "Queue" not in (told + demands.fix).raw or not demands.story.says("unbounded"):
        return None
    if any(last_part(call.name) == "lru_cache" for call in demands.fix.calls):
        return None
    queues = tuple(
        dict.fromkeys(
            item.name
            for item in assignments_in(told.raw)
            if last_part(item.value.partition("(")[0].partition("[")[0]).endswith("Queue")
        )
    )
    reject = "503" in demands.fix.raw
    semaphore = demands.fix.says("semaphore")
    return Match(
        plan=QueuePlan(size=size, queues=queues, reject=reject, semaphore=semaphore),
        strength=85,
        hints=Hints(
            anchors=(*(last_part(name) for name in queues), "Queue"),
            aspects=(REJECT,) * reject + (SEMAPHORE,) * semaphore,
        ),
    )

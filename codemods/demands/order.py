"""Words that follow each other in a sentence, looked for one by one.

One expression with several gaps (``A.{0,80}B.{0,80}C``) tries each end of a gap with each of the
next: that is slow on a text of nothing but such words. Here each part is looked for once.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Gap = tuple[int, re.Pattern[str]]
"""At most how many characters lie between what was found before and this."""
Order = tuple[re.Pattern[str], *tuple[Gap, ...]]
"""What comes first, and what follows."""


def in_order(text: str, first: re.Pattern[str], *rest: Gap) -> bool:
    """Whether ``text`` says all of it in this order and so close to each other.

    Args:
        text: a sentence or a line; whoever asks cuts.
        first: what comes first.
        rest: what follows, each with the widest gap in characters.
    """
    ends = [found.end() for found in first.finditer(text)]
    for gap, pattern in rest:
        reached = []
        for found in pattern.finditer(text):
            before = bisect_right(ends, found.start()) - 1
            if before >= 0 and found.start() - ends[before] <= gap:
                reached.append(found.end())
        ends = reached
    return bool(ends)

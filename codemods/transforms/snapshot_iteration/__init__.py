"""Iterate over a copy of a collection that changes during the loop.

A dictionary, set or deque that changes size during a loop raises `RuntimeError`; a list raises
nothing, and the loop skips an element. The loop iterates over a copy instead:

```python
class Hub:
    def __init__(self):
        self.clients = []

    def leave(self, client):
        self.clients.remove(client)

    async def publish(self, message):
        for client in self.clients:
            await client.send(message)
```

becomes

```python
class Hub:
    def __init__(self):
        self.clients = []

    def leave(self, client):
        self.clients.remove(client)

    async def publish(self, message):
        for client in list(self.clients):
            await client.send(message)
```

`enumerate`, `reversed` and `zip` stay around the copy, and `self.jobs.items()` becomes
`list(self.jobs.items())`. A finding names the collection, or the function with the loop. A scan
finds three patterns: a loop whose own body removes elements by value or key and continues; a loop
that calls a method of its object that does so (only shown if the method may not remove them); and a
loop of a coroutine that awaits while other functions of the class change the size of the
collection.

## Fix safety

Safe: the loop visits the elements that existed when it began. Needs review if the loop itself
removes elements from a list: it now visits those that it skipped before. If the body reads
`self.jobs[key]` again, the key may be gone, which raises `KeyError`: a note says so, and the change
needs review too.

## Not rewritten

* Loops over a copy, over a parameter or a local variable, and loops under a lock. A collection of a
  local variable (`playlist.tracks`) is copied if the evidence shows that very loop.
* Collections that no code changes in place: replacing one as a whole does not disturb the loop.
* Loops that add to their collection and rely on visiting the new elements.
* Loops that delete by position: a copy has other positions.
* Loops that leave right after the change, or with what they await.
* In a scan: changes by a function that has just replaced the collection, because a waiting loop
  iterates over the old one.

## Known limitations

Changes by threads are only considered for a finding, never in a scan. `len(xs)` followed by `xs[i]`
is a check and an act, and needs a lock: see `lock-shared-state`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from codemods.codemod import AuditWords, Change, Codemod, Refusal, Scope
from codemods.findings.model import Severity
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.blocks import block_under, ends_of, headers
from codemods.syntax.suspension import MUTATORS
from codemods.transforms.snapshot_iteration.plan import IterationPlan, recognise
from codemods.transforms.snapshot_iteration.verdicts import reported, scanned


def find(scope: Scope, plan: IterationPlan | None) -> Iterator[Change | Refusal]:
    """The loops that need a copy, and why others do not."""
    yield from scanned(scope) if plan is None else reported(scope, plan)


_FOR = re.compile(rb"for\b([^\n]*)")
_IN = re.compile(rb"\bin\b([^\n]*)")
_LAST = re.compile(rb"(\w+)(?![\w.(])|(\w+)\.(?:items|values|keys)\(")
_CHANGE = re.compile(
    # What is longer than that is taken for a change, and not looked through for each name.
    rb"\.(?:%b)\b|\[[^\n]{0,200}=|\[[^\]\n]{0,200}$|\[[^\n]{200}|(?<![ \t])[ \t]*[-+|&^*]="
    % b"|".join(sorted(map(str.encode, MUTATORS))),
    re.MULTILINE,
)
"""Behind the name of a collection: how it changes in place."""
_TAKEN = re.compile(rb"\.(?:remove|discard|pop|popitem)\b")
"""The same, where an element is taken out."""
_COPY = re.compile(rb"\s*(?:list|tuple|sorted|set|frozenset|dict)\([\w.]+(?:\(\))?\)\s*:")
_TOP = re.compile(rb"^(?:if|elif|else|try|except|finally|with|for|while|match)\b", re.MULTILINE)


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether a loop changes what it goes over, or waits or calls others while something in the
    file changes it."""
    data = source.data
    known: dict[tuple[bytes, re.Pattern[bytes], bool], bool] = {}
    for match in headers(data, _FOR):
        block = block_under(data, match)
        waits = b"await " in block or b"async " in block
        found = _IN.search(match[1])
        if found is None:
            continue
        header = found[1]
        if b":" not in header:
            # What a loop goes over stands in one of the lines of its header.
            header += block.partition(b":")[0]
        if _COPY.match(header):
            continue
        for last in _LAST.finditer(header):
            name = last[1] or last[2]
            if _is_changed(name, block, _TAKEN):
                return True
            of_object = header[: last.start()].rstrip(b" \t\r\n\\").endswith(b".")
            calls = of_object and (b"self." in block or b"cls." in block)
            for pattern in (_TAKEN,) if calls and not waits else (_CHANGE,) if waits else ():
                if (name, pattern, of_object) not in known:
                    known[name, pattern, of_object] = _is_changed(name, data, pattern) and (
                        of_object or _is_of_module(name, data)
                    )
                if known[name, pattern, of_object]:
                    return True
    return False


def _is_changed(name: bytes, data: bytes, how: re.Pattern[bytes]) -> bool:
    """Whether something of that name changes in place."""
    return any(
        how.match(data, end)
        or (data.startswith(b"[", end) and b"del " in data[data.rfind(b"\n", 0, end) + 1 : end])
        for end in ends_of(name, data)
    )


def _is_of_module(name: bytes, data: bytes) -> bool:
    """Whether it may be a variable of the module: others change no other one."""
    if data.startswith(name) or b"\n" + name in data or b"global " in data:
        return True
    return any(name in block_under(data, match) for match in _TOP.finditer(data))


codemod = Codemod(
    name="snapshot-iteration",
    area="Shared state and tasks",
    asked_in="loop over copy collection changes meanwhile",
    recognise=recognise,
    plan=IterationPlan,
    find=find,
    subjects=("iterates",),
    triggers=(b"for ",),
    prefilter=prefilter,
    rules=("B909", "loop-iterator-mutation"),
    audit=AuditWords(
        "A collection that other code changes is iterated over",
        Severity.MEDIUM,
        "Processing Engine",
        "A change during the loop raises RuntimeError, or skips an element.",
    ),
)

"""Write a file whole, or not at all.

`open(path, "w")` empties the file before the first byte of the new content is written. Whoever
reads it then, and whoever comes after a crash, finds half of it:

```python
with open(cache_path, "w", encoding="utf-8") as f:
    json.dump(content, f, indent=2)
```

becomes

```python
with _atomic_replace(cache_path) as temporary, open(temporary, "w", encoding="utf-8") as f:
    json.dump(content, f, indent=2)
```

with a helper above the definition:

```python
@contextmanager
def _atomic_replace(path: str | os.PathLike[str]) -> Iterator[Path]:
    \"\"\"A new file beside ``path``, which takes its place when the block does not raise.\"\"\"
    target = Path(path).resolve()
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.touch(exist_ok=False)
        if target.exists():
            shutil.copymode(target, temporary)
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
```

Why so:

* The temporary file stands in the folder of the file: `os.replace` is atomic only within one file
  system. Its name is its own, so that two writers do not meet, and no `*.json` finds it.
* It is made by `touch`, and not by `NamedTemporaryFile`: that makes a file for its owner only, and
  the mode that a new file would have cannot be asked for without changing it for all threads. A
  file that is there already gives its mode to the new one before anything is written to it.
* `resolve()` follows symbolic links: the file that a link leads to is replaced, not the link.
* A helper, and not the same lines at each write: what stands in the block stays as it is, and a
  `return` in it replaces the file as well.
* Where the finding speaks of crashes, the content is forced to the disk (`os.fsync`) before the
  file takes its new name.

`path.write_text(…)` and `path.write_bytes(…)` come into such a block, and so does a function that
the finding says writes the file (`save_audio(str(path), …)`); the temporary file then keeps the
suffix, by which such functions choose a format. A helper that the project has is called instead:
one for a `with` block, or one that takes the path and the content (a text, bytes, or an object for
`json`), where its encoding, its defaults and the kind of path that it wants fit, and where it is of
the same program. A temporary file whose name all writers share gets one of its own by the same
helper.

## Fix safety

To be reviewed. The new file belongs to who writes it: hard links, owner and access lists of the old
one are not kept. The folder has to be writable, and the file must not be a mount point of its own
(a single file in a container). On Windows a file that somebody has open cannot be replaced. Tests
that put something in the place of `open` see another path.

## Not rewritten

* Files that are appended to, changed in place (`r+`) or must not be there before (`x`).
* A handle that outlives its `with` statement, or is opened by none; one whose `name` is used.
* Blocks that yield or await: whoever abandons them would lose what was written.
* What is read while it grows: logs, `flush()` or `pickle.dump()` in a loop, `sleep()`.
* Files that are locked, devices and pipes, what the command line names, temporary files.
* A block that does something else to the same path, and a handler that removes it.
* `to_thread(path.write_bytes, …)`, `gzip.open` and other openers.
* Paths that may be none of `pathlib`: those in a bucket or an archive have the same methods.

## Known limitations

There is no scan: nearly every `open(…, "w")` would be found, and that half a file would matter is
only known to who knows its readers. Writers that read the file first can still lose each other's
changes: locking is left to somebody who knows them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.codemod import Change, Codemod, Refusal, Scope
from codemods.project.source import SourceFile
from codemods.transforms.atomic_write.plan import AtomicHints, AtomicPlan, recognise
from codemods.transforms.atomic_write.sites import Writes
from codemods.transforms.atomic_write.writes import Writing, writing


def find(scope: Scope, plan: AtomicPlan) -> Iterator[Change | Refusal]:
    """The writes of the places that a finding names."""

    def is_write(source: SourceFile, call: ast.Call) -> bool:
        return isinstance(writing(scope.project, source, call, plan.writers), Writing)

    # A finding that shows one write and lists others means all of them.
    places = (*scope.places, *scope.listed(scope.hinted(AtomicHints).listed, is_write))
    found: dict[Change | Refusal, None] = {}
    for place in places:
        beside = [item for item in places if item.source is place.source]
        # Two places of a finding may lie in each other.
        found |= dict.fromkeys(Writes(scope.project, place, plan, beside).verdicts())
    yield from found


codemod = Codemod(
    name="atomic-write",
    area="Files, resources and hashes",
    recognise=recognise,
    plan=AtomicPlan,
    find=find,
    triggers=(b"open(", b"write_text(", b"write_bytes("),
    scans=False,
)

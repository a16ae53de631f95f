"""Replace a file atomically instead of overwriting it in place.

`open(path, "w")` empties the file before the first byte of the new content is written. A reader at
that moment, or after a crash, finds a partial file:

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

Why it is written this way:

* The temporary file is in the folder of the target, because `os.replace` is atomic only within one
  file system. Its name is unique, so two writers do not collide, and no `*.json` pattern matches
  it.
* It is created with `touch` and not with `NamedTemporaryFile`, whose file only its owner can read;
  the mode that a new file would have cannot be found out without changing it for all threads. An
  existing file gives its mode to the new one before anything is written.
* `resolve()` follows symbolic links, so the target of a link is replaced, not the link.
* A helper is used instead of repeating these lines at each write, so the code in the block stays as
  it is, and a `return` in it also replaces the file.
* If the finding mentions crashes, the content is forced to the disk (`os.fsync`) before the file is
  replaced.

`path.write_text(…)` and `path.write_bytes(…)` are moved into such a block, and so is a function
that the finding says writes the file (`save_audio(str(path), …)`); the temporary file then keeps
the suffix, by which such functions choose a format. If the project already has a helper, it is
called instead: one for a `with` block, or one that takes the path and the content (text, bytes, or
an object for `json`), if its encoding, its defaults and its path type fit and it is part of the
same program. If all writers share the name of a temporary file, each gets its own through the same
helper.

## Fix safety

Needs review. The new file belongs to the user who writes it: hard links, owner and access control
lists of the old file are lost. The folder must be writable, and the file must not be a mount point
(a single file in a container). On Windows, an open file cannot be replaced. Tests that patch `open`
see another path.

## Not rewritten

* Files that are appended to, changed in place (`r+`), or must not exist before (`x`).
* A handle that outlives its `with` statement or has none, and a handle whose `name` is used.
* Blocks that yield or await: if they are abandoned, what was written would be lost.
* Files that are read while they grow: logs, `flush()` or `pickle.dump()` in a loop, `sleep()`.
* Locked files, devices and pipes, files named on the command line, and temporary files.
* A block that uses the same path in another way, or a handler that deletes it.
* `to_thread(path.write_bytes, …)`, `gzip.open` and other openers.
* Paths that may not be `pathlib` paths: objects in a bucket or an archive have the same methods.

## Known limitations

There is no scan, because nearly every `open(…, "w")` would be found, and only the readers of a file
decide whether a partial file matters. Writers that read the file first can still lose each other's
changes: this codemod adds no locking.
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
    asked_in="write file whole",
    recognise=recognise,
    plan=AtomicPlan,
    find=find,
    triggers=(b"open(", b"write_text(", b"write_bytes("),
    scans=False,
)

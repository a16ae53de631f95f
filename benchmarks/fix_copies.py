"""Fix copies of code bases, check every byte: ``python benchmarks/fix_copies.py [CORPUS…]``.

What ``scan --fix --unsafe-fixes`` does is done to a copy of each corpus (a name of ``corpora.py``
or a path). Checked is that every file that compiled still does, that a second scan finds nothing
that was fixed, and that no byte differs but on lines of sites, of imports, and what the changes
say they touch. Ends with status 1 when a check fails or a gate stopped a patch.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpora import corpus

from codemods.codemod import Codemod, Operation, Safety
from codemods.engine.outcomes import FilePatch
from codemods.engine.scanning.fixing import fix
from codemods.engine.scanning.scan import Found, collection_paused, scan
from codemods.project.files import WorkTreeFiles
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.transforms import catalogue


def main() -> int:
    """Print what was found, what was fixed and what went wrong; 1 where something did."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", default=["homeassistant", "django"])
    parser.add_argument("--select", default="", help="codemods, separated by commas")
    parser.add_argument("--cache", type=Path, help="where corpora are kept")
    chosen = parser.parse_args()
    names = [name for name in chosen.select.split(",") if name] or list(catalogue())
    codemods = [catalogue()[name] for name in names if catalogue()[name].scans]
    faults = 0
    for name in chosen.corpora:
        with tempfile.TemporaryDirectory(prefix="autofix-copy-") as folder:
            copy = Path(folder) / "copy"
            shutil.copytree(corpus(name, chosen.cache), copy, symlinks=True)
            print(f"== {name}")
            for fault in fixed_copy(copy, codemods):
                print(f"   FAULT {fault}")
                faults += 1
    print(f"{faults} faults")
    return 1 if faults else 0


def fixed_copy(root: Path, codemods: list[Codemod]) -> Iterator[str]:
    """Fix everything below ``root``, and tell each fault in a line."""
    project = Project(WorkTreeFiles(root))
    before = scan(project, codemods)
    print(f"   {before.files} files, {before.parsed} parsed, {len(before.skipped)} not read")
    for left in before.skipped:
        print(f"   not read: {left.path}:{left.line or 0} {left.reason}")
    counts = Counter((item.codemod, item.change.safety.value) for item in before.found)
    for (codemod, safety), count in sorted(counts.items()):
        print(f"   {codemod:30} {safety:8} {count:6}")
    wanted = {
        item.change.site.path: None
        for item in before.found
        if item.change.safety is not Safety.DISPLAY and item.change.edits
    }
    done: list[Found] = []
    touched: dict[str, bytes] = {}
    with collection_paused():
        for path in wanted:
            result = fix(project, codemods, path, allow=Safety.REVIEW)
            yield from (f"gate: {item.path}: {item.reason}" for item in result.failed)
            for patch in result.files:
                touched.setdefault(patch.path, patch.before)
                yield from _checked(patch, result.changes)
                if patch.after is None:
                    (root / patch.path).unlink()
                else:
                    (root / patch.path).write_bytes(patch.after)
            done += result.changes
            if result.files:
                # What was read before is no longer what stands there.
                project.forget()
    print(f"   fixed: {dict(Counter(item.codemod for item in done))} in {len(touched)} files")
    again = scan(Project(WorkTreeFiles(root)), codemods, sorted(touched))
    for item in again.found:
        if item.change.safety is not Safety.DISPLAY and item.change.edits:
            site = item.change.site
            yield f"found again: {item.codemod} {site.path}:{site.line} {item.change.what}"


def _checked(patch: FilePatch, changes: tuple[Found, ...]) -> Iterator[str]:
    if patch.after is None:
        return
    if _compiles(patch.before) and not _compiles(patch.after):
        yield f"does not compile: {patch.path}"
    # The engine's own gate compares with what it spliced; this one asks a line-by-line diff.
    source = SourceFile(patch.path, patch.before)
    lines: set[int] = set()
    for item in changes:
        for edit in item.change.edits:
            if isinstance(edit, Operation) and edit.path == patch.path:
                last = source.line_of(min(edit.target.end, len(source.utf8)))
                lines |= set(range(source.line_of(edit.target.start), last + 1))
    old, new = patch.before.splitlines(True), patch.after.splitlines(True)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, other, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        statement = _lines_of_statements(source, start + 1, end)
        imports = all(_is_import_line(line) for line in (*old[start:end], *new[other:other_end]))
        if len(changes) == 1 and not imports and not (statement & lines) and end > start:
            yield f"bytes outside of the edits: {patch.path}:{start + 1}"


def _lines_of_statements(source: SourceFile, first: int, last: int) -> set[int]:
    """The lines of the simple statements and headers around some lines."""
    found = set(range(first, last + 1))
    for node in ast.walk(source.tree.module):
        if isinstance(node, ast.stmt) and node.lineno <= last and (node.end_lineno or 0) >= first:
            found |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def _is_import_line(line: bytes) -> bool:
    words = line.split(b"#")[0].replace(b",", b" ").split()
    return not words or words[0] in (b"import", b"from") or len(words) == 1


def _compiles(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "copy.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())

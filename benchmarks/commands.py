"""Times the commands as a user waits for them: `python benchmarks/commands.py [FILES]`.

On a generated project of 1,000 files (or FILES), of which one in ten holds something that a
codemod looks at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codemods.cli.demo import make_sample

RUNS = 3
COMMANDS = (
    ("--help",),
    ("list", "--no-state", "-q"),
    ("list", "-q"),
    ("diff", "B-01", "-q"),
    ("diff", "B-05", "-q"),
)


def generate(project: Path, files: int) -> None:
    """Fill the project with packages; their code is the sample's own."""
    sources = [path.read_bytes() for path in sorted((project / "orders").glob("*.py"))]
    quiet = b'"""Nothing to see."""\n\n\n' + b"".join(
        b"def function_%d(value: int) -> int:\n    return value + %d\n\n\n" % (number, number)
        for number in range(60)
    )
    for number in range(files):
        folder = project / f"package_{number // 50}"
        folder.mkdir(exist_ok=True)
        data = sources[number // 10 % len(sources)] if number % 10 == 0 else quiet
        (folder / f"module_{number}.py").write_bytes(data)
    for command in (["add", "--all"], ["commit", "--quiet", "-m", "chore: more of it"]):
        subprocess.run(["git", *command], cwd=project, check=True)


def main(arguments: list[str]) -> int:
    """Print the best of three runs for each command, in seconds."""
    files = int(arguments[0]) if arguments else 1000
    folder = Path(tempfile.mkdtemp(prefix="autofix-bench-")).resolve()
    try:
        project = make_sample(folder)
        generate(project, files)
        for command in COMMANDS:
            times = []
            for _ in range(RUNS):
                start = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-m", "codemods", *command],
                    cwd=project,
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
                times.append(time.perf_counter() - start)
            print(f"{min(times):6.2f} s  autofix {' '.join(command)}")
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

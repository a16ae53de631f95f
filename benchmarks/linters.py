"""Fix what ruff and bandit find: how each finding ends, by rule, and the diffs to be read.

    python benchmarks/linters.py --ruff BIN --bandit BIN [--autofix BIN] [--sample 100] \\
        --out FOLDER TREE…

Each tree is copied and committed, the linters write SARIF about the copy, and `autofix apply --all
--dry-run` is told to fix it. `FOLDER` then has `<tree>.json` (what autofix printed), `outcomes.txt`
(the table) and `diffs.txt`: fixes drawn at random, the same ones for the same seed, each with its
rule and place. bandit needs an environment of its own: `pip install 'bandit[sarif]'`.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

RULES = (
    *("ASYNC", "B904", "BLE001", "DTZ003", "DTZ004", "E722", "F401", "F841", "PLW1510"),
    *("RUF006", "S110", "S112", "S113", "S324", "SIM115", "T201", "TRY400"),
)
"""Of ruff: those that a codemod fixes, and their nearest neighbours. bandit runs with all of its
own."""
COLUMNS = ("fixed", "partly-fixed", "already-fixed", "refused", "not-found", "no-codemod", "failed")
_IGNORED = shutil.ignore_patterns(".git", ".autofix_cache", ".ruff_cache", "__pycache__")
_AUTHOR = ("-c", "user.name=linters", "-c", "user.email=linters@localhost")
Results = list[dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table and the diffs; 1 where a fix did not pass a gate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("trees", nargs="+", type=Path, metavar="TREE")
    parser.add_argument("--ruff", required=True, type=Path)
    parser.add_argument("--bandit", required=True, type=Path)
    parser.add_argument("--autofix", type=Path, default=Path(sys.executable).parent / "autofix")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--sample", type=int, default=100, help="diffs to be read")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    every: dict[str, Results] = {}
    for tree in chosen.trees:
        every[tree.name] = results = fixed(tree, chosen)
        (chosen.out / f"{tree.name}.json").write_text(json.dumps(results, indent=1) + "\n")
        print(f"{tree.name}: {len(results)} findings", file=sys.stderr, flush=True)
    table = "\n".join(outcomes(item for results in every.values() for item in results))
    (chosen.out / "outcomes.txt").write_text(f"{table}\n")
    print(table)
    diffs = [item for results in every.values() for item in results if item["diff"]]
    drawn = random.Random(chosen.seed).sample(diffs, min(chosen.sample, len(diffs)))
    (chosen.out / "diffs.txt").write_text("\n".join(map(shown, drawn)))
    failed = any(item["outcome"] == "failed" for results in every.values() for item in results)
    return 1 if failed else 0


def fixed(tree: Path, chosen: argparse.Namespace) -> Results:
    """What autofix makes of the linters' findings about a copy of a tree."""
    with tempfile.TemporaryDirectory(prefix="linters-") as folder:
        copy = Path(folder, tree.name)
        shutil.copytree(tree, copy, symlinks=True, ignore=_IGNORED)
        _run(copy, "git", "init", "--quiet")
        _run(copy, "git", "add", "--all", "--force")
        _run(copy, "git", *_AUTHOR, "commit", "--quiet", "--message", "as it is")
        reports = [Path(folder, "ruff.sarif"), Path(folder, "bandit.sarif")]
        flags = ("--isolated", "--no-cache", "--exit-zero", f"--select={','.join(RULES)}")
        ruff = (str(chosen.ruff.absolute()), "check", *flags, "--output-format=sarif")
        _run(copy, *ruff, f"--output-file={reports[0]}", ".")
        bandit = (str(chosen.bandit.absolute()), "--recursive", ".", "--exit-zero", "--quiet")
        _run(copy, *bandit, "--format=sarif", f"--output={reports[1]}")
        given = [f"--report={report}" for report in reports]
        options = ("--all", "--dry-run", "--output-format=json", *given)
        done = _run(copy, str(chosen.autofix.absolute()), "apply", *options, allowed=(0, 1))
        printed: Results = json.loads(done)["results"]
        return [item | {"tree": tree.name, "rule": rule_of(item)} for item in printed]


def rule_of(item: dict[str, Any]) -> str:
    """The rule that a result is about: the id of a finding of SARIF begins with it."""
    return str(item["finding"]).rpartition("-")[0]


def outcomes(results: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The table: how the findings of each rule ended."""
    counts = Counter((item["rule"], item["outcome"]) for item in results)
    yield f"{'rule':32}{''.join(f'{name:>14}' for name in COLUMNS)}"
    for rule in (*sorted({rule for rule, _ in counts}), "all"):
        numbers = (
            sum(count for (own, outcome), count in counts.items() if outcome == name)
            if rule == "all"
            else counts[rule, name]
            for name in COLUMNS
        )
        yield f"{rule:32}{''.join(f'{number:14}' for number in numbers)}"


def shown(item: dict[str, Any]) -> str:
    """A fix, to be read."""
    head = f"=== {item['tree']}  {item['rule']}  {item['codemod']}  {item['safety']}"
    return "\n".join((head, item["title"], *item["notes"], "", item["diff"], ""))


def _run(at: Path, *command: str, allowed: Sequence[int] = (0,)) -> str:
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, errors="surrogateescape")
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

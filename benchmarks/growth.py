"""How work grows with each dimension of a code base: ``python benchmarks/growth.py [NAME…]``.

Each dimension is doubled twice, and what is shown is the exponent of the growing part: 1 is
linear, 2 is everything with everything. Work is calls, counted by ``sys.setprofile``: no clock,
so that it is the same on every machine and under any load. What happens inside of one call, a
search in bytes, is not seen.
"""

from __future__ import annotations

import argparse
from functools import partial

from counted import Dimension, exponent
from growth_on_disk import kept_files, known_branches, renamed
from growth_shapes import (
    AT_THE_MARGIN,
    BRANCH,
    CHECK,
    CHECKING,
    CLASS,
    CODE_SPAN,
    FINDING,
    FUNCTIONS,
    HANDLER,
    HEAD,
    IN_QUOTES,
    METHODS,
    OBJECT,
    OPEN,
    OPEN_TILDES,
    RULED,
    chain,
    fix,
    folder,
    helpers,
    in_function,
    module,
    nested,
    one,
    read,
    read_as,
    report,
    sarif,
    scan,
    suggested,
)

DIMENSIONS = (
    Dimension("files in one folder", 240, lambda size: scan(folder(size))),
    Dimension("blocking functions, 20 a file", 40, lambda size: scan(helpers(size))),
    Dimension(
        "functions a file",
        50,
        lambda size: one("".join(FUNCTIONS.format(n) for n in range(1, size))),
    ),
    Dimension(
        "methods a class",
        50,
        lambda size: one(CLASS + "".join(METHODS.format(n) for n in range(size))),
    ),
    Dimension(
        "classes a file",
        25,
        lambda size: one("".join(CLASS + METHODS.format(n) for n in range(size))),
    ),
    Dimension(
        "a file's size, in statements",
        500,
        lambda size: one("".join(f"value_{n} = work({n})\n" for n in range(size))),
    ),
    Dimension(
        "a function's size, in statements",
        500,
        lambda size: in_function(f"    value_{n} = work({n})\n" for n in range(size)),
    ),
    Dimension(
        "names that lead to each other", 100, lambda size: one("name_0 = open\n" + chain(size))
    ),
    Dimension(
        "log calls a function",
        50,
        lambda size: in_function(HANDLER.format(n, "OSError") for n in range(size)),
    ),
    Dimension(
        "log calls a file",
        50,
        lambda size: one(
            "".join(f"\n\ndef run_{n}(work):" + HANDLER.format(n, "Exception") for n in range(size))
        ),
    ),
    Dimension(
        "suppressions a file",
        50,
        lambda size: one(
            "".join(
                f"\n\ndef run_{n}(work):  # autofix: ignore{HANDLER.format(n, 'OSError')}"
                for n in range(size)
            )
        ),
    ),
    Dimension("blocks in blocks", 20, lambda size: one(nested("if work({0}):", size))),
    # Python allows a hundred levels: to look through each function is no more than that.
    Dimension(
        "functions in functions", 20, lambda size: one(nested("async def f_{0}():", size)), 2.0
    ),
    # Each elif stands in the one before it, and two still look around a call step by step.
    Dimension(
        "branches of one if",
        100,
        lambda size: in_function(
            ("    if work(0):\n        pass\n", *(BRANCH.format(n) for n in range(size)))
        ),
        1.4,
    ),
    Dimension(
        "operands of an expression",
        50,
        lambda size: in_function(["    return " + " + ".join(["work(1)"] * size) + "\n"]),
    ),
    Dimension(
        "a line's length",
        500,
        lambda size: in_function(["    return [" + "open(work), " * size + "]\n"]),
    ),
    Dimension(
        "findings a report, over as many files",
        150,
        lambda size: report(
            (FINDING.format(n, f"shop/part_{n}.py:{20}") for n in range(size)), folder(size)
        ),
    ),
    Dimension(
        "findings a report, in one file",
        25,
        lambda size: report(
            (FINDING.format(n, "shop/one.py") for n in range(size)),
            {"shop/one.py": module(0, 100)},
        ),
    ),
    Dimension(
        "findings without a path, over as many files",
        50,
        lambda size: report(
            (FINDING.format(n, "").replace("**File:** \n", "") for n in range(size)),
            folder(size),
        ),
    ),
    Dimension(
        "paths in one location",
        100,
        lambda size: report(
            [FINDING.format(0, ", ".join(f"shop/part_{n}.py" for n in range(size)))],
            folder(size),
        ),
    ),
    *(
        Dimension(
            f"{name} in a report",
            200,
            lambda size, shape=shape: read("".join(shape.format(n) for n in range(size))),  # type: ignore[misc]
        )
        for name, shape in (
            ("findings between rules", RULED),
            ("unclosed fences", OPEN),
            ("unclosed fences of tildes", OPEN_TILDES),
            ("fences that leave their lists", AT_THE_MARGIN),
            ("fences of quoted lists", IN_QUOTES),
        )
    ),
    Dimension(
        "code in one line of a report",
        200,
        lambda size: report(
            [FINDING.format(0, "shop/one.py") + "".join(CODE_SPAN.format(n) for n in range(size))],
            {"shop/one.py": module(0)},
        ),
    ),
    Dimension(
        "objects of a list in YAML",
        200,
        lambda size: read_as(".yaml", "".join(("findings:\n", *map(OBJECT.format, range(size))))),
    ),
    Dimension("results of a log, a rule each", 200, lambda size: read_as(".sarif", sarif(size))),
    Dimension("lines of a suggestion", 45, suggested),
    Dimension("lines of a suggestion that are too many", 210, suggested),
    Dimension("lines of a diff", 45, partial(suggested, fence="diff")),
    Dimension("sentences of a suggestion", 45, partial(suggested, fence="")),
    Dimension(
        "check-then-act methods a class",
        40,
        lambda size: one(CHECKING + "".join(CHECK.format(n) for n in range(size))),
    ),
    # Trees are let go from some hundred files on, which costs each file a tenth more.
    Dimension("files that are fixed", 240, lambda size: fix(folder(size))),
    Dimension(
        "fixes in one function",
        40,
        lambda size: fix(
            {
                "shop/one.py": f"{HEAD}\n\ndef run(work):\n"
                + "".join(HANDLER.format(n, "OSError") for n in range(size))
            }
        ),
    ),
    # git's answer comes in more pieces, and is read in more calls, when the machine is busy.
    Dimension("branches of a repository", 600, known_branches, bound=1.4),
    Dimension("commits of a repository's history", 100, renamed),
    Dimension("files, as they were chosen", 250, lambda size: kept_files(folder(size))),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only dimensions with this text")
    chosen = parser.parse_args()
    print(f"{'dimension':40} {'exponent':>8}  calls")
    for dimension in DIMENSIONS:
        if not chosen.names or any(name in dimension.name for name in chosen.names):
            found, counted = exponent(dimension)
            verdict = "" if found <= dimension.bound else f"  MISSED {dimension.bound}"
            told = " ".join(f"{item:,}" for item in counted)
            print(f"{dimension.name:40} {found:8.2f}  {told}{verdict}", flush=True)


if __name__ == "__main__":
    main()

"""Which packages a wheel holds: every folder of `codemods/` and `cli/` that is one.

The rest of the metadata is in pyproject.toml. Its `packages.find` cannot say this: it would put a
top-level `cli` into the wheel, and leave out `codemods.cli`. The addresses are those of the
repository that releases it (`.github/workflows/release.yml` knows its own): a fork names no other.
"""

import os

from setuptools import find_packages, setup

HOME = os.environ.get("AUTOFIX_HOME", "").rstrip("/")

setup(
    packages=[
        "codemods",
        *(f"codemods.{name}" for name in find_packages("codemods")),
        "codemods.cli",
        *(f"codemods.cli.{name}" for name in find_packages("cli")),
    ],
    package_dir={"codemods": "codemods", "codemods.cli": "cli"},
    project_urls={
        "Homepage": HOME,
        "Source": HOME,
        "Issues": f"{HOME}/issues",
        "Changelog": f"{HOME}/blob/main/CHANGELOG.md",
    }
    if HOME
    else {},
)

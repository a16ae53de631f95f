"""Which packages a wheel holds: every folder of `codemods/` and `cli/` that is one.

The rest of the metadata is in pyproject.toml. Its `packages.find` cannot say this: it would put a
top-level `cli` into the wheel, and leave out `codemods.cli`.
"""

from setuptools import find_packages, setup

setup(
    packages=[
        "codemods",
        *(f"codemods.{name}" for name in find_packages("codemods")),
        "codemods.cli",
        *(f"codemods.cli.{name}" for name in find_packages("cli")),
    ],
    package_dir={"codemods": "codemods", "codemods.cli": "cli"},
)

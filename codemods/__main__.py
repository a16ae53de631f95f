"""``python -m codemods`` is the command ``autofix``.

In a repository of others it is ``python -P -m codemods``: without ``-P`` Python looks for
``codemods`` itself in the current folder first.
"""

from __future__ import annotations

from codemods.cli import main

if __name__ == "__main__":
    main()

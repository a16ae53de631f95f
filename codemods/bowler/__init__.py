"""Hosts Bowler's queries as codemods: extra ``bowler``, which is imported when it is used.

Bowler is no longer developed, and neither is fissix, by which it reads Python up to 3.7 with most
of 3.8 to 3.12. autofix reads files, writes files and checks rewrites itself; a query only says what
the text becomes.
"""

from __future__ import annotations

from codemods.bowler.hosting import hosted

__all__ = ["hosted"]

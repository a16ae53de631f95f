"""Imports: what is in effect where, adding one, dropping one."""

from codemods.syntax.import_adding import add_import
from codemods.syntax.import_dropping import drop_import
from codemods.syntax.imported import can_import, exported, is_used, local_name

__all__ = ["add_import", "can_import", "drop_import", "exported", "is_used", "local_name"]

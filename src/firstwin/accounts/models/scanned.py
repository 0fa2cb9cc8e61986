"""An index that holds whole rows in little, for questions that look at every account."""

from typing import Any

from django.db.models import Index


class ScannedIndex(Index):
    """On SQLite: reading it from end to end costs a fraction of reading a table whose rows hold words and JSON.

    PostgreSQL gets none: it has no room for so many columns in an index, and reads its tables by several processes.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "sqlite":
            return "select 1"
        return super().create_sql(model, schema_editor, using=using, **kwargs)

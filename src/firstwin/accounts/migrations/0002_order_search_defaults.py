"""Text ordered alike on both databases, search indexes, and the attributes a new installation starts with."""

from typing import Any

from django.db import migrations

from firstwin.accounts import search
from firstwin.accounts.default_attributes import add_defaults
from firstwin.accounts.models.now import FOLDED_COLUMNS


def order_by_code_point(apps: Any, schema_editor: Any) -> None:
    """SQLite compares text by its bytes already; PostgreSQL does so under the C collation."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for column in FOLDED_COLUMNS:
        schema_editor.execute(f'alter table accounts_accountnow alter column {column} type varchar(400) collate "C"')


def add_first_attributes(apps: Any, schema_editor: Any) -> None:
    add_defaults(apps.get_model("accounts", "Attribute"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_house")]

    operations = [
        migrations.RunPython(order_by_code_point, migrations.RunPython.noop),
        migrations.RunPython(search.install, migrations.RunPython.noop),
        migrations.RunPython(add_first_attributes, migrations.RunPython.noop),
    ]

"""Readings stay when the account they speak of goes with the import that opened it."""

import django.db.models.deletion
from django.db import migrations, models

from firstwin.signals.ledger.append_only import guards


def guard_again(apps, schema_editor):
    """SQLite makes the table anew, which loses its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in guards("sqlite")[0]:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("signals", "0003_looked_back")]

    operations = [
        migrations.AlterField(
            model_name="reading",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="readings",
                to="accounts.account",
            ),
        ),
        migrations.RunPython(guard_again, guard_again),
    ]

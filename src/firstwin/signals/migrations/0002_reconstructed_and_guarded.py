"""Readings say whether they were made later than they speak of; from here on the table is only added to."""

from django.db import migrations, models

from firstwin.signals.ledger.append_only import guards


def guard(apps, schema_editor):
    for statement in guards(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in guards(schema_editor.connection.vendor)[1]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_ledger")]

    operations = [
        migrations.AddField(model_name="reading", name="is_reconstructed", field=models.BooleanField(default=False)),
        migrations.RunPython(guard, unguard),
    ]

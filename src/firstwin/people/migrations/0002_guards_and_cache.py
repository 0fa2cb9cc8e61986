"""The append-only guards of the audit trail, and the table of the shared cache that the sign-in throttle counts in."""

from django.core.management import call_command
from django.db import migrations

from firstwin.people.append_only import guards


def guard(apps, schema_editor):
    for statement in guards(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in guards(schema_editor.connection.vendor)[1]:
        schema_editor.execute(statement)


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", "cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunPython(guard, unguard),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]

"""Runs that are staged, resumed and undone, and the journal of what they change."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_the_state_of_older_runs(apps: Any, schema_editor: Any) -> None:
    """They have neither stage nor journal: they can be neither resumed nor undone."""
    runs = apps.get_model("connectors", "ImportRun").objects
    runs.filter(finished_at__isnull=False).update(state="finished", progress=1.0)
    runs.filter(finished_at__isnull=True).update(
        state="failed", problem="It was cut off. Import the same files again to complete it."
    )


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0002_import_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="beat_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="cursor",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="importrun",
            name="holder",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="importrun",
            name="mapping_text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="importrun",
            name="problem",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="importrun",
            name="progress",
            field=models.FloatField(default=0.0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="rejects_in",
            field=models.CharField(blank=True, default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="importrun",
            name="rows_total",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="stage_gone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("staged", "Waiting"),
                    ("checking", "Checking"),
                    ("running", "Running"),
                    ("stopped", "Stopped"),
                    ("finished", "Finished"),
                    ("failed", "Failed"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                ],
                default="staged",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="undo",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="importrun",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="worked",
            field=models.FloatField(default=0.0),
        ),
        migrations.CreateModel(
            name="RowChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.PositiveBigIntegerField()),
                ("table_name", models.CharField(max_length=63)),
                ("row_id", models.BigIntegerField()),
                ("op", models.CharField(max_length=1)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("outcome", models.CharField(default="", max_length=1)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["run", "id"], name="change_walk"),
                    models.Index(fields=["run", "table_name", "row_id"], name="change_of_row"),
                ],
            },
        ),
        migrations.RunPython(name_the_state_of_older_runs, migrations.RunPython.noop),
    ]

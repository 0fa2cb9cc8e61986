"""What findings say is kept from day to day. Of those there are only the last is known: it is kept as told later."""

import django.db.models.deletion
from django.db import migrations, models

SEED = """
insert into signals_episodesaid (episode_id, "on", at, severity, words, stake_minor, evidence, is_reconstructed)
select id, first_on, at, severity, words, stake_minor, evidence, {true} from signals_episode order by id
"""


def say_what_stands(apps, schema_editor):
    # By the database itself: there may be hundreds of thousands.
    schema_editor.execute(SEED.format(true="1" if schema_editor.connection.vendor == "sqlite" else "true"))


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0005_told_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="episode",
            name="said_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="EpisodeSaid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("severity", models.PositiveSmallIntegerField(choices=[(1, "Low"), (2, "Medium"), (3, "High")])),
                ("words", models.TextField()),
                ("stake_minor", models.BigIntegerField(null=True)),
                ("evidence", models.JSONField(default=dict)),
                ("is_reconstructed", models.BooleanField(db_default=False, default=False)),
                (
                    "episode",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sayings",
                        to="signals.episode",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["episode", "-on", "-at", "-id"], name="said_latest")],
            },
        ),
        migrations.RunPython(say_what_stands, migrations.RunPython.noop),
    ]

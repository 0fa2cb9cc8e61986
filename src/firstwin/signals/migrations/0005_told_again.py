"""Stages are folded again where facts come late; stays and episodes say whether they were told by looking back."""

from django.db import migrations, models
from django.db.models import F


def heard_when_told(apps, schema_editor):
    apps.get_model("signals", "LookedBack").objects.update(heard_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [("signals", "0004_readings_outlive_accounts")]

    operations = [
        migrations.AddField(
            model_name="segmentstay",
            name="is_reconstructed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="episode",
            name="is_reconstructed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="lookedback",
            name="revision",
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(model_name="lookedback", name="heard_at", field=models.DateTimeField(null=True)),
        migrations.RunPython(heard_when_told, migrations.RunPython.noop),
        migrations.AlterField(model_name="lookedback", name="heard_at", field=models.DateTimeField()),
        migrations.AddField(model_name="lookedback", name="again_from", field=models.DateField(blank=True, null=True)),
        migrations.AddIndex(
            model_name="lookedback",
            index=models.Index(
                condition=models.Q(("again_from__isnull", False)), fields=["again_from"], name="looked_again"
            ),
        ),
    ]

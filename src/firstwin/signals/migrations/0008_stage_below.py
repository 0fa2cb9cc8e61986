"""Where accounts stand below an overlay, out of the moves there are: the board asks for it at once, not after a night."""

from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db import migrations
from django.db.models import F

_CHUNK = 2_000


def tell_from_moves(apps, schema_editor):
    rows = apps.get_model("accounts", "AccountNow").objects.filter(stage__isnull=False)
    moves = apps.get_model("signals", "StageMove").objects.filter(restated_at__isnull=True)
    moves = moves.filter(account__in=rows.values("account_id")).order_by("account_id", "on", "id")
    told = moves.values_list("account_id", "stage", "on").iterator(chunk_size=_CHUNK)
    some = []
    for account, mine in groupby(told, key=itemgetter(0)):
        some.append(rows.model(account_id=account, **_stands(mine)))
        if len(some) == _CHUNK:
            _write(rows.model, some)
            some = []
    _write(rows.model, some)
    # A stage that is behind or stuck with nothing over it is the one that is.
    late = rows.filter(stage_pace__in=["behind", "stuck"])
    bare = late.filter(stage=F("stage_below"))
    bare.update(stage_late=F("stage_below"), stage_late_on=F("stage_below_on"), stage_on=F("stage_below_on"))
    rows.filter(stage=F("stage_below")).update(stage_on=F("stage_below_on"))
    # Of the others limits tell which of both it is: they are computed again.
    refreshed = apps.get_model("signals", "Refreshed").objects.filter(edition__gt=0)
    refreshed.filter(account__in=late.exclude(stage=F("stage_below")).values("account_id")).update(
        edition=F("edition") - 1
    )


def _stands(moves) -> dict[str, str | date | None]:
    stage, since = "", None
    for _, to, on in moves:
        if to != stage:
            stage, since = to, on
    return {"stage_below": stage or None, "stage_below_on": since if stage else None}


def _write(model, some) -> None:
    model.objects.bulk_update(some, ["stage_below", "stage_below_on"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_stage_below"),
        ("signals", "0007_told_of_everybody"),
    ]

    operations = [migrations.RunPython(tell_from_moves, migrations.RunPython.noop)]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("revenue", "0003_product_merges")]

    operations = [
        migrations.RemoveIndex(model_name="subscriptionline", name="line_account"),
        migrations.AddIndex(
            model_name="subscriptionline",
            index=models.Index(
                condition=models.Q(("known_until__isnull", True)),
                fields=["account", "currency", "starts_on", "ends_on", "mrr_minor", "arr_minor"],
                name="line_in_force",
            ),
        ),
    ]

"""Who gave a number besides their own is found by it."""

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = (("leads", "0018_no_texts"),)

    operations = (
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                models.F("business"),
                KeyTextTransform("callback_phone", "facts"),
                condition=models.Q(("facts__has_key", "callback_phone")),
                name="lead_other_phone",
            ),
        ),
    )

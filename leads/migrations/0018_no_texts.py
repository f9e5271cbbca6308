"""A message can ask for calls and no texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("leads", "0017_unranked"),)

    operations = (
        migrations.AlterField(
            model_name="leadmessage",
            name="meaning",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reply", "Reply"),
                    ("stop", "Opt-out"),
                    ("start", "Opt-in again"),
                    ("help", "Asked for help"),
                    ("no_calls", "Texts, but no calls"),
                    ("no_texts", "Calls, but no texts"),
                ],
                max_length=8,
            ),
        ),
    )

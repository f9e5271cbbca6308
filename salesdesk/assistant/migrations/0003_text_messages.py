"""Messages that are written while people watch."""

from typing import Any

from django.db import migrations, models

import salesdesk.lib.ids


def give_ids(apps: Any, schema_editor: Any) -> None:
    """A default is called once for all rows there are; each needs an id of its own."""
    Message = apps.get_model("assistant", "Message")
    for message in Message.objects.all():
        message.public_id = salesdesk.lib.ids.public_id()
        message.save(update_fields=["public_id"])


class Migration(migrations.Migration):
    dependencies = [("assistant", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="public_id",
            field=models.CharField(default="", editable=False, max_length=20),
        ),
        migrations.RunPython(give_ids, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="message",
            name="public_id",
            field=models.CharField(
                default=salesdesk.lib.ids.public_id, editable=False, max_length=20, unique=True
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="status",
            field=models.CharField(
                choices=[
                    ("writing", "Being written"),
                    ("done", "Done"),
                    ("stopped", "Stopped"),
                    ("failed", "Failed"),
                ],
                default="done",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="tools",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="message",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="message",
            name="created_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="message",
            name="text",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="answering_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
    ]

from datetime import timedelta
from typing import Any

from django.db import migrations, models
from django.utils import timezone

UNRANKED = -1e12


def mark_left_out(apps: Any, schema_editor: Any) -> None:
    """Whatever may not have been ranked yet; older rows were, by the beat every five minutes."""
    recent = timezone.now() - timedelta(days=1)
    leads = apps.get_model("leads", "Lead").objects
    leads.filter(rank=0.0, updated_at__gte=recent).update(rank=UNRANKED)


class Migration(migrations.Migration):
    dependencies = [("leads", "0016_bulk_changes")]

    operations = [
        migrations.AlterField(
            model_name="lead",
            name="rank",
            field=models.FloatField(default=UNRANKED, editable=False),
        ),
        migrations.RunPython(mark_left_out, migrations.RunPython.noop),
    ]

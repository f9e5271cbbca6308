from django.db import migrations, models

from leads.company_keys import CREATE, DROP, CompanyKey


class Migration(migrations.Migration):
    dependencies = [("leads", "0014_answering_machines")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.AddIndex(
            model_name="account",
            index=models.Index("business", CompanyKey("name"), name="account_company_key"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                "business",
                CompanyKey("company"),
                condition=models.Q(("company", ""), _negated=True),
                name="lead_company_key",
            ),
        ),
    ]

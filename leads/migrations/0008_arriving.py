import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import salesdesk.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0002_validate_vocabulary"),
        ("leads", "0007_accounts_and_pipeline"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("call_in", "They called"),
                            ("call_out", "We called"),
                            ("text", "Text message"),
                            ("web_form", "Web form"),
                            ("email", "E-mail"),
                            ("webhook", "Webhook"),
                            ("import", "Import"),
                            ("api", "API"),
                            ("crm", "CRM"),
                            ("manual", "Entered by hand"),
                        ],
                        max_length=12,
                    ),
                ),
                ("origin", models.CharField(max_length=200)),
                ("is_new", models.BooleanField()),
                ("values", models.JSONField(blank=True, default=dict)),
                ("raw", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("headers_key", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField()),
                ("message", models.CharField(max_length=300)),
                ("cells", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="InboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=salesdesk.lib.ids.public_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("uid_validity", models.BigIntegerField()),
                ("uid", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("raw", models.BinaryField()),
                ("is_cut", models.BooleanField(default=False)),
                ("sender", models.CharField(blank=True, max_length=320)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("stored", "To be read"),
                            ("taken", "Became a lead"),
                            ("failed", "Needs a person"),
                            ("ignored", "Left aside"),
                        ],
                        default="stored",
                        max_length=8,
                    ),
                ),
                ("reader", models.CharField(blank=True, max_length=100)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("values", models.JSONField(blank=True, default=dict)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("stored_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LeadImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=salesdesk.lib.ids.public_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("file", models.FileField(max_length=200, upload_to="imports/%Y/%m/")),
                ("file_name", models.CharField(max_length=200)),
                ("encoding", models.CharField(blank=True, max_length=40)),
                ("delimiter", models.CharField(blank=True, max_length=4)),
                ("headers", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("starts_work", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "Columns to be named"),
                            ("checking", "Being checked"),
                            ("checked", "Checked, to be started"),
                            ("running", "Being imported"),
                            ("done", "Imported"),
                            ("canceled", "Stopped"),
                            ("failed", "Failed"),
                            ("undoing", "Being taken back"),
                            ("undone", "Taken back"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("new_count", models.PositiveIntegerField(default=0)),
                ("known_count", models.PositiveIntegerField(default=0)),
                ("duplicate_count", models.PositiveIntegerField(default=0)),
                ("error_count", models.PositiveIntegerField(default=0)),
                ("undone_count", models.PositiveIntegerField(default=0)),
                ("checked", models.JSONField(blank=True, default=dict)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("beat_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=salesdesk.lib.ids.public_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("host", models.CharField(max_length=255)),
                (
                    "port",
                    models.PositiveIntegerField(
                        default=993,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                    ),
                ),
                (
                    "security",
                    models.CharField(
                        choices=[
                            ("tls", "TLS (port 993)"),
                            ("starttls", "STARTTLS (port 143)"),
                            ("none", "None (this machine only)"),
                        ],
                        default="tls",
                        max_length=8,
                    ),
                ),
                ("username", models.CharField(max_length=255)),
                ("password", models.TextField(editable=False)),
                ("folder", models.CharField(default="INBOX", max_length=255)),
                ("takes_existing", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("uid_validity", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("last_uid", models.BigIntegerField(default=0, editable=False)),
                ("beat_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("checked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("error", models.CharField(blank=True, editable=False, max_length=300)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "mailboxes",
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="MailRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("sender", models.CharField(max_length=255)),
                ("subject", models.CharField(blank=True, max_length=120)),
                ("patterns", models.JSONField(default=dict)),
                ("order", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("order", "pk"),
            },
        ),
        migrations.CreateModel(
            name="WebForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=salesdesk.lib.ids.public_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("intro", models.CharField(blank=True, max_length=500)),
                ("button", models.CharField(default="Send", max_length=40)),
                ("fields", models.JSONField(default=list)),
                ("consent_text", models.TextField(blank=True)),
                ("consent_kinds", models.JSONField(blank=True, default=list)),
                ("consent_version", models.PositiveIntegerField(default=1)),
                ("consent_required", models.BooleanField(default=False)),
                ("thanks_title", models.CharField(default="Thank you", max_length=120)),
                (
                    "thanks_text",
                    models.CharField(default="We will call you shortly.", max_length=500),
                ),
                ("thanks_url", models.URLField(blank=True)),
                ("origins", models.JSONField(blank=True, default=list)),
                ("is_active", models.BooleanField(default=True)),
                ("spam_count", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("taken", "New lead"),
                            ("known", "New inquiry"),
                            ("again", "Had been taken before"),
                            ("failed", "Could not be read"),
                            ("refused", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300)),
                ("signature", models.CharField(blank=True, max_length=64)),
                ("delivery_id", models.CharField(blank=True, max_length=120)),
                ("body", models.TextField(blank=True)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=salesdesk.lib.ids.public_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("mapping", models.JSONField(default=dict)),
                ("secret", models.TextField(editable=False)),
                ("old_secret", models.TextField(blank=True, editable=False)),
                ("rotated_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.AddField(
            model_name="arrival",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="arrivals",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="arrival",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="arrivals",
                to="leads.lead",
            ),
        ),
        migrations.AddField(
            model_name="importmapping",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="inbox",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="mail",
                to="leads.lead",
            ),
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="leadimport",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="imports",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="leadimport",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="importproblem",
            name="lead_import",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="problems",
                to="leads.leadimport",
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mailboxes",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="mailbox",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="messages",
                to="leads.mailbox",
            ),
        ),
        migrations.AddField(
            model_name="mailrule",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mail_rules",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="webform",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="web_forms",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="leads.lead",
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhooks",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="leads.webhookendpoint",
            ),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["business", "-created_at"], name="arrival_newest"),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                fields=["origin"], name="arrival_origin", opclasses=("varchar_pattern_ops",)
            ),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                fields=("business", "origin"), name="arrival_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(
                fields=("business", "headers_key"), name="import_mapping_once"
            ),
        ),
        migrations.AddIndex(
            model_name="leadimport",
            index=models.Index(fields=["business", "-created_at"], name="import_newest"),
        ),
        migrations.AddConstraint(
            model_name="importproblem",
            constraint=models.UniqueConstraint(
                fields=("lead_import", "row"), name="import_problem_once"
            ),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(fields=["business", "status", "-stored_at"], name="mail_newest"),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(fields=["mailbox", "digest"], name="mail_digest"),
        ),
        migrations.AddConstraint(
            model_name="inboxmessage",
            constraint=models.UniqueConstraint(
                fields=("mailbox", "uid_validity", "uid"), name="mail_taken_once"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["endpoint", "-received_at"], name="delivery_newest"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("signature", ""), _negated=True),
                fields=("endpoint", "signature"),
                name="webhook_signature_once",
            ),
        ),
    ]

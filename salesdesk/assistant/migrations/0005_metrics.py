import django.db.models.deletion
import pgvector.django.vector
from django.db import migrations, models
from pgvector.django import VectorExtension

import salesdesk.assistant.models


class Migration(migrations.Migration):

    dependencies = [
        ('assistant', '0004_prompt_revision'),
        ('businesses', '0002_validate_vocabulary'),
    ]

    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name='RollupMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True)),
                ('hour', models.DateTimeField()),
                ('last_id', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RunHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='businesses.business')),
                ('hour', models.DateTimeField()),
                ('model', models.CharField(max_length=120)),
                ('channel', models.CharField(choices=[('phone', 'Phone'), ('chat', 'Chat page'), ('api', 'API'), ('rehearsal', 'Rehearsal')], max_length=10)),
                ('status', models.CharField(choices=[('ok', 'Answered'), ('fell_back', 'Answered by the fallback'), ('failed', 'Failed'), ('timed_out', 'Took too long'), ('canceled', 'Interrupted')], max_length=10)),
                ('count', models.PositiveIntegerField()),
                ('input_tokens', models.BigIntegerField(default=0)),
                ('output_tokens', models.BigIntegerField(default=0)),
                ('cost', models.DecimalField(decimal_places=6, default=0, max_digits=16)),
                ('priced', models.PositiveIntegerField(default=0)),
                ('first_texts', pgvector.django.vector.VectorField(default=salesdesk.assistant.models.no_latencies, dimensions=121)),
            ],
        ),
        migrations.AddConstraint(
            model_name='runhour',
            constraint=models.UniqueConstraint(fields=('business', 'hour', 'model', 'channel', 'status'), name='run_hour'),
        ),
        # Nothing has been added up before this: the columns are made anew.
        migrations.RemoveField(model_name='invocationhour', name='latencies'),
        migrations.RemoveField(model_name='invocationhour', name='confidences'),
        migrations.AddField(
            model_name='invocationhour',
            name='latencies',
            field=pgvector.django.vector.VectorField(default=salesdesk.assistant.models.no_latencies, dimensions=121),
        ),
        migrations.AddField(
            model_name='invocationhour',
            name='confidences',
            field=pgvector.django.vector.VectorField(default=salesdesk.assistant.models.no_confidences, dimensions=10),
        ),
        migrations.AddIndex(
            model_name='agentrun',
            index=models.Index(fields=['created_at'], name='agent_run_time'),
        ),
        migrations.AddIndex(
            model_name='toolinvocation',
            index=models.Index(fields=['business', 'status', '-created_at'], name='invocation_status'),
        ),
        migrations.AddIndex(
            model_name='toolinvocation',
            index=models.Index(fields=['created_at'], name='invocation_time'),
        ),
    ]

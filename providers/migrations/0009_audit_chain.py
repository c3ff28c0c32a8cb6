"""From where each line of the audit log came, and its place in a chain."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0008_pause_cause'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=100)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='address',
            field=models.CharField(blank=True, max_length=45, verbose_name='from where'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='actor_name',
            field=models.CharField(blank=True, max_length=150, verbose_name='who'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='after',
            field=models.JSONField(default=dict, verbose_name='after'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='at'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='before',
            field=models.JSONField(default=dict, verbose_name='before'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='subject',
            field=models.CharField(max_length=60, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='subject_id',
            field=models.CharField(blank=True, max_length=60, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='verb',
            field=models.CharField(max_length=60, verbose_name='act'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['subject', 'subject_id'], name='audit_of_a_subject'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor_id', '-id'], name='audit_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['at'], name='audit_by_time'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['verb', '-id'], name='audit_by_act'),
        ),
        migrations.AddField(
            model_name='auditlink',
            name='event',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='link', to='providers.auditevent'),
        ),
    ]

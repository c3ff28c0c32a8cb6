"""Who stopped an account may have stopped them all."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0010_audit_written_once'),
    ]

    operations = [
        migrations.AlterField(
            model_name='provideraccount',
            name='pause_cause',
            field=models.CharField(blank=True, choices=[('person', 'a person'), ('gateway', 'the gateway asked to wait'), ('key', 'the key or the balance'), ('all', 'a person, who stopped every account')], editable=False, max_length=10),
        ),
    ]

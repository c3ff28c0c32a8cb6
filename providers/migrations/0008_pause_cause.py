"""Whose a pause is has a field of its own; it was told from the sentence before."""

from django.db import migrations, models

CAUSES = {
    "The gateway asked to wait.": "gateway",
    "The gateway rejected the key.": "key",
    "The balance at the gateway is used up.": "key",
    "The saved key cannot be read with the present FIELD_KEYS.": "key",
}


def tell_causes(apps, schema_editor):
    accounts = apps.get_model("providers", "ProviderAccount").objects
    for reason, cause in CAUSES.items():
        accounts.filter(pause_reason=reason).update(pause_cause=cause)
    accounts.exclude(paused_until=None).filter(pause_cause="").update(pause_cause="person")


class Migration(migrations.Migration):
    dependencies = [("providers", "0007_account_standing")]

    operations = [
        migrations.AddField(
            model_name="provideraccount",
            name="pause_cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("person", "a person"),
                    ("gateway", "the gateway asked to wait"),
                    ("key", "the key or the balance"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
        migrations.RunPython(tell_causes, migrations.RunPython.noop, elidable=True),
    ]

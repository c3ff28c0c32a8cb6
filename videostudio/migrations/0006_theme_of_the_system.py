"""Until a person has chosen, pages follow the system; who has a theme on their row keeps it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('videostudio', '0005_own_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='theme',
            field=models.CharField(choices=[('dark', 'dark'), ('light', 'light'), ('auto', 'like the computer')], default='auto', max_length=6, verbose_name='theme'),
        ),
    ]

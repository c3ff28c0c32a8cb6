from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0044_alerts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='output',
            name='kind',
            field=models.CharField(choices=[('video', 'clip'), ('poster', 'poster'), ('small', 'small poster'), ('strip', 'strip'), ('last_frame', 'last frame'), ('sounded', 'clip with sound'), ('proxy', 'review proxy')], max_length=10),
        ),
    ]

"""What a client says of a take stands beside what the team says; numbers of a link's takes that stay."""

from django.db import migrations, models

REVIEWS = [
    ("in_review", "In review"),
    ("changes", "Changes requested"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
]


class Migration(migrations.Migration):
    dependencies = [("generations", "0037_share_guests")]

    operations = [
        migrations.AddField(
            model_name="generation",
            name="client_review",
            field=models.CharField(blank=True, choices=REVIEWS, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sharelink", name="last_number", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="shareitem",
            name="number",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
    ]

"""Finding what clients spoke of; no number twice in a link."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("generations", "0039_fill_client_decisions")]

    operations = [
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                fields=["project", "client_review", "-id"],
                condition=~Q(client_review=""),
                name="takes_clients_spoke_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareitem",
            constraint=models.UniqueConstraint(fields=["share", "number"], name="one_item_a_number"),
        ),
    ]

from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"
    verbose_name = "Projects and takes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The secrets of webhooks are turned over with the keys of accounts."""
        from providers.keys import SEALED

        from .models import Webhook

        SEALED.append((Webhook, ("sealed_secret", "sealed_before")))

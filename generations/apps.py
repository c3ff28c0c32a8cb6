from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"
    verbose_name = "Projects and takes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The secrets of webhooks are turned over with the keys of accounts."""
        from providers import keys

        from .services import webhooks

        keys.ALSO.append(webhooks.reseal)

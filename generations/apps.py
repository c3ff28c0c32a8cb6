from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"
    verbose_name = "Projects and takes"
    default_auto_field = "django.db.models.BigAutoField"

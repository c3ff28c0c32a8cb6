from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = "Gateways"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from . import audit_chain
        from .models import AuditEvent

        post_save.connect(audit_chain.soon, sender=AuditEvent, dispatch_uid="link audit")

"""Queue doors of this app."""

from . import audit_checks, discovery
from .models import ProviderAccount


def discover_models() -> None:
    """Once a day: what each gateway offers now."""
    discovery.discover_all()


def discover_account(account_id: str) -> None:
    """Soon after an account was made, or a refusal spoke of a model."""
    for account in ProviderAccount.objects.usable().filter(pk=account_id):
        discovery.discover(account)


def check_audit(check_id: str) -> None:
    """Some of a look through the audit log; it rings again until it is done."""
    audit_checks.go_on(int(check_id))

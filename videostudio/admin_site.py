"""Django's admin: administrators only, and only with a password given in the last 15 minutes."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from .fresh import ask_password, is_fresh


class StudioAdmin(AdminSite):
    site_header = site_title = _("Video Studio")
    index_title = _("Keys, limits, money")

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_administrator", False))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Strangers and members are told that there is nothing here."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs) if is_fresh(request) else ask_password(request)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        raise Http404  # one door: /login

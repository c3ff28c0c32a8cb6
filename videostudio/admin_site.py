"""Django's admin: administrators only, and only with a password given in the last 15 minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from providers import sandbox_switch, stopping

from . import dashboard
from .fresh import ask_password, is_fresh
from .views import account_keys

NOT_HERE = ("auth", "axes", "django_q")


class StudioAdmin(AdminSite):
    site_header = site_title = _("Video Studio")
    index_title = _("Keys, limits, money")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """The libraries' own tables stay out: a schedule made by hand would run any function there is."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label not in NOT_HERE]
        super().register(ours, admin_class, **options)

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

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().index(request, {**dashboard.context(), **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        own = [
            path("stop", self.admin_view(require_POST(self.stop)), name="stop-all"),
            path("go-on", self.admin_view(require_POST(self.go_on)), name="go-on"),
            path("sandbox", self.admin_view(require_POST(self.sandbox)), name="sandbox-switch"),
            *self._keys(),
        ]
        return [*own, *super().get_urls()]

    def _keys(self) -> list[Any]:
        place = "providers/provideraccount/<uuid:pk>/keys/"
        page = self.admin_view(require_safe(account_keys.page))
        end = self.admin_view(require_POST(account_keys.end))
        back = self.admin_view(require_POST(account_keys.take_back))
        return [
            path(place, page, name="account-keys"),
            path(f"{place}<uuid:row>/end", end, name="account-key-end"),
            path(f"{place}<uuid:row>/back", back, name="account-key-back"),
        ]

    def stop(self, request: HttpRequest) -> HttpResponse:
        stopping.stop_all(request.user, request.POST.get("reason", "")[:200])
        messages.success(request, _("Nothing new is sent any more. What runs is still collected."))
        return redirect("admin:index")

    def go_on(self, request: HttpRequest) -> HttpResponse:
        stopping.go_on(request.user)
        messages.success(request, _("New takes are sent again."))
        return redirect("admin:index")

    def sandbox(self, request: HttpRequest) -> HttpResponse:
        on = request.POST.get("on") == "1"
        sandbox_switch.switch(request.user, on)
        gone = _("The sandbox is not offered any more. What runs there is still collected.")
        messages.success(request, _("The sandbox is offered to everybody.") if on else gone)
        return redirect("admin:index")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "site_url": reverse("projects")}

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        raise Http404  # one door: /login

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account")  # where sessions and tokens end with the old password

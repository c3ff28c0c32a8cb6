"""Addresses of the studio's pages."""

from . import urls_takes

urlpatterns = [*urls_takes.urlpatterns]

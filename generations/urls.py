"""Addresses of the studio's pages."""

from . import urls_studio, urls_takes, urls_watching

urlpatterns = [*urls_studio.urlpatterns, *urls_takes.urlpatterns, *urls_watching.urlpatterns]

"""Addresses of the studio's pages."""

from . import (
    urls_library,
    urls_review,
    urls_shares,
    urls_shots,
    urls_spend,
    urls_studio,
    urls_takes,
    urls_watching,
)

urlpatterns = [*urls_studio.urlpatterns, *urls_takes.urlpatterns]
urlpatterns += [*urls_watching.urlpatterns, *urls_library.urlpatterns]
urlpatterns += [*urls_review.urlpatterns, *urls_shares.urlpatterns]
urlpatterns += [*urls_shots.urlpatterns, *urls_spend.urlpatterns]

"""Addresses of projects, the studio page and its composer."""

from django.urls import path

from .views import composer, feed, fixing, projects, studio

urlpatterns = [
    path("", projects.projects, name="projects"),
    path("p/new", projects.project_new, name="project-new"),
    path("p/<str:slug>/", studio.studio, name="studio"),
    path("p/<str:slug>/feed", feed.feed, name="feed"),
    path("p/<str:slug>/composer", composer.chips, name="composer-chips"),
    path("p/<str:slug>/composer/price", composer.quote, name="composer-quote"),
    path("p/<str:slug>/composer/draft", composer.draft, name="composer-draft"),
    path("p/<str:slug>/generate", composer.generate, name="generate"),
    path("p/<str:slug>/upload", composer.upload, name="upload"),
    path("p/<str:slug>/a/<uuid:pk>/fix", fixing.fix, name="asset-fix"),
    path("p/<str:slug>/a/<uuid:pk>/ways", fixing.ways, name="asset-ways"),
    path("p/<str:slug>/a/<uuid:pk>/original", fixing.original, name="asset-original"),
    path("p/<str:slug>/settings", projects.project_settings, name="project-settings"),
    path("p/<str:slug>/archive", projects.project_archive, name="project-archive"),
]

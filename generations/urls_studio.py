"""Addresses of projects, the studio page and its composer."""

from django.urls import path

from .views import characters, composer, feed, fixing, links, matrix, picker, projects, studio

urlpatterns = [
    path("", projects.projects, name="projects"),
    path("p/new", projects.project_new, name="project-new"),
    path("p/<str:slug>/", studio.studio, name="studio"),
    path("p/<str:slug>/feed", feed.feed, name="feed"),
    path("p/<str:slug>/composer", composer.chips, name="composer-chips"),
    path("p/<str:slug>/composer/price", composer.quote, name="composer-quote"),
    path("p/<str:slug>/composer/draft", composer.draft, name="composer-draft"),
    path("p/<str:slug>/models", picker.picker, name="picker"),
    path("p/<str:slug>/models/compare", picker.compare, name="picker-compare"),
    path("models/<uuid:pk>/favourite", picker.favourite, name="model-favourite"),
    path("p/<str:slug>/generate", composer.generate, name="generate"),
    path("p/<str:slug>/matrix", matrix.page, name="matrix"),
    path("p/<str:slug>/matrix/plan", matrix.plan, name="matrix-plan"),
    path("p/<str:slug>/matrix/generate", matrix.generate, name="matrix-generate"),
    path("p/<str:slug>/characters", characters.listing, name="characters"),
    path("p/<str:slug>/characters/new", characters.new, name="character-new"),
    path("p/<str:slug>/characters/<uuid:pk>", characters.edit, name="character"),
    path("p/<str:slug>/characters/<uuid:pk>/archive", characters.archive, name="character-archive"),
    path("c/<uuid:pk>/thumb/<uuid:asset_id>", characters.thumb, name="character-thumb"),
    path("p/<str:slug>/upload", composer.upload, name="upload"),
    path("p/<str:slug>/links", links.ask, name="links"),
    path("p/<str:slug>/links/<uuid:pk>", links.look, name="link"),
    path("p/<str:slug>/a/<uuid:pk>/fix", fixing.fix, name="asset-fix"),
    path("p/<str:slug>/a/<uuid:pk>/ways", fixing.ways, name="asset-ways"),
    path("p/<str:slug>/a/<uuid:pk>/original", fixing.original, name="asset-original"),
    path("p/<str:slug>/settings", projects.project_settings, name="project-settings"),
    path("p/<str:slug>/archive", projects.project_archive, name="project-archive"),
]

"""Addresses of projects, the studio page and its composer."""

from django.urls import path

from .views import composer, drafts, feed, matrix, projects, prompts, remix, studio

urlpatterns = [
    path("", projects.projects, name="projects"),
    path("p/new", projects.project_new, name="project-new"),
    path("p/<str:slug>/", studio.studio, name="studio"),
    path("p/<str:slug>/feed", feed.feed, name="feed"),
    path("p/<str:slug>/composer", composer.chips, name="composer-chips"),
    path("p/<str:slug>/composer/price", composer.quote, name="composer-quote"),
    path("p/<str:slug>/composer/draft", drafts.save, name="composer-draft"),
    path("p/<str:slug>/composer/draft/aside", drafts.set_aside, name="draft-aside"),
    path("p/<str:slug>/composer/draft/mine", drafts.keep_mine, name="draft-mine"),
    path("p/<str:slug>/composer/draft/theirs", drafts.use_theirs, name="draft-theirs"),
    path("p/<str:slug>/composer/draft/undo", drafts.undo, name="draft-undo"),
    path("p/<str:slug>/composer/recipe", remix.recipe, name="composer-recipe"),
    path("p/<str:slug>/generate", composer.generate, name="generate"),
    path("p/<str:slug>/matrix", matrix.page, name="matrix"),
    path("p/<str:slug>/matrix/plan", matrix.plan, name="matrix-plan"),
    path("p/<str:slug>/matrix/generate", matrix.generate, name="matrix-generate"),
    path("p/<str:slug>/upload", composer.upload, name="upload"),
    path("p/<str:slug>/a/<uuid:pk>/smaller", composer.smaller, name="asset-smaller"),
    path("p/<str:slug>/prompts", prompts.panel, name="prompts"),
    path("p/<str:slug>/prompts/past", prompts.past, name="prompts-past"),
    path("p/<str:slug>/prompts/past/<uuid:pk>/forget", prompts.forget, name="prompt-forget"),
    path("p/<str:slug>/prompts/save", prompts.save, name="prompt-save"),
    path("p/<str:slug>/prompts/<uuid:pk>/delete", prompts.delete, name="prompt-delete"),
    path("p/<str:slug>/settings", projects.project_settings, name="project-settings"),
    path("p/<str:slug>/archive", projects.project_archive, name="project-archive"),
]

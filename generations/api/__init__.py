"""The JSON API of projects and takes: HTTP in, HTTP out; what is decided is decided in services."""

from . import (
    actions,
    assets,
    characters,
    comments,
    consents,
    decisions,
    files,
    generations,
    models,
    projects,
    prompts,
    shares,
    sorting,
    uploads,
    views,
    watching,
)

# prefix, router, and the scope that a token needs for everything but reading
ROUTERS = (
    ("/projects", projects.router, "write"),
    ("/assets", assets.router, "write"),
    ("/characters", characters.router, "write"),
    ("/assets", assets.bin_router, "delete"),
    ("/uploads", uploads.router, "write"),
    ("/models", models.router, "read"),
    ("/models", models.marks, "write"),
    ("/quotes", models.quotes, "read"),
    ("/generations", generations.router, "generate"),
    ("/generations", actions.router, "generate"),
    ("/generations", actions.bin_router, "delete"),
    ("/generations", files.router, "read"),
    ("/generations", comments.of_takes, "write"),
    ("/comments", comments.router, "write"),
    ("/generations", decisions.router, "review"),
    ("/projects", decisions.projects, "read"),
    ("/sign-offs", decisions.sign_offs, "review"),
    ("/prompts", prompts.router, "write"),
    ("/consents", consents.router, "generate"),
    ("/queue", watching.queue_router, "generate"),
    ("/news", watching.news_router, "write"),
    ("/watching", watching.router, "write"),
    ("/sorting", sorting.router, "write"),
    ("/sorting/bin", sorting.bin_router, "delete"),
    ("/archives", sorting.archives, "read"),
    ("/views", views.router, "write"),
    ("/shares", shares.router, "share"),
    ("/batches", generations.batches, "generate"),
)

__all__ = ["ROUTERS"]

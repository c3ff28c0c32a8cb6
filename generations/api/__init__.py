"""The JSON API of projects and takes: HTTP in, HTTP out; what is decided is decided in services."""

from . import actions, assets, consents, files, generations, models, projects, prompts

# prefix, router, and the scope that a token needs for everything but reading
ROUTERS = (
    ("/projects", projects.router, "write"),
    ("/assets", assets.router, "write"),
    ("/models", models.router, "read"),
    ("/quotes", models.quotes, "read"),
    ("/generations", generations.router, "generate"),
    ("/generations", actions.router, "generate"),
    ("/generations", actions.bin_router, "delete"),
    ("/generations", files.router, "read"),
    ("/prompts", prompts.router, "write"),
    ("/consents", consents.router, "generate"),
    ("/batches", generations.batches, "generate"),
)

__all__ = ["ROUTERS"]

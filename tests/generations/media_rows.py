"""A completed take with a clip in the store, without the pipeline that leads there."""

from __future__ import annotations

from pathlib import Path

from generations.models import Generation, Output, Project
from generations.storage import media_store
from providers.models import ProviderAccount, VideoModel


def make_clip_take(project: Project, clip: Path | None = None) -> Generation:
    """A completed take; ``clip`` is copied into the store as its video."""
    account = ProviderAccount.objects.create(gateway="venice", name="sandbox", base_url="http://127.0.0.1:1/")
    model = VideoModel.objects.create(account=account, wire_id="m", label="M")
    take = Generation.objects.create(
        project=project,
        author=project.created_by,
        account=account,
        model=model,
        mode="text_to_video",
        prompt="a fox",
        request={},
        request_sha256="0" * 64,
        status="completed",
    )
    if clip:
        store = media_store()
        name = store.name_for("takes", take.id, "clip.mp4")
        part = store.part(name)
        part.write_bytes(clip.read_bytes())
        store.commit(part, name)
        Output.objects.create(
            generation=take, kind="video", file=name, sha256="0" * 64, mime="video/mp4", size_bytes=1
        )
    return take

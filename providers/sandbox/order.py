"""From what a dialect was asked to the clip the renderer makes."""

from collections.abc import Sequence

from providers.sandbox.media import PICTURE, Media
from providers.sandbox.render.order import ClipOrder
from providers.sandbox.render.sizes import size_for
from providers.sandbox.render.text import make_drawable
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.words import strip_words


def make_order(
    sandbox: Sandbox,
    *,
    model: str,
    prompt: str,
    duration_s: int,
    resolution: str,
    aspect_ratio: str,
    audio: bool,
    first: Media | None = None,
    last: Media | None = None,
    references: Sequence[Media] = (),
) -> ClipOrder:
    """Keeps the pictures where the renderer finds them. A first frame sets the ratio if none is asked."""
    backdrop = next((media for media in references if media.kind == PICTURE and media.data), None)
    width, height = size_for(resolution, aspect_ratio, first.size if first else None)
    caption = f"Sandbox · {model} · {duration_s} s · {resolution or f'{min(width, height)}p'}"
    return ClipOrder(
        width=width,
        height=height,
        duration_s=duration_s,
        audio=audio and "silent" not in sandbox.words_of(prompt),
        title=make_drawable(strip_words(prompt)[:600], otherwise=model),
        caption=caption,
        first=_keep(sandbox, first),
        last=_keep(sandbox, last),
        backdrop=_keep(sandbox, backdrop),
    )


def _keep(sandbox: Sandbox, media: Media | None) -> str:
    return sandbox.renderer.keep_input(media.data) if media is not None and media.data else ""

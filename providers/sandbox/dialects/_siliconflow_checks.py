"""What SiliconFlow refuses at submit: code 20012 for a model, 20015 for everything else.

Which code stands for which field, and that unknown fields are refused, is a choice; the bodies are the
gateway's. Source: https://docs.siliconflow.cn/docs/api/video-submit-post (read 2026-09).
"""

from typing import Any

from providers.sandbox.media import PICTURE, BadMedia, Media, load_media

SIZES = {"1280x720": "16:9", "720x1280": "9:16", "960x960": "1:1"}
_FIELDS = {"model", "prompt", "negative_prompt", "image_size", "image", "seed"}
_NO_MODEL, _BAD_FIELD = 20012, 20015


class Refused(Exception):
    """One field is not as the page says."""

    def __init__(self, message: str, code: int = _BAD_FIELD) -> None:
        super().__init__(message)
        self.message, self.code = message, code


async def check(body: dict[str, Any], models: dict[str, Any]) -> Media | None:
    """The picture of an image-to-video request, if it has one. In order: model, size, prompt, image.

    :raises Refused: at the first field that is wrong.
    """
    model = models.get(_read_model(body))
    if model is None:
        raise Refused("Model does not exist. Please check it carefully.", _NO_MODEL)
    if body.get("image_size") not in SIZES:
        raise Refused(f"image_size must be one of {', '.join(SIZES)}.")
    _check_texts(body)
    _check_rest(body)
    return await _check_image(body, model["takes"] == "image")


def _read_model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Refused("Field required: model.")
    return model


def _check_texts(body: dict[str, Any]) -> None:
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise Refused("The parameter is invalid. Please check again.")
    if not isinstance(body.get("negative_prompt", ""), str):
        raise Refused("negative_prompt must be a string.")


def _check_rest(body: dict[str, Any]) -> None:
    for name in body:
        if name not in _FIELDS:
            raise Refused(f"Unknown field: {name}.")
    seed = body.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= 9_999_999_999:
        raise Refused("seed must be an integer.")


async def _check_image(body: dict[str, Any], wanted: bool) -> Media | None:
    image = body.get("image")
    if not wanted:
        if image is not None:
            raise Refused("This model takes no image.")
        return None
    if not isinstance(image, str) or not image:
        raise Refused("Field required: image.")
    try:
        # the page's own sample has a blank after the comma, clients send none
        return await load_media(image.replace("base64, ", "base64,", 1), PICTURE)
    except BadMedia as error:
        raise Refused(f"image: {error}") from error

"""What `/video/queue` refuses, per model: an unsupported field is never ignored.

Source: https://docs.venice.ai (read 2026-09).
"""

from dataclasses import dataclass, field
from typing import Any

from providers.sandbox.dialects._venice_report import Report, list_options
from providers.sandbox.media import AUDIO, PICTURE, VIDEO, BadMedia, Media, load_media

Model = dict[str, Any]
_TEXTS = ("prompt", "negative_prompt", "anon_user_id", "voice_id", "bitrate_mode", "omni_reference_task_type")
_URLS = {"image_url": PICTURE, "end_image_url": PICTURE, "audio_url": AUDIO, "video_url": VIDEO}
_REFERENCES = {"reference_image_urls": PICTURE, "reference_video_urls": VIDEO, "reference_audio_urls": AUDIO}
_CAPS = {"reference_image_urls": 9, "reference_video_urls": 3, "reference_audio_urls": 3}  # Seedance 2.0
_OTHERS = (
    "reference_document_urls", "elements", "scene_image_urls", "keyframes", "image_references",
    "video_references", "camera_trajectory", "upscale_factor",
)  # fmt: skip
_SCHEMA = {
    "model", "duration", "aspect_ratio", "resolution", "audio", "consents", *_TEXTS, *_URLS,
    *_REFERENCES, *_OTHERS,
}  # fmt: skip
_ATTESTED = ("confirmed_terms_and_privacy", "confirmed_legal_right", "confirmed_screening_acknowledged")
_ROLES = {"image_url": "image", "end_image_url": "end_image"} | {
    "reference_image_urls": "reference_image",
    "reference_video_urls": "reference_video",
}


@dataclass
class Inputs:
    """Loaded media by the field they came in."""

    fields: dict[str, list[Media]] = field(default_factory=dict)

    def find_one(self, name: str) -> Media | None:
        return next(iter(self.fields.get(name, ())), None)

    def list_faces(self) -> dict[str, list[Media]]:
        """What is looked at for faces, by the role a 409 names."""
        return {role: self.fields[name] for name, role in _ROLES.items() if self.fields.get(name)}

    def list_references(self) -> list[Media]:
        return [media for name in _REFERENCES for media in self.fields.get(name, ())]


def check_queue(body: dict[str, Any], model: Model) -> Report:
    report = Report()
    unknown = [
        name for name in body if name not in _SCHEMA or (name == "consents" and not model.get("consent"))
    ]
    if unknown:
        report.add_unknown([], unknown)
    _check_prompt(report, body, model)
    check_choice(report, body, "duration", model["durations"], required=True)
    _check_size(report, body, model)
    _check_audio(report, body, model)
    _check_pictures(report, body, model)
    _check_references(report, body, model)
    _check_unsupported(report, body, model)
    _check_consents(report, body)
    return report


def _check_prompt(report: Report, body: dict[str, Any], model: Model) -> None:
    limit = model.get("prompt_limit", 2500)
    if "prompt" not in body:
        report.add_missing(["prompt"], "string")
    for name in ("prompt", "negative_prompt", "anon_user_id"):
        value = body.get(name, "-")
        longest = 128 if name == "anon_user_id" else limit
        if not isinstance(value, str):
            report.add_type([name], "string", value)
        elif len(value) > longest:
            report.add_length([name], "too_big", longest, "character(s)")
        elif name == "prompt" and not value.strip():
            report.add_length([name], "too_small", 1, "character(s)")


def check_choice(report: Report, body: dict[str, Any], name: str, options: list[str], required: bool) -> None:
    if name not in body:
        if required:
            report.add_missing([name], list_options(options))
    elif not isinstance(body[name], str):
        report.add_type([name], "string", body[name])
    elif body[name] not in options:
        report.add_enum([name], options, body[name])


def _check_size(report: Report, body: dict[str, Any], model: Model) -> None:
    """A listed aspect_ratio is required, an empty list forbids the field."""
    for name, options in (("aspect_ratio", model["aspect_ratios"]), ("resolution", model["resolutions"])):
        if options:
            check_choice(report, body, name, options, required=name == "aspect_ratio")
        elif name in body:
            report.add_custom(name, f"This model does not support {name}")


def _check_audio(report: Report, body: dict[str, Any], model: Model) -> None:
    if "audio" in body and model["audio"] != "toggle":
        report.add_custom("audio", "This model does not support audio configuration")
    elif not isinstance(body.get("audio", True), bool):
        report.add_type(["audio"], "boolean", body["audio"])
    if "audio_url" in body and not model.get("audio_input"):
        report.add_custom("audio_url", "This model does not support audio input")


def _check_pictures(report: Report, body: dict[str, Any], model: Model) -> None:
    if model["takes"] == "image" and "image_url" not in body:
        report.add_missing(["image_url"], "string")
    if model["takes"] == "text" and "image_url" in body:
        report.add_custom("image_url", "image_url is not supported for text to video models")
    if model["takes"] == "references" and "image_url" in body:
        report.add_custom("image_url", "This model does not support image_url")
    if "end_image_url" in body and not model.get("end_frame"):
        report.add_custom("end_image_url", "This model does not support end_image_url")
    for name in _URLS:
        if name in body and not isinstance(body[name], str):
            report.add_type([name], "string", body[name])


def _check_references(report: Report, body: dict[str, Any], model: Model) -> None:
    sent = [name for name in _REFERENCES if name in body]
    if model["takes"] != "references":
        for name in sent:
            report.add_custom(name, f"This model does not support {name}")
        return
    for name in sent:
        _check_list(report, name, body[name], _most(model, name))
    if not body.get("reference_image_urls") and not body.get("reference_video_urls"):
        report.add_custom("reference_image_urls", "At least one reference is required for this model")


def _most(model: Model, name: str) -> int:
    return model.get("most_pictures", _CAPS[name]) if name == "reference_image_urls" else _CAPS[name]


def _check_list(report: Report, name: str, value: Any, most: int) -> None:
    if not isinstance(value, list):
        report.add_type([name], "array", value)
        return
    if len(value) > most:
        what = name.split("_")[1] + "s"
        report.add_custom(name, f"{name} must have at most {most} {what}")
    for number, item in enumerate(value):
        if not isinstance(item, str):
            report.add_type([name, number], "string", item)


def _check_unsupported(report: Report, body: dict[str, Any], model: Model) -> None:
    """Fields of other models. `bitrate_mode` is Seedance's alone."""
    is_seedance = model["label"].startswith("Seedance")
    for name in (*_OTHERS, "video_url", "voice_id", "omni_reference_task_type"):
        if name in body:
            report.add_custom(name, f"This model does not support {name}")
    if "bitrate_mode" in body and not is_seedance:
        report.add_custom("bitrate_mode", "This model does not support bitrate_mode")
    elif "bitrate_mode" in body:
        check_choice(report, body, "bitrate_mode", ["standard", "high"], required=False)


def _check_consents(report: Report, body: dict[str, Any]) -> None:
    """Exactly three, all literally true; anything else in the object is an error."""
    if "consents" not in body:
        return
    consents = body["consents"]
    if not isinstance(consents, dict) or not isinstance(consents.get("seedance"), dict):
        report.add_missing(["consents", "seedance"], "object")
        return
    if extra := [name for name in consents if name != "seedance"]:
        report.add_unknown(["consents"], extra)
    if extra := [name for name in consents["seedance"] if name not in _ATTESTED]:
        report.add_unknown(["consents", "seedance"], extra)
    for name in _ATTESTED:
        if consents["seedance"].get(name) is not True:
            facts = {"code": "invalid_literal", "expected": True, "received": consents["seedance"].get(name)}
            report.add(["consents", "seedance", name], "Invalid literal value, expected true", facts)


async def load_inputs(body: dict[str, Any]) -> Inputs:
    """Raises BadMedia, naming the field."""
    inputs = Inputs()
    for name, kind in (_URLS | _REFERENCES).items():
        urls = body.get(name, [])
        for url in [urls] if isinstance(urls, str) else urls:
            try:
                inputs.fields.setdefault(name, []).append(await load_media(url, kind))
            except BadMedia as error:
                raise BadMedia(f"{name}: {error}") from error
    return inputs


def find_bad_ratio(inputs: Inputs, model: Model) -> str | None:
    """Outside the model's bounds W/H is rejected; a short side below the floor is enlarged there."""
    low, high = model.get("ratio_between", (0.0, 1e9))
    for name in ("image_url", "end_image_url", "reference_image_urls"):
        for media in inputs.fields.get(name, ()):
            if media.size and not low < media.size[0] / media.size[1] < high:
                return f"Image aspect ratio is out of bounds: width/height must be between {low} and {high}"
    return None

"""What `/video/queue` refuses, per model: an unsupported field is never ignored.

Source: https://docs.venice.ai (read 2026-09).
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from providers.sandbox.dialects import _venice_references as references
from providers.sandbox.dialects._venice_models import AUTO, asked_seconds
from providers.sandbox.dialects._venice_report import Report, check_choice
from providers.sandbox.lengths import find_seconds
from providers.sandbox.measures import Measures, measure
from providers.sandbox.media import AUDIO, DOCUMENT, PICTURE, VIDEO, BadMedia, Media, load_media

Model = dict[str, Any]
_TEXTS = ("prompt", "negative_prompt", "anon_user_id", "voice_id", "bitrate_mode", "omni_reference_task_type")
_URLS = {"image_url": PICTURE, "end_image_url": PICTURE, "audio_url": AUDIO, "video_url": VIDEO}
_REFERENCES = {"reference_image_urls": PICTURE, "reference_video_urls": VIDEO, "reference_audio_urls": AUDIO}
_DOCUMENTS = "reference_document_urls"
_NESTED = {"scene_image_urls": PICTURE, "frontal_image_url": PICTURE, "element_clip": VIDEO}
_NESTED |= {"image_references": PICTURE, "video_references": VIDEO}
# fields of models that no table here describes
_OTHERS = ("keyframes",)
_SCHEMA = {
    "model", "duration", "aspect_ratio", "resolution", "audio", "consents", *_TEXTS, *_URLS,
    *_REFERENCES, *references.NAMED, _DOCUMENTS, *_OTHERS, "camera_trajectory", "elements",
    "scene_image_urls", "upscale_factor",
}  # fmt: skip
_SECONDS = re.compile(r"\d{1,3}(\.\d+)?")
UPSCALE_MOST_S = 300.0
_SLACK_S = 0.1  # a clip of 15 s has a few frames more
_ATTESTED = ("confirmed_terms_and_privacy", "confirmed_legal_right", "confirmed_screening_acknowledged")
_ROLES = {"image_url": "image", "end_image_url": "end_image", "video_url": "video"} | {
    "reference_image_urls": "reference_image",
    "reference_video_urls": "reference_video",
}


@dataclass
class Inputs:
    """Loaded media by the field they came in."""

    fields: dict[str, list[Media]] = field(default_factory=dict)
    source: Measures | None = None  # of the clip at video_url, where it was opened

    def find_one(self, name: str) -> Media | None:
        return next(iter(self.fields.get(name, ())), None)

    def list_faces(self) -> dict[str, list[Media]]:
        """What is looked at for faces, by the role a 409 names."""
        return {role: self.fields[name] for name, role in _ROLES.items() if self.fields.get(name)}

    def list_references(self) -> list[Media]:
        return [media for name in (*_REFERENCES, *_NESTED) for media in self.fields.get(name, ())]

    def find_source_seconds(self) -> float | None:
        """Of the clip that the whole take is made from."""
        source = self.find_one("video_url")
        return None if source is None else find_seconds(source)


def check_queue(body: dict[str, Any], model: Model, *, asks: bool, untold: bool = False) -> Report:
    """``asks``: whether consent is asked for this request; ``untold``: whether the length of a clip that is
    enlarged has to be told (seen in July 2026)."""
    report = Report()
    unknown = [name for name in body if name not in _SCHEMA or (name == "consents" and not asks)]
    if unknown:
        report.add_unknown([], unknown)
    _check_prompt(report, body, model)
    _check_duration(report, body, model)
    if untold and model["takes"] == "upscale" and "duration" not in body:
        report.add_missing(["duration"], "string")
    _check_size(report, body, model)
    _check_factor(report, body, model)
    _check_audio(report, body, model)
    _check_pictures(report, body, model)
    _check_source(report, body, model)
    references.check(report, body, model)
    _check_unsupported(report, body, model)
    _check_camera(report, body)
    _check_consents(report, body)
    return report


def _check_prompt(report: Report, body: dict[str, Any], model: Model) -> None:
    limit = model.get("prompt_limit", 2500)
    if model["takes"] == "upscale":
        if "prompt" in body:
            report.add_custom("prompt", "This model does not support prompt")
        return
    if "prompt" not in body and not model.get("prompt_optional"):
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


def list_lengths(body: dict[str, Any], model: Model) -> list[str]:
    """Seedance 2.5 may be as long as its reference clips, which the model list does not say. A quote has
    their sum only."""
    clips = body.get("reference_video_urls") or body.get("reference_video_total_duration")
    return [*model["durations"], *(AUTO if model.get("auto_s") and clips else ())]


def _check_duration(report: Report, body: dict[str, Any], model: Model) -> None:
    """A model listed with `Auto` takes none; upscaling tolerates the seconds as a string."""
    if model["durations"]:
        check_choice(report, body, "duration", list_lengths(body, model), required=True)
    elif "duration" in body and model["takes"] == "upscale":
        text = body["duration"]
        if not isinstance(text, str):
            report.add_type(["duration"], "string", text)
        elif not _SECONDS.fullmatch(text) or float(text) > UPSCALE_MOST_S:
            report.add_custom("duration", "duration must be the source length in seconds, at most 300")
    elif "duration" in body:
        report.add_custom("duration", "This model does not support duration")


def _check_size(report: Report, body: dict[str, Any], model: Model) -> None:
    """A listed aspect_ratio is required, an empty list forbids the field."""
    if model["takes"] == "upscale" and "resolution" in body:
        report.add_custom("resolution", "Use upscale_factor instead of resolution")
        return
    ratios = list(model["aspect_ratios"])
    if model.get("adaptive") and body.get("reference_video_urls"):
        ratios += ["adaptive", "auto"]  # as the clip; not in the model list
    for name, options in (("aspect_ratio", ratios), ("resolution", model["resolutions"])):
        if options:
            check_choice(report, body, name, options, required=name == "aspect_ratio")
        elif name in body:
            report.add_custom(name, f"This model does not support {name}")


def _check_factor(report: Report, body: dict[str, Any], model: Model) -> None:
    if "upscale_factor" not in body:
        return
    factor = body["upscale_factor"]
    if model["takes"] != "upscale":
        report.add_custom("upscale_factor", "This model does not support upscale_factor")
    elif not isinstance(factor, int) or isinstance(factor, bool):
        report.add_type(["upscale_factor"], "number", factor)
    elif factor not in (1, 2, 4):
        report.add_custom("upscale_factor", "Invalid upscale_factor. Expected 1 | 2 | 4")


def check_source_quote(body: dict[str, Any], model: Model) -> Report:
    """Of a model that works on a source clip: it is what the price hangs on."""
    report = Report()
    if "video_url" not in body:
        report.add_custom("video_url", "video_url is required for quotes on this model")
    elif not isinstance(body["video_url"], str):
        report.add_type(["video_url"], "string", body["video_url"])
    if model["takes"] == "upscale":
        _check_factor(report, body, model)
    elif "resolution" in body and model["resolutions"]:
        check_choice(report, body, "resolution", model["resolutions"], required=False)
    return report


def _check_source(report: Report, body: dict[str, Any], model: Model) -> None:
    takes = model["takes"] in ("video", "upscale")
    if takes and "video_url" not in body:
        report.add_missing(["video_url"], "string")
    elif not takes and "video_url" in body:
        report.add_custom("video_url", "This model does not support video_url")


def _check_audio(report: Report, body: dict[str, Any], model: Model) -> None:
    if "audio" in body and model["audio"] != "toggle":
        report.add_custom("audio", "This model does not support audio configuration")
    elif not isinstance(body.get("audio", True), bool):
        report.add_type(["audio"], "boolean", body["audio"])
    if "audio_url" in body and not model.get("audio_input"):
        report.add_custom("audio_url", "This model does not support audio input")


def _check_pictures(report: Report, body: dict[str, Any], model: Model) -> None:
    needed = model["takes"] == "image" or model.get("needs_frame")
    if needed and "image_url" not in body:
        report.add_missing(["image_url"], "string")
    if model["takes"] == "text" and "image_url" in body:
        report.add_custom("image_url", "image_url is not supported for text to video models")
    elsewhere = model["takes"] not in ("text", "image") and not model.get("frames")
    if elsewhere and "image_url" in body:
        report.add_custom("image_url", "This model does not support image_url")
    if "end_image_url" in body and not model.get("end_frame"):
        report.add_custom("end_image_url", "This model does not support end_image_url")
    for name in _URLS:
        if name in body and not isinstance(body[name], str):
            report.add_type([name], "string", body[name])


def _check_unsupported(report: Report, body: dict[str, Any], model: Model) -> None:
    """Fields of other models. `bitrate_mode` is Seedance's alone, the task type Seedance 2.5's."""
    taken = {
        "bitrate_mode": model["label"].startswith("Seedance"),
        "voice_id": model.get("voice", False),
        "camera_trajectory": model.get("camera", False),
        "omni_reference_task_type": model.get("task_types", False),
    }
    for name in (*_OTHERS, *(name for name, takes in taken.items() if not takes)):
        if name in body:
            report.add_custom(name, f"This model does not support {name}")
    choices = {
        "bitrate_mode": ["standard", "high"],
        "omni_reference_task_type": ["auto", "reference", "edit", "extend"],
    }
    for name, options in choices.items():
        if taken[name]:
            check_choice(report, body, name, options, required=False)


def _check_camera(report: Report, body: dict[str, Any]) -> None:
    """2 to 12 points with four numbers each; times rise from 0 to 1."""
    path = body.get("camera_trajectory", [])
    if not isinstance(path, list) or not all(isinstance(point, dict) for point in path):
        report.add_type(["camera_trajectory"], "array", path)
        return
    if path and not 2 <= len(path) <= 12:
        report.add_custom("camera_trajectory", "camera_trajectory must have 2 to 12 keyframes")
    last = -1.0
    for number, point in enumerate(path):
        for name in ("time", "azimuth", "elevation", "distance"):
            if not isinstance(point.get(name), int | float) or isinstance(point[name], bool):
                report.add_type(["camera_trajectory", number, name], "number", point.get(name))
                return
        if not last < point["time"] <= 1 or not -90 <= point["elevation"] <= 90 or point["distance"] <= 0:
            report.add(["camera_trajectory", number], "Keyframe is out of range", {"code": "custom"})
        last = point["time"]


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
    flat = body | references.flatten(body)
    apart = {"reference_voice": AUDIO, _DOCUMENTS: DOCUMENT}
    for name, kind in (_URLS | _REFERENCES | _NESTED | apart).items():
        urls = flat.get(name, [])
        for url in [urls] if isinstance(urls, str) else urls:
            try:
                webm = name == "video_url"
                inputs.fields.setdefault(name, []).append(await load_media(url, kind, webm=webm))
            except BadMedia as error:
                raise BadMedia(f"{name}: {error}") from error
    if source := inputs.find_one("video_url"):
        inputs.source = await asyncio.to_thread(measure, source)
    return inputs


def find_bad_ratio(inputs: Inputs, model: Model) -> str | None:
    """Outside the model's bounds W/H is rejected; a short side below the floor is enlarged there."""
    low, high = model.get("ratio_between", (0.0, 1e9))
    for name in ("image_url", "end_image_url", "reference_image_urls", "image_references"):
        for media in inputs.fields.get(name, ()):
            if media.size and not low < media.size[0] / media.size[1] < high:
                return f"Image aspect ratio is out of bounds: width/height must be between {low} and {high}"
    return None


def find_bad_length(body: dict[str, Any], inputs: Inputs, model: Model) -> str | None:
    """Clips and sounds too short, too long or too heavy, each and in sum; what cannot be read passes."""
    clips_s = sum_clips(inputs)
    if body.get("duration") in AUTO and not model["auto_s"][0] <= clips_s <= model["auto_s"][1] + _SLACK_S:
        return "duration: auto needs reference videos of {:g} to {:g} seconds".format(*model["auto_s"])
    own_s = asked_seconds(body, clips_s)
    for name, limits in references.list_limits(model).items():
        sent = inputs.fields.get(name, [])
        if name == "reference_audio_urls" and references.counts_track(model):
            sent = [*sent, *inputs.fields.get("audio_url", [])]
        seconds = [found for media in sent if (found := find_seconds(media)) is not None]
        if any(media.data and len(media.data) > limits.most_bytes for media in sent):
            return f"{name}: a file must be at most {limits.most_bytes // 1_000_000} MB"
        if any(not limits.least_s <= found <= limits.most_s + _SLACK_S for found in seconds):
            return f"{name}: each file must last between {limits.least_s:g} and {limits.most_s:g} seconds"
        if sum(seconds) > limits.sum_s + _SLACK_S:
            return f"{name}: total duration must be at most {limits.sum_s:g} seconds"
        if seconds and own_s + sum(seconds) > limits.with_clip_s + _SLACK_S:
            return f"{name}: reference and output must not exceed {limits.with_clip_s:g} seconds together"
    return None


def sum_clips(inputs: Inputs) -> float:
    """Seconds of the clips that are billed with the take; one that cannot be read counts as five."""
    names = ("reference_video_urls", "video_references", "video_url")
    clips = [clip for name in names for clip in inputs.fields.get(name, ())]
    return sum(find_seconds(clip) or 5.0 for clip in clips)

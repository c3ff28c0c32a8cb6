"""References, elements and scenes: how many, of what, and which Seedance workflow a prompt asks for.

Source: https://docs.venice.ai (read 2026-09).
"""

import re
from dataclasses import dataclass
from typing import Any

from providers.sandbox.dialects._venice_report import Report

Model = dict[str, Any]
LISTS = ("reference_image_urls", "reference_video_urls", "reference_audio_urls", "reference_document_urls")
_MOST = {"reference_image_urls": 9, "reference_video_urls": 3, "reference_audio_urls": 3}  # Seedance 2.0
_KEYS = {
    "reference_image_urls": "most_pictures",
    "reference_video_urls": "most_clips",
    "reference_audio_urls": "most_sounds",
    "reference_document_urls": "most_documents",
}
# references as objects: the list of addresses that each counts with, and its keys
NAMED = {"image_references": "reference_image_urls", "video_references": "reference_video_urls"}
_NAMED_KEYS = {
    "image_references": {"image_url", "type", "ref_name", "audio_url"},
    "video_references": {"video_url", "ref_name", "audio_url"},
}
_ELEMENT = {"frontal_image_url", "reference_image_urls", "video_url"}
_MOST_ELEMENTS, _MOST_SCENES, _MOST_VIEWS, _MOST_VISUALS = 4, 4, 3, 7
_WORKFLOWS = {
    "edit": r"strictly edit <Video 1>|remove .* from <Video 1>|replace .* in <Video 1> with"
    r"|at .* place of <Video 1>",
    "extend": r"extend <Video 1>",
    "stitch": r"<Video 1> \+",
}


@dataclass(frozen=True)
class Limits:
    """Seconds each and in sum, bytes each, and seconds together with the clip asked for."""

    least_s: float = 0
    most_s: float = 1e9
    sum_s: float = 1e9
    most_bytes: int = 1_000_000_000
    with_clip_s: float = 1e9


def list_limits(model: Model) -> dict[str, Limits]:
    """By field. The tables say `clip_s = [least, most, sum]`; Seedance 2.0's stand where they say nothing."""
    least, most, total = model.get("clip_s", (2, 15, 15))
    clip_bytes = model.get("clip_bytes", 50_000_000)
    clips = Limits(least, most, total, clip_bytes, model.get("with_clip_s", 1e9))
    least, most, total = model.get("sound_s", (2, 15, 15))
    sounds = Limits(least, most, total, 15_000_000)
    track = sounds if counts_track(model) else Limits(model.get("track_least_s", 0), 30, 30, 15_000_000)
    source = Limits(0, 300) if model["takes"] == "upscale" else Limits()
    least, most = model.get("voice_s", (0, 30))
    return {
        "reference_video_urls": clips,
        "video_references": clips,
        "reference_document_urls": Limits(most_bytes=100_000_000),
        "reference_voice": Limits(least, most, most_bytes=15_000_000),
        "reference_audio_urls": sounds,
        "audio_url": track,
        "video_url": source,
    }


def counts_track(model: Model) -> bool:
    """Beside references `audio_url` is one more reference sound."""
    return model["takes"] == "references" and _most(model, "reference_audio_urls") > 0


def check(report: Report, body: dict[str, Any], model: Model) -> None:
    for name in LISTS:
        if name in body:
            _check_list(report, name, body[name], _most(model, name))
    for name in NAMED:
        if name in body:
            _check_named(report, name, body, model)
    _check_elements(report, body, model)
    if report.issues or model["takes"] != "references":
        return
    _check_something(report, body, model)
    _check_sounds(report, body, model)
    _check_workflow(report, body, model)


def _most(model: Model, name: str) -> int:
    most: int = model.get(_KEYS[name], _MOST.get(name, 0) if model["takes"] == "references" else 0)
    return most


def _check_list(report: Report, name: str, value: Any, most: int) -> None:
    if most == 0:
        report.add_custom(name, f"This model does not support {name}")
        return
    if not isinstance(value, list):
        report.add_type([name], "array", value)
        return
    if len(value) > most:
        what = name.split("_")[1] + "s"
        report.add_custom(name, f"{name} must have at most {most} {what}")
    for number, item in enumerate(value):
        if not isinstance(item, str):
            report.add_type([name, number], "string", item)


def _check_named(report: Report, name: str, body: dict[str, Any], model: Model) -> None:
    """References as objects: what they show, perhaps what they are, are called and speak with."""
    items, most = body[name], _most(model, NAMED[name])
    taken = model.get("voices") or (name == "image_references" and model.get("backgrounds"))
    if not taken:
        report.add_custom(name, f"This model does not support {name}")
    elif not isinstance(items, list):
        report.add_type([name], "array", items)
    elif len(items) + len(body.get(NAMED[name], [])) > most:
        report.add_custom(name, f"{name} must have at most {most} items")
    else:
        for number, item in enumerate(items):
            _check_item(report, [name, number], item, _NAMED_KEYS[name])
            if not model.get("voices") and isinstance(item, dict) and "audio_url" in item:
                text = "This model does not support audio input"
                report.add([name, number, "audio_url"], text, {"code": "custom"})


def _check_item(report: Report, place: list[str | int], item: Any, keys: set[str]) -> None:
    if not isinstance(item, dict):
        report.add_type(place, "object", item)
        return
    if extra := [key for key in item if key not in keys]:
        report.add_unknown(place, extra)
    (needed,) = keys & {"image_url", "video_url"}
    if needed not in item:
        report.add_missing([*place, needed], "string")
    for key in sorted(keys & set(item)):
        if not isinstance(item[key], str):
            report.add_type([*place, key], "string", item[key])
    if item.get("type", "subject") not in ("subject", "background"):
        text = "Invalid enum value. Expected 'subject' | 'background'"
        report.add([*place, "type"], text, {"code": "invalid_enum_value"})


def _check_something(report: Report, body: dict[str, Any], model: Model) -> None:
    if model.get("elements"):
        if not any(body.get(name) for name in ("image_url", "elements", "scene_image_urls")):
            text = "At least one visual input is required: image_url, elements, or scene_image_urls"
            report.add_custom("image_url", text)
    elif not any(body.get(name) for name in (*NAMED, *NAMED.values())):
        report.add_custom("reference_image_urls", "At least one reference is required for this model")


def _check_sounds(report: Report, body: dict[str, Any], model: Model) -> None:
    count = len(body.get("reference_audio_urls", [])) + ("audio_url" in body)
    if "audio_url" in body and counts_track(model) and count > _most(model, "reference_audio_urls"):
        report.add_custom("audio_url", "reference_audio_urls and audio_url are too many together")


def _check_workflow(report: Report, body: dict[str, Any], model: Model) -> None:
    """A beginning that names clips which were not sent is the one mistake that can be seen."""
    if not model.get("workflows"):
        return
    clips = len(body.get("reference_video_urls", []))
    least = {"edit": 1, "extend": 1, "stitch": 2}.get(workflow_of(body["prompt"]), 0)
    if clips < least:
        report.add_custom("reference_video_urls", f"This workflow needs {least} reference video(s)")


def workflow_of(prompt: str) -> str:
    """What the first words of a Seedance prompt ask for; anything else runs as a reference."""
    found = (name for name, text in _WORKFLOWS.items() if re.match(text, prompt, re.IGNORECASE))
    return next(found, "reference_to_video")


def _check_elements(report: Report, body: dict[str, Any], model: Model) -> None:
    for name, most in (("elements", _MOST_ELEMENTS), ("scene_image_urls", _MOST_SCENES)):
        value = body.get(name, [])
        if name in body and not model.get("elements"):
            report.add_custom(name, f"This model does not support {name}")
        elif not isinstance(value, list):
            report.add_type([name], "array", value)
        elif len(value) > most:
            report.add_length([name], "too_big", most, "element(s)")
        else:
            for number, item in enumerate(value):
                if name == "elements":
                    _check_element(report, number, item)
                elif not isinstance(item, str):
                    report.add_type([name, number], "string", item)
    if model.get("elements") and not report.issues:
        _check_visuals(report, body)


def _check_element(report: Report, number: int, item: Any) -> None:
    place: list[str | int] = ["elements", number]
    if not isinstance(item, dict):
        report.add_type(place, "object", item)
        return
    if extra := [key for key in item if key not in _ELEMENT]:
        report.add_unknown(place, extra)
    if "frontal_image_url" not in item:
        report.add_missing([*place, "frontal_image_url"], "string")
    for key in ("frontal_image_url", "video_url"):
        if not isinstance(item.get(key, ""), str):
            report.add_type([*place, key], "string", item[key])
    views = item.get("reference_image_urls", [])
    if not isinstance(views, list) or not all(isinstance(url, str) for url in views):
        report.add_type([*place, "reference_image_urls"], "array", views)
    elif len(views) > _MOST_VIEWS:
        report.add_length([*place, "reference_image_urls"], "too_big", _MOST_VIEWS, "element(s)")


def _check_visuals(report: Report, body: dict[str, Any]) -> None:
    frames = ("image_url" in body) + ("end_image_url" in body)
    elements, scenes = len(body.get("elements", [])), len(body.get("scene_image_urls", []))
    if frames + elements + scenes > _MOST_VISUALS:
        report.add_custom("elements", f"At most {_MOST_VISUALS} frames, elements and scene images in all")
    elif frames and elements > _MOST_ELEMENTS - 1:
        report.add_custom("elements", f"At most {_MOST_ELEMENTS - 1} elements together with a frame")


def flatten(body: dict[str, Any]) -> dict[str, list[str]]:
    """The addresses inside elements and references as objects, by a name for each kind."""
    found: dict[str, list[str]] = {name: [] for name in ("frontal_image_url", "element_clip", *NAMED)}
    for element in body.get("elements", []):
        found["frontal_image_url"] += [element["frontal_image_url"], *element.get("reference_image_urls", [])]
        found["element_clip"] += [element["video_url"]] if "video_url" in element else []
    items = [(name, item) for name in NAMED for item in body.get(name, [])]
    for name, item in items:
        found[name].append(item.get("image_url") or item["video_url"])
    voices = [item["audio_url"] for _name, item in items if "audio_url" in item]
    return {**found, "reference_voice": voices}

"""The shipped catalogues, and what a wrong value in one says."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from providers.catalogue import FOLDER, CatalogueError, CatalogueModel, load, read
from providers.gateways.capabilities import Audio, Travel, from_plain, to_plain
from providers.gateways.check import check
from providers.gateways.values import AUTO_S, Mode, Role, VideoRequest
from providers.prices import estimate

from .inputs import clip, item_for, least_roles

NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
MODELS = [pytest.param(name, model, id=f"{name}:{model.wire_id}") for name in NAMES for model in load(name)]
SMALL = """
source = "https://example.com"
[ratios.wide]
values = ["16:9"]
[[model]]
id = "one"
label = "One"
family = "Some"
modes = ["text_to_video"]
"""


def default_request(model: CatalogueModel, mode: Mode) -> VideoRequest:
    caps = model.capabilities
    return VideoRequest(
        model=model.wire_id,
        mode=mode,
        prompt="A lighthouse" if caps.prompt_max_chars else "",
        duration_s=caps.default_duration(),
        resolution=caps.default_resolution(),
        aspect_ratio=caps.default_ratio(mode),
        inputs=tuple(item_for(role) for role in least_roles(caps, mode)),
    )


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_the_defaults_of_a_model_pass_its_own_check(name: str, model: CatalogueModel) -> None:
    for mode in model.capabilities.modes:
        assert check(default_request(model, mode), model.capabilities, public_urls=True) == []


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_capabilities_survive_being_written_down(name: str, model: CatalogueModel) -> None:
    assert from_plain(to_plain(model.capabilities)) == model.capabilities


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_every_offered_setting_has_a_price_or_none_has(name: str, model: CatalogueModel) -> None:
    caps = model.capabilities
    sounds = [True, False] if caps.audio == Audio.OPTIONAL else [None]
    for duration in caps.durations_s:
        for resolution in [c.value for c in caps.resolutions] or [None]:
            for sound in sounds:
                request = VideoRequest(
                    model.wire_id, caps.modes[0], "x", None, duration, resolution, None, sound
                )
                if caps.auto_clip_s and duration == AUTO_S:
                    request = replace(request, inputs=(clip(),))
                price = estimate(model.price, request)
                assert (price.amount_usd is None) == (model.price is None)


def test_a_file_says_where_and_when_it_was_read() -> None:
    for name in NAMES:
        data = tomllib.loads((FOLDER / f"{name}.toml").read_text())
        assert data["source"].startswith("https://") and isinstance(data["read_on"], date)


def test_the_unlisted_seedance_models_may_ask_for_consent() -> None:
    asking = {m.wire_id for m in load("venice") if m.capabilities.may_ask_consent}
    named = ("image", "fast-image", "reference", "fast-reference")
    inferred = ("mini-image", "mini-reference", "enhanced-reference", "mini-enhanced-reference")
    ids = {f"seedance-2-0-{kind}-to-video" for kind in (*named, *inferred)}
    assert asking == {*ids, "seedance-1-5-pro-image-to-video"}
    assert not any(m.listed for m in load("venice") if m.wire_id in asking)


def test_known_rows_of_the_venice_table() -> None:
    models = {m.wire_id: m for m in load("venice")}
    wan = models["wan-2.6-text-to-video"]
    assert wan.capabilities.durations_s == (5.0, 10.0, 15.0) and wan.capabilities.audio == Audio.OPTIONAL
    request = VideoRequest(wan.wire_id, Mode.TEXT_TO_VIDEO, "x", duration_s=5.0, resolution="720p")
    assert estimate(wan.price, request).amount_usd == Decimal("0.55")
    assert models["kling-2.6-pro-text-to-video"].capabilities.resolutions == ()
    assert models["pixverse-c1-transition"].capabilities.inputs[Role.LAST_FRAME].min_count == 1


def test_how_many_references_a_model_takes() -> None:
    most = {
        (name, model.wire_id): (model.capabilities.inputs[Role.REFERENCE_IMAGE], model.capabilities.exclusive)
        for name in NAMES
        for model in load(name)
        if Role.REFERENCE_IMAGE in model.capabilities.inputs
    }
    limits, exclusive = most["token360", "seedance-2.0"]
    assert (limits.min_count, limits.max_count, limits.max_bytes) == (0, 9, 10_000_000)
    assert (Role.FIRST_FRAME, Role.REFERENCE_IMAGE) in exclusive
    limits, _ = most["venice", "seedance-2-0-reference-to-video"]
    assert (limits.min_count, limits.max_count, limits.min_side_px) == (0, 9, 300)
    assert (limits.min_ratio, limits.max_ratio) == (0.4, 2.5)
    assert all(limits.max_count in (3, 4, 7, 9, 10, 30) for limits, _ in most.values())
    limits, exclusive = most["elkapi", "doubao-seedance-2-0-260128"]
    assert limits.max_count == 9 and (Role.FIRST_FRAME, Role.REFERENCE_VIDEO) in exclusive


def test_clips_sounds_and_lengths_left_to_the_model() -> None:
    text = (
        SMALL
        + """
durations_s = "4-5, auto"
clips = "short"
reference_videos = 3
reference_audios = 2
extra.style = { kind = "string" }
[clips.short]
max_s = 15
travel = ["public_url"]
[defaults.extra.tier]
kind = "string"
"""
    )
    caps = read(text, "small.toml")[0].capabilities
    assert caps.durations_s == (4.0, 5.0, AUTO_S) and set(caps.extra) == {"style", "tier"}
    clips, sounds = caps.inputs[Role.REFERENCE_VIDEO], caps.inputs[Role.REFERENCE_AUDIO]
    assert (clips.max_count, clips.max_s, clips.travel) == (3, 15.0, (Travel.PUBLIC_URL,))
    assert (sounds.max_count, sounds.max_s) == (2, None)
    assert (caps.default_duration(), caps.shortest_duration()) == (5.0, 4.0)


def test_a_model_may_be_like_one_above_it() -> None:
    text = (
        SMALL
        + """
durations_s = [5]
price = { per_second = 1 }
[[model]]
id = "two"
like = "one"
without = ["price"]
label = "Two"
listed = false
[[model]]
id = "three"
like = "two"
durations_s = [8]
"""
    )
    one, two, three = read(text, "small.toml")
    assert two.capabilities == one.capabilities and two.family == one.family
    assert (one.label, two.label, three.label) == ("One", "Two", "Two")
    assert (one.listed, two.listed, three.listed) == (True, False, False)
    assert one.price and two.price is None and three.price is None
    assert three.capabilities.durations_s == (8.0,)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ('like = "three"', "small.toml: two: like: no model 'three' stands above"),
        ('like = "two"', "small.toml: two: like: no model 'two' stands above"),
        ('like = "one"\nwithout = ["price"]', "small.toml: two: without: one has no price"),
        ('without = ["price"]', "small.toml: two: unknown field without"),
    ],
)
def test_what_a_model_is_like_has_to_be_there(fields: str, told: str) -> None:
    text = SMALL + f'[[model]]\nid = "two"\nlabel = "Two"\nfamily = "Some"\n{fields}\n'
    with pytest.raises(CatalogueError) as caught:
        read(text, "small.toml")
    assert str(caught.value) == told


def test_an_unknown_gateway_has_no_models() -> None:
    assert load("nobody") == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('durations_s = "5-4"', "durations_s"),
        ('durations_s = ["five"]', "durations_s"),
        ('aspect_ratios = "tall"', "[ratios.tall]"),
        ('audio = "loud"', "audio"),
        ('colour = "red"', "unknown field colour"),
        ('first_frame = "maybe"', "first_frame"),
        ('first_frame = "needed"\npictures = "none"', "[pictures.none]"),
        ('source_video = "maybe"', "[clips.maybe]"),
        ('source_video = "needed"\nclips = "none"', "[clips.none]"),
        ("reference_images = 0", "reference_images"),
        ('reference_images = "many"', "reference_images"),
        ("reference_videos = 0", "reference_videos"),
        ('reference_audios = 2\nsounds = "none"', "[sounds.none]"),
        ('durations_s = "4-15, sometimes"', "durations_s"),
        ('price = { per_million_tokens = 1, tokens = "none" }', "[tokens.none]"),
        ("price = { per_second = -1 }", "-1"),
        ('source_video = "none"', "[clips.none]"),
        ('audio_track = "none"', "[sounds.none]"),
        ('prompt_forms = "none"', "[forms.none]"),
        ("elements = 0", "elements"),
        ('scenes = "many"', "scenes"),
        ("price = { per_minute = 1 }", "per_second"),
        ("price = 3", "price"),
        ('modes = ["dance"]', "dance"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_model(wrong: str, told: str) -> None:
    text = SMALL.replace('modes = ["text_to_video"]\n', "") if wrong.startswith("modes") else SMALL
    with pytest.raises(CatalogueError) as caught:
        read(text + wrong, "small.toml")
    assert str(caught.value).startswith("small.toml: one:") and told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[model", "small.toml"),
        (SMALL + SMALL.partition("[[model]]")[2].join(["[[model]]", ""]), "twice"),
        (SMALL.replace('label = "One"', ""), "label is missing"),
        (SMALL.replace('id = "one"', ""), "a model without id"),
    ],
)
def test_a_broken_file_says_so(text: str, told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        read(text, "small.toml")


def test_short_words_for_clips_sounds_elements_and_forms() -> None:
    text = (
        SMALL
        + """
clips = "short"
source_video = "short"
audio_track = "song"
elements = 2
scenes = 3
prompt_forms = "told"
[clips.short]
max_s = 5
counts = { edit = [1, 1] }
[sounds.song]
mimes = ["audio/wav"]
[forms.told]
edit = "Edit <Video 1>: {prompt}"
"""
    )
    (model,) = read(text, "small.toml")
    inputs = model.capabilities.inputs
    assert (inputs[Role.SOURCE_VIDEO].max_s, inputs[Role.SOURCE_VIDEO].counts) == (5, {Mode.EDIT: (1, 1)})
    assert inputs[Role.AUDIO_TRACK].mimes == ("audio/wav",)
    assert (inputs[Role.ELEMENT].max_count, inputs[Role.SCENE_IMAGE].max_count) == (2, 3)
    assert inputs[Role.ELEMENT_REFERENCE].beside == (Role.ELEMENT,)
    assert model.capabilities.prompt_forms == {Mode.EDIT: "Edit <Video 1>: {prompt}"}
    assert from_plain(to_plain(model.capabilities)) == model.capabilities

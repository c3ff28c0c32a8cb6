"""Every video model that the gateways' pages name has a row in the catalogue, and no row has an id that no
page names.

Read in September and October 2026. Of some families the pages give a pattern and no id
(``wan-3-0-enhanced-*``, ``ltx-2-*``): nobody can call those.
"""

from __future__ import annotations

import pytest

from providers.catalogue import load

# its table of models, then those that its pages name without what they take
VENICE = """
    flux-3-first-last-frame-to-video flux-3-image-to-video flux-3-text-to-video
    gemini-omni-flash-1-1-image-to-video gemini-omni-flash-1-1-reference-to-video
    gemini-omni-flash-1-1-text-to-video gemini-omni-flash-1-1-video-to-video
    gemini-omni-flash-image-to-video gemini-omni-flash-reference-to-video gemini-omni-flash-text-to-video
    grok-imagine-1-5-image-to-video-private grok-imagine-1-5-reference-to-video-private
    grok-imagine-1-5-text-to-video-private grok-imagine-image-to-video-private
    grok-imagine-reference-to-video-private grok-imagine-text-to-video-private
    grok-imagine-video-to-video-private happyhorse-1-0-image-to-video happyhorse-1-0-reference-to-video
    happyhorse-1-0-text-to-video happyhorse-1-0-video-to-video happyhorse-1-1-image-to-video
    happyhorse-1-1-reference-to-video happyhorse-1-1-text-to-video kling-2.5-turbo-pro-image-to-video
    kling-2.5-turbo-pro-text-to-video kling-2.6-pro-image-to-video kling-2.6-pro-text-to-video
    kling-o3-4k-image-to-video kling-o3-4k-reference-to-video kling-o3-4k-text-to-video
    kling-o3-pro-image-to-video kling-o3-pro-reference-to-video kling-o3-pro-text-to-video
    kling-o3-standard-image-to-video kling-o3-standard-reference-to-video kling-o3-standard-text-to-video
    kling-v3-4k-reference-to-video kling-v3-4k-text-to-video kling-v3-pro-image-to-video
    kling-v3-pro-text-to-video kling-v3-standard-image-to-video kling-v3-standard-text-to-video
    kling-v3-turbo-pro-image-to-video kling-v3-turbo-pro-text-to-video
    kling-v3-turbo-standard-image-to-video kling-v3-turbo-standard-text-to-video
    longcat-distilled-image-to-video longcat-distilled-text-to-video longcat-image-to-video
    longcat-text-to-video ltx-2-5-fast-image-to-video ltx-2-5-fast-text-to-video
    ltx-2-5-pro-image-to-video ltx-2-5-pro-text-to-video ltx-2-v2-3-fast-image-to-video
    ltx-2-v2-3-fast-text-to-video ltx-2-v2-3-full-image-to-video ltx-2-v2-3-full-text-to-video
    minimax-h3-enhanced-reference-to-video minimax-h3-enhanced-text-to-video minimax-h3-image-to-video
    minimax-h3-max-image-to-video minimax-h3-max-multi-angle minimax-h3-max-reference-to-video
    minimax-h3-max-text-to-video minimax-h3-max-turbo-image-to-video minimax-h3-max-turbo-text-to-video
    minimax-h3-reference-to-video minimax-h3-text-to-video ovi-image-to-video pixverse-c1-image-to-video
    pixverse-c1-reference-to-video pixverse-c1-text-to-video pixverse-c1-transition
    pixverse-v5.6-image-to-video pixverse-v5.6-text-to-video pixverse-v5.6-transition runway-gen4-5
    runway-gen4-5-text runway-gen4-turbo seedance-1-5-pro-image-to-video-basic
    seedance-1-5-pro-text-to-video-basic seedance-2-0-fast-image-to-video-basic
    seedance-2-0-fast-reference-to-video-basic seedance-2-0-fast-text-to-video-basic
    seedance-2-0-image-to-video-basic seedance-2-0-mini-image-to-video-basic
    seedance-2-0-mini-reference-to-video-basic seedance-2-0-mini-text-to-video-basic
    seedance-2-0-reference-to-video-basic seedance-2-0-text-to-video-basic
    seedance-2-5-image-to-video-basic seedance-2-5-reference-to-video-basic
    seedance-2-5-text-to-video-basic sora-2-image-to-video sora-2-pro-image-to-video
    sora-2-pro-text-to-video sora-2-text-to-video topaz-video-upscale veo3-fast-image-to-video
    veo3-fast-text-to-video veo3-full-image-to-video veo3-full-text-to-video veo3.1-fast-image-to-video
    veo3.1-fast-text-to-video veo3.1-full-image-to-video veo3.1-full-text-to-video vidu-q3-image-to-video
    vidu-q3-text-to-video wan-2-2-enhanced-image-to-video wan-2-7-enhanced-image-to-video
    wan-2-7-enhanced-text-to-video wan-2-7-image-to-video wan-2-7-reference-to-video wan-2-7-text-to-video
    wan-2-7-video-to-video wan-2.1-pro-image-to-video wan-2.2-a14b-text-to-video
    wan-2.5-preview-image-to-video wan-2.5-preview-text-to-video wan-2.6-flash-image-to-video
    wan-2.6-image-to-video wan-2.6-text-to-video wan-3-0-image-to-video wan-3-0-prime-image-to-video
    wan-3-0-prime-pro-image-to-video wan-3-0-prime-pro-reference-to-video wan-3-0-prime-pro-text-to-video
    wan-3-0-prime-reference-to-video wan-3-0-prime-text-to-video wan-3-0-pro-image-to-video
    wan-3-0-pro-reference-to-video wan-3-0-pro-text-to-video wan-3-0-reference-to-video
    wan-3-0-text-to-video

    seedance-2-0-text-to-video seedance-2-0-image-to-video seedance-2-0-reference-to-video
    seedance-2-0-fast-text-to-video seedance-2-0-fast-image-to-video seedance-2-0-fast-reference-to-video
    seedance-2-0-mini-text-to-video seedance-2-0-mini-image-to-video seedance-2-0-mini-reference-to-video
    seedance-2-0-enhanced-text-to-video seedance-2-0-enhanced-reference-to-video
    seedance-2-0-mini-enhanced-text-to-video seedance-2-0-mini-enhanced-reference-to-video
    seedance-1-5-pro-text-to-video seedance-1-5-pro-image-to-video grok-imagine-1-5-lite-text-to-video
    grok-imagine-1-5-lite-image-to-video seedance-2-5-us-text-to-video-private
    seedance-2-5-us-image-to-video-private seedance-2-5-us-reference-to-video-private
    grok-imagine-text-to-video grok-imagine-image-to-video grok-imagine-reference-to-video
    grok-imagine-video-to-video runway-gen4-aleph wan-2.6-reference-to-video
"""
# which inputs and fields belong to them is not written down, so their rows have no mode
VENICE_WITHOUT_MODES = """
    kling-v3-pro-motion-control kling-v3-standard-motion-control
    topaz-video-precision topaz-video-starlight topaz-video-starlight-fast topaz-video-astra
    topaz-video-hyperion topaz-video-interpolate topaz-video-denoise topaz-video-deblur
    topaz-video-colorize
"""
# its own page names the first two, the vendor's the others; then the vendor's international names
ELKAPI = """
    doubao-seedance-2-0-260128 doubao-seedance-2-0-fast-260128 doubao-seedance-2-0-mini-260615
    doubao-seedance-2-5-260628 doubao-seedance-1-5-pro-251215 doubao-seedance-1-0-pro-250528
    doubao-seedance-1-0-pro-fast-251015 doubao-seedance-1-0-lite-t2v-250428
    doubao-seedance-1-0-lite-i2v-250428 dreamina-seedance-2-0-260128 dreamina-seedance-2-0-fast-260128
    dreamina-seedance-2-0-mini-260615 dreamina-seedance-2-5-260628 seedance-1-5-pro-251215
"""
SILKDOCK = """
    wan-2.7 wan-2.6 hailuo-2.3 veo-2.0-generate-001 gen4_turbo seedance-01-lite kling-v2-master seedance-2.0
    veo-3.1-generate
"""
# others of Wan 2.1 are off since 2025-09-04
SILICONFLOW = """
    Wan-AI/Wan2.2-T2V-A14B Wan-AI/Wan2.2-I2V-A14B Wan-AI/Wan2.1-T2V-14B-720P Wan-AI/Wan2.1-T2V-14B-720P-Turbo
"""
TOKEN360 = "seedance-2.0 seedance-2.0-fast seedance-1.5-pro seedance-2.0-mini seedance-2.5"
NAMED = {
    "venice": VENICE + VENICE_WITHOUT_MODES,
    "elkapi": ELKAPI,
    "silkdock": SILKDOCK,
    "siliconflow": SILICONFLOW,
    "token360": TOKEN360,
}
UNLISTED = {
    "venice": VENICE.split("\n\n")[1] + VENICE_WITHOUT_MODES,
    "elkapi": " ".join(ELKAPI.split()[2:]),
}


@pytest.mark.parametrize("gateway", NAMED)
def test_every_named_id_has_a_row_and_every_row_is_named(gateway: str) -> None:
    rows = {model.wire_id for model in load(gateway)}
    assert rows == set(NAMED[gateway].split())


@pytest.mark.parametrize("gateway", NAMED)
def test_rows_without_modes_are_those_that_no_page_says_the_fields_of(gateway: str) -> None:
    bare = {model.wire_id for model in load(gateway) if not model.capabilities.modes}
    assert bare == (set(VENICE_WITHOUT_MODES.split()) if gateway == "venice" else set())
    assert all(model.notes and not model.listed for model in load(gateway) if model.wire_id in bare)


@pytest.mark.parametrize("gateway", UNLISTED)
def test_what_a_gateway_does_not_list_waits_for_an_administrator(gateway: str) -> None:
    unlisted = {model.wire_id for model in load(gateway) if not model.listed}
    assert set(UNLISTED[gateway].split()) <= unlisted


@pytest.mark.parametrize("gateway", NAMED)
def test_no_unlisted_model_hides_behind_the_name_of_a_listed_one(gateway: str) -> None:
    """Models of one label are shown as one; an id that was allowed by hand must not take another's place."""
    listed = {(m.label, mode) for m in load(gateway) if m.listed for mode in m.capabilities.modes}
    unlisted = {(m.label, mode) for m in load(gateway) if not m.listed for mode in m.capabilities.modes}
    assert not listed & unlisted

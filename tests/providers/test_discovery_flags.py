"""Flags of a gateway's list open and close modes, over the catalogue and under an administrator's edits."""

from __future__ import annotations

from typing import Any

import pytest

from providers import accounts, discovery
from providers.gateways._silkdock_models import read_model
from providers.gateways.base import DiscoveredModel
from providers.gateways.listing import laid_over
from providers.models import ProviderAccount
from tests.factories import make_account, model_of
from tests.providers.listings import Lists, change, forget_in_catalogue
from tests.providers.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db


def test_flags_of_a_listing_close_modes_and_open_them_again(sandbox: SandboxServer) -> None:
    account = make_account("silkdock", base_url=sandbox.url_for("silkdock"), sandbox=True)
    model = next(row for row in account.models.all() if "first_last_frame" in row.capabilities["modes"])
    base = model.capabilities
    shut = laid_over(base, {"gates": {"first_last_frame": False, "reference_to_video": True}})
    assert "first_last_frame" not in shut["modes"] and "last_frame" not in shut["inputs"]
    assert laid_over(base, {"gates": {"first_last_frame": True}}) == base
    discovery.discover(account)
    model.refresh_from_db()
    assert set(model.discovered["gates"]) == {"first_last_frame", "reference_to_video"}


REFERENCES = ("reference_image", "reference_video", "reference_audio")
FLAGS = ("supports_video_start_end_frame", "supports_video_multimodal_reference")


@pytest.fixture
def silkdock(sandbox: SandboxServer) -> ProviderAccount:
    return make_account("silkdock", base_url=sandbox.url_for("silkdock"))


def tell(monkeypatch: Any, *flags: str, of: str = "seedance-2.0") -> None:
    """From now on SilkDock's list says of this model that it has these flags only."""
    item = {"model_group": of, "mode": "video_generation", **dict.fromkeys(flags, True)}
    found = Lists(read_model(item), DiscoveredModel("hailuo-2.3", "Hailuo 2.3"))
    monkeypatch.setattr(accounts, "client_for", lambda _account: found)


@pytest.mark.parametrize("known", [True, False])
def test_flags_close_and_open_modes_of_a_model_with_an_edited_option(
    silkdock: ProviderAccount, monkeypatch: Any, known: bool
) -> None:
    if not known:
        forget_in_catalogue(silkdock, monkeypatch, "seedance-2.0")
    tell(monkeypatch, *FLAGS)
    discovery.discover(silkdock)
    model = model_of(silkdock, "seedance-2.0")
    edited = {**model.capabilities, "prompt_max_chars": 500}
    edited["extra"] = {**edited["extra"], "mine": {"kind": "boolean"}}
    change(model, source="edited", capabilities=edited)
    tell(monkeypatch, FLAGS[1])
    assert discovery.discover(silkdock).changed == {"seedance-2.0": ["extra", "inputs", "modes"]}
    shut = model_of(silkdock, "seedance-2.0").capabilities
    assert set(edited["modes"]) - set(shut["modes"]) == {"first_last_frame"}
    assert set(edited["inputs"]) - set(shut["inputs"]) == {"last_frame"}
    assert set(edited["extra"]) - set(shut["extra"]) == {"picture_is"} and "mine" in shut["extra"]
    tell(monkeypatch)
    discovery.discover(silkdock)
    assert model_of(silkdock, "seedance-2.0").capabilities["modes"] == ["text_to_video", "image_to_video"]
    tell(monkeypatch, *FLAGS)
    discovery.discover(silkdock)
    assert model_of(silkdock, "seedance-2.0").capabilities == edited
    assert discovery.discover(silkdock).words == "Nothing changed."


def test_modes_that_an_administrator_edited_are_no_flags_business(
    silkdock: ProviderAccount, monkeypatch: Any
) -> None:
    """Opened by hand against the list, or closed by hand against it."""
    tell(monkeypatch, FLAGS[1])
    model = model_of(silkdock, "seedance-2.0")
    opened = model.capabilities
    discovery.discover(silkdock)
    assert "first_last_frame" not in model_of(silkdock, "seedance-2.0").capabilities["modes"]
    for mine in (opened, {**opened, "modes": ["text_to_video"]}):
        change(model, source="edited", capabilities=mine)
        for flags in (FLAGS[:1], FLAGS[1:]):
            tell(monkeypatch, *flags)
            discovery.discover(silkdock)
            assert model_of(silkdock, "seedance-2.0").capabilities == mine


@pytest.mark.parametrize("edited", [False, True])
def test_flags_open_modes_that_the_catalogue_does_not_know_of_a_model(
    silkdock: ProviderAccount, monkeypatch: Any, edited: bool
) -> None:
    model = model_of(silkdock, "wan-2.7")
    mine = {**model.capabilities, **({"prompt_max_chars": 500} if edited else {})}
    change(model, source="edited" if edited else "catalogue", capabilities=mine)
    tell(monkeypatch, *FLAGS, of="wan-2.7")
    assert discovery.discover(silkdock).changed == {"wan-2.7": ["extra", "inputs", "modes", "public_when"]}
    has = model_of(silkdock, "wan-2.7").capabilities
    assert has["modes"] == [*mine["modes"], "first_last_frame", "reference_to_video"]
    assert set(has["inputs"]) - set(mine["inputs"]) == {"last_frame", *REFERENCES}
    assert set(has["extra"]) - set(mine["extra"]) == {"picture_is"}
    assert has["public_when"] == ["first_last_frame", "picture_is=first frame"]
    assert has["prompt_max_chars"] == mine["prompt_max_chars"] and has["durations_s"] == [5.0, 10.0]
    accounts.sync_catalogue(silkdock)
    assert discovery.discover(silkdock).words == "Nothing changed."
    assert model_of(silkdock, "wan-2.7").capabilities == has
    tell(monkeypatch, of="wan-2.7")
    discovery.discover(silkdock)
    assert model_of(silkdock, "wan-2.7").capabilities["modes"] == mine["modes"]


def test_what_opens_in_an_odd_shape_opens_nothing() -> None:
    base = {"modes": ["text_to_video"]}
    for odd in (["extend"], {"levitate": {}}, {"extend": None}, {"extend": {"inputs": "many"}}, 7):
        assert laid_over(base, {"opens": odd})["modes"] == ["text_to_video"], odd

"""Venice's takes from clips, references and elements, over the whole line and real HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.chips import _model_chip as model_chip
from generations.models import Generation, Status
from generations.services import again
from generations.services.compose import Refused, Wish, compose
from generations.services.create import create_generations
from generations.services.offers import list_offers
from providers import accounts
from providers.gateways.values import Mode, Role
from providers.models import VideoModel
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.media_files import make_jpeg, make_mp4, make_wav
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.django_db(transaction=True)]

SEEDANCE = "seedance-2-0-reference-to-video-basic"
KLING = "kling-o3-pro-reference-to-video"
RESTYLE = "wan-2-7-video-to-video"
GROK = "grok-imagine-video-to-video-private"
UPSCALE = "topaz-video-upscale"
CLIPS = {Role.SOURCE_VIDEO, Role.REFERENCE_VIDEO}
SOUNDS = {Role.AUDIO_TRACK, Role.REFERENCE_AUDIO}


class ModesDesk(Desk):
    """Makes the files that a mode needs."""

    def __init__(self, sandbox: SandboxServer, folder: Path) -> None:
        super().__init__(sandbox, "venice", SEEDANCE, {"resolution": "480p", "duration_s": 4.0})
        self.folder, self.files = folder, 0

    def file(self, role: Role) -> Path:
        self.files += 1
        path = self.folder / f"{self.files}"
        if role in CLIPS:
            return make_mp4(path.with_suffix(".mp4"), 3.0)
        if role in SOUNDS:
            return make_wav(path.with_suffix(".wav"), 3.0)
        return make_jpeg(path.with_suffix(".jpg"), (1280, 720 - 10 * self.files))

    def take_in(self, model: str, roles: list[Role], mode: Mode | None = None, **values: Any) -> Generation:
        """A take in this mode, or in the one that the inputs say."""
        inputs = [(role, self.keep(self.file(role))) for role in roles]
        if model == self.model:
            values = {**self.values, **values}
        wish = Wish(self.allowed(model), values, inputs, mode=mode)
        return create_generations(self.user, [compose(self.user, self.project, wish)])[0]


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer, tmp_path: Path) -> ModesDesk:
    folder = tmp_path / "made"
    folder.mkdir()
    return ModesDesk(sandbox, folder)


def test_the_recipe_names_files_and_holds_the_words_that_were_put_before(
    studio: Line, desk: ModesDesk
) -> None:
    take = studio.finish(desk.take_in(SEEDANCE, [Role.SOURCE_VIDEO], Mode.EXTEND, prompt="the boat lands"))
    body = take.recipe["sent"]["body"]
    assert body["prompt"] == "Extend <Video 1>, generate the boat lands"
    assert body["reference_video_urls"] == [f"sha256:{take.inputs.get().asset.sha256}"]
    assert take.prompt == "the boat lands"


def test_a_length_that_the_gateway_asks_for_goes_out_once_more(
    studio: Line, sandbox: SandboxServer, desk: ModesDesk
) -> None:
    accounts.save_key(desk.account, "sandbox-lengths-modes")
    take = studio.finish(desk.take_in(UPSCALE, [Role.SOURCE_VIDEO], upscale_factor=2))
    assert take.status == Status.COMPLETED and len(desk.bills(take)) == 1
    again = take.events.get(kind="sent again")
    assert again.detail == {"fields": {"duration": "3.00"}}
    assert take.recipe["sent"]["body"]["duration"] == "3.00"
    assert take.recipe["sent"]["body"]["video_url"].startswith("sha256:")
    assert take.events.filter(kind="accepted").count() == 1


@pytest.mark.parametrize(
    ("model", "method", "path"), [(RESTYLE, "POST", "/video/complete"), (GROK, "DELETE", "/v1/share/read/")]
)
def test_the_gateways_copy_goes_once_ours_is_safe(
    studio: Line, sandbox: SandboxServer, desk: ModesDesk, model: str, method: str, path: str
) -> None:
    def asked() -> int:
        lines = sandbox.requests()
        return len([line for line in lines if line["method"] == method and path in line["path"]])

    before = asked()
    take = desk.take_in(model, [Role.SOURCE_VIDEO], prompt="As a woodcut")
    studio.send()
    studio.tick()
    assert asked() == before
    assert studio.finish(take).status == Status.COMPLETED
    assert asked() == before + 1


@pytest.mark.parametrize(
    ("model", "roles", "mode", "field"),
    [
        (SEEDANCE, [Role.REFERENCE_AUDIO], None, Role.REFERENCE_AUDIO),
        (SEEDANCE, [Role.SOURCE_VIDEO, Role.SOURCE_VIDEO], Mode.EDIT, Role.SOURCE_VIDEO),
        (SEEDANCE, [Role.SOURCE_VIDEO], Mode.VIDEO_TO_VIDEO, Role.SOURCE_VIDEO),
        (KLING, [Role.REFERENCE_IMAGE], None, Role.FIRST_FRAME),
        (RESTYLE, [Role.SOURCE_VIDEO], Mode.UPSCALE, "mode"),
    ],
)
def test_what_cannot_be_made_is_refused_when_it_is_composed(
    desk: ModesDesk, model: str, roles: list[Role], mode: Any, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        desk.take_in(model, roles, mode, prompt="A harbour")
    assert field in [problem.field for problem in caught.value.problems]
    assert not Generation.objects.exists()


def test_an_edit_can_be_made_again(studio: Line, desk: ModesDesk) -> None:
    """The mode that was chosen is kept with the take."""
    take = desk.take_in(SEEDANCE, [Role.SOURCE_VIDEO], Mode.EXTEND, prompt="rain")
    assert compose(desk.user, desk.project, again.retry_wish(take)).request.mode == Mode.EXTEND


def test_a_models_end_is_kept_and_stands_in_the_picker(studio: Line, desk: ModesDesk) -> None:
    desk.take_in("wan-2.6-text-to-video", [], prompt="A mill [deprecated]")
    studio.send()
    row = VideoModel.objects.get(account=desk.account, wire_id="wan-2.6-text-to-video")
    assert row.deprecation["date"] == row.ends_on == "2026-12-31"
    offers = list_offers()
    offer = next(offer for offer in offers if offer.model.pk == row.pk)
    labels = [
        option["label"] for group in model_chip(offers, offer, {})["groups"] for option in group["options"]
    ]
    ending = [label for label in labels if "2026-12-31" in label]
    assert len(ending) == 1 and ending[0].startswith(row.label) and ending[0].endswith("until 2026-12-31")

"""The library: what each filter finds, for whom, at what cost; one file's page; trash, sharing, rights."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generations.models import Asset, AssetTag, Role
from generations.services import asset_bulk, asset_library
from generations.services.asset_library import Uses
from generations.services.assets import UploadRefused, trash_asset
from generations.storage import media_store
from tests import media_files
from tests.factories import add_member, make_asset, make_model, make_project, make_take_row, save_asset
from tests.generations.asset_pages import describe, ids, look, shown
from videostudio import housekeeping

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    return settings


def many(project: Any, count: int) -> None:
    """Rows alone, each with two tags."""
    made = [make_asset(project=project) for _ in range(3)]
    fields = {name: getattr(made[0], name) for name in ("kind", "mime", "size_bytes", "owner")}
    rows = [
        Asset(
            project=project, name=f"still {n}", words=f"still {n}", file=f"f{n}", sha256=f"{n:064}", **fields
        )
        for n in range(count)
    ]
    Asset.objects.bulk_create(rows, batch_size=500)
    tags = [
        AssetTag(asset=row, name=name) for row in rows for name in ("harbour", f"day {rows.index(row) % 7}")
    ]
    AssetTag.objects.bulk_create(tags, batch_size=500)


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_every_role_looks_around(project: Any, charlie: Any, signed_in: Any, role: Role) -> None:
    add_member(project, charlie, role)
    asset = make_asset(project=project)
    assert shown(look(signed_in(charlie), project)) == shown(look(signed_in(charlie))) == ids(asset)
    assert signed_in(charlie).get(reverse("asset", args=[asset.pk])).status_code == 200


def test_a_stranger_finds_nothing(project: Any, charlie: Any, signed_in: Any) -> None:
    asset, caller = make_asset(project=project), signed_in(charlie)
    assert look(caller, project).status_code == look(caller, project, htmx=True).status_code == 404
    assert shown(look(caller)) == [] and caller.get(reverse("asset", args=[asset.pk])).status_code == 404


@pytest.mark.parametrize("verb", ["edit", "trash", "restore", "share", "unshare"])
def test_a_viewer_changes_nothing(project: Any, charlie: Any, signed_in: Any, verb: str) -> None:
    add_member(project, charlie, Role.VIEWER)
    asset = make_asset(project=project)
    reply = signed_in(charlie).post(reverse(f"asset-{verb}", args=[asset.pk]), {"name": "mine"})
    assert reply.status_code == 403
    page = signed_in(charlie).get(reverse("asset", args=[asset.pk])).content.decode()
    assert reverse("asset-trash", args=[asset.pk]) not in page


# --- filters --------------------------------------------------------------------------------------


def test_kind_person_and_use(project: Any, alice: Any, bob: Any, signed_in: Any) -> None:
    picture = make_asset(project=project, owner=alice)
    clip = make_asset(project=project, owner=bob, kind="clip", mime="video/mp4")
    make_take_row(project=project, model=make_model(), status="completed", inputs=[("first_frame", picture)])
    caller = signed_in(bob)
    assert shown(look(caller, project)) == ids(clip, picture)
    assert shown(look(caller, project, kind="clip")) == ids(clip)
    assert shown(look(caller, project, person=str(alice.pk))) == ids(picture)
    assert shown(look(caller, project, use="used")) == ids(picture)
    assert shown(look(caller, project, use="unused")) == ids(clip)
    assert "used in 1 take" in look(caller, project).content.decode()


@pytest.mark.parametrize("words", ["hafen", "HAFEN morgen", "ÖLZEUG", "regen", "ﬁlm"])
def test_search_looks_through_name_tags_and_notes_in_any_case(
    project: Any, bob: Any, signed_in: Any, words: str
) -> None:
    make_asset(project=project)
    found = make_asset(project=project, name="Hafen am Morgen.png")
    describe(found, tags=("ölzeug", "film"), notes="Für den Regen")
    assert shown(look(signed_in(bob), project, q=words)) == ids(found)


@pytest.mark.parametrize("words", ["CC-BY hafen", "ministry mira dawn"])
def test_search_finds_in_source_licence_and_likeness(
    project: Any, bob: Any, signed_in: Any, words: str
) -> None:
    make_asset(project=project)
    found = make_asset(project=project, name="Hafen.png")
    rights = {"source": "Ministry of Fish", "licence": "CC-BY 4.0", "likeness": "Mira agreed"}
    describe(found, rights=rights)
    asset_bulk.act_on(bob, [found.pk], "tag", ("dawn",))
    assert shown(look(signed_in(bob), project, q=words)) == ids(found)


def test_rights_of_files_from_before_are_found(project: Any, bob: Any, signed_in: Any) -> None:
    found = make_asset(project=project, name="pier.png", rights={"source": "Ministry of Fish"})
    Asset.objects.filter(pk=found.pk).update(words="pier.png")
    make_asset(project=project)
    import_module("generations.migrations.0054_fill_rights_words").fill(apps, None)
    assert shown(look(signed_in(bob), project, q="ministry pier")) == ids(found)


def test_tags_filter_and_are_offered(project: Any, bob: Any, signed_in: Any) -> None:
    make_asset(project=project)
    tagged = make_asset(project=project)
    describe(tagged, tags=("night", "boat"))
    reply = look(signed_in(bob), project, tag="boat")
    assert shown(reply) == ids(tagged) and '<option value="night"' in reply.content.decode()


def test_an_unknown_filter_is_left_out_and_said(project: Any, bob: Any, signed_in: Any) -> None:
    asset = make_asset(project=project)
    reply = look(signed_in(bob), project, kind="sculpture", person="nobody", tag="none")
    assert shown(reply) == ids(asset) and "was not understood" in reply.content.decode()


def test_copies_stand_with_their_original(project: Any, bob: Any, signed_in: Any) -> None:
    original = make_asset(project=project, name="wide.png")
    copy = make_asset(project=project, derived_from=original, derivation={"op": "crop"}, name="square.png")
    caller = signed_in(bob)
    assert shown(look(caller, project)) == ids(original)
    assert shown(look(caller, project, copies="on")) == ids(copy, original)
    assert "square.png" in caller.get(reverse("asset", args=[original.pk])).content.decode()
    assert "wide.png" in caller.get(reverse("asset", args=[copy.pk])).content.decode()


def test_pages_follow_one_another_without_gap_or_repeat(
    project: Any, bob: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_asset(project=project) for _ in range(5)]
    monkeypatch.setattr(asset_library.page, "__defaults__", (None, 2))
    caller, seen, before = signed_in(bob), [], ""
    for _ in range(3):
        reply = look(caller, project, htmx=True, **({"before": before} if before else {}))
        seen += shown(reply)
        before = (re.findall(r'name="before" value="([^"]+)"', reply.content.decode()) or [""])[0]
    assert seen == ids(*reversed(made)) and not before


def test_three_thousand_files_cost_as_many_queries_as_three(project: Any, bob: Any, signed_in: Any) -> None:
    caller = signed_in(bob)

    def queries(*where: Any, **wanted: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            look(caller, *where, **wanted)
        return len(asked)

    ways: list[dict[str, str]] = [{}, {"q": "still"}, {"tag": "harbour"}, {"use": "unused"}]
    many(project, 3)
    look(caller, project)
    few = [queries(project, **wanted) for wanted in ways]
    many(project, 3000)
    assert [queries(project, **wanted) for wanted in ways] == few
    assert max(few) <= 12 and max(queries(**wanted) for wanted in ways) <= 12


# --- one file -------------------------------------------------------------------------------------


def test_what_people_say_is_kept_and_found(project: Any, bob: Any, signed_in: Any) -> None:
    asset, release = make_asset(project=project), make_asset(project=project, name="release.png")
    describe(release, tags=("release",))
    told = {
        "name": "Gull/../x.png",
        "tags": "Boat, boat , NIGHT",
        "notes": "from the pier",
        "source": "own camera",
        "licence": "CC BY 4.0",
        "likeness": "Ada",
        "release": str(release.pk),
    }
    reply = signed_in(bob).post(reverse("asset-edit", args=[asset.pk]), told, follow=True)
    asset.refresh_from_db()
    assert (asset.name, asset.notes, asset.release) == ("x.png", "from the pier", release)
    assert [tag.name for tag in asset.tags.all()] == ["boat", "night"]
    assert asset.rights == {"source": "own camera", "licence": "CC BY 4.0", "likeness": "Ada"}
    assert "Saved." in reply.content.decode() and "release.png" in reply.content.decode()
    assert shown(look(signed_in(bob), project, q="pier night")) == ids(asset)


def test_two_who_describe_a_file_at_once_lose_no_word(project: Any, bob: Any, signed_in: Any) -> None:
    asset = make_asset(project=project)
    describe(asset, notes="First")
    seen = json.dumps({"name": asset.name, "notes": "First", "tags": "", "source": ""})
    mine = {"name": asset.name, "notes": "First", "tags": "", "source": "own camera", "seen": seen}
    describe(asset, notes="From\r\nthe pier", tags=("boat",))
    caller, address = signed_in(bob), reverse("asset-edit", args=[asset.pk])
    assert caller.post(address, mine).status_code == 302
    asset.refresh_from_db()
    assert (asset.notes, asset.rights) == ("From\r\nthe pier", {"source": "own camera"})
    assert [tag.name for tag in asset.tags.all()] == ["boat"]
    late = caller.post(address, {**mine, "notes": "Mine"})
    asset.refresh_from_db()
    assert late.status_code == 409 and asset.notes == "From\r\nthe pier"
    page = late.content.decode()
    assert "the pier”. Save again" in page and "Mine" in page
    seen = html.unescape(re.findall(r'name="seen" value="([^"]*)"', page)[0])
    assert caller.post(address, {**mine, "notes": "Mine", "tags": "boat", "seen": seen}).status_code == 302
    asset.refresh_from_db()
    assert asset.notes == "Mine"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"tags": ",".join("abcdefghijklmnopqrstuvwxyz")},
        {"tags": "x" * 41},
        {"notes": "x" * 4001},
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    project: Any, bob: Any, signed_in: Any, wrong: dict[str, str]
) -> None:
    asset = make_asset(project=project)
    reply = signed_in(bob).post(reverse("asset-edit", args=[asset.pk]), {"name": "a.png", **wrong})
    assert reply.status_code == 422 and 'aria-invalid="true"' in reply.content.decode()
    assert not AssetTag.objects.exists()


def test_a_release_is_a_file_of_the_same_project(project: Any, bob: Any, signed_in: Any) -> None:
    asset, other = make_asset(project=project), make_asset(project=make_project(bob))
    describe(other, tags=("release",))
    reply = signed_in(bob).post(
        reverse("asset-edit", args=[asset.pk]), {"name": "a", "release": str(other.pk)}
    )
    assert reply.status_code == 422


def test_the_page_names_the_takes_that_start_from_it(project: Any, bob: Any, signed_in: Any) -> None:
    asset = make_asset(project=project)
    take = make_take_row(
        project=project, status="completed", inputs=[("first_frame", asset)], prompt="Gulls fly"
    )
    page = signed_in(bob).get(reverse("asset", args=[asset.pk])).content.decode()
    assert take.get_absolute_url() in page and "Gulls fly" in page and "used in 1 take" in page


def test_hostile_words_stay_words(project: Any, bob: Any, signed_in: Any) -> None:
    asset = make_asset(project=project, name='"><script>alert(1)</script>')
    describe(asset, tags=("<b>bold</b>",), notes="{{ 7|add:1 }}<img src=x onerror=alert(1)>")
    for page in (look(signed_in(bob), project), signed_in(bob).get(reverse("asset", args=[asset.pk]))):
        text = page.content.decode()
        assert "<script>alert" not in text and "<b>bold" not in text and "<img src=x" not in text


# --- trash ----------------------------------------------------------------------------------------


def test_the_trash_gives_back(project: Any, bob: Any, signed_in: Any) -> None:
    asset, caller = make_asset(project=project), signed_in(bob)
    caller.post(reverse("asset-trash", args=[asset.pk]))
    assert shown(look(caller, project)) == [] and shown(look(caller, project, trash="on")) == ids(asset)
    assert "30 days left" in look(caller, project, trash="on").content.decode()
    caller.post(reverse("asset-restore", args=[asset.pk]))
    assert shown(look(caller, project)) == ids(asset)


@pytest.mark.parametrize("status", ["queued", "needs_consent", "uncertain", "running", "storing"])
def test_what_a_take_still_needs_is_not_thrown_away(
    project: Any, bob: Any, signed_in: Any, status: str
) -> None:
    asset = make_asset(project=project)
    make_take_row(project=project, status=status, inputs=[("first_frame", asset)])
    reply = signed_in(bob).post(reverse("asset-trash", args=[asset.pk]), follow=True)
    asset.refresh_from_db()
    assert asset.trashed_at is None and "still running" in reply.content.decode()


def test_after_thirty_days_the_file_goes_and_the_row_stays(
    project: Any, bob: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    old, young = (
        save_asset(bob, project, media_files.make_jpeg(tmp_path / f"{n}.jpg", (40, 30 + n))) for n in (1, 2)
    )
    for asset, days in ((old, 31), (young, 29)):
        trash_asset(asset.owner, asset)
        Asset.objects.filter(pk=asset.pk).update(trashed_at=timezone.now() - timedelta(days=days))
    path = media_store().path(old.file)
    with django_capture_on_commit_callbacks(execute=True):
        housekeeping.daily()
    old.refresh_from_db()
    young.refresh_from_db()
    assert not path.exists() and not old.file and media_store().path(young.file).exists()


def test_purged_files_are_in_no_list_and_have_no_page(project: Any, bob: Any, signed_in: Any) -> None:
    gone = make_asset(project=project, file="", trashed_at=timezone.now())
    caller = signed_in(bob)
    assert shown(look(caller, project, trash="on")) == []
    assert caller.get(reverse("asset", args=[gone.pk])).status_code == 404


# --- shared with the studio -----------------------------------------------------------------------


def test_a_shared_file_is_there_for_everybody(project: Any, admin: Any, charlie: Any, signed_in: Any) -> None:
    asset = make_asset(project=project, content=b"picture")
    signed_in(admin).post(reverse("asset-share", args=[asset.pk]))
    caller = signed_in(charlie)
    assert shown(look(caller)) == ids(asset)
    page = caller.get(reverse("asset", args=[asset.pk])).content.decode()
    assert project.name not in page and project.slug not in page, "where it comes from is not told"
    assert caller.get(reverse("asset-file", args=[asset.pk])).status_code == 200
    signed_in(admin).post(reverse("asset-unshare", args=[asset.pk]))
    assert caller.get(reverse("asset", args=[asset.pk])).status_code == 404


def test_producers_share_in_their_projects_only(
    project: Any, producer: Any, bob: Any, signed_in: Any
) -> None:
    asset = make_asset(project=project)
    address = reverse("asset-share", args=[asset.pk])
    assert signed_in(producer).post(address).status_code == 404
    assert signed_in(bob).post(address).status_code == 403
    add_member(project, producer, Role.VIEWER)
    assert signed_in(producer).post(address).status_code == 302
    asset.refresh_from_db()
    assert asset.shared_at and asset.shared_by == producer


def test_who_uses_a_shared_file_cannot_change_it(
    project: Any, admin: Any, charlie: Any, signed_in: Any
) -> None:
    asset = make_asset(project=project)
    asset_library.share(admin, asset)
    for verb in ("edit", "trash", "unshare"):
        assert signed_in(charlie).post(reverse(f"asset-{verb}", args=[asset.pk])).status_code == 403


def test_a_project_lists_shared_files_when_asked(project: Any, admin: Any, bob: Any, signed_in: Any) -> None:
    asset = make_asset(project=make_project(admin))
    asset_library.share(admin, asset)
    caller = signed_in(bob)
    assert shown(look(caller, project)) == [] and shown(look(caller, project, shared="on")) == ids(asset)


def test_takes_of_other_projects_are_neither_named_nor_counted(
    project: Any, admin: Any, charlie: Any, signed_in: Any
) -> None:
    asset = make_asset(project=project)
    asset_library.share(admin, asset)
    make_take_row(project=project, status="completed", inputs=[("first_frame", asset)], prompt="Secret plan")
    page = signed_in(charlie).get(reverse("asset", args=[asset.pk])).content.decode()
    assert "Secret plan" not in page and "used in" not in page
    assert "not used yet" in look(signed_in(charlie)).content.decode()


def test_a_shared_file_in_the_trash_is_shared_no_more(
    project: Any, admin: Any, charlie: Any, signed_in: Any
) -> None:
    asset = make_asset(project=project)
    asset_library.share(admin, asset)
    trash_asset(asset.owner, asset)
    assert shown(look(signed_in(charlie))) == []
    assert signed_in(charlie).get(reverse("asset", args=[asset.pk])).status_code == 404


# --- adding without scripts -----------------------------------------------------------------------


def test_a_plain_form_adds_files_and_says_what_was_not_taken(
    project: Any, bob: Any, signed_in: Any, tmp_path: Path
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    picture = media_files.make_jpeg(tmp_path / "a.jpg", (40, 30)).read_bytes()
    files = [("a.jpg", picture), ("b.jpg", picture), ("c.pdf", media_files.PDF), ("d.jpg", b"")]
    sent = {"file": [SimpleUploadedFile(name, body) for name, body in files]}
    page = signed_in(bob).post(reverse("assets-add", args=[project.slug]), sent, follow=True).content.decode()
    assert Asset.objects.count() == 1 and "1 file added." in page
    assert "b.jpg is here already." in page and "c.pdf: " in page and "d.jpg: " in page


def test_refused_while_in_use_names_the_reason(project: Any) -> None:
    asset = make_asset(project=project)
    make_take_row(project=project, status="running", inputs=[("first_frame", asset)])
    with pytest.raises(UploadRefused) as refused:
        trash_asset(asset.owner, asset)
    assert refused.value.code == "in_use"


def test_an_original_whose_copy_went_out_is_in_use(project: Any, alice: Any, signed_in: Any) -> None:
    original, lonely = make_asset(project=project, name="wide.jpg"), make_asset(project=project)
    copy = make_asset(project=project, name="wide (crop).jpg", derived_from=original)
    take = make_take_row(project=project, inputs=[("first_frame", copy)])
    assert asset_library.uses_of(alice, [original, copy, lonely]) == {
        original.pk: Uses(1, 1),
        copy.pk: Uses(1, 0),
    }
    rows = asset_library.rows_for(alice, project)
    unused = asset_library.narrow(rows, asset_library.Wanted(use="unused"))
    assert set(unused) == {lonely}
    assert asset_library.takes_with(alice, original, 5) == [take]
    page = signed_in(alice).get(f"/a/{original.pk}").content.decode()
    assert "used in 1 take, through a copy" in page and "through a copy · " in page
    assert "through a copy" not in signed_in(alice).get(f"/a/{copy.pk}").content.decode()
    of_copy = make_asset(project=project, derived_from=copy)
    make_take_row(project=project, inputs=[("first_frame", of_copy), ("last_frame", original)])
    make_take_row(project=project, inputs=[("first_frame", of_copy)])
    told = asset_library.uses_of(alice, [original, copy, of_copy])
    assert told == {original.pk: Uses(3, 2), copy.pk: Uses(3, 2), of_copy.pk: Uses(2, 0)}, "each take once"

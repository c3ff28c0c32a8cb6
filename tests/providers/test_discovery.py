"""What a gateway lists is laid over the catalogue and under an administrator's edits; over real HTTP."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from providers import accounts, catalogue, discovery
from providers.gateways._venice_models import read_model as venice_model
from providers.gateways.base import DiscoveredModel
from providers.gateways.capabilities import to_plain
from providers.gateways.listing import laid_over
from providers.gateways.wire import WireRequest
from providers.models import AuditEvent, ProviderAccount, VideoModel
from tests.factories import CLOSED_PORT, make_account, model_of
from tests.providers.listings import Lists, change, forget_in_catalogue
from tests.providers.sandbox_server import SandboxServer
from tests.together import together

pytestmark = pytest.mark.django_db
KNOWN = "wan-2.6-text-to-video"


@pytest.fixture
def account(sandbox: SandboxServer) -> ProviderAccount:
    return make_account("venice", base_url=sandbox.url_for("venice"))


def test_a_second_look_changes_nothing(account: ProviderAccount, django_assert_max_num_queries: Any) -> None:
    discovery.discover(account)
    before = list(VideoModel.objects.filter(account=account).order_by("pk").values_list("pk", "capabilities"))
    with django_assert_max_num_queries(8):  # whatever the number of models
        assert discovery.discover(account).words == "Nothing changed."
    after = list(VideoModel.objects.filter(account=account).order_by("pk").values_list("pk", "capabilities"))
    assert after == before


def test_what_the_gateway_says_wins_over_the_catalogue_and_outlives_its_refresh(
    account: ProviderAccount,
) -> None:
    model = model_of(account, KNOWN)
    change(model, capabilities={**model.capabilities, "durations_s": [77.0], "seed": True})
    found = discovery.discover(account)
    assert "durations_s" in found.changed[KNOWN]
    told = model_of(account, KNOWN).capabilities
    assert told["durations_s"] == model.capabilities["durations_s"] and told["seed"] is False
    change(model, discovered={"durations_s": [99.0]})
    accounts.sync_catalogue(account)
    assert model_of(account, KNOWN).capabilities["durations_s"] == [99.0]


def test_what_an_administrator_edited_stays(account: ProviderAccount) -> None:
    model = model_of(account, KNOWN)
    change(model, source="edited", capabilities={**model.capabilities, "durations_s": [77.0]})
    assert KNOWN not in discovery.discover(account).changed
    assert model_of(account, KNOWN).capabilities["durations_s"] == [77.0]


def test_a_new_model_is_offered_when_its_modes_are_told(account: ProviderAccount) -> None:
    model_of(account, KNOWN).delete()
    found = discovery.discover(account)
    row = model_of(account, KNOWN)
    assert found.new == [KNOWN] and row.source == "discovered" and row.allowed
    assert row.capabilities["modes"] == ["text_to_video"] and row.capabilities["durations_s"]
    assert row in VideoModel.objects.offered()


def test_what_vanished_is_retired_and_comes_back(account: ProviderAccount) -> None:
    gone = VideoModel.objects.create(account=account, wire_id="gone", label="Gone", capabilities={})
    ours = VideoModel.objects.create(
        account=account, wire_id="ours", label="Ours", capabilities={}, source="added"
    )
    hidden = VideoModel.objects.create(
        account=account, wire_id="hidden", label="Hidden", capabilities={}, listed=False
    )
    assert discovery.discover(account).retired == ["gone"]
    gone.refresh_from_db(), ours.refresh_from_db(), hidden.refresh_from_db()
    assert gone.retired_at and not ours.retired_at and not hidden.retired_at
    model = model_of(account, KNOWN)
    change(model, retired_at=gone.retired_at)
    assert discovery.discover(account).returned == [KNOWN]


def test_a_bad_hour_of_the_gateway_changes_no_model(account: ProviderAccount) -> None:
    count = VideoModel.objects.offered().filter(account=account).count()
    accounts.change_address(account, CLOSED_PORT)
    accounts.save_key(account, "sandbox-key-for-tests")
    found = discovery.discover(account)
    assert "cannot be reached" in found.error
    assert VideoModel.objects.offered().filter(account=account).count() == count
    account.refresh_from_db()
    assert account.discovery["error"] == found.error


def test_nonsense_in_a_listing_counts_for_nothing() -> None:
    inputs = {"first_frame": {"max_count": 2, "min_side_px": 100}}
    base = laid_over({"modes": ["image_to_video"], "inputs": inputs}, {"durations_s": [5]})
    assert laid_over(base, {"durations_s": "soon"}) == base
    assert laid_over(base, {"inputs": "none"}) == base
    told = {"first_frame": {"min_side_px": 300}, "last_frame": {"min_side_px": 300}}
    limits = {**base["inputs"]["first_frame"], "min_side_px": 300}
    assert laid_over(base, {"inputs": told})["inputs"] == {"first_frame": limits}


def test_a_beta_and_its_countries_are_kept_and_go_again(account: ProviderAccount) -> None:
    model_of(account, KNOWN)

    def listed(**more: Any) -> dict[str, Any]:
        spec = {"name": "Wan", "constraints": {"model_type": "text-to-video"}, **more}
        found = discovery._lay_over(account, [venice_model({"id": KNOWN, "model_spec": spec})])
        assert not found.error
        return model_of(account, KNOWN).capabilities

    told = listed(
        betaModel=True, regionRestrictions=["ru", " CN", "ru", 7, None, "everywhere"], privacy="private"
    )
    assert (told["beta"], told["closed_in"], told["privacy"]) == ("open", ["CN", "RU"], "private")
    assert listed(beta=True, betaModel=True, regionRestrictions="CN")["beta"] == "accounts"
    told = listed(beta="yes", regionRestrictions=None, privacy=["private"])
    assert (told["beta"], told["closed_in"], told["privacy"]) == ("", [], "")


def test_command_and_daily_look(account: ProviderAccount) -> None:
    told = StringIO()
    call_command("provider", "discover", account.name, stdout=told)
    assert told.getvalue().startswith(f"{account.name}: ")
    model_of(account, KNOWN).delete()
    discovery.discover_all()
    assert model_of(account, KNOWN).source == "discovered"
    assert AuditEvent.objects.filter(verb="discover models").count() == 2


def test_a_model_added_by_hand_is_never_touched(account: ProviderAccount, monkeypatch: Any) -> None:
    ours = VideoModel.objects.create(
        account=account, wire_id="ours", label="Ours", capabilities={}, source="added", listed=False
    )
    before = VideoModel.objects.filter(pk=ours.pk).values().get()
    told = DiscoveredModel("ours", "Theirs", {"seed": True}, offline=True, deprecation={"date": "2026-12-01"})
    monkeypatch.setattr(accounts, "client_for", lambda _account: Lists(told))
    found = discovery.discover(account)
    assert VideoModel.objects.filter(pk=ours.pk).values().get() == before
    assert "ours" not in (*found.new, *found.changed, *found.retired, *found.returned)


@pytest.mark.parametrize(
    ("gateway", "named"),
    [
        ("venice", "its list of models"),
        ("elkapi", "its list of models"),
        ("siliconflow", "its list of models"),
        ("silkdock", "its list of model groups"),
        ("token360", "its public catalogue, which is the same for every key"),
    ],
)
def test_the_check_holds_the_gateways_list_against_the_catalogue(
    sandbox: SandboxServer, gateway: str, named: str
) -> None:
    account = make_account(gateway, base_url=sandbox.url_for(gateway))
    before = list(VideoModel.objects.filter(account=account).order_by("pk").values())
    there = {model.wire_id for model in accounts.client_for(account).discover()}
    said = check(account)
    assert f"{account.name}: {len(there)} models in {named}." in said
    for entry in catalogue.load(gateway):
        word = "not there" if entry.listed else "yet there"
        line = next(line for line in said if word in line)
        ids = line.partition(": ")[2].partition(": ")[2].rstrip(".").split(", ")
        assert (entry.wire_id in ids) == (entry.listed != (entry.wire_id in there))
    assert list(VideoModel.objects.filter(account=account).order_by("pk").values()) == before


def check(account: ProviderAccount) -> list[str]:
    told = StringIO()
    call_command("provider", "check", account.name, stdout=told)
    return told.getvalue().splitlines()


def test_the_check_names_what_is_missing_and_what_is_new(account: ProviderAccount, monkeypatch: Any) -> None:
    """Models that somebody added by hand are known."""
    VideoModel.objects.create(account=account, wire_id="ours", label="Ours", capabilities={}, source="added")
    unlisted = "seedance-2-0-text-to-video"
    shipped = {entry.wire_id: entry for entry in catalogue.load("venice")}
    kept = tuple(shipped[wire_id] for wire_id in (KNOWN, "veo3-fast-text-to-video", unlisted))
    monkeypatch.setattr(catalogue, "load", lambda _name: kept)
    models = [DiscoveredModel(wire_id, wire_id) for wire_id in (KNOWN, "ours", unlisted, "moon-1")]
    found = Lists(*models)
    monkeypatch.setattr(accounts, "client_for", lambda _account: found)
    listing = discovery.look(account)
    assert listing is not None
    assert listing.lines("its list") == [
        "5 models in its list.",
        "Of the catalogue, not there: veo3-fast-text-to-video.",
        f"Unlisted in the catalogue, yet there: {unlisted}.",
        "New there: moon-1, wan-2.6-image-to-video.",
    ]


def test_a_long_list_is_cut_and_says_so() -> None:
    ids = tuple(f"m{at}" for at in range(43))
    lines = discovery.Listing(43, (), (), ids).lines("its list")
    assert lines[1] == "Of the catalogue, not there: none." and lines[3].endswith("m39 and 3 more.")


def test_the_check_says_that_a_gateway_has_no_list(account: ProviderAccount, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(account.adapter), "discovers", False)
    assert f"{account.name}: This gateway has no list of models; the catalogue is what there is." in check(
        account
    )


def test_the_check_fails_where_the_list_cannot_be_read(account: ProviderAccount, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(account.adapter), "build_discover", lambda _self: WireRequest("GET", "/nothing"))
    told = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("provider", "check", account.name, stdout=told)
    assert ended.value.code == 1
    assert "its models cannot be listed." in told.getvalue() and "The key works." in told.getvalue()


def test_a_discovered_model_gets_the_catalogue_that_knows_it_later(
    account: ProviderAccount, monkeypatch: Any
) -> None:
    entry = forget_in_catalogue(account, monkeypatch, KNOWN)
    wrong = {"modes": ["extend"], "negative_prompt": True}
    told = DiscoveredModel(KNOWN, "Theirs", capabilities={"durations_s": [77.0]}, if_new=wrong)
    with pytest.MonkeyPatch.context() as asked:
        asked.setattr(accounts, "client_for", lambda _account: Lists(told))
        discovery.discover(account)
        discovery.discover(account)
        guessed = model_of(account, KNOWN)
        assert guessed.source == "discovered" and guessed.capabilities["modes"] == ["extend"]
        assert guessed.capabilities["durations_s"] == [77.0] and not guessed.price_rule
    monkeypatch.undo()
    assert accounts.sync_catalogue(account) == 1
    row = model_of(account, KNOWN)
    assert (row.source, row.label) == ("catalogue", entry.label) and row.price_rule
    assert row.capabilities == {**to_plain(entry.capabilities), "durations_s": [77.0]}
    assert row.discovered == {"durations_s": [77.0]}
    assert accounts.sync_catalogue(account) == 0


@pytest.mark.parametrize(("guess", "allowed"), [({}, True), ({"modes": ["text_to_video"]}, False)])
def test_what_waited_for_its_modes_is_offered_and_what_was_taken_off_is_not(
    account: ProviderAccount, monkeypatch: Any, guess: dict[str, Any], allowed: bool
) -> None:
    forget_in_catalogue(account, monkeypatch, KNOWN)
    with pytest.MonkeyPatch.context() as asked:
        asked.setattr(
            accounts, "client_for", lambda _account: Lists(DiscoveredModel(KNOWN, "T", if_new=guess))
        )
        discovery.discover(account)
    change(model_of(account, KNOWN), allowed=False)
    monkeypatch.undo()
    accounts.sync_catalogue(account)
    assert (model_of(account, KNOWN) in VideoModel.objects.offered()) == allowed


@pytest.mark.both_databases
def test_an_id_that_no_row_can_hold_is_passed_over(
    account: ProviderAccount, monkeypatch: Any, caplog: Any
) -> None:
    odd, good = DiscoveredModel("x" * 121, "Odd"), DiscoveredModel("y" * 120, "Good")
    monkeypatch.setattr(accounts, "client_for", lambda _account: Lists(odd, good))
    assert discovery.discover(account).new == ["y" * 120]
    assert "its id is too long" in caplog.text


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_looks_at_one_moment_find_a_new_model_once(monkeypatch: Any) -> None:
    account = make_account("venice")
    model_of(account, KNOWN).delete()
    listed = [DiscoveredModel(f"new-{number}", "New") for number in range(20)]
    monkeypatch.setattr(accounts, "client_for", lambda _account: Lists(*listed))

    def look(number: int) -> list[str]:
        if number % 2:
            accounts.sync_catalogue(account)
            return []
        return discovery.discover(account).new

    found = together(8, look)
    assert sorted(map(len, found)) == [0] * 7 + [20]
    assert account.models.filter(wire_id=KNOWN).count() == 1


def test_a_fault_at_one_account_stops_no_other(
    account: ProviderAccount, monkeypatch: Any, caplog: Any
) -> None:
    first = make_account("venice", name="A venice that breaks")
    gone = make_account("venice", name="A gateway that is gone")
    ProviderAccount.objects.filter(pk=gone.pk).update(gateway="gone")
    ask = accounts.client_for

    def client_for(asked: ProviderAccount) -> Any:
        assert asked.pk != first.pk, "odd"
        return ask(asked)

    monkeypatch.setattr(accounts, "client_for", client_for)
    model_of(account, KNOWN).delete()
    discovery.discover_all()
    assert model_of(account, KNOWN).source == "discovered"
    assert caplog.text.count("its models could not be asked for") == 2


def test_button_and_what_it_found(account: ProviderAccount, admin: Any, signed_in: Any) -> None:
    model_of(account, KNOWN).delete()
    client = signed_in(admin)
    data = {"action": "discover", "_selected_action": str(account.pk)}
    page = client.post("/admin/providers/provideraccount/", data, follow=True)
    assert f"new: {KNOWN}" in page.content.decode()
    shown = client.get(f"/admin/providers/provideraccount/{account.pk}/change/").content.decode()
    assert f"new: {KNOWN}" in shown


def test_an_unlisted_model_is_added_by_hand_as_a_copy(
    account: ProviderAccount, admin: Any, signed_in: Any
) -> None:
    client, model = signed_in(admin), model_of(account, KNOWN)
    data = {"action": "copy", "_selected_action": str(model.pk)}
    answer = client.post("/admin/providers/videomodel/", data)
    page = client.get(answer["Location"])
    typed = {name: page.context["adminform"].form[name].value() for name in ("label", "family")}
    typed |= {"account": str(account.pk), "wire_id": "wan-2.6-secret", "allowed": "on"}
    typed |= {"capabilities": json.dumps(model.capabilities), "price_rule": "{}"}
    assert client.post(answer["Location"], typed).status_code == 302
    made = model_of(account, "wan-2.6-secret")
    assert made.source == "added" and made.capabilities == model.capabilities and not made.listed
    assert made in VideoModel.objects.offered()
    discovery.discover(account)
    assert model_of(account, "wan-2.6-secret").retired_at is None


def test_elkapis_list_of_a_key_changes_nothing_that_it_shows(sandbox: SandboxServer) -> None:
    account = make_account("elkapi", base_url=sandbox.url_for("elkapi"))
    found = discovery.discover(account)
    assert not (found.error or found.new or found.retired)


def test_token360s_public_catalogue_is_read_without_the_key(sandbox: SandboxServer) -> None:
    account = make_account("token360", base_url=sandbox.url_for("token360"))
    before = model_of(account, "seedance-2.0").capabilities
    VideoModel.objects.create(account=account, wire_id="gone", label="Gone", capabilities={})
    model_of(account, "seedance-1.5-pro").delete()
    found = discovery.discover(account)
    assert (found.new, found.retired, found.error) == (["seedance-1.5-pro"], ["gone"], "")
    row = model_of(account, "seedance-1.5-pro")
    assert not row.allowed and row not in VideoModel.objects.offered()  # an administrator says what it takes
    assert model_of(account, "seedance-2.0").capabilities == before
    asked = [row for row in sandbox.requests() if row["path"].startswith("/token360/public/models")]
    assert asked and not any("authorization" in row["headers"] for row in asked)


def test_a_list_of_strangers_changes_nothing(account: ProviderAccount) -> None:
    """As when a gateway begins to spell its ids in another way: nobody should stand there without models."""
    rows = VideoModel.objects.filter(account=account)
    rows.exclude(pk=model_of(account, KNOWN).pk).delete()
    rows.update(wire_id="never-heard-of")
    found = discovery.discover(account)
    assert "none of the known models" in found.error
    assert [(row.wire_id, row.retired_at) for row in rows.all()] == [("never-heard-of", None)]
    rows.delete()
    assert KNOWN in discovery.discover(account).new  # where there is nothing to lose, all are new

"""manage.py generate and manage.py provider: what they say, what they make, how they exit."""

from __future__ import annotations

import io
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from generations import terminal
from generations.models import Generation, Heartbeat, Project
from generations.services.cheapest import find_cheapest
from generations.services.projects import create_project
from providers.gateways.registry import all_gateways
from providers.gateways.values import KeyCheck
from providers.models import AllowList, AuditEvent, ProviderAccount, VideoModel
from providers.quotes import Quote
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    make_account,
    make_model,
    make_project,
    make_quota,
    make_take_row,
)
from tests.media_files import make_mp4
from tests.studio_process import ROOT, StudioProcess
from videostudio import doctor


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def running(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part has just been heard."""
    monkeypatch.setattr(terminal, "_is_closed", lambda: False)
    for name in settings.CLUSTERS:
        Heartbeat.objects.create(name=name, beaten_at=timezone.now())


# --- provider ---------------------------------------------------------------------------------


def test_account_is_added_with_a_key_from_the_environment(db, monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-planted-1234567890")
    said = run("provider", "add", "--gateway", "token360", "--name", "Main", "--key-env", "MY_KEY")
    account = ProviderAccount.objects.get(name="Main")
    assert account.get_key() == "sk-planted-1234567890" and account.models.exists()
    said += run("provider", "list") + run("provider", "models", "Main")
    assert "planted" not in said and "…7890" in said and "ready" in said
    assert "planted" not in str(list(AuditEvent.objects.values()))


def test_another_key_is_saved_from_the_environment_and_the_old_one_kept_unless_it_leaked(db, monkeypatch):
    account = make_account(name="Main", key="sk-planted-old-1111")
    monkeypatch.setenv("MY_KEY", "sk-planted-new-2222")
    said = run("provider", "key", "Main", "--key-env", "MY_KEY")
    assert "…2222" in said and "still: …1111" in said and "planted" not in said
    monkeypatch.setenv("MY_KEY", "sk-planted-new-3333")
    said = run("provider", "key", "Main", "--key-env", "MY_KEY", "--leaked")
    assert "…3333" in said and "still" not in said and not account.former_keys.exists()


def test_nothing_is_added_without_a_key_or_twice(db, monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    add = ("provider", "add", "--gateway", "token360", "--name", "Main", "--key-env", "MY_KEY")
    with pytest.raises(CommandError, match="MY_KEY is empty"):
        run(*add)
    monkeypatch.setenv("MY_KEY", "sk-planted-1234567890")
    with pytest.raises(CommandError, match="no http"):
        run(*add, "--base-url", "ftp://x")
    run(*add)
    with pytest.raises(CommandError, match="already"):
        run(*add)


def test_a_key_with_a_line_break_inside_is_refused(db, monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-planted\n1234567890")
    with pytest.raises(CommandError, match="a character that no key has"):
        run("provider", "add", "--gateway", "token360", "--name", "Main", "--key-env", "MY_KEY")


def test_check_says_what_is_wrong_and_fails(db):
    account = make_account(base_url="http://127.0.0.1:9/v1")
    with pytest.raises(SystemExit) as ended:
        run("provider", "check", account.name)
    assert ended.value.code == 1
    assert "The last check failed: Token360 cannot be reached." in run("provider", "list")
    assert [line for ok, line in (*doctor.keys(),) if not ok and "cannot be reached" in line]
    with pytest.raises(CommandError, match="There is no account"):
        run("provider", "check", "nobody")


def test_cheapest_take_is_the_shortest_of_the_lowest_price(db):
    account = make_account()
    wish = find_cheapest(account)
    assert wish.values["duration_s"] == 4 and wish.model.account == account
    account.models.update(price_rule={})
    assert find_cheapest(account).values["duration_s"] == 4
    account.models.update(allowed=False)
    assert find_cheapest(account) is None


@pytest.mark.parametrize("gateway", sorted(all_gateways()))
def test_submit_says_its_price_and_waits_for_yes(db, admin, monkeypatch, gateway):
    monkeypatch.setattr("providers.accounts.check_key", lambda account: KeyCheck(True, "The key works."))
    account, out = make_account(gateway, base_url=CLOSED_PORT), io.StringIO()
    with pytest.raises(CommandError, match="--yes"):
        call_command("provider", "check", account.name, "--submit", stdout=out)
    assert "Price: " in out.getvalue() and not Generation.objects.exists()


def archive(_monkeypatch: Any, user: Any) -> None:
    create_project(user, "Account checks")
    Project.objects.filter(name="Account checks").update(archived_at=timezone.now())


def allow_nothing(_monkeypatch: Any, _user: Any) -> None:
    make_quota(0)


def bar_every_clip(_monkeypatch: Any, _user: Any) -> None:
    AllowList.objects.create(scope="role", role="administrator", longest_s=Decimal("0.5"))


def raise_the_price(monkeypatch: Any, _user: Any) -> None:
    dear = mock.Mock(return_value=Quote(Decimal("9.00"), "quoted"))
    monkeypatch.setattr("generations.services.create.quote", dear)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (archive, "You may not generate in this project"),
        (allow_nothing, "The limit of the whole studio"),
        (bar_every_clip, "The allow-list for each administrator"),
        (raise_the_price, "The price has gone up"),
    ],
)
def test_a_check_that_may_not_spend_says_why_in_one_line(running, admin, monkeypatch, trouble, said):
    monkeypatch.setattr("providers.accounts.check_key", lambda account: KeyCheck(True, "The key works."))
    account = make_account(base_url=CLOSED_PORT)
    trouble(monkeypatch, admin)
    with pytest.raises(CommandError, match=f"^Account checks: {said}.* Nothing was sent.$") as refused:
        run("provider", "check", account.name, "--submit", "--yes")
    assert refused.value.returncode == terminal.WRONG_USE and not Generation.objects.exists()


# --- generate ---------------------------------------------------------------------------------


def test_nothing_is_made_while_the_studio_is_down(db, project):
    with pytest.raises(CommandError, match="not running") as refused:
        run("generate", "A boat")
    assert refused.value.returncode == terminal.NOT_RUNNING


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "duration_s=7"], "duration_s: 7 is not offered"),
        (["--set", "duration_s=long"], "a number"),
        (["--set", "callback=https://x"], "use NAME=VALUE"),
        (["--count", "9"], "--count is 1 to 8"),
        (["--project", "nowhere"], "project: There is nothing here"),
        (["--account", "nobody"], "no such account"),
        (["--first-frame", "nowhere.png"], "There is no file"),
    ],
)
def test_wrong_words_are_refused_by_name(running, project, words, said):
    model = make_model()
    with pytest.raises(CommandError, match=said) as refused:
        run("generate", "A boat", "--user", "alice", "--model", model.wire_id, *words)
    assert refused.value.returncode == terminal.WRONG_USE and not Generation.objects.exists()


def test_limit_is_told_and_nothing_is_made(running, project):
    make_quota(1)
    model = make_model()
    with pytest.raises(
        CommandError, match="The limit of the whole studio is 1 take in all: 1 left, 2 asked for."
    ):
        run("generate", "A boat", "--user", "alice", "--model", model.wire_id, "--count", "2")
    assert not Generation.objects.exists()


def test_an_allow_list_is_told_and_nothing_is_made(running, project):
    model = make_model()
    AllowList.objects.create(scope="project", project_id=project.pk, resolutions=["1080p"])
    said = "The allow-list of this project does not have 720p"
    with pytest.raises(CommandError, match=said) as refused:
        run("generate", "A boat", "--user", "alice", "--model", model.wire_id, "--set", "resolution=720p")
    assert refused.value.returncode == terminal.WRONG_USE and not Generation.objects.exists()


def test_price_that_rose_after_it_was_said_makes_nothing(running, project, monkeypatch):
    prices = iter(["0.50", "9.00"])

    def ask(*_request: Any) -> Quote:
        return Quote(Decimal(next(prices)), "quoted")

    monkeypatch.setattr("generations.management.commands.generate.quote", ask)
    monkeypatch.setattr("generations.services.create.quote", ask)
    with pytest.raises(CommandError, match="gone up"):
        call_command("generate", "A boat", user="alice", model=make_model().wire_id, stdout=io.StringIO())
    assert not Generation.objects.exists()


def test_interrupted_command_leaves_the_take_running(running, project, monkeypatch):
    def stop(_watch: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal.Watch, "run", stop)
    out, model = io.StringIO(), make_model()
    with pytest.raises(SystemExit) as ended:
        call_command("generate", "A boat", user="alice", model=model.wire_id, stdout=out)
    take = Generation.objects.get()
    assert ended.value.code == 130 and take.status == "queued" and str(take.pk) in out.getvalue()


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("failed", 1, "Not charged. Change the words"),
        ("needs_consent", 3, "asks a person to attest"),
        ("uncertain", 3, "may bill twice"),
        ("cancelled", 1, "Cancelled"),
    ],
)
def test_report_says_what_to_do(db, status, code, said):
    out = io.StringIO()
    from django.core.management.base import OutputWrapper

    assert terminal.report(OutputWrapper(out), make_take_row(status=status)) == code
    assert said in out.getvalue()


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_on_a_screen_and_lines_elsewhere(db):
    from django.core.management.base import OutputWrapper

    take = make_take_row(status="completed")
    screen, pipe = Screen(), io.StringIO()
    terminal.Watch(OutputWrapper(screen), [take]).run()
    terminal.Watch(OutputWrapper(pipe), [take]).run()
    assert "█" * terminal.BAR in screen.getvalue() and "\r" in screen.getvalue()
    assert pipe.getvalue() == "Completed\n"


# --- through a whole studio -----------------------------------------------------------------------


def manage(studio: StudioProcess, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env={**studio.env, **env}, capture_output=True, text=True, timeout=180
    )


@pytest.mark.processes
def test_clip_comes_out_of_the_same_workers(tmp_path: Path):
    make_person = (
        "from videostudio.models import User; from generations.services.projects import create_project;"
        "user = User.objects.create_superuser('ada', password='correct horse 9'); create_project(user, 'P')"
    )
    quick = {"SANDBOX": "1", "SANDBOX_ROUGH": 1, "SANDBOX_JOB_S": 1, "POLL_SCALE": 0.2}
    with StudioProcess(tmp_path, **quick) as studio:
        assert manage(studio, "shell", "-c", make_person).returncode == 0
        clip = tmp_path / "clip.mp4"
        words = ("generate", "A boat on a still fjord", "--set", "duration_s=5", "--out", str(clip))
        done = manage(studio, *words)
        assert done.returncode == 0, done.stdout + done.stderr + studio.said
        assert "Price: $0.00 (sandbox)" in done.stdout and "Completed" in done.stdout
        assert clip.read_bytes()[4:8] == b"ftyp"
        name = "Token360 sandbox"
        checked = manage(studio, "provider", "check", name, "--submit", "--yes")
        assert checked.returncode == 0, checked.stdout + checked.stderr
    stopped = manage(studio, "generate", "A boat")
    assert stopped.returncode == terminal.NOT_RUNNING and "no sign of web" in stopped.stderr


def test_any_input_goes_in_by_its_role(running, monkeypatch, tmp_path, admin):
    """A source clip, and what to do with it."""
    make_project(admin)
    account = make_account("token360", sandbox=True)
    inputs = {"source_video": {"mimes": ["video/mp4"]}}
    model = make_model(
        account=account, capabilities={**CAPABILITIES, "modes": ["edit", "extend"], "inputs": inputs}
    )
    monkeypatch.setattr("generations.management.commands.generate.follow", lambda *_: 0)
    clip = make_mp4(tmp_path / "a.mp4")
    VideoModel.objects.exclude(pk=model.pk).update(allowed=False)
    run("generate", "Longer", "--input", f"source_video={clip}", "--mode", "extend", "--set", "duration_s=5")
    take = Generation.objects.get()
    assert take.model_id == model.pk and take.mode == "extend"
    assert [use.role for use in take.inputs.all()] == ["source_video"]
    with pytest.raises(CommandError, match="ROLE=FILE"):
        run("generate", "Longer", "--input", f"somewhere={clip}")

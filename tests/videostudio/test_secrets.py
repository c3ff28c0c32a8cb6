"""Secrets are made once, readable by their owner alone; weak ones stop the start."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from videostudio import secret_files

ROOT = Path(__file__).resolve().parents[2]


def start(tmp_path: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """``manage.py check`` in a fresh process, with nothing of this one's environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", "check", *options]
    env = {"DATA_DIR": str(tmp_path / "data"), **kept, **env}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_first_run_makes_both_secrets_with_mode_0600(tmp_path):
    assert start(tmp_path).returncode == 0
    for name in ("secret_key", "field_keys"):
        assert (tmp_path / "data/secrets" / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data/secrets").stat().st_mode & 0o777 == 0o700


def test_field_keys_are_apart_from_the_secret_key(tmp_path):
    key, field_keys = secret_files.secret_key(tmp_path), secret_files.field_keys(tmp_path)
    assert key not in field_keys and len(field_keys) == 1


def test_many_that_start_at_once_read_the_same_secret(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: secret_files.secret_key(tmp_path), range(64)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("weak", ["short", "django-insecure-" + "x7Hq2" * 10, "a" * 60])
def test_weak_secret_key_stops_the_start(tmp_path, monkeypatch, weak):
    monkeypatch.setenv("SECRET_KEY", weak)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        secret_files.secret_key(tmp_path)


@pytest.mark.parametrize("bad", ["nonsense", "QUFB" * 10 + "QUE=", "a,b"])
def test_bad_field_key_stops_the_start(tmp_path, monkeypatch, bad):
    monkeypatch.setenv("FIELD_KEYS", bad)
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        secret_files.field_keys(tmp_path)


WRONG = [
    ("PORT", "eighty"),
    ("PORT", "70000"),
    ("BIND", "somewhere"),
    ("TIME_ZONE", "Mars/Olympus"),
    ("PUBLIC_URL", "studio.example.com"),
    ("PUBLIC_URL", "https://a.example/path"),
    ("DATABASE_URL", "mysql://x/y"),
    ("SANDBOX", "maybe"),
    ("OUTBOUND_ALLOW", "10.0.0.1"),
    ("TRUSTED_PROXIES", "proxy"),
    ("EMAIL_URL", "nonsense"),
    ("LOG_LEVEL", "LOUD"),
    ("VS_BEAT_S", "often"),
    ("SECRET_KEY", "secret"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_wrong_value_is_refused_in_one_line_that_names_it(tmp_path, name, value):
    done = start(tmp_path, **{name: value})
    assert done.returncode == 1
    assert name in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_open_address_needs_a_public_url(tmp_path):
    assert "PUBLIC_URL" in start(tmp_path, BIND="0.0.0.0").stderr
    assert start(tmp_path, BIND="0.0.0.0", PUBLIC_URL="https://studio.example.com").returncode == 0


def test_data_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = start(tmp_path, DATA_DIR=str(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert "DATA_DIR" in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_production_settings_pass_djangos_deployment_check(tmp_path):
    options = ["--deploy", "--fail-level", "WARNING"]
    done = start(tmp_path, *options, PUBLIC_URL="https://studio.example.com")
    assert done.returncode == 0, done.stderr

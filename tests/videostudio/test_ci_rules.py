"""On CI a test that counts cannot be skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


TEST = """
import pytest

@pytest.mark.browser
def test_x(chromium): pass
"""


@pytest.mark.parametrize(("ci", "code", "word"), [("true", 1, "Skipped on CI"), ("", 0, "1 skipped")])
def test_skipped_browser_test_fails_on_ci_alone(tmp_path, monkeypatch, ci, code, word):
    (tmp_path / "test_one.py").write_text(TEST)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("CHROMIUM", "/nothing/here")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", "pyproject.toml"]
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, word in done.stdout) == (code, True), done.stdout

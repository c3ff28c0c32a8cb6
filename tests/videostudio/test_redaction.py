"""What must not reach a log does not."""

import io
import logging

import pytest

from videostudio.redaction import RedactingFormatter, RedactionFilter, redact

PLANTED = "Zq81kPlantedX93mmQ"


@pytest.mark.parametrize(
    "text",
    [
        f"key sk-{PLANTED} refused",
        f"Authorization: Bearer {PLANTED}",
        f"VENICE_INFERENCE_KEY_{PLANTED}",
        f"token vs_{PLANTED}",
        f"secret whsec_{PLANTED}",
        f"sandbox-{PLANTED}",
        f"GET https://cdn.example/clip.mp4?sig={PLANTED}&x=1",
        f"GET /i/abc?key={PLANTED}",
        f"/setup/{PLANTED}",
        f"http://127.0.0.1:8000/hooks/{PLANTED}",
    ],
)
def test_secret_is_blotted_out(text):
    assert PLANTED not in redact(text)


def test_plain_sentence_stays_as_it_is():
    text = "Basic usage: is port 8000 taken? See https://example.com/help"
    assert redact(text) == text


def test_traceback_and_arguments_are_redacted_too():
    target = io.StringIO()
    handler = logging.StreamHandler(target)
    handler.addFilter(RedactionFilter())
    handler.setFormatter(RedactingFormatter())
    logger = logging.Logger("planted")
    logger.addHandler(handler)
    try:
        raise ValueError(f"Bearer {PLANTED}")
    except ValueError:
        logger.exception("with %s", f"sk-{PLANTED}")
    assert "ValueError" in target.getvalue() and PLANTED not in target.getvalue()

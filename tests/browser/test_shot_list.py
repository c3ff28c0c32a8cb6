"""Shots: two are added and put in order by keyboard, a take is chosen, the cut plays through to a slate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.models import Shot
from generations.services import shot_takes, shots
from tests.browser.walker import LOOKS, Walker
from tests.generations.shared import make_clip
from tests.generations.shots.desk import codes
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def until(walker: Walker, true: Any) -> None:
    wait_until(lambda: true() or walker.page.wait_for_timeout(25), 20, every=0)


def test_shots_from_the_first_one_to_the_cut(
    look: Any, project: Any, alice: Any, bob: Any, live_server: Any, tmp_path: Path
) -> None:
    walker = look(f"/p/{project.slug}/shots", alice)
    page = walker.page
    page.click("[data-shots-first]")
    page.keyboard.press("Enter")  # the code stands there already
    page.wait_for_selector(".shot")
    page.wait_for_function("document.activeElement.value === 'SH020'")  # the next one may be typed at once
    page.keyboard.press("Tab")
    page.keyboard.type("Crew walk")
    page.keyboard.press("Enter")
    page.wait_for_selector(".shot + .shot")
    assert codes(project) == ["SH010", "SH020"]

    first, second = shots.in_order(project)
    page.focus(f"#shot-{second.pk} .shotlinks a")
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_role("status").get_by_text("SH020 is number 1 now.").wait_for()
    assert codes(project) == ["SH020", "SH010"]
    held = "document.activeElement.closest('[data-shot]')?.id"
    until(walker, lambda: page.evaluate(held) == f"shot-{second.pk}")
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_role("status").get_by_text("SH020 is number 2 now.").wait_for()
    assert codes(project) == ["SH010", "SH020"]

    # somebody else moves a take there: it comes by the page's own poll
    take = make_clip(project, tmp_path)
    shot_takes.move(bob, project, [take.pk], first)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:refresh'))")
    page.focus(f"#choose-{take.pk}")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#choose-{take.pk}[aria-pressed=true]")
    assert Shot.objects.get(pk=first.pk).chosen_take == take
    until(walker, lambda: page.evaluate("document.activeElement.id") == f"choose-{take.pk}")
    page.click(f"#edit-{second.pk}")
    page.fill("#shot-length", "0:01")
    page.click("#shot-dialog .btn.primary")
    page.get_by_text("1 s wanted").wait_for()
    assert not page.is_visible("#shot-dialog")

    page.click(f"#behind-{first.pk}")
    assert page.input_value("#shot-code") == "SH015"
    assert walker.axe() == []
    page.keyboard.press("Escape")
    page.click("#shots a[href$='shots/play']")
    page.wait_for_selector("[data-cut][data-shot=SH010] video:not([hidden])")
    page.keyboard.press("Space")
    page.wait_for_selector("[data-cut][data-shot=SH020]")  # behind the clip of a second
    assert page.inner_text("[data-cut-slate]").split("\n")[0] == "SH020" and page.is_visible(
        "[data-cut-slate]"
    )
    page.wait_for_selector("[data-cut][data-state=ready]")  # it stopped by itself
    assert page.inner_text("[data-cut-time]") == "00:00:01:23"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("[data-cut][data-shot=SH010]")
    page.focus("[data-cut-line]")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-cut][data-shot=SH020]")

    for theme, (width, height) in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        for address in ("shots", "shots/play", "shots/import", "shots/export"):
            page.goto(f"{live_server.url}/p/{project.slug}/{address}")
            walker.settle()
            assert walker.axe() == [], (theme, address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width

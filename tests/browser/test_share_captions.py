"""The captions of a link's takes, written one after the other faster than the answers come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generations.models import ShareItem, ShareLink
from generations.services import share_items
from tests.browser.walker import Walker
from tests.generations.shared import make_take, share_of
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHANGES = "**/shares/*/takes"


@pytest.fixture
def share(page: Any, live_server: Any, project: Any, alice: Any, signed_in: Any) -> ShareLink:
    """Of three takes; alice has its page before her."""
    cookies = signed_in(alice).cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies]
    )
    share, _token = share_of(*(make_take(project) for _ in range(3)))
    page.goto(f"{live_server.url}/shares/{share.pk}")
    return share


def items(share: ShareLink) -> list[ShareItem]:
    return list(ShareItem.objects.filter(share=share).order_by("position"))


def captions(share: ShareLink) -> list[str]:
    return [item.caption for item in items(share)]


def hold(page: Any) -> Callable[[], None]:
    """Changes of the list wait until what this returns is called."""
    waiting: list[Any] = []
    page.unroute(CHANGES)
    page.route(CHANGES, lambda route: route.continue_() if None in waiting else waiting.append(route))

    def let_go() -> None:
        wait_until(lambda: waiting or page.wait_for_timeout(25), 15, every=0)
        held = list(waiting)
        waiting.append(None)  # what comes from here on goes through
        for route in held:
            route.continue_()

    return let_go


def test_quick_captions_all_arrive_and_none_that_is_refused_is_lost(
    page: Any, share: ShareLink, bob: Any
) -> None:
    one, two, three = (page.locator(f"#caption-{item.generation_id}") for item in items(share))
    let_go = hold(page)
    one.fill("Dawn")
    one.press("Enter")
    two.fill("Noon")
    three.fill("Night, still being wr")  # leaves the second, which is sent for that
    let_go()
    wait_until(lambda: captions(share) == ["Dawn", "Noon", ""] or page.wait_for_timeout(25), 10, every=0)
    three.press_sequentially("itten")
    let_go = hold(page)
    three.press("Enter")
    page.click(f"#up-{items(share)[1].generation_id}")
    one.focus()  # the button that waits for its turn has the focus no more
    let_go()
    wanted = ["Noon", "Dawn", "Night, still being written"]
    wait_until(lambda: captions(share) == wanted or page.wait_for_timeout(25), 10, every=0)
    Walker(page).settle()

    first, *_rest = items(share)
    seen = share_items.version_of(items(share))
    share_items.move(bob, share, first.generation_id, "down", seen, caption="Midday")
    three.fill("Dusk")
    with page.expect_response(CHANGES) as refused:
        three.press("Enter")
    assert refused.value.status == 409
    page.get_by_text("Somebody changed this list meanwhile").wait_for()
    assert [three.input_value(), two.input_value()] == ["Dusk", "Midday"]
    assert three.get_attribute("aria-invalid") == "true"
    three.press("Enter")
    wait_until(
        lambda: captions(share) == ["Dawn", "Midday", "Dusk"] or page.wait_for_timeout(25), 10, every=0
    )
    page.locator(f"#{three.get_attribute('id')}:not([aria-invalid])").wait_for()

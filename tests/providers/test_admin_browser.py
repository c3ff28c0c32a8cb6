"""The admin under the studio's CSP: pages draw and work without a word in the console."""

from __future__ import annotations

from typing import Any

import pytest

from providers.models import ProviderAccount, VideoModel
from tests.factories import make_account, make_quota, make_take_row


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_accounts_models_and_limits_are_kept_in_a_browser(
    page: Any, live_server: Any, admin: Any, signed_in: Any
) -> None:
    said: list[str] = []
    page.on(
        "console", lambda line: said.append(f"{line.text} {line.location}") if line.type == "error" else None
    )
    make_take_row()
    quota = make_quota(3)
    account = make_account()
    cookies = signed_in(admin).cookies
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies.items()]
    )
    model = account.models.first()
    for address in (
        "",
        "providers/quota/",
        "providers/quota/add/",
        f"providers/videomodel/{model.pk}/change/",
        f"providers/provideraccount/{account.pk}/change/",
        "generations/generation/",
    ):
        page.goto(f"{live_server.url}/admin/{address}")
    page.goto(f"{live_server.url}/admin/providers/provideraccount/add/")
    page.get_by_label("Name").fill("From the browser")
    page.locator("input[name=key]").fill("sk-planted-0123456789")
    page.locator("input[name=_save]").click()
    page.get_by_text("was added successfully").wait_for()
    assert ProviderAccount.objects.get(name="From the browser").get_key() == "sk-planted-0123456789"
    assert "planted" not in page.content()
    page.goto(f"{live_server.url}/admin/providers/videomodel/{model.pk}/change/")
    page.get_by_label("Name").fill("Typed for minutes")
    VideoModel.objects.filter(pk=model.pk).update(family="Found meanwhile")
    page.locator("input[name=_save]").click()
    page.get_by_text("since the page was opened: Family. Nothing was saved").wait_for()
    assert page.get_by_label("Name").input_value() == "Typed for minutes"
    page.goto(page.url)
    page.get_by_label("Name").fill("Ours")
    page.locator("input[name=_save]").click()
    page.get_by_text("was changed successfully").wait_for()
    saved = VideoModel.objects.get(pk=model.pk)
    assert (saved.label, saved.family, saved.source) == ("Ours", "Found meanwhile", "edited")
    page.goto(f"{live_server.url}/admin/providers/quota/{quota.pk}/change/")
    page.get_by_text("stays as it was made").wait_for()
    page.get_by_label("Limit").fill("9")
    page.locator("input[name=_save]").click()
    page.get_by_text("was changed successfully").wait_for()
    quota.refresh_from_db()
    assert quota.limit == 9 and said == []

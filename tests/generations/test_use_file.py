"""From a file's page into the composer."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Asset, Draft
from tests.factories import make_account, make_asset, make_model

pytestmark = pytest.mark.django_db


def test_a_file_goes_into_the_composer_as_what_it_can_be(project: Any, bob: Any, signed_in: Any) -> None:
    image = {"max_count": 4}
    caps = {"modes": ["image_to_video", "reference_to_video"]}
    caps |= {"inputs": {"first_frame": {**image, "max_count": 1}, "reference_image": image}}
    make_model(account=make_account("venice"), capabilities=caps)
    first, second, client = make_asset(project=project), make_asset(project=project), signed_in(bob)
    page = client.get(f"/a/{first.pk}")
    assert ("first_frame", "First frame") in [(value, str(label)) for value, label in page.context["places"]]
    assert "source_video" not in dict(page.context["places"])

    def use(asset: Asset, role: str) -> Any:
        return client.post(f"/a/{asset.pk}/use", {"role": role})

    def stands() -> list[tuple[str, str]]:
        body = Draft.objects.get(user=bob, project=project).body
        return [(item["role"], item["asset"]) for item in body["inputs"]]

    assert use(first, "first_frame").url == f"{project.get_absolute_url()}?focus=prompt"
    use(second, "first_frame")
    assert stands() == [("first_frame", str(second.pk))]
    for asset in (first, second, first):
        use(asset, "reference_image")
    assert stands()[1:] == [("reference_image", str(second.pk)), ("reference_image", str(first.pk))]
    for role in ("source_video", "", "reference_voice"):
        assert use(first, role).url == f"/a/{first.pk}"
    assert len(stands()) == 3

"""The table of what gateways can do is what adapters and catalogues say, and every page it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from providers.features import table
from providers.gateways.registry import all_gateways

DOCS = Path(__file__).resolve().parents[2] / "docs" / "gateways"


def test_the_page_is_up_to_date() -> None:
    assert (DOCS / "index.md").read_text(encoding="utf-8") == table(), "manage.py provider features"


def test_every_gateway_has_its_page() -> None:
    named = set(re.findall(r"\]\((\w+)\.md\)", table()))
    assert named == set(all_gateways())
    for name in named:
        page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        assert page.startswith("# ") and len(page) > 500


def test_the_table_tells_them_apart() -> None:
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in table().splitlines()
        if line.startswith("|")
    }
    at = {name: place for place, name in enumerate(all_gateways())}
    assert rows["Price quoted before the click"][at["venice"]] == "yes"
    assert rows["Price quoted before the click"][at["token360"]] == "-"
    assert rows["Input: first frame, at most"][at["siliconflow"]] == "1"
    assert rows["Mode: extend"][at["siliconflow"]] == "-"

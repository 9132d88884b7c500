"""The gallery page, opened from its file in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gsi_ray.lake import write_shard
from gsi_ray.reporting.gallery import card, difference_image, render, write_gallery
from tests.toy_triplets import toy_triplets

TRIPLETS = toy_triplets()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("lake"))
    write_shard(TRIPLETS, folder, "shard-abc-00000000", split="train", environment="tabletop")
    return folder


@pytest.fixture(scope="module")
def page(lake: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("pages") / "gallery.html"
    assert write_gallery(lake, page) == len(TRIPLETS)
    return page


class _Elements(HTMLParser):
    """All start tags of a document, with their attributes."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def visible_cards(self) -> list[str]:
        cards = (attributes for tag, attributes in self.tags if tag == "article")
        return [str(one["data-operation"]) for one in cards if "data-sample" in one and "hidden" not in one]


def _open(page: Path, fragment: str = "") -> str:
    """The document after a browser has run the page; fails on any error in its console."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.fail("This test opens the page in Chromium, which is not installed: apt-get install chromium.")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=2000"]
    address = f"{page.as_uri()}#{fragment}"
    done = subprocess.run([browser, *arguments, "--dump-dom", address], capture_output=True, text=True, timeout=120)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert console == []
    return done.stdout


def test_the_page_shows_every_sample_with_its_words_and_pictures(page: Path) -> None:
    document = _open(page)
    assert sorted(_Elements(document).visible_cards()) == sorted(triplet.operation for triplet in TRIPLETS)
    for triplet in TRIPLETS:
        assert triplet.instruction in document
        assert triplet.instruction_zh in document
    assert document.count("data:image/jpeg;base64,") == 3 * len(TRIPLETS)


def test_an_address_filters_by_operation_and_by_words(page: Path) -> None:
    assert _Elements(_open(page, "operation=object_rotation")).visible_cards() == ["object_rotation"]
    assert _Elements(_open(page, "text=plate")).visible_cards() == ["object_placement"]
    nothing = _open(page, "operation=object_rotation&environment=room")
    assert _Elements(nothing).visible_cards() == []
    assert re.search(r'<p id="nothing">No sample fits', nothing)


def test_an_address_enlarges_one_sample_and_draws_its_boxes(page: Path) -> None:
    elements = _Elements(_open(page, f"sample={TRIPLETS[0].sample_id}&boxes=edited")).tags
    viewer = next(attributes for tag, attributes in elements if tag == "dialog")
    body = next(attributes for tag, attributes in elements if tag == "body")
    assert "open" in viewer
    assert body["data-boxes"] == "edited"


def test_the_page_reaches_for_nothing_outside_itself(page: Path) -> None:
    addresses = {
        attributes[name]
        for _, attributes in _Elements(page.read_text(encoding="utf-8")).tags
        for name in ("src", "href", "action")
        if attributes.get(name)
    }
    assert all(address.startswith(("data:", "#")) for address in addresses)


def test_words_from_the_lake_cannot_run_as_code() -> None:
    hostile = '"><script>alert(1)</script>'
    sample = replace(TRIPLETS[0], instruction=hostile, instruction_zh=hostile, scene_id=hostile, recipe=hostile)
    document = render([card(sample)], samples_in_lake=1)
    assert hostile not in document
    assert "&lt;script&gt;alert(1)" in document


def test_a_limit_gives_every_operation_its_turn(lake: str, tmp_path: Path) -> None:
    assert write_gallery(lake, tmp_path / "few.html", limit=7) == 7
    document = (tmp_path / "few.html").read_text(encoding="utf-8")
    assert set(_Elements(document).visible_cards()) == {triplet.operation for triplet in TRIPLETS}
    assert "9 in the lake" in document


def test_the_difference_is_bright_where_something_changed_and_dim_elsewhere() -> None:
    before, after = TRIPLETS[0].before.rgb, TRIPLETS[0].after.rgb
    changed = (before != after).any(axis=-1)
    difference = difference_image(before, after).max(axis=-1)
    assert difference[changed].mean() > 2 * difference[~changed].mean()
    assert np.array_equal(difference[~changed], before[..., 1][~changed] // 3)

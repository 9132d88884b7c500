"""The report's page, opened from its file in a real browser and clicked through."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gsi_ray.judging.calibration import AGAIN, GOOD, MISTAKES, SWAPPED
from gsi_ray.reporting.evaluation import write_report
from tests.reporting.calibrated_lakes import write_verdicts
from tests.reporting.scored_lakes import samples, score_row, write_edits, write_samples, write_scores

HOSTILE = "\"><script>alert(1)</script>'|`"
TABLETOP, ROOM = samples(2), samples(1, "room")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tabletops by both protocols, a room by the exact one; the better `fine`, and an editor with a hostile name."""
    lake = str(tmp_path_factory.mktemp("lake"))
    for shard, triplets in enumerate((TABLETOP, ROOM)):
        write_samples(lake, triplets, shard)
        rows = []
        for number, sample in enumerate(triplets):
            for editor, share in (("fine", 0.9), (HOSTILE, 0.5)):
                known = {"ic": share, "sa": share - 0.01 * number, "el_objects": 1.0, "ac": 1.0, "pixel_error": 3.0}
                rows.append(score_row(sample, editor, "exact", **known))
                if shard == 0:
                    bench = {"ic": 1.0, "sa": share, "el_ssim": 0.9, "el_lpips": 0.3, "ac": 10 * share}
                    rows.append(score_row(sample, editor, "gsi-bench", **bench))
        write_scores(lake, rows, shard)
        write_edits(lake, triplets, "fine", shard)
    out = tmp_path_factory.mktemp("pages")
    return write_report(lake, out).page


class _Addresses(HTMLParser):
    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href", "action") and value]


STEPS = """
const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
const texts = (selector) => shown(selector).map((one) => one.textContent.trim().replace(/\\s+/g, " "));
const click = (selector) => shown(selector)[0].click();
const pick = (key, choice) => shown(`[data-key="${key}"]`).find((one) => one.dataset.choice === choice).click();
const seen = () => ({
  title: texts(".sheet h2"), editors: texts(".figures:not(.published) tbody th"), captions: texts(".heats caption"),
  bars: shown("svg .bar rect").length, areas: shown(".area").length, cards: texts(".card .kind"),
  pressed: texts('[aria-pressed="true"]'), published: shown(".published tbody tr").length,
  nothing: shown("#nothing").length,
});
const steps = {};
"""


def clicked(page: Path, script: str, fragment: str = "") -> dict[str, Any]:
    """What a script has put into `steps` by clicking on the page; fails on any error in the browser's console."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.fail("This test opens the page in Chromium, which is not installed: apt-get install chromium.")
    done = 'const result = document.createElement("pre"); result.id = "result"; document.body.append(result);'
    script = f"<script>{{ {STEPS} {script} {done} result.textContent = JSON.stringify(steps); }}</script></body>"
    copy = page.with_name("clicked.html")
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", script), encoding="utf-8")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=2000"]
    command = [browser, *arguments, "--window-size=1300,1000", "--dump-dom", f"{copy.as_uri()}#{fragment}"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert [line for line in ran.stderr.splitlines() if "CONSOLE" in line] == []
    found = re.search(r'<pre id="result">(.*?)</pre>', ran.stdout, re.DOTALL)
    assert found, ran.stdout[-2000:]
    return json.loads(unescape(found[1]))


def test_pills_choose_protocol_data_measure_and_editor(page: Path) -> None:
    steps = clicked(
        page,
        """
        steps.first = seen();
        pick("data", "tabletop, test"); steps.tabletop = seen();
        pick("protocol", "gsi-bench"); steps.bench = seen();
        pick("measure", "sa"); steps.accuracy = seen();
        pick("editor", "fine"); steps.fine = seen(); steps.address = location.hash;
        pick("editor", ""); pick("data", "room, test"); steps.none = seen();
        """,
    )
    first, fine = steps["first"], steps["fine"]
    assert first["title"] == ["room, test by the protocol exact"]
    assert first["pressed"] == ["exact", "room, test", "Average", "all"]
    assert len(first["editors"]) == 2
    assert (first["areas"], first["published"], first["nothing"]) == (2, 0, 0)
    assert len([one for one in first["cards"] if one.startswith("best")]) == 6
    assert steps["tabletop"]["title"] == ["tabletop, test by the protocol exact"]
    assert steps["bench"]["title"] == ["tabletop, test by the protocol gsi-bench"]
    assert steps["bench"]["published"] == 6
    assert steps["bench"]["captions"][0].startswith("Average ")
    assert steps["accuracy"]["captions"][0].startswith("SA ")
    assert (fine["editors"], fine["areas"]) == (["fine"], 1)
    assert 0 < fine["bars"] < steps["accuracy"]["bars"]
    assert all("fine" in one for one in fine["cards"])
    assert steps["address"] == "#data=tabletop%2C+test&protocol=gsi-bench&measure=sa&editor=fine"
    assert (steps["none"]["title"], steps["none"]["nothing"]) == ([], 1)


def test_an_address_opens_what_it_names(page: Path) -> None:
    steps = clicked(page, "steps.seen = seen();", "protocol=gsi-bench&measure=ac")
    assert steps["seen"]["title"] == ["tabletop, test by the protocol gsi-bench"]
    assert steps["seen"]["pressed"] == ["gsi-bench", "tabletop, test", "AC", "all"]


def test_tables_sort_by_a_click_and_back_by_the_next(page: Path) -> None:
    steps = clicked(
        page,
        """
        const order = () => texts(".sheet .figures tbody th");
        steps.start = order();
        const average = shown(".sheet .figures thead th")[1];
        average.click(); steps.down = [order(), average.ariaSort];
        average.click(); steps.up = [order(), average.ariaSort];
        click(".sheet .figures thead th"); steps.names = order();
        """,
    )
    assert steps["start"] == ["fine", HOSTILE]
    assert steps["down"] == [["fine", HOSTILE], "descending"]
    assert steps["up"] == [[HOSTILE, "fine"], "ascending"]
    assert steps["names"] == [HOSTILE, "fine"]


def test_an_edit_is_enlarged_and_its_boxes_taken_away(page: Path) -> None:
    steps = clicked(
        page,
        """
        const boxes = () => shown(".card path.target").length;
        steps.boxes = boxes();
        document.getElementById("boxes").click(); steps.without = boxes();
        document.getElementById("boxes").click(); steps.again = boxes();
        pick("editor", "fine");
        click(".card"); steps.open = texts("#stage figcaption");
        steps.loaded = shown("#stage img").every((one) => one.complete && one.naturalWidth === 128);
        click("#close"); steps.closed = texts("#stage figcaption");
        """,
    )
    assert steps["boxes"] == steps["again"] > 0
    assert steps["without"] == 0
    assert steps["open"] == ["Before", "Truth", "Edit"]
    assert steps["loaded"] is True
    assert steps["closed"] == []


def test_an_edit_whose_picture_is_not_there_is_shown_without_it(page: Path) -> None:
    steps = clicked(page, """shown('[data-key="editor"]')[1].click(); steps.missing = texts(".missing");""")
    assert set(steps["missing"]) == {"The lake has no picture of this edit."}


def test_the_page_reaches_for_nothing_outside_itself(page: Path) -> None:
    document = page.read_text(encoding="utf-8")
    assert all(address.startswith(("data:", "#")) for address in _Addresses(document).found)
    assert "default-src 'none'" in document


def test_words_from_the_lake_cannot_run_as_code_or_break_a_table(page: Path, tmp_path: Path) -> None:
    sample = replace(
        TABLETOP[0],
        instruction=HOSTILE,
        target=replace(TABLETOP[0].target, category=HOSTILE) if TABLETOP[0].target else None,
    )
    lake = str(tmp_path / "lake")
    write_samples(lake, [sample, TABLETOP[1]])
    failed = score_row(TABLETOP[1], HOSTILE, "exact", error=HOSTILE)
    write_scores(lake, [score_row(sample, HOSTILE, "exact", ic=1.0, sa=1.0, el_objects=1.0, ac=1.0), failed])
    written = write_report(lake, tmp_path / "report")
    for document in (written.page.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")):
        assert "<script>alert" not in document
        assert "&lt;script&gt;alert(1)" in document
    markdown = (tmp_path / "report/report.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown
    assert "\\<script\\>alert\\(1\\)\\</script\\>'\\|\\`" in markdown


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page about two judges, one with a hostile name and some errors, of edits that nobody has scored."""
    lake = str(tmp_path_factory.mktemp("lake"))
    for judge, good in (("fine", 0), (HOSTILE, None)):
        verdicts = {GOOD: [1] * 30, **{editor: [0] * 20 + [1] * 9 + [good] for editor in MISTAKES}}
        write_verdicts(lake, judge, verdicts)
        for variant in (SWAPPED, AGAIN):
            write_verdicts(lake, judge, verdicts, variant=variant)
    out = tmp_path_factory.mktemp("pages")
    written = write_report(lake, out)
    assert (written.editors, written.scores, written.errors) == ((), 0, 0)
    return written.page


def test_a_page_about_judges_alone_shows_how_far_to_trust_them(judged: Path) -> None:
    steps = clicked(
        judged,
        """
        steps.titles = texts("h2"); steps.dots = shown("svg .dot circle").length; steps.other = shown("nav, footer");
        steps.kinds = texts("#trust .heats tbody th"); steps.captions = texts(".compared caption");
        steps.caught = texts("#trust .heats tbody tr:first-child td");
        const order = () => texts(".compared tbody th").slice(0, 2);
        const errors = [...shown(".compared")[0].tHead.rows[0].cells].at(-1);
        errors.click(); steps.down = order();
        errors.click(); steps.up = order();
        steps.nothing = shown("#nothing, #cases").length;
        """,
    )
    assert (steps["titles"], steps["other"], steps["nothing"]) == (["How far to trust the judges"], [], 0)
    assert steps["dots"] == 2 * (len(MISTAKES) + 1)
    assert steps["kinds"] == [*MISTAKES.values(), "nothing: it is the truth"]
    assert [one.split(" ")[0] for one in steps["captions"]] == ["To", "Asked", "With", "Judge"]
    assert steps["caught"] == ["69.050.8 to 82.720 of 29", "70.052.1 to 83.321 of 30"]
    assert (steps["down"], steps["up"]) == ([HOSTILE, "fine"], ["fine", HOSTILE])


def test_a_page_with_scores_has_the_judges_too_and_they_are_no_editors(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write_samples(lake, TABLETOP)
    write_scores(lake, [score_row(one, "fine", "exact", ic=1.0, sa=1.0, el_objects=1.0, ac=1.0) for one in TABLETOP])
    write_verdicts(lake, "vlm", {GOOD: [1, 1], "floating-8cm": [0, 1]})
    steps = clicked(
        write_report(lake, tmp_path).page,
        """
        steps.titles = texts("h2"); steps.editors = texts('[data-key="editor"]');
        pick("editor", "fine"); steps.dots = shown("svg .dot circle").length; steps.notes = texts("#trust .notes");
        """,
    )
    assert steps["titles"] == ["tabletop, test by the protocol exact", "How far to trust the judges"]
    assert (steps["editors"], steps["dots"]) == (["all", "fine"], 2)
    assert steps["notes"] == ["The samples are few: intervals by the bootstrap are too narrow."]
    assert "floating-8cm" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_judges_without_calibration_have_no_section(page: Path) -> None:
    assert "How far to trust" not in page.read_text(encoding="utf-8")
    assert not page.with_name("judges.csv").exists()


def test_names_of_judges_cannot_run_as_code_or_break_a_table(judged: Path) -> None:
    document = judged.read_text(encoding="utf-8")
    assert "<script>alert" not in document
    assert "&lt;script&gt;alert(1)" in document
    markdown = judged.with_name("report.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown
    assert "\\<script\\>alert\\(1\\)\\</script\\>'\\|\\`" in markdown
    tables = [line for line in markdown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables if "hangs" in line} == {4}

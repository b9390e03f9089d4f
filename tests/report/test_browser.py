"""Reports in a real browser: nothing is fetched, and what is to be sorted, filtered and enlarged can be."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from seisdsl.data.table import Catalog, Picks
from seisdsl.engine.output import writing_to, written
from seisdsl.report.page import page_files

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
webdriver = pytest.importorskip("selenium.webdriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="there is no chromium with its chromedriver here"
)

BEGIN = 1_471_219_200_000_000_000
STATIONS = ["S10", "S2", "<script>alert(1)</script>", "=1+1"]
PHONE, DESK = (390, 844), (1280, 900)


def values():
    rows = 200
    found = Picks.of(
        {
            "time": [BEGIN + n * 10**9 for n in range(rows)],
            "station": [STATIONS[n % 4] for n in range(rows)],
            "score": [((n * 37) % rows) - 100.5 if n else None for n in range(rows)],
        },
        simulated=True,
    )
    events = Catalog.of({"time": [BEGIN, BEGIN + 10**10], "latitude": [38.0, 39.0], "longitude": [142.0, 143.0],
                         "depth": [10.0, 20.0]}, simulated=True)  # fmt: skip
    return {"picks": found, "events": events}


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    files = page_files(
        values(), file="page.html", template="default", title="A page", making=None, branches=True
    )
    with writing_to(folder):
        for name, write in files:
            with written(name) as path:
                write(path)
    return folder / "page.html"


@contextmanager
def chromium(downloads: Path):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(downloads):
    with chromium(downloads) as driver:
        yield driver


@pytest.fixture
def opened(browser, page):
    """The page, at the width of a desk, in light colours."""
    show(browser, page)
    return browser


def show(browser, page, size=DESK, scheme="light"):
    wide, high = size
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": wide, "height": high, "deviceScaleFactor": 1, "mobile": size == PHONE})  # fmt: skip
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get_log("performance")
    browser.get(page.as_uri())


def column(browser, number):
    """The shown cells of a column of the first table."""
    return browser.execute_script(
        "return [...document.querySelectorAll('.sheet')[0].querySelectorAll('tbody tr')]"
        ".map((row) => row.cells[arguments[0]].textContent)",
        number,
    )


def press(browser, selector, number=0):
    browser.execute_script("document.querySelectorAll(arguments[0])[arguments[1]].click()", selector, number)


def filtered(browser, text):
    browser.execute_script(
        "const box = document.querySelector('.tools input'); box.value = arguments[0];"
        "box.dispatchEvent(new Event('input'))",
        text,
    )
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    return browser.execute_script("return document.querySelector('.tools output').textContent")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_without_network_or_complaint_and_fits(size, scheme, browser, page):
    browser.get_log("browser")
    show(browser, page, size, scheme)
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert asked, "what is asked for is told"
    assert {url for url in asked if not url.startswith("data:")} == {page.as_uri()}
    across = browser.execute_script("return document.documentElement.scrollWidth")
    assert across <= size[0], "no more than the window is wide"
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    light = sum(int(part) for part in paper[4:-1].split(",")) > 380
    assert light == (scheme == "light")
    assert browser.execute_script(
        "return [...document.images].every((i) => i.complete && i.naturalWidth > 0)"
    )


def test_the_policy_stops_what_is_not_its_own(opened):
    ran = opened.execute_script(
        "window.ran = false; const one = document.createElement('div');"
        "one.innerHTML = '<img src=x onerror=\"window.ran = true\">'; document.body.append(one);"
        "const two = document.createElement('script'); two.textContent = 'window.ran = true';"
        "document.body.append(two); return window.ran"
    )
    assert ran is False
    assert any("Content Security Policy" in entry["message"] for entry in opened.get_log("browser"))


def test_a_table_is_sorted_by_number_and_back_with_nothing_last(opened):
    press(opened, ".sheet th button", 2)
    up = [float(cell) for cell in column(opened, 2)]
    assert up == sorted(up)
    assert up[0] == -99.5 or up[0] < -90
    press(opened, ".sheet th button", 2)
    down = [float(cell) for cell in column(opened, 2)]
    assert down == sorted(down, reverse=True)
    for _ in range(3):
        press(opened, ".sheet .on")
    assert column(opened, 2)[-1] == "", "what is not known comes last, whichever way it is sorted"


def test_a_table_is_filtered_by_words_and_by_numbers(opened):
    assert filtered(opened, "s10") == "rows 1 to 50 of 50 (200 in all)"
    assert set(column(opened, 1)) == {"S10"}
    said = filtered(opened, "score>90 s2")
    assert said.endswith("(200 in all)")
    assert all(float(cell) > 90 for cell in column(opened, 2))
    assert filtered(opened, "nowhere") == "no row fits (200 in all)"
    assert filtered(opened, "") == "rows 1 to 50 of 200"


def test_pages_of_rows_are_turned(opened):
    assert len(column(opened, 0)) == 50
    press(opened, ".sheet .on")
    assert column(opened, 0)[0] == "2016-08-15 00:00:50"
    assert opened.execute_script("return document.querySelector('.back').disabled") is False


def test_a_csv_runs_no_formula_keeps_negative_numbers_and_says_simulated(opened, downloads):
    opened.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)}
    )
    filtered(opened, "=1+1")
    press(opened, ".sheet .csv")
    path = downloads / "picks.csv"
    for _ in range(100):
        if path.exists():
            break
        opened.execute_async_script("setTimeout(arguments[0], 100)")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "time,station,score,simulated"
    assert len(lines) == 51
    assert lines[1] == "2016-08-15T00:00:03Z,'=1+1,10.5,true"
    assert any(",-" in line for line in lines[1:])


def test_a_figure_is_enlarged_zoomed_and_closed(opened):
    press(opened, ".zoom")
    scale = "return Number(document.querySelector('dialog[open] img').dataset.scale)"
    first = opened.execute_script(scale)
    press(opened, "dialog .more")
    assert opened.execute_script(scale) == pytest.approx(1.5 * first, rel=0.01)
    opened.execute_script(
        "document.querySelector('dialog .view').dispatchEvent("
        "new WheelEvent('wheel', {deltaY: -400, clientX: 300, clientY: 300, cancelable: true}))"
    )
    assert opened.execute_script(scale) == pytest.approx(1.5 * 2.71828 * first, rel=0.01)
    press(opened, "dialog .fit")
    assert opened.execute_script(scale) == pytest.approx(first, rel=0.01)
    press(opened, "dialog .close")
    assert opened.execute_script("return document.querySelector('dialog').open") is False


def test_a_script_for_a_station_stays_a_name(opened):
    assert STATIONS[2] in column(opened, 1)
    assert opened.execute_script("return document.querySelectorAll('td script').length") == 0


def test_it_prints(opened):
    import base64

    printed = opened.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = "return [...document.querySelectorAll(arguments[0])].map((e) => getComputedStyle(e).display)"
    assert set(opened.execute_script(shown, "nav, .tools, .made")) <= {"none"}
    assert set(opened.execute_script(shown, "th button")) == {"contents"}, (
        "else a head on a later page is empty"
    )
    kept = "return [...document.querySelectorAll(arguments[0])].map((e) => getComputedStyle(e).breakInside)"
    assert set(opened.execute_script(kept, ".picture, tr, .facts, .card")) == {"avoid"}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

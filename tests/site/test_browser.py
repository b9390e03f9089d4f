"""The site in a real browser, from a disk: nothing is fetched from elsewhere, and the search box finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from report.test_browser import CHROMIUM, DESK, DRIVER, PHONE, chromium, show

from seisdsl.site.build import Site

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="there is no chromium with its chromedriver here"
)
SOME = ("index.html", "tutorial.html", "methods.html", "operators.html", "operators/DiET.html", "types.html",
        "examples/24-one-against-two-dimensions.html")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    Site().write(folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("downloads")) as driver:
        yield driver


def typed(browser, text):
    """What the search box lists: titles and addresses."""
    box = browser.find_element("id", "search")
    box.clear()
    box.send_keys(text)
    wait_for(browser, "return document.querySelectorAll('#found a, #found p').length")
    return browser.execute_script(
        "return [...document.querySelectorAll('#found a')].map((a) => [a.querySelector('b').textContent, a.href])"
    )


def wait_for(browser, script):
    for _ in range(100):
        if found := browser.execute_script(script):
            return found
        browser.execute_async_script("setTimeout(arguments[0], 50)")
    raise AssertionError(f"never: {script}")


@pytest.mark.parametrize("page", SOME)
def test_a_page_opens_without_network_or_complaint_and_fits(page, browser, site):
    for size in (PHONE, DESK):
        for scheme in ("light", "dark"):
            browser.get_log("browser")
            show(browser, site / page, size, scheme)
            assert browser.get_log("browser") == []
            events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
            asked = {
                e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"
            }
            wanted = {(site / name).as_uri() for name in (page, "site.css", "site.js")}
            assert {url for url in asked if not url.startswith("data:")} == wanted
            across = browser.execute_script("return document.documentElement.scrollWidth")
            assert across <= size[0], "no more than the window is wide"
            paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
            assert (sum(int(part) for part in paper[4:-1].split(",")) > 380) == (scheme == "light")


def test_the_search_box_finds_and_leads_there(browser, site):
    show(browser, site / "operators" / "DiET.html")
    for text in ("sta-lta", "STA/LTA", "stalta"):
        assert typed(browser, text)[0] == ["sta-lta", (site / "operators" / "sta-lta.html").as_uri()], text
    browser.find_element("id", "search").send_keys("\ue007")  # Enter
    wait_for(browser, "return location.pathname.endsWith('/operators/sta-lta.html')")
    assert browser.get_log("browser") == []


def test_the_search_box_finds_sections_by_their_words_and_says_where_there_is_nothing(browser, site):
    show(browser, site / "index.html")
    found = typed(browser, "velocity model")
    title, address = found[0]
    assert title == "Locate with another velocity model"
    assert address.endswith("cookbook.html#locate-with-another-velocity-model")
    assert typed(browser, "qqxyzzy") == []
    assert "Nothing here" in browser.execute_script("return document.getElementById('found').textContent")


def test_the_search_box_is_worked_with_keys(browser, site):
    show(browser, site / "index.html")
    browser.find_element("tag name", "body").send_keys("/")
    assert browser.execute_script("return document.activeElement.id") == "search"
    found = typed(browser, "locate")
    box = browser.find_element("id", "search")
    box.send_keys("\ue015\ue015")  # down, down
    chosen = browser.execute_script("return document.querySelector('[aria-selected=true]').href")
    assert chosen == found[1][1]
    box.send_keys("\ue00c")  # Escape
    assert browser.execute_script("return document.getElementById('found').hidden")


def test_the_menu_of_a_phone_opens_and_closes(browser, site):
    show(browser, site / "index.html", PHONE)
    shown = "return getComputedStyle(document.getElementById('menu')).display"
    assert browser.execute_script(shown) == "none"
    browser.find_element("class name", "menu-button").click()
    assert browser.execute_script(shown) != "none"


def test_the_policy_stops_what_is_not_its_own(browser, site):
    show(browser, site / "index.html")
    ran = browser.execute_script(
        "window.ran = false; const one = document.createElement('div');"
        "one.innerHTML = '<img src=x onerror=\"window.ran = true\">'; document.body.append(one);"
        "const two = document.createElement('script'); two.textContent = 'window.ran = true';"
        "document.body.append(two); return window.ran"
    )
    assert ran is False
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))

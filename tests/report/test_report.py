"""Reports: what is on the page, that it fetches nothing, and that no name or template breaks out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

import seisdsl
from seisdsl.data.segments import Account, Tally
from seisdsl.data.table import Catalog, Picks
from seisdsl.engine.output import writing_to
from seisdsl.engine.provenance import Making
from seisdsl.graph import Graph
from seisdsl.report.known import NAMES
from seisdsl.report.page import page_files

BEGIN = 1_471_219_200_000_000_000
EVIL = "<script>alert(1)</script>"
PROGRAM = """\
# Two events, picked.
let wave = simulate two-events
let found = wave | bandpass 2..8Hz | sta-lta on=4
report "page.html" title="Two events" { picks = found, number = found | count }
"""


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.cells: list[str] = []
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self._in = tag
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in == "script":
            self.scripts.append(data)
        elif self._in == "td":
            self.cells[-1] += data

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def picks(station="S1", rows=3, **more):
    return Picks.of(
        {
            "time": [BEGIN + n * 10**9 for n in range(rows)],
            "station": [station] * rows,
            "score": [-1.5] * rows,
        },
        **more,
    )


def page(tmp_path, name="page.html", template="default", making=None, **values):
    """The page of some values, and the names of what was written."""
    files = page_files(values, file=name, template=template, title=None, making=making, branches=True)
    with writing_to(tmp_path):
        from seisdsl.engine.output import written

        for one, write in files:
            with written(one) as path:
                write(path)
    return (tmp_path / name).read_text(encoding="utf-8"), sorted(one for one, _ in files)


def problems(text, **files):
    return [d for d in seisdsl.check(text).diagnostics if d.severity == "error"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    with writing_to(folder):
        seisdsl.run(PROGRAM)
    return (folder / "page.html").read_text(encoding="utf-8")


def test_it_shows_results_program_graph_versions_and_papers(whole):
    assert "<title>Two events</title>" in whole
    assert "let found = wave | bandpass 2..8Hz | sta-lta on=4" in whole
    assert "Allen 1978" in whole
    assert 'href="https://doi.org/10.1785/BSSA0680051521"' in whole
    assert "sta-lta version" in whole
    links = {a["href"] for a in Elements(whole).of("a") if a.get("href", "").startswith("#line-")}
    assert links == {"#line-2", "#line-3", "#line-4"}
    assert [li["id"] for li in Elements(whole).of("li") if "id" in li] == [f"line-{n}" for n in range(1, 5)]


def test_it_says_loudly_that_it_was_simulated(whole, tmp_path):
    assert "<b>Simulated.</b> Nothing on this page was recorded" in whole
    assert 'class="simulated"' not in page(tmp_path, picks=picks())[0]
    mixed = page(tmp_path, real=picks(), made=picks(simulated=True))[0]
    assert "What is marked so was not recorded" in mixed


def test_nothing_is_fetched_and_only_its_own_script_may_run(whole):
    elements = Elements(whole)
    for tag, attributes in elements.found:
        for name in ("src", "srcset", "action", "data", "poster"):
            assert (attributes.get(name) or "data:").startswith("data:")
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if tag == "link":
            assert attributes["href"] == "data:,"
    policy = next(m["content"] for m in elements.of("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    own = [script for script in elements.scripts if not script.startswith("{")]
    assert len(own) == 1
    digest = base64.b64encode(hashlib.sha256(own[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy


def test_every_row_is_in_the_page_as_data(tmp_path):
    text, _ = page(tmp_path, found=picks(rows=120, station="ST01"))
    data = next(json.loads(script) for script in Elements(text).scripts if script.startswith("{"))
    names = [column["name"] for column in data["columns"]]
    assert names == ["time", "station", "score"]
    assert data["cells"][0][:2] == ["2016-08-15T00:00:00Z", "2016-08-15T00:00:01Z"]
    assert [len(cells) for cells in data["cells"]] == [120] * 3
    assert "The first 50 of 120 rows." in text


def test_a_table_that_is_too_long_lies_beside_the_page(tmp_path, monkeypatch):
    from seisdsl.report import page as module
    from seisdsl.report import sheets

    monkeypatch.setattr(module, "HELD", 100)
    monkeypatch.setattr(sheets.sheet_of, "__kwdefaults__", {**sheets.sheet_of.__kwdefaults__, "held": 100})
    text, names = page(tmp_path, found=picks(rows=130))
    assert names == ["page-found.csv", "page.html"]
    assert "This page holds the first 100 of 130 rows" in text
    assert (tmp_path / "page-found.csv").read_text().count("\n") == 131


def test_a_station_cannot_be_a_script(tmp_path):
    text, _ = page(tmp_path, found=picks(EVIL))
    elements = Elements(text)
    assert EVIL in elements.cells
    assert len([script for script in elements.scripts if not script.startswith("{")]) == 1
    assert EVIL not in text
    text, _ = page(tmp_path, "page.md", found=picks(EVIL))
    assert "&lt;script&gt;" in text
    assert "<script" not in text


def test_a_station_cannot_end_the_row_of_a_markdown_table(tmp_path):
    text, _ = page(tmp_path, "page.md", found=picks("A | B\n# C [x](y) `d`"))
    line = next(line for line in text.splitlines() if "A" in line and line.startswith("| 2016"))
    assert r"A \| B \# C \[x\](y) \`d\`" in line


def test_a_csv_beside_it_runs_no_formula_and_keeps_negative_numbers(tmp_path):
    page(tmp_path, "page.md", found=picks("=1+1"))
    line = (tmp_path / "page-found.csv").read_text().splitlines()[1]
    assert ",'=1+1," in line
    assert ",-1.5," in line


def test_equal_results_make_equal_pages(tmp_path):
    first, second = (page(tmp_path / name, found=picks())[0] for name in "ab")
    assert first == second


@pytest.mark.parametrize("name", ["../page.html", "/tmp/page.html", "a/../../b.html", "page.txt", "page"])
def test_names_that_lead_out_or_tell_no_format_are_refused(name):
    (problem,) = problems(f'simulate two-events | sta-lta | report "{name}"')
    assert "report" in problem.message or "write" in problem.message


def test_one_result_may_be_piped_and_goes_on(tmp_path):
    results = seisdsl.run(
        'let n = simulate two-events | sta-lta on=4 | report "one.html" | count\n'
        'simulate two-events | fork { a = sta-lta on=4, b = bandpass 2..8Hz | sta-lta on=4 } | report "both.html"',
        out=tmp_path,
    )
    assert results["n"] == 20 or results["n"] > 0
    assert 'id="result-sta-lta"' in (tmp_path / "one.html").read_text()
    both = (tmp_path / "both.html").read_text()
    assert 'id="result-a"' in both
    assert 'id="result-b"' in both


def test_what_is_piped_into_braces_enters_every_branch(tmp_path):
    with writing_to(tmp_path):
        seisdsl.run(
            'simulate two-events | report "page.html" { picks = sta-lta on=4, number = sta-lta on=4 | count }'
        )
    text = (tmp_path / "page.html").read_text()
    assert 'id="result-picks"' in text
    assert 'id="result-number"' in text


def test_no_braces_and_nothing_piped_is_told_before_anything_runs():
    (problem,) = problems('report "page.html"')
    assert "record of pipelines" in problem.message
    (problem,) = problems('report "page.html" {}')
    assert "the braces are empty" in problem.message


@pytest.mark.parametrize("template", NAMES)
@pytest.mark.parametrize("ending", ["html", "md"])
def test_every_template_shows_whatever_it_is_given(template, ending, tmp_path):
    catalog = Catalog.of({"time": [BEGIN, BEGIN + 10**10], "latitude": [38.0, 39.0], "longitude": [142.0, 143.0],
                          "depth": [10.0, 20.0]})  # fmt: skip
    empty = Catalog.of({})
    text, names = page(tmp_path, f"page.{ending}", template, one=catalog, other=catalog, none=empty, n=3)
    assert "There is nothing in it" in text or "No tremor was found" in text or template == "tremor"
    assert (f"page-together-1.{'svg'}" in names) == (ending == "md")
    for name in ("one", "other", "none", "n"):
        assert f'id="result-{name}"' in text or f"## {name}" in text


def test_what_was_left_out_is_told(tmp_path):
    tally = Tally("a.mseed", "N.S1..EHZ", BEGIN, 100.0, 500)
    bad = Tally("b.mseed", "N.S2..EHZ", BEGIN, 100.0, 20, "overlap", "with a.mseed")
    account = Account((tally, bad), (tally,), (bad,))
    graph = seisdsl.check("simulate two-events").graph
    assert isinstance(graph, Graph)
    text, _ = page(tmp_path, making=Making(graph.nodes[0], {}, account), found=picks())
    assert "20 of 520 samples were left out" in text
    assert "overlap: with a.mseed" in text


# Templates of the user's own ------------------------------------------------------------------------


def own(tmp_path, monkeypatch, text, name="mine.html"):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text, encoding="utf-8")
    return name


def test_a_template_of_ones_own_fills_blocks(tmp_path, monkeypatch):
    name = own(
        tmp_path, monkeypatch,
        '{% extends "tremor" %}\n{% block style %}h1{color:red}{% endblock %}\n'
        "{% block header %}<h1>{{ results|length }} results, {{ page.title }}</h1>{% endblock %}\n",
    )  # fmt: skip
    text, _ = page(tmp_path, template=name, found=picks())
    assert "<h1>1 results, page</h1>" in text
    digest = base64.b64encode(hashlib.sha256(b"h1{color:red}").digest()).decode()
    assert f"'sha256-{digest}'" in text


@pytest.mark.parametrize(
    "reach",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ page.__init__.__globals__ }}",
        "{{ results.__class__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(page) }}",
        "{{ (results|list).append(1) }}",
    ],
)
def test_a_template_cannot_reach_for_the_internals_of_python(reach, tmp_path, monkeypatch):
    name = own(
        tmp_path, monkeypatch, '{% extends "default" %}\n{% block after %}\n' + reach + "\n{% endblock %}"
    )
    with pytest.raises(seisdsl.operator.Unsuitable, match=r"mine\.html, line 3 reaches for what it may not"):
        page(tmp_path, template=name, found=picks())


@pytest.mark.parametrize(
    "other", ["../secret.html", "/etc/passwd", "..", "sub/../../secret.html", "./../secret.html"]
)
def test_a_template_includes_no_file_outside_its_folder(other, tmp_path, monkeypatch):
    (tmp_path / "secret.html").write_text("the secret")
    (tmp_path / "inner").mkdir()
    name = own(tmp_path / "inner", monkeypatch, '{% include "' + other + '" %}')
    (problem,) = problems(f'simulate two-events | sta-lta | report "a.html" template="{name}"')
    assert "mine.html" in problem.message


def test_a_link_beside_a_template_leads_nowhere_else(tmp_path, monkeypatch):
    (tmp_path / "secret.html").write_text("the secret")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "link.html").symlink_to(tmp_path / "secret.html")
    name = own(tmp_path / "inner", monkeypatch, '{% include "link.html" %}')
    (problem,) = problems(f'simulate two-events | sta-lta | report "a.html" template="{name}"')
    assert "leads out of the folder" in problem.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{% extends "default" %}\n\n{% block after %}\n{{ results| }}\n', r"line 4 does not work"),
        (
            '{% extends "default" %}\n{% block after %}{{ result }}{% endblock %}',
            "uses `result`, which there is not",
        ),
        ('{% extends "defualt" %}', "there is no template defualt"),
        ("{{ results|frobnicate }}", "No filter named 'frobnicate'"),
    ],
)
def test_a_broken_template_is_told_before_anything_runs(text, said, tmp_path, monkeypatch):
    name = own(tmp_path, monkeypatch, text)
    (problem,) = problems(f'simulate two-events | sta-lta | report "a.html" template="{name}"')
    assert re.search(said, problem.message)


def test_what_goes_wrong_in_a_template_is_told_with_its_line(tmp_path, monkeypatch):
    name = own(
        tmp_path,
        monkeypatch,
        '{% extends "default" %}\n{% block after %}\n\n{{ page.titel }}\n{% endblock %}',
    )
    with pytest.raises(seisdsl.operator.Unsuitable, match=r"mine\.html, line 4 does not work: .*titel"):
        page(tmp_path, template=name, found=picks())


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("tremmor", "there is no template `tremmor`"),
        ("not-there.html", "not-there.html"),
        ("mine.md", "is for .md"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(template, said):
    (problem,) = problems(f'simulate two-events | sta-lta | report "a.html" template="{template}"')
    assert said in problem.message

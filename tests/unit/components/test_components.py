"""The macros, rendered: what a reader is told, in both languages, with nothing inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment

from marketplace import paths
from tests.unit.components.site import make_site

HAN = re.compile("[\u4e00-\u9fff]")
OWN_TEMPLATES = [
    paths.TEMPLATES / "base.html",
    *sorted((paths.TEMPLATES / "components").glob("*.html")),
    *sorted((paths.TEMPLATES / "errors").glob("*.html")),
]


class Page(HTMLParser):
    """Every element with its attributes, and what text stands under which element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def with_attribute(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def ids(self) -> list[str]:
        return self.with_attribute("id")


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def page_of(client: FlaskClient, address: str = "/", status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status
    return Page(answer.text)


@pytest.mark.parametrize("address", ["/", "/?errors=1", "/?acting=1", "/error/404"])
def test_nothing_is_inline(client: FlaskClient, address: str) -> None:
    page = page_of(client, address, 404 if "404" in address else 200)
    for tag, attributes in page.elements:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))]
        if tag == "script":
            assert attributes["src"].startswith("/static/")


@pytest.mark.parametrize("address", ["/", "/?errors=1"])
def test_ids_are_unique_and_every_reference_has_its_target(client: FlaskClient, address: str) -> None:
    page = page_of(client, address)
    ids = page.ids()
    assert sorted(set(ids)) == sorted(ids)
    for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
        for value in page.with_attribute(name):
            for target in value.split():
                assert target in ids, f"{name}={value}"


def test_every_button_and_link_of_the_frame_has_a_name(client: FlaskClient) -> None:
    html = client.get("/").text
    for body in re.findall(r"<(?:button|summary)\b[^>]*>.*?</(?:button|summary)>", html, re.DOTALL):
        opening = body.split(">", 1)[0]
        words = re.sub(r"<[^>]+>", "", body).strip()
        assert words or "aria-label=" in opening, body


def test_the_error_summary_names_and_links_each_field(client: FlaskClient) -> None:
    html = client.get("/?errors=1").text
    summary = html[
        html.index('class="error-summary"') : html.index("</ul>", html.index('class="error-summary"'))
    ]
    assert '<a href="#title">需求名称：请写需求名称</a>' in summary
    assert '<a href="#days">交期：请写天数，如 60</a>' in summary
    assert '<a href="#visibility-0">公开范围：请选择一项</a>' in summary
    assert "<li>这条需求已被别人修改，请核对后再提交。</li>" in summary
    assert "csrf" not in summary.lower()


def test_a_field_in_error_points_to_its_sentence_and_its_help(client: FlaskClient) -> None:
    page = page_of(client, "/?errors=1")
    (title,) = [a for tag, a in page.elements if tag == "input" and a.get("id") == "title"]
    assert title["aria-describedby"].split() == ["title-help", "title-error"]
    assert title["aria-invalid"] == "true"
    assert "is-invalid" in title["class"]


def test_spec_rows_carry_the_names_that_the_form_reads(client: FlaskClient) -> None:
    inputs = {a["name"]: a for tag, a in page_of(client).elements if tag == "input" and "name" in a}
    assert inputs["specs-0-parameter"]["value"] == "抗拉强度"
    assert inputs["specs-0-value"]["value"] == "1080"
    assert inputs["specs-1-value_high"]["value"] == "25.4"
    assert inputs["specs-0-standard"]["value"] == "GB/T 3077"
    assert "checked" in inputs["specs-0-must"]
    assert "checked" not in inputs["specs-1-must"]
    assert "specs-3-parameter" in inputs  # two empty rows, for readers without scripts


def test_rows_that_came_back_empty_are_the_empty_rows_at_the_foot(site: Flask) -> None:
    """However often a form is sent, two empty rows stand below what was filled in."""
    filled, empty = {"parameter": "抗拉强度", "operator": "ge"}, {"operator": "ge", "must": True}
    with site.test_request_context("/"):
        module = site.jinja_env.get_template("components/ui.html").module
        for rows, expected in (
            ([], 2), ([filled], 3), ([filled, empty], 3), ([filled, empty, empty], 3), ([empty, filled, empty, empty], 4)
        ):  # fmt: skip
            shown = str(module.spec_rows(rows))  # type: ignore[attr-defined]
            numbers = re.findall(r'name="specs-(\d+)-parameter"', shown)
            assert numbers == [str(number) for number in range(expected)]
            assert f'data-spec-next="{expected}"' in shown


def test_spec_row_errors_are_shown_in_their_row_and_in_the_summary(site: Flask) -> None:
    with site.test_request_context("/", method="POST", data={"specs-0-parameter": "长" * 81}):
        from tests.unit.components.site import SpecimenForm  # needs the request of this test

        form = SpecimenForm()
        assert not form.validate()
        module = site.jinja_env.get_template("components/ui.html").module
        assert 'href="#specs-0-parameter"' in str(module.error_summary(form))  # type: ignore[attr-defined]
        assert 'id="specs-0-parameter-error"' in str(module.spec_rows(form.specs))  # type: ignore[attr-defined]


def test_a_match_says_its_label_in_words_and_hides_a_score_that_was_not_given(client: FlaskClient) -> None:
    cards = re.findall(r'<article class="match-card.*?</article>', client.get("/").text, re.DOTALL)
    strong, possible, weak = cards
    assert "强" in strong and "<meter" in strong and 'value="0.860"' in strong
    assert "可能" in possible and "未证实" in possible and "缺口" not in possible
    assert "弱" in weak and "<meter" not in weak
    assert "特种设备制造许可已于 2026-06-30 到期" in weak


def test_text_from_people_is_escaped(site: Flask) -> None:
    with site.test_request_context("/"):
        ui = site.jinja_env.get_template("components/ui.html").module
        hostile = '"><img src=x onerror=alert(1)>'
        match = {"label": "weak", "title": hostile, "firm": hostile, "met": [hostile], "note": hostile}
        for html in (
            ui.match_card(match),  # type: ignore[attr-defined]
            ui.result_card({"title": hostile, "url": "#", "summary": hostile, "firm": hostile}),  # type: ignore[attr-defined]
            ui.copy_button(hostile),  # type: ignore[attr-defined]
            ui.spec_rows([{"parameter": hostile, "operator": hostile, "value": hostile}]),  # type: ignore[attr-defined]
            ui.queue_item({"id": 1, "url": "#", "title": hostile}, selectable="item"),  # type: ignore[attr-defined]
            ui.toast("error", hostile),  # type: ignore[attr-defined]
        ):
            assert "<img" not in str(html)
            assert "onerror" not in [name for _, a in Page(str(html)).elements for name in a]


def test_a_zero_is_a_value_and_nothing_is_said_to_be_missing(site: Flask) -> None:
    with site.test_request_context("/"):
        ui = site.jinja_env.get_template("components/ui.html").module
        grid = str(ui.definition_grid([{"label": "数量", "value": 0}, {"label": "交期", "value": None}]))  # type: ignore[attr-defined]
    assert "<dd>0</dd>" in grid
    assert grid.count("未填写") == 1


def test_the_frame_speaks_english_without_a_han_character_of_its_own(client: FlaskClient) -> None:
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)
    assert token is not None
    client.post("/language", data={"locale": "en", "csrf_token": token[1]})
    html = client.get("/error/404").text
    assert '<html lang="en">' in html
    main = html[html.index("<main") : html.index("</footer>")]
    assert not HAN.search(main), HAN.findall(main)


@pytest.mark.parametrize("code", [400, 403, 404, 413, 429, 500])
def test_error_pages_say_what_happened_and_what_next(client: FlaskClient, code: int) -> None:
    answer = client.get(f"/error/{code}")
    assert answer.status_code == code
    assert len(re.findall(r"<h1>[^<]+</h1>", answer.text)) == 1
    assert "a1b2c3" in answer.text
    assert "回到首页" in answer.text
    assert "Traceback" not in answer.text


def test_every_sentence_of_these_templates_has_its_english() -> None:
    with (paths.PACKAGE / "translations" / "components.en.po").open("rb") as stream:
        catalogue = {message.id: message.string for message in read_po(stream, locale="en") if message.id}
    environment = Environment(extensions=["jinja2.ext.i18n"])
    used = set()
    for path in OWN_TEMPLATES:
        for _line, _function, message in environment.extract_translations(path.read_text("utf-8")):
            used.add(message if isinstance(message, str) else message[0])
    assert used - catalogue.keys() == set()
    assert catalogue.keys() - used == set()
    for chinese, english in catalogue.items():
        assert english and not HAN.search(english)
        places = re.compile(r"%\(\w+\)s|\{\w+\}")
        assert sorted(places.findall(chinese)) == sorted(places.findall(english)), chinese


def test_every_han_sentence_of_these_templates_is_marked() -> None:
    for path in OWN_TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"_\('[^']*'", "", text).replace("'中文'", "").replace("join('；')", "")
        assert not HAN.search(text), (path.name, HAN.findall(text))

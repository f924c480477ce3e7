"""The form: what it shows is what comes back, as a browser would send it; what cannot be read is said at its field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from marketplace import paths
from marketplace.app import create_app
from marketplace.core.actor import system_actor
from marketplace.core.db import Base, Database
from marketplace.core.errors import Problem, Refusal
from marketplace.core.specs import MOST_ROWS, OPERATORS, SpecContent
from marketplace.core.terms import TermContent
from marketplace.core.web.request import reading
from marketplace.firms.models import Firm
from marketplace.needs import rules
from marketplace.needs.content import NeedContent
from marketplace.needs.forms import NeedForm, fill_choices, form_for, values_of
from marketplace.settings import Settings
from marketplace.taxonomy import queries
from marketplace.taxonomy import service as taxonomy

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
HOME = Firm(
    party_kind="enterprise", chain_leader=False, id=7, legal_name="示例轮胎", registered_division="410472"
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("form")
    made = create_app(Settings(data_dir=folder, secret_key="x" * 40, rate_limits=False))
    made.config["WTF_CSRF_ENABLED"] = False
    database: Database = made.extensions["lianqiao.database"]
    Base.metadata.create_all(database.engine)
    with database.unit_of_work() as session:
        taxonomy.import_seeds(session, system_actor(), paths.SEEDS, NOW)
    yield made
    database.dispose()


class Controls(HTMLParser):
    """The successful controls of a form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: MultiDict[str, str] = MultiDict()
        self.select = self.area = ""
        self.text = ""
        self.chosen: list[str] = []
        self.first: str | None = None
        self.multiple = self.template = False

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attrs = dict(found)
        name = attrs.get("name") or ""
        if tag == "template":
            self.template = True
        if self.template:
            return
        if tag == "input" and attrs.get("type") in ("checkbox", "radio"):
            if "checked" in attrs:
                self.sent.add(name, attrs.get("value") or "on")
        elif tag == "input" and attrs.get("type") != "file" and name:
            self.sent.add(name, attrs.get("value") or "")
        elif tag == "select":
            self.select, self.chosen, self.first = name, [], None
            self.multiple = "multiple" in attrs
        elif tag == "option" and self.select:
            value = attrs.get("value") or ""
            self.first = value if self.first is None else self.first
            if "selected" in attrs:
                self.chosen.append(value)
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.template = False
        elif tag == "textarea" and self.area:
            text = self.text.replace("\r\n", "\n").removeprefix("\n")
            self.sent.add(self.area, text.replace("\n", "\r\n"))
            self.area = ""
        elif tag == "select" and self.select:
            chosen = self.chosen or ([] if self.multiple or self.first is None else [self.first])
            for value in chosen:
                self.sent.add(self.select, value)
            self.select = ""


def filled(type_key: str = "procurement", **options: object) -> NeedForm:
    form = form_for(reading(), type_key, "zh")(**options)
    fill_choices(form, reading(), [HOME], HOME, TODAY, "zh")
    return form


def sent_by_browser(app: Flask, content: NeedContent) -> MultiDict[str, str]:
    values = values_of(content, queries.type_fields(reading()))
    form = filled(content.type_key, formdata=None, data={**values, "firm_id": 7})
    macros = app.jinja_env.get_template("components/ui.html").module
    page = Controls()
    page.feed(
        "".join(str(field()) for field in form if field.type not in ("FieldList", "MultipleFileField"))
        + str(macros.spec_rows(form.specs))  # type: ignore[attr-defined]
    )
    return page.sent


# Texts as the columns hold them: no control characters, nothing to trim, and for lines no breaks.
_WRITTEN = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")) | st.sampled_from(" ，。（）～≥")


def line(most: int) -> st.SearchStrategy[str]:
    return st.text(_WRITTEN, max_size=most).map(str.strip)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:  # type: ignore[type-arg]
    return st.none() | strategy


LONG = st.lists(line(40), max_size=4).map("\n".join).map(str.strip)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
YUAN = st.decimals(0, 10**9, places=2)
ROWS = st.builds(
    SpecContent,
    parameter=line(30).filter(bool),
    operator=st.sampled_from(list(OPERATORS)),
    value=line(30),
    value_high=maybe(line(30).filter(bool)),
    unit=maybe(line(8).filter(bool)),
    must=st.booleans(),
    standard=maybe(line(30).filter(bool)),
)
CONTENTS = st.builds(
    NeedContent,
    title=line(60),
    type_key=st.sampled_from(["procurement", "rnd", "co_brand"]),
    use=LONG,
    description=LONG,
    chain_key=st.just("nylon"),
    link_key=st.none(),
    industry_code=maybe(st.sampled_from(["281", "311"])),
    quantity=maybe(st.decimals(0, 10**9, places=4)),
    quantity_unit=maybe(line(20).filter(bool)),
    quantity_period=maybe(st.sampled_from(rules.PERIODS)),
    lead_time_days=maybe(st.integers(0, 3650)),
    needed_by=maybe(DAYS),
    delivery_division=maybe(st.sampled_from(["410472", "410402", "420100", "110000", "330106"])),
    budget_low=maybe(YUAN),
    budget_high=maybe(YUAN),
    procedure=st.sampled_from(rules.PROCEDURES),
    entrance=maybe(line(60).filter(bool)),
    payment_days=maybe(st.integers(0, 3650)),
    payment_start=maybe(st.sampled_from(rules.PAYMENT_STARTS)),
    paid_when_paid=st.booleans(),
    payment_reason=maybe(line(60).filter(bool)),
    buyer_kind=maybe(st.sampled_from(rules.BUYER_KINDS)),
    accepts_first_of_kind=st.booleans(),
    sme_oriented=st.booleans(),
    splitting_accepted=st.booleans(),
    visibility=st.sampled_from(rules.VISIBILITIES),
    anonymous=st.booleans(),
    questions_until=maybe(DAYS),
    valid_until=maybe(DAYS),
    specs=st.lists(ROWS, max_size=4).map(tuple),
    certificates=st.lists(st.sampled_from(["iso-9001", "iatf-16949", "iso-14001"]), unique=True).map(
        lambda keys: tuple(sorted(keys))
    ),
)


# The fields of a type: the form of each type has its own.
TERMS = {
    "procurement": st.just(()),
    "rnd": st.builds(
        lambda targets, months, ip: tuple(term for term in (targets, months, ip) if term is not None),
        maybe(LONG.filter(bool).map(lambda text: TermContent("targets", text=text))),
        maybe(
            st.decimals(0, 10**6, places=2).map(lambda number: TermContent("research_months", number=number))
        ),
        maybe(st.sampled_from(["joint", "open"]).map(lambda key: TermContent("ip", text=key))),
    ),
    "co_brand": st.lists(st.sampled_from(["joint", "private", "channel"]), unique=True).map(
        lambda keys: tuple(
            TermContent("mode", text=key) for key in ("joint", "private", "channel") if key in keys
        )
    ),
}


@settings(max_examples=60)
@given(
    content=CONTENTS.flatmap(
        lambda content: TERMS[content.type_key].map(lambda terms: replace(content, terms=terms))
    )
)
def test_what_the_form_shows_comes_back_equal(app: Flask, content: NeedContent) -> None:
    with app.test_request_context("/needs/1/edit"):
        sent = sent_by_browser(app, content)
        form = filled(content.type_key, formdata=sent, data=values_of(NeedContent()))
        assert form.validate(), form.errors
        back = form.content()
        assert replace(back, certificates=tuple(sorted(back.certificates))) == content


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("quantity", "１２，０００．5", Decimal("12000.5")),
        ("quantity", " 1 200 ", Decimal(1200)),
        ("lead_time_days", "６０", 60),
        ("lead_time_days", "60.0", 60),
        ("budget_low", "12.5万元", Decimal("125000.00")),
        ("budget_high", "1,200", Decimal("12000000.00")),
        ("valid_until", "2026/12/31", date(2026, 12, 31)),
        ("valid_until", "2026年12月31日", date(2026, 12, 31)),
        ("valid_until", "２０２６.12.31", date(2026, 12, 31)),
        ("title", "  换热管\x00\r\n（二期） ", "换热管 （二期）"),
        ("description", "一\r\n二\x07\r\n\r\n", "一\n二"),
    ],
)
def test_what_people_type_is_read(app: Flask, field: str, typed: str, expected: object) -> None:
    with app.test_request_context():
        form = filled(formdata=MultiDict({field: typed}))
        assert form.validate(), form.errors
        assert form[field].data == expected


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("quantity", "一批"),
        ("quantity", "NaN"),
        ("quantity", "Infinity"),
        ("lead_time_days", "1.5"),
        ("lead_time_days", "99999999999999999999"),
        ("budget_low", "-3"),
        ("valid_until", "明年"),
        ("valid_until", "2026-02-30"),
        ("procedure", "lottery"),
        ("type_key", "gift"),
        ("visibility", "nobody"),
        ("delivery_division", "999999"),
        ("certificates", "iso-0000"),
        ("chain_link", "nylon/steel-rolls"),
        ("firm_id", "8"),
        ("firm_id", "x"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_stays(app: Flask, field: str, typed: str) -> None:
    with app.test_request_context():
        form = filled(formdata=MultiDict({field: typed}))
        assert not form.validate()
        assert list(form.errors) == [field]
        if form[field].type in ("NumberField", "WholeNumberField", "WanField", "DayField"):
            assert typed in str(form[field]())


def test_a_problem_in_a_row_is_shown_in_the_row_that_the_reader_sees(app: Flask) -> None:
    """Empty rows are no content, so the service's second row may be the reader's fourth."""
    typed = MultiDict(
        {"specs-0-parameter": "强度", "specs-0-value": "1", "specs-1-unit": " ", "specs-7-parameter": "宽度"}
    )
    typed.add("specs-3-parameter", "")
    with app.test_request_context():
        form = filled(formdata=typed)
        assert form.validate()
        assert [row.parameter for row in form.content().specs] == ["强度", "宽度"]
        form.show(Refusal.of(rules.shape_problems(form.content())))
        wrong = [entry.form.value.errors for entry in form.specs.entries]
        assert wrong == [[], [], [], ["第 4 行没有数值：请填写，例如 180。"]]


def test_a_paste_that_is_too_long_is_refused_and_kept_whole(app: Flask) -> None:
    typed = MultiDict()
    for number in range(MOST_ROWS + 5):
        typed.add(f"specs-{number}-parameter", f"指标{number}")
        typed.add(f"specs-{number}-value", "1")
    with app.test_request_context():
        form = filled(formdata=typed)
        assert len(form.content().specs) == MOST_ROWS + 5
        assert [problem.code for problem in rules.shape_problems(form.content())] == ["specs.too_many"]


def test_a_problem_without_a_field_of_its_own_stands_on_top(app: Flask) -> None:
    with app.test_request_context():
        form = filled(formdata=MultiDict())
        assert form.validate()
        form.show(Refusal.of([Problem("core.stale"), Problem("needs.choice", "link_key")]))
        assert len(form.form_errors) == 1
        assert form.chain_link.errors == ["选项不在列表中：请从列表中选择。"]

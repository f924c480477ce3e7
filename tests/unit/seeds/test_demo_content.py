"""The demo district is written by hand: references hold, numbers parse, amounts suffice, and no text repeats another."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
DEMO = SEEDS / "demo"
RESOURCES = "resources"  # banks, institutes and what chain leaders open: of no chain of its own
CHAINS = sorted(path.stem.removeprefix("firms-") for path in DEMO.glob("firms-*.jsonl"))
CHAINS.remove(RESOURCES)
EXPECTED = sorted(path.stem for path in DEMO.glob("expected-*.jsonl"))

SENTENCE = 20  # characters from which a repeated sentence is a template showing through
OPERATORS = {"ge", "le", "gt", "lt", "eq", "range", "contains"}
SPEC = set("parameter operator value value_high unit must standard".split())
FIRM = set(
    "key legal_name english_name roles chain_leader party_kind registered_division production_division industry chains"
    " established employees revenue_wan assets_wan profile certifications certificates_absent".split()
)
NEED = set(
    "key firm type title use description specs quantity quantity_unit quantity_period lead_time_days delivery_division"
    " certificates_required procedure entrance payment_days payment_start paid_when_paid accepts_first_of_kind"
    " sme_oriented splitting_accepted visibility anonymous chain link valid_days".split()
)
CAPABILITY = set(
    "key firm product sentence description specs capacity capacity_unit capacity_period moq moq_unit lead_time_days"
    " divisions payment_days certificates standards types chain link confirmed_days_ago".split()
)
PARTY_KINDS = {"enterprise", "university", "financial_institution", "service_body"}
PERIODS = {None, "year", "month", "once"}
CONTACT = re.compile(r"1[3-9]\d{9}|\b0\d{2,3}-\d{7,8}\b|[\w.]+@[\w.]+|https?://|www\.|微信")

Row = dict[str, Any]


def _rows(name: str) -> list[Row]:
    lines = (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _all(kind: str) -> list[Row]:
    return [row for chain in CHAINS for row in _rows(f"{kind}-{chain}")]


def _column(path: str, column: str) -> set[str]:
    with (SEEDS / path).open(encoding="utf-8", newline="") as stream:
        return {row[column] for row in csv.DictReader(stream)}


CERTIFICATES = _column("taxonomy/certificate_kinds.csv", "key")
NEED_TYPES = _column("taxonomy/need_types.csv", "key")
CHAIN_KEYS = _column("taxonomy/chains.csv", "key")
LINK_KEYS = _column("taxonomy/links.csv", "key") | {None}


def _texts(row: Row) -> list[str]:
    return [
        row[field]
        for field in ("title", "use", "product", "sentence", "description", "profile")
        if row.get(field)
    ]


def test_four_chains_are_there() -> None:
    assert CHAINS == ["electrical", "nylon", "steel", "storage"]


def test_the_district_is_large_enough() -> None:
    firms = _all("firms")
    assert sum(firm["chain_leader"] for firm in firms) >= 8
    assert sum("supplier" in firm["roles"] and not firm["chain_leader"] for firm in firms) >= 100
    assert len(_all("needs")) >= 80
    assert len(_all("capabilities")) >= 240


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_has_leaders_suppliers_needs_and_capabilities(chain: str) -> None:
    firms = _rows(f"firms-{chain}")
    assert sum(firm["chain_leader"] for firm in firms) == 2
    assert sum("supplier" in firm["roles"] and not firm["chain_leader"] for firm in firms) >= 25
    assert len(_rows(f"needs-{chain}")) >= 20
    assert len(_rows(f"capabilities-{chain}")) >= 60


@pytest.mark.parametrize("chain", CHAINS)
def test_lengths_run_from_a_bare_name_to_a_page(chain: str) -> None:
    needs = [len(row["description"]) for row in _rows(f"needs-{chain}")]
    assert min(needs) >= 60
    assert max(needs) <= 1600
    assert sum(length > 800 for length in needs) >= 3
    capabilities = _rows(f"capabilities-{chain}")
    assert sum(len(row.get("description", "")) >= 600 for row in capabilities) >= 4
    bare = [row for row in capabilities if not row.get("description") and not row.get("sentence")]
    assert 0.15 <= len(bare) / len(capabilities) <= 0.35


def test_keys_are_unique_and_references_hold() -> None:
    rows = _all("firms") + _all("needs") + _all("capabilities")
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    firms = {firm["key"]: firm for firm in _all("firms")}
    for need in _all("needs"):
        assert "buyer" in firms[need["firm"]]["roles"], need["key"]
    for capability in _all("capabilities"):
        assert "supplier" in firms[capability["firm"]]["roles"], capability["key"]
    offering = {capability["firm"] for capability in _all("capabilities")}
    assert [key for key, firm in firms.items() if firm["roles"] == ["supplier"] and key not in offering] == []


def test_rows_hold_only_known_keys() -> None:
    for kind, known in (("firms", FIRM), ("needs", NEED), ("capabilities", CAPABILITY)):
        for row in _all(kind):
            assert set(row) <= known, (row["key"], set(row) - known)


def test_firms_are_fictional_and_placed_in_real_divisions() -> None:
    divisions = _column("taxonomy/divisions.csv", "code")
    industries = _column("taxonomy/industries.csv", "code")
    names = [firm["legal_name"] for firm in _all("firms")]
    assert len(names) == len(set(names))
    for firm in _all("firms"):
        assert "示例" in firm["legal_name"], firm["key"]
        assert firm["party_kind"] in PARTY_KINDS, firm["key"]
        assert {firm["registered_division"], firm["production_division"]} <= divisions, firm["key"]
        assert firm["industry"] in industries, firm["key"]
        assert date.fromisoformat(firm["established"]) < date(2026, 1, 1), firm["key"]
        assert set(firm.get("certificates_absent", ())) <= CERTIFICATES, firm["key"]
        for certificate in firm.get("certifications", ()):
            assert certificate["kind"] in CERTIFICATES, firm["key"]
            assert certificate["number"].startswith("示例"), firm["key"]
            until = date.fromisoformat(certificate.get("valid_until", "9999-12-31"))  # some are not limited
            assert date.fromisoformat(certificate["valid_from"]) < until, firm["key"]


def test_needs_and_capabilities_use_the_agreed_codes() -> None:
    divisions = _column("taxonomy/divisions.csv", "code")
    for need in _all("needs"):
        assert need["type"] in NEED_TYPES, need["key"]
        assert need["chain"] in CHAIN_KEYS, need["key"]
        assert need.get("link") in LINK_KEYS, need["key"]
        assert need.get("delivery_division", "410472") in divisions, need["key"]
        assert set(need.get("certificates_required", ())) <= CERTIFICATES, need["key"]
        assert need["procedure"] in {"direct", "inquiry", "negotiation", "tender", "undecided"}, need["key"]
        assert need.get("payment_start", "delivery") in {"delivery", "acceptance", "settlement"}, need["key"]
        assert need["visibility"] in {"public", "verified", "invited"}, need["key"]
        assert need.get("quantity_period") in PERIODS, need["key"]
    for capability in _all("capabilities"):
        assert capability["chain"] in CHAIN_KEYS, capability["key"]
        assert capability.get("link") in LINK_KEYS, capability["key"]
        assert set(capability.get("certificates", ())) <= CERTIFICATES, capability["key"]
        assert capability.get("types") and set(capability["types"]) <= NEED_TYPES, capability["key"]
        assert capability.get("capacity_period") in PERIODS, capability["key"]
        assert capability.get("confirmed_days_ago", 0) >= 0, capability["key"]


def test_spec_rows_are_numbers_where_they_compare() -> None:
    for row in _all("needs") + _all("capabilities"):
        for spec in row.get("specs", ()):
            assert set(spec) <= SPEC and spec["operator"] in OPERATORS, row["key"]
            if spec["operator"] == "contains":
                assert spec["value"].strip(), row["key"]
            elif spec["operator"] == "range":
                assert Decimal(spec["value"]) < Decimal(spec["value_high"]), row["key"]
            else:
                Decimal(spec["value"])
                assert spec.get("value_high") is None, row["key"]


def test_no_text_gives_a_contact_away() -> None:
    found = {
        row["key"]: text
        for kind in ("firms", "needs", "capabilities")
        for row in _all(kind)
        for text in _texts(row)
        if CONTACT.search(text)
    }
    assert found == {}


def test_anonymous_needs_do_not_name_their_buyer() -> None:
    firms = {firm["key"]: firm for firm in _all("firms")}
    anonymous = [need for need in _all("needs") if need["anonymous"]]
    assert anonymous
    for need in anonymous:
        # The shop name between 示例 and the trade: 「鹰城示例·驰屿汽车部件有限公司」 → 驰屿.
        name = re.split("示例[·・]?", firms[need["firm"]]["legal_name"])[-1][:2]
        assert all(name not in text for text in _texts(need)), need["key"]


def test_no_two_texts_share_a_sentence() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for kind in ("firms", "needs", "capabilities"):
        for row in _all(kind):
            for text in _texts(row):
                for sentence in re.split(r"[。；！？!?;\n]", text):
                    compact = re.sub(r"\s+", "", sentence)
                    if len(compact) >= SENTENCE:
                        owners[compact].add(row["key"])
    assert {sentence: keys for sentence, keys in owners.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("name", EXPECTED)
def test_judgements_point_to_what_exists(name: str) -> None:
    needs = {need["key"] for need in _all("needs")}
    capabilities = {capability["key"] for capability in _all("capabilities")}
    rows = _rows(name)
    assert len({row["need"] for row in rows}) == len(rows)
    for row in rows:
        assert row["need"] in needs
        assert set(row["good"]) | set(row["hard_negative"]) <= capabilities, row["need"]
        assert not set(row["good"]) & set(row["hard_negative"]), row["need"]
        assert len(row["good"]) <= 5, row["need"]


def test_every_need_was_judged_and_some_cannot_be_met() -> None:
    rows = [row for name in EXPECTED for row in _rows(name)]
    assert sorted(row["need"] for row in rows) == sorted(need["key"] for need in _all("needs"))
    unmet = [row for row in rows if not row["good"]]
    assert 1 <= len(unmet) <= len(rows) // 5
    assert sum(bool(row["hard_negative"]) for row in rows) >= len(rows) * 3 // 4


@pytest.mark.parametrize("chain", CHAINS)
def test_a_required_certificate_that_lapsed_is_in_the_data(chain: str) -> None:
    loaded = date(2026, 11, 23)
    firms = {firm["key"]: firm for firm in _rows(f"firms-{chain}")}
    needs = {need["key"]: need for need in _rows(f"needs-{chain}")}
    offers = {capability["key"]: capability for capability in _rows(f"capabilities-{chain}")}
    lapsed = [
        (row["need"], key)
        for name in EXPECTED
        for row in _rows(name)
        for key in row["hard_negative"]
        if row["need"] in needs and key in offers
        for certificate in firms[offers[key]["firm"]].get("certifications", ())
        if certificate["kind"] in needs[row["need"]].get("certificates_required", ())
        and date.fromisoformat(certificate.get("valid_until", "9999-12-31")) < loaded
    ]
    assert lapsed


def _interval(spec: Row) -> tuple[Decimal, Decimal]:
    endless = Decimal("Infinity")
    low = Decimal(spec["value"])
    return {
        "ge": (low, endless),
        "gt": (low, endless),
        "le": (-endless, low),
        "lt": (-endless, low),
        "eq": (low, low),
        "range": (low, Decimal(spec.get("value_high", None) or low)),
    }[spec["operator"]]


def test_what_is_meant_as_good_is_barred_by_nothing_stated() -> None:
    needs = {need["key"]: need for need in _all("needs")}
    offers = {capability["key"]: capability for capability in _all("capabilities")}
    firms = {firm["key"]: firm for firm in _all("firms")}
    for key, offer in [
        (row["need"], offers[offer]) for name in EXPECTED for row in _rows(name) for offer in row["good"]
    ]:
        held = {
            certificate["kind"]
            for certificate in firms[offer["firm"]].get("certifications", ())
            if certificate.get("valid_until", "9999-12-31") >= "2026-11-23"
        }
        assert set(needs[key].get("certificates_required", ())) <= held, (key, offer["key"])
        for asked in needs[key].get("specs", ()):
            for offered in offer.get("specs", ()):
                same = all(asked.get(field) == offered.get(field) for field in ("parameter", "unit"))
                if not same or "contains" in (asked["operator"], offered["operator"]):
                    continue
                (low, high), (least, most) = _interval(asked), _interval(offered)
                assert low <= most and least <= high, (key, offer["key"], asked["parameter"])


def test_those_who_open_and_ask_are_fictional_and_hang_together() -> None:
    own, openings, needs = (_rows(f"{kind}-{RESOURCES}") for kind in ("firms", "capabilities", "needs"))
    firms = {row["key"] for row in [*_all("firms"), *own]}
    assert all("示例" in row["legal_name"] for row in own)
    assert {row["party_kind"] for row in own} >= {"financial_institution", "university", "public_buyer"}
    assert openings and needs
    for row in [*openings, *needs]:
        assert row["firm"] in firms, row["key"]
        assert row["type" if "title" in row else "types"], row["key"]
        assert not CONTACT.search(json.dumps(row.get("description", ""), ensure_ascii=False)), row["key"]
    keys = [
        row["key"]
        for kind in ("firms", "capabilities", "needs")
        for row in [*_all(kind), *_rows(f"{kind}-{RESOURCES}")]
    ]
    assert len(keys) == len(set(keys))

"""What the pages ask of the lists: trees, search by prefix, dated divisions, links of an industry."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.core.actor import system_actor
from marketplace.core.errors import NotFound
from marketplace.taxonomy import queries, rules, service

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def lists(session: Session) -> None:
    service.import_seeds(session, system_actor(), paths.SEEDS, datetime(2026, 11, 23, 4, tzinfo=UTC))


def test_the_city_and_its_zones(session: Session) -> None:
    found = {node.code: node for node in queries.division_children(session, "410400", TODAY)}
    assert len(found) == 12
    assert {code for code, node in found.items() if node.is_zone} == {"410471", "410472"}
    zone = found["410472"]
    assert zone.full_name == "河南省平顶山市城乡一体化示范区"
    assert queries.division_label(session, "410472", "zh") == zone.full_name
    assert "Demonstration Zone" in queries.division_label(session, "410472", "en")
    assert queries.division_label(session, "999999", "zh") == "999999"
    assert queries.division_label(session, None, "zh") == ""


def test_written_names_leave_placeholders_out(session: Session) -> None:
    names = {node.code: node.full_name for node in queries.divisions(session).values()}
    assert names["110101"] == "北京市东城区"
    assert names["419001"] == "河南省济源市"
    assert names["441900"] == "广东省东莞市"
    assert names["500229"] == "重庆市城口县"


def test_every_division_hangs_on_the_tree(session: Session) -> None:
    known = queries.divisions(session)
    tree = queries.division_tree(session, TODAY)
    assert all(node.parent in known or node.level == "province" for node in known.values())
    assert sum(len(nodes) for nodes in tree.values()) == sum(node.in_force(TODAY) for node in known.values())
    assert all(rules.within(node.code, node.parent) for node in known.values() if "X" not in node.code)


@pytest.mark.parametrize(
    ("code", "last_before", "first_after"),
    [
        ("653228", date(2024, 12, 26), date(2024, 12, 27)),
        ("653229", date(2024, 12, 26), date(2024, 12, 27)),
        ("500157", date(2025, 11, 5), date(2025, 11, 6)),
        ("653132", date(2026, 3, 25), date(2026, 3, 26)),
    ],
)
def test_new_counties_exist_from_their_day(
    session: Session, code: str, last_before: date, first_after: date
) -> None:
    node = queries.divisions(session)[code]
    assert not node.in_force(last_before) and node.in_force(first_after)
    siblings = queries.division_children(session, node.parent, first_after)
    assert node in siblings and node not in queries.division_children(session, node.parent, last_before)


def test_a_dissolved_district_is_still_readable_but_not_offered(session: Session) -> None:
    assert queries.division_label(session, "500105", "zh") == "重庆市江北区"
    before, after = (
        {node.code for node in queries.search_divisions(session, "江北区", day)}
        for day in (date(2025, 11, 5), date(2025, 11, 6))
    )
    assert before == {"330205", "500105"} and after == {"330205"}


def test_search_for_divisions(session: Session) -> None:
    def codes(text: str, limit: int = 20) -> list[str]:
        return [node.code for node in queries.search_divisions(session, text, TODAY, limit)]

    assert codes("平顶山")[:1] == ["410400"]
    assert "410472" in codes("平顶山市城乡")
    assert codes("4104")[:1] == ["410400"]
    assert codes("henan")[0] == "410000"  # the province before the zones that carry its name
    assert len(codes("市", 5)) == 5
    assert len(codes("", 40)) == 34
    assert codes("没有这个地方") == []
    assert codes("%") == codes("_") == []


def test_search_for_industries(session: Session) -> None:
    def codes(text: str) -> list[str]:
        return [node.code for node in queries.search_industries(session, text)]

    assert codes("C28")[:1] == ["28"]
    assert codes("282") == ["282"]
    assert "282" in codes("合成纤维")
    assert "282" in codes("纤维制造")
    assert codes("chemical fib") == ["28"]
    assert len(codes("")) == 20
    path = queries.industry_path(session, "c282")
    assert [node.code for node in path] == ["C", "28", "282"]
    assert path[0].label("en") == "Manufacturing" and path[2].label("en") == "合成纤维制造"
    assert queries.industry_path(session, "9999") == ()


def test_links_in_order_and_by_industry(session: Session) -> None:
    for found in queries.chains(session):
        stages = [rules.STAGES.index(link.stage) for link in found.links]
        assert stages == sorted(stages) and set(stages) == {0, 1, 2}
        assert all(link.name_en and link.products and link.industries for link in found.links)
    assert "nylon-industrial-yarn" in {link.key for link in queries.links_for_industry(session, "2822")}
    assert queries.links_for_industry(session, "P83") == ()
    with pytest.raises(NotFound):
        queries.chain(session, "no-such-chain")


def test_flows_run_from_coal_to_cord_and_across_chains(session: Session) -> None:
    edges = queries.edges(session)
    assert rules.link_distance(edges, "nylon-polymer", "nylon-industrial-yarn") == 1
    assert rules.link_distance(edges, "nylon-coal-chemicals", "nylon-industrial-yarn") == 3
    assert rules.link_distance(edges, "nylon-industrial-yarn", "nylon-coal-chemicals") is None
    assert rules.link_distance(edges, "nylon-compounds", "electrical-insulation") == 1
    known = queries.links(session)
    assert all(edge.upstream in known and edge.downstream in known and edge.flow_en for edge in edges)


def test_tiers_differ_between_the_rules(session: Session) -> None:
    old = [tier.key for tier in queries.tiers(session, "gradient-2022")]
    new = [tier.key for tier in queries.tiers(session, "gradient-2026") if tier.shown]
    assert old == ["innovative-sme", "srdi-sme", "srdi-little-giant"]
    assert new == ["innovative-sme", "tech-innovative-sme", "srdi-sme", "srdi-little-giant"]
    assert {tier.key for tier in queries.tiers(session) if tier.shown} <= queries.certificate_kinds(
        session
    ).keys()

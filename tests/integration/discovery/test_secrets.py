"""What is private stays out of the index and of every page that browses: canaries in every column that is not named public."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Integer, Numeric, String, Text, inspect

from marketplace.accounts.models import Account
from marketplace.app import create_app
from marketplace.capabilities.models import Capability, CapabilityPhoto
from marketplace.certifications.models import Certification
from marketplace.core.actor import Actor
from marketplace.core.files import StoredFile
from marketplace.discovery.documents import capability_documents, firm_documents, need_documents
from marketplace.discovery.engine import tokens_of
from marketplace.firms.models import CurrentSupplier, Firm, FirmContact, FirmMember
from marketplace.needs.models import Need, NeedAttachment
from search.query import Query
from tests.integration.discovery.conftest import NOW, TODAY, House

# Columns that readers of the browse pages may see. Whatever else a table has, or gets, must not be in the index.
PUBLIC: dict[type[Any], set[str]] = {
    Firm: {
        "id", "version", "legal_name", "english_name", "party_kind", "profile", "main_product", "registered_division",
        "production_division", "industry_code", "office_id", "import_id", "figures_year", "source",
    },
    Need: {
        "id", "firm_id", "version", "type_key", "title", "use", "description", "chain_key", "link_key", "quantity",
        "quantity_unit", "quantity_period", "lead_time_days", "delivery_division", "procedure", "visibility",
        "industry_code", "import_id", "source", "created_by", "payment_start", "close_reason", "buyer_kind",
    },
    Capability: {
        "id", "firm_id", "version", "product", "english_product", "sentence", "description", "chain_key", "link_key",
        "capacity", "capacity_unit", "capacity_period", "lead_time_days", "visibility", "industry_code", "import_id",
        "source", "created_by", "close_reason", "moq_unit",
    },
    Certification: {"id", "firm_id", "kind_key", "source", "file_id", "verified_by"},
    FirmContact: {"id", "firm_id", "purpose"},
    Account: {"id", "locale", "session_epoch"},
    StoredFile: {"id", "size", "media_type", "purpose", "account_id", "sha256"},
    CapabilityPhoto: {"id", "capability_id", "file_id", "position"},
}  # fmt: skip


class Canaries:
    """A value of its own for every column that is not public."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, model: type[Any], **known: Any) -> dict[str, Any]:
        values = dict(known)
        for column in inspect(model).columns:
            if column.key in PUBLIC[model] or column.key in values or column.foreign_keys:
                continue
            number = len(self.planted) + 1
            if isinstance(column.type, String | Text):
                told = f"canary{number:03d}x"
                values[column.key] = told[: column.type.length] if column.type.length else told
            elif isinstance(column.type, Integer):
                values[column.key] = 770_000_000 + number
            elif isinstance(column.type, Numeric):
                values[column.key] = Decimal(880_000_000 + number)
            else:
                continue
            self.planted[str(values[column.key])] = f"{model.__tablename__}.{column.key}"
        return values

    def sung(self, text: str) -> set[str]:
        """The columns of which a value stands in this text, however its thousands are written."""
        plain = text.replace(",", "").replace("，", "")
        return {where for value, where in self.planted.items() if value in plain}


@pytest.fixture
def canaries(house: House) -> Canaries:
    """Two firms, one that asks anonymously and one that offers, with everything about them filled in."""
    canaries, session = Canaries(), house.session
    common = {"created_at": NOW, "updated_at": NOW}
    buyer = Firm(
        **canaries.plant(
            Firm, legal_name="anonfirmname", english_name="anonenglishname", profile="anonprofile", is_buyer=True,
            party_kind="enterprise", verified_at=NOW, source="self", **common,
        )
    )  # fmt: skip
    maker = Firm(
        **canaries.plant(
            Firm,
            legal_name="示例轴套厂",
            credit_code="91410400MA00000000",
            verified_at=NOW,
            source="self",
            **common,
        )
    )
    account = Account(**canaries.plant(Account, locale="zh", created_at=NOW, session_epoch=1))
    stored = StoredFile(
        **canaries.plant(
            StoredFile, sha256="0" * 64, size=1, media_type="image/jpeg", purpose="photo", created_at=NOW
        )
    )
    session.add_all([buyer, maker, account, stored])
    session.flush()
    need = Need(
        **canaries.plant(
            Need, firm_id=buyer.id, title="尼龙轴套", description="耐磨", anonymous=True, visibility="public",
            type_key="procurement", procedure="inquiry", published_at=NOW, source="self", **common,
        )
    )  # fmt: skip
    offer = Capability(
        **canaries.plant(
            Capability, firm_id=maker.id, nature="capability", product="尼龙轴套", published_at=NOW, visibility="public", source="self",
            **common,
        )
    )  # fmt: skip
    session.add_all([need, offer])
    session.flush()
    session.add_all(
        [
            FirmMember(firm_id=maker.id, account_id=account.id, role="owner", joined_at=NOW),
            FirmContact(**canaries.plant(FirmContact, firm_id=maker.id, consented_at=NOW, created_at=NOW)),
            FirmContact(**canaries.plant(FirmContact, firm_id=buyer.id, consented_at=NOW, created_at=NOW)),
            Certification(
                **canaries.plant(Certification, firm_id=maker.id, kind_key="iso-9001", created_at=NOW)
            ),
            NeedAttachment(need_id=need.id, file_id=stored.id, added_at=NOW),
            CapabilityPhoto(
                **canaries.plant(CapabilityPhoto, capability_id=offer.id, file_id=stored.id, position=0)
            ),
            CurrentSupplier(buyer_id=buyer.id, credit_code="91410400MA00000000", added_at=NOW),
        ]
    )
    for word in ("anonfirmname", "anonenglishname", "anonprofile"):
        canaries.planted[word] = "the firm of an anonymous need"
    canaries.planted["91410400MA00000000"] = "current_suppliers.credit_code"
    house.changed(f"firm:{buyer.id}", f"firm:{maker.id}")
    return canaries


def test_no_document_holds_what_is_private(house: House, canaries: Canaries) -> None:
    assert len(canaries.planted) > 40
    ids = range(1, 10)
    documents = [
        *need_documents(house.session, ids, NOW),
        *capability_documents(house.session, ids, NOW),
        *[row for row in firm_documents(house.session, ids, NOW) if row.title != "anonfirmname"],
    ]
    assert len(documents) == 3
    for document in documents:
        assert canaries.sung(repr(document)) == set(), document.key


def test_no_private_word_finds_anything(house: House, canaries: Canaries) -> None:
    """A filter that is applied when showing is too late: that a search has a hit tells already."""
    everybody = tokens_of(Actor(account_id=1, office_id=1, office_kind="bureau"))
    for word, where in canaries.planted.items():
        kinds = ("need", "capability") if "anonymous" in where else ("need", "capability", "firm")
        for text in (word, f'"{word}"'):
            asked = Query(text=text, kinds=kinds)
            assert house.engine.search(asked, visible=everybody, as_of=TODAY).total == 0, where


@pytest.fixture
def site(house: House) -> Iterator[Flask]:
    app = create_app(house.context.settings)
    yield app
    app.extensions["lianqiao.database"].dispose()


READERS = {
    "a stranger": Actor(),
    "a newcomer": Actor(account_id=1),
    "a member of another firm": Actor(account_id=1, firm_roles=MappingProxyType({99: "owner"})),
    "a town that looks after neither": Actor(account_id=1, office_id=9, office_kind="town"),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_browse_page_shows_what_is_private(
    house: House, canaries: Canaries, site: Flask, reader: str
) -> None:
    site.extensions["lianqiao.actor_loader"] = lambda _session: READERS[reader]
    shown = 0
    for path in ("/needs/browse", "/capabilities/browse", "/firms/browse", "/"):
        for asked in ("", "?q=轴套", "?q=轴套&sort=newest", "?chain=none&q=轴套"):
            html = site.test_client().get(path + asked).text
            shown += html.count("result-card")
            sung = canaries.sung(html)
            if path == "/firms/browse":  # there the firm stands in its own right
                sung -= {"the firm of an anonymous need"}
            assert sung == set(), (path, asked)
    assert shown >= 6


def test_the_bureau_is_told_whose_need_it_is_and_still_no_contact(
    house: House, canaries: Canaries, site: Flask
) -> None:
    site.extensions["lianqiao.actor_loader"] = lambda _session: Actor(
        account_id=1, office_id=1, office_kind="bureau"
    )
    html = site.test_client().get("/needs/browse?q=轴套").text
    assert canaries.sung(html) == {"the firm of an anonymous need"}

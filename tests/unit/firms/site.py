"""The whole site on a database of its own, with the reference lists and a small district; signing in by the session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.accounts.signed_in import SignedIn
from marketplace.app import create_app
from marketplace.core.db import Base, Database
from marketplace.firms.models import Firm
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds
from tests.unit.firms.house import MACHINE, NOW, credit_code, firm, member, office, organiser, somebody

HAN = re.compile(r"[\u4e00-\u9fff]+")


class Site:
    """A seller and a buyer (both checked), a firm that waits, a town, a bureau, and somebody of each role.

    ``who`` maps a name to an account id; ``firms`` a name to a firm's id.
    """

    def __init__(self, folder: Path) -> None:
        self.app: Flask = create_app(Settings(data_dir=folder, rate_limits=False, default_locale="zh"))
        self.app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
        self.database: Database = self.app.extensions["lianqiao.database"]
        Base.metadata.create_all(self.database.engine)
        self.who: dict[str, int] = {}
        self.firms: dict[str, int] = {}
        with self.database.unit_of_work() as session:
            import_seeds(session, MACHINE, paths.SEEDS, NOW)
            self._people(session)

    def _people(self, session: Session) -> None:
        town, other = office(session, "town", "东镇"), office(session, "town", "西镇")
        bureau = office(session, "bureau", "区局")
        seller = firm(session, 1, legal_name="示例锻造有限公司", registered_division="410472", industry_code="33",
                      employees=120, revenue=200_000_000, assets=90_000_000, chains=(("special-steel", None),), office_id=town)  # fmt: skip
        buyer = firm(session, 2, legal_name="示例重机股份有限公司", is_buyer=True, chain_leader=True)
        waiting = firm(session, 3, legal_name="示例待核对有限公司", office_id=town)
        waiting.verified_at = None
        self.firms = {"seller": seller.id, "buyer": buyer.id, "waiting": waiting.id}
        actors = {
            "owner": member(session, seller.id),
            "editor": member(session, seller.id, "editor"),
            "viewer": member(session, seller.id, "viewer"),
            "buyer": member(session, buyer.id),
            "newcomer": somebody(session),
            "bureau": organiser(session, bureau, "bureau", "bureau"),
            "town": organiser(session, town, "town", "town"),
            "other town": organiser(session, other, "town", "other-town"),
        }
        self.who = {name: actor.account_id or 0 for name, actor in actors.items()}
        self.actors = actors

    def client(self, name: str | None = None, locale: str = "zh", **session_values: Any) -> FlaskClient:
        """A browser in which that person is signed in."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["locale"] = locale
            session.update(session_values)
            if name is not None:
                session["_user_id"] = SignedIn(self.who[name], 0).get_id()
                session["_fresh"] = True
        return client

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.unit_of_work() as session:
            yield session


def words_of(html: str) -> str:
    """What a reader reads of a page, and of its labels for screen readers."""
    labels = " ".join(re.findall(r'(?:aria-label|placeholder|title|alt|data-[a-z-]+)="([^"]*)"', html))
    body = re.sub(r"<(script|style|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body) + " " + labels)


def form_of(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "legal_name": f"示例新建 {number} 有限公司", "credit_code": credit_code(number), "party_kind": "enterprise",
        "is_supplier": "y", **changes,
    }  # fmt: skip


def firm_named(site: Site, name: str) -> Firm:
    with site.database.reading() as session:
        found = session.scalars(select(Firm).where(Firm.legal_name == name)).one()
        _ = found.chains, found.provenance
        return found


def only(site: Site, model: Any) -> Any:
    with site.database.reading() as session:
        return session.scalars(select(model)).one()


def count(site: Site, model: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0

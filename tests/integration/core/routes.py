"""Every address of the site, generated from its own map: with ids that are there, and with ids that are not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from marketplace.core.db import LARGEST_ID
from tests.integration.core.district import HERE

# Parameter of an address → table and column that its values come from.
TABLE_OF = {
    "account_id": "accounts",
    "alarm_id": "claim_alarms",
    "attachment_id": "need_attachments",
    "call_id": "calls",
    "capability_id": "capabilities",
    "certification_id": "certifications",
    "conference_id": "conferences",
    "contact_id": "firm_contacts",
    "entry_id": "match_entries",
    "firm_id": "firms",
    "invitation_id": "invitations",
    "job_id": "jobs",
    "list_id": "match_lists",
    "match_id": "sheet_matches",
    "member_id": "firm_members",
    "need_id": "needs",
    "office_id": "offices",
    "participant_id": "conference_participants",
    "photo_id": "capability_photos",
    "proposal_id": "proposals",
    "line_id": "roster_rows",
    "row_id": "sheet_rows",
    "roster_id": "rosters",
    "search_id": "saved_searches",
    "set_id": "synonym_sets",
    "sign_in_id": "sign_ins",
    "subject_id": "needs",
}
MOST_ADDRESSES = 5


@dataclass(frozen=True)
class Address:
    endpoint: str
    path: str


class Addresses:
    def __init__(self, app: Flask) -> None:
        self.app = app
        self._ids: dict[str, list[int]] = {}

    def rules(self, method: str) -> list[Rule]:
        found = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]
        return sorted((rule for rule in found if rule.endpoint != "static"), key=lambda rule: rule.rule)

    def of(self, rule: Rule) -> list[Address]:
        """A few addresses of one rule."""
        names = sorted(rule.arguments)
        choices = [self._values(rule, name) for name in names]
        found = []
        with self.app.test_request_context(base_url=HERE):
            adapter = self.app.url_map.bind("lianqiao.example")
            for values in islice(product(*choices), MOST_ADDRESSES):
                path = adapter.build(
                    rule.endpoint, dict(zip(names, values, strict=True)), force_external=False
                )
                found.append(Address(rule.endpoint, path))
        return found

    def _values(self, rule: Rule, name: str) -> list[Any]:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)
        if isinstance(converter, IntegerConverter):
            assert name in TABLE_OF, f"{rule.rule}: say in TABLE_OF where {name} comes from"
        elif name not in TABLE_OF:
            return ["nylon", "x'\"<script>"]
        return self.ids(TABLE_OF[name])

    def ids(self, table: str) -> list[int]:
        """The first, the last and one in the middle; one that is not there, and the largest that could be."""
        if table not in self._ids:
            from marketplace.tables import metadata  # every room's tables

            with self.app.extensions["lianqiao.database"].reading() as session:
                there = list(
                    session.scalars(select(metadata.tables[table].c.id).order_by(metadata.tables[table].c.id))
                )
            real = [there[0], there[-1], there[len(there) // 2]] if there else []
            self._ids[table] = [*dict.fromkeys(real), 999_999, LARGEST_ID]
        return self._ids[table]

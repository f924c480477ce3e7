"""Reads of who may post what and of the types' own fields; queries.py has them beside the other lists."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.taxonomy import models
from marketplace.taxonomy.entries import Rights, options_in
from marketplace.taxonomy.kept import cached
from marketplace.taxonomy.values import TypeField


def entry_rights(session: Session) -> Rights:
    """Every (party, type, direction) that may be posted."""

    def read(session: Session) -> Rights:
        return frozenset(
            (row.party, row.type, row.direction) for row in session.scalars(select(models.EntryRight))
        )

    return cached(session, ("entry_rights",), "entry_rights", read)


def type_fields(session: Session) -> tuple[TypeField, ...]:
    """The fields of every type on both sides, in their order."""

    def read(session: Session) -> tuple[TypeField, ...]:
        rows = session.scalars(select(models.TypeField).order_by(models.TypeField.position))
        return tuple(
            TypeField(
                row.name, row.name_en, row.side, row.type, row.key, row.position, row.kind, row.unit,
                options_in(row.options), row.required, row.visibility == "invited", row.help, row.help_en,
            )
            for row in rows
        )  # fmt: skip

    return cached(session, ("type_fields",), "type_fields", read)

"""The reference lists under one face, whether they come from the database or, where there is none, from seeds/.

What is asked for is read on first use. The command line matches two sheets without any database; pages and the worker
read what the administrator may have changed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from marketplace import paths
from marketplace.taxonomy.entries import options_in
from marketplace.taxonomy.values import (
    CertificateKind,
    Chain,
    Division,
    Edge,
    Industry,
    Link,
    NeedType,
    SizeGroup,
    TypeField,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_STAGES = ("upstream", "midstream", "downstream")


class SeedLists:
    """The lists as the seed files have them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        with (self._folder / "taxonomy" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)

    @cached_property
    def certificate_kinds(self) -> Mapping[str, CertificateKind]:
        return {
            row["key"]: CertificateKind(
                row["name"],
                row["name_en"],
                row["key"],
                int(row["position"]),
                row["family"],
                _split(row["aliases"]),
            )
            for row in self._rows("certificate_kinds")
        }

    @cached_property
    def need_types(self) -> Mapping[str, NeedType]:
        return {
            row["key"]: NeedType(
                row["name"],
                row["name_en"],
                row["key"],
                int(row["position"]),
                row["summary"],
                row["summary_en"],
                _split(row["sections"]),
            )
            for row in self._rows("need_types")
        }

    @cached_property
    def type_fields(self) -> tuple[TypeField, ...]:
        return tuple(
            TypeField(
                row["name"], row["name_en"], row["side"], row["type"], row["key"], int(row["position"]), row["kind"],
                row["unit"], options_in(row["options"]), row["required"] == "1", row["visibility"] == "invited",
                row["help"], row["help_en"],
            )
            for row in self._rows("type_fields")
        )  # fmt: skip

    @cached_property
    def size_groups(self) -> tuple[SizeGroup, ...]:
        def three(row: Mapping[str, str], what: str) -> tuple[int, int, int] | None:
            small, medium, large = (row[f"{what}_{edge}"] for edge in ("small_ge", "medium_ge", "medium_lt"))
            return (int(small), int(medium), int(large)) if small and medium and large else None

        with (self._folder / "rules" / "size_groups.csv").open(encoding="utf-8", newline="") as stream:
            return tuple(
                SizeGroup(
                    row["name"], row["name_en"], row["key"], int(row["position"]), three(row, "employees"),
                    three(row, "revenue_wan"), three(row, "assets_wan"), _split(row["codes"]),
                    _split(row["excluded_codes"]),
                )
                for row in csv.DictReader(stream)
            )  # fmt: skip

    @cached_property
    def industries(self) -> Mapping[str, Industry]:
        return {
            row["code"]: Industry(row["name"], row["name_en"], row["code"], row["level"], row["parent"])
            for row in self._rows("industries")
        }

    @cached_property
    def divisions(self) -> Mapping[str, Division]:
        return {
            row["code"]: Division(
                row["name"], row["name_en"], row["code"], row["level"], row["parent"], row["full_name"],
                row["is_zone"] == "1", None, None,
            )
            for row in self._rows("divisions")
        }  # fmt: skip

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        below: dict[str, list[Link]] = {}
        for row in self._rows("links"):
            link = Link(
                row["name"], row["name_en"], row["key"], row["chain"], int(row["position"]), row["stage"],
                _split(row["products"]), (),
            )  # fmt: skip
            below.setdefault(link.chain, []).append(link)
        return tuple(
            Chain(
                row["name"], row["name_en"], row["key"], int(row["position"]), row["summary"], row["summary_en"],
                tuple(sorted(below.get(row["key"], ()), key=lambda link: (_STAGES.index(link.stage), link.position))),
            )
            for row in self._rows("chains")
        )  # fmt: skip

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(
            Edge(row["upstream"], row["downstream"], row["flow"], row["flow_en"])
            for row in self._rows("link_edges")
        )

    @cached_property
    def links(self) -> Mapping[str, Link]:
        return {link.key: link for chain in self.chains for link in chain.links}

    def read_whole(self) -> Self:
        """Every list read now: for what outlives the session through which they are read."""
        for name, value in vars(SeedLists).items():
            if isinstance(value, cached_property):
                getattr(self, name)
        return self


class StoredLists(SeedLists):
    """The lists as the database has them; read through this session, which must stay open."""

    def __init__(self, session: Session) -> None:
        # The command line without a database never gets here, and shall not wait for the ORM to load.
        from marketplace.taxonomy import queries

        self._session, self._queries = session, queries

    @cached_property
    def certificate_kinds(self) -> Mapping[str, CertificateKind]:
        return self._queries.certificate_kinds(self._session)

    @cached_property
    def need_types(self) -> Mapping[str, NeedType]:
        return self._queries.need_types(self._session)

    @cached_property
    def type_fields(self) -> tuple[TypeField, ...]:
        return self._queries.type_fields(self._session)

    @cached_property
    def industries(self) -> Mapping[str, Industry]:
        return self._queries.industries(self._session)

    @cached_property
    def divisions(self) -> Mapping[str, Division]:
        return self._queries.divisions(self._session)

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        return self._queries.chains(self._session)

    @cached_property
    def size_groups(self) -> tuple[SizeGroup, ...]:
        return self._queries.size_groups(self._session)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        return self._queries.edges(self._session)


@cache
def _of_seeds() -> SeedLists:
    return SeedLists(paths.SEEDS)


def lists_of(session: Session | None) -> SeedLists:
    """The lists of a database, or those of seeds/ for None."""
    return _of_seeds() if session is None else StoredLists(session)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)

"""Pages that browse and search: needs, capabilities and firms, with filters, counts and a link that can be kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import render_template, request, url_for

from marketplace.core.web.language import say
from marketplace.core.web.limits import SEARCHES, limiter
from marketplace.core.web.request import current_actor, current_locale, reading, settings, today
from marketplace.discovery import facets, saved_views, status_views
from marketplace.discovery.blueprint import ENDPOINTS, pages
from marketplace.discovery.cards import cards
from marketplace.discovery.engine import reader_of, tokens_of
from marketplace.discovery.plain import plain_search
from search.engines.base import RELEVANCE_END, EngineError
from search.query import SORTS, BadQuery, Query
from search.results import Page

__all__ = ["pages", "saved_views", "status_views"]

PAGE_SIZE = 20
_SORTS = {
    "need": ("relevance", "newest", "closing"),
    "capability": ("relevance", "newest"),
    "firm": ("relevance", "newest"),
}


class Asked(NamedTuple):
    """What the address asks for, before anybody checks it."""

    text: str
    sort: str
    cursor: str
    filters: dict[str, tuple[str, ...]]


@pages.get("/needs/browse")
@limiter.limit(SEARCHES)
def needs() -> Any:
    return _browse("need")


@pages.get("/capabilities/browse")
@limiter.limit(SEARCHES)
def capabilities() -> Any:
    return _browse("capability")


@pages.get("/firms/browse")
@limiter.limit(SEARCHES)
def firms() -> Any:
    return _browse("firm")


def _asked(kind: str) -> Asked:
    filters = {
        facet: tuple(dict.fromkeys(request.args.getlist(facet)))
        for facet in facets.OF_KIND[kind]
        if request.args.getlist(facet)
    }
    sort = request.args.get("sort", "relevance")
    return Asked(request.args.get("q", ""), sort, request.args.get("cursor", ""), filters)


def _browse(kind: str) -> Any:
    asked = _asked(kind)
    shown = {"kind": kind, "asked": asked, "endpoint": ENDPOINTS[kind], "sorts": _SORTS[kind]}
    try:
        query = Query(
            text=asked.text,
            filters=asked.filters,
            kinds=(kind,),
            sort=asked.sort,  # type: ignore[arg-type]
            page_size=PAGE_SIZE,
            cursor=asked.cursor,
        )
        page, away = _answer(query)
    except BadQuery as bad:
        problem = say(f"discovery.{bad.code}", bad.params)
        empty = Asked("", SORTS[0], "", {})
        return render_template(
            "discovery/browse.html", **{**shown, "asked": empty}, problem=problem, page=None, away=False
        ), 400
    names = facets.Names(reading(), current_locale())
    return render_template(
        "discovery/browse.html",
        **shown,
        page=page,
        problem=None,
        away=away,
        ends_here=query.order == "relevance" and page.total > RELEVANCE_END and page.next_cursor is None,
        relevance_end=RELEVANCE_END,
        cards=cards(reading(), current_actor(), page.hits, today(), names),
        groups=facets.facet_groups(names, kind, page.facets, asked.filters),
        chips=_chips(asked, names, kind),
        next_url=_url(kind, asked, cursor=page.next_cursor) if page.next_cursor else None,
        first_url=_url(kind, asked) if asked.cursor else None,
        loosened=_loosened(kind, asked, names) if not page.total and asked.filters and not away else [],
    )


def _answer(query: Query) -> tuple[Page, bool]:
    """What the engine finds; while it does not answer, what the database finds, and True: the page says so."""
    actor = current_actor()
    try:
        return reader_of(settings()).search(query, visible=tokens_of(actor), as_of=today()), False
    except EngineError:
        hits = tuple(plain_search(reading(), actor, query, today()))
        return Page(hits, len(hits), {}, None), True


def _url(kind: str, asked: Asked, *, without: tuple[str, str] | None = None, **more: Any) -> str:
    values: dict[str, Any] = {
        facet: [value for value in chosen if (facet, value) != without]
        for facet, chosen in asked.filters.items()
    }
    if asked.text:
        values["q"] = asked.text
    if asked.sort != "relevance":
        values["sort"] = asked.sort
    return url_for(ENDPOINTS[kind], **values, **more)


def _chips(asked: Asked, names: facets.Names, kind: str) -> list[dict[str, str]]:
    """What is on, each with the address without it."""
    return [
        {"label": names.of(facet, value), "remove_url": _url(kind, asked, without=(facet, value))}
        for facet, chosen in asked.filters.items()
        for value in chosen
    ]


def _loosened(kind: str, asked: Asked, names: facets.Names) -> list[dict[str, Any]]:
    """Nothing found: which single filter to drop, and how many hits that gives back."""
    found = []
    for facet in asked.filters:
        rest = {name: values for name, values in asked.filters.items() if name != facet}
        query = Query(text=asked.text, filters=rest, kinds=(kind,), page_size=1)
        total = reader_of(settings()).search(query, visible=tokens_of(current_actor()), as_of=today()).total
        if total:
            without = asked._replace(filters=rest, cursor="")
            labels = [names.of(facet, value) for value in asked.filters[facet]]
            found.append({"labels": labels, "count": total, "url": _url(kind, without)})
    return sorted(found, key=lambda item: -item["count"])

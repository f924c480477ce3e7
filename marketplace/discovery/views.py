"""Pages that browse and search: needs, capabilities and firms, with filters, counts and a link that can be kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import render_template, request, url_for

from marketplace.core.web.language import say
from marketplace.core.web.limits import SEARCHES, limiter
from marketplace.core.web.request import current_actor, current_locale, reading, settings, today
from marketplace.discovery import export_views, facets, saved_views, status_views
from marketplace.discovery.asking import Asking, Looser, any_word
from marketplace.discovery.blueprint import ENDPOINTS, pages
from marketplace.discovery.cards import cards
from search.engines.base import RELEVANCE_END
from search.query import SORTS, BadQuery, Query

__all__ = ["export_views", "pages", "saved_views", "status_views"]

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
    query = None
    try:
        query = Query(
            text=asked.text,
            filters=asked.filters,
            kinds=(kind,),
            sort=asked.sort,  # type: ignore[arg-type]
            page_size=PAGE_SIZE,
            cursor=asked.cursor,
        )
        asking = Asking(reading(), settings(), current_actor(), today())
        page, source = asking.answer(query)
    except BadQuery as bad:
        problem = say(f"discovery.{bad.code}", bad.params)
        # What a question may hold can be mended in its box; what none may hold is not written out again.
        kept = Asked(asked.text if query else "", SORTS[0], "", {})
        return render_template(
            "discovery/browse.html", **{**shown, "asked": kept}, problem=problem, page=None, source="index"
        ), 400
    names = facets.Names(reading(), current_locale())
    nothing = not page.total and source == "index"
    wider = any_word(asked.text) if source == "index" and page.next_cursor is None else ""
    nearest = asking.nearest(query, wider) if nothing and wider else None
    return render_template(
        "discovery/browse.html",
        **shown,
        page=page,
        problem=None,
        source=source,
        ends_here=query.order == "relevance" and page.total > RELEVANCE_END and page.next_cursor is None,
        relevance_end=RELEVANCE_END,
        cards=cards(reading(), current_actor(), page.hits, today(), names),
        groups=facets.facet_groups(names, kind, page.facets, asked.filters)
        if source == "index"
        else facets.listed_groups(names, kind, asking.occurring(kind), asked.filters),
        chips=_chips(asked, names, kind),
        next_url=_url(kind, asked, cursor=page.next_cursor) if page.next_cursor else None,
        first_url=_url(kind, asked) if asked.cursor else None,
        spellings=_spellings(kind, asked, asking.other_spellings(query)) if nothing else [],
        nearest=cards(reading(), current_actor(), nearest.hits, today(), names) if nearest else [],
        nearest_total=nearest.total if nearest else 0,
        wider_url=_url(kind, asked._replace(text=wider)) if wider else None,
        loosened=_loosened(kind, asked, names, asking.looser(query)) if nothing else [],
    )


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


def _spellings(kind: str, asked: Asked, texts: list[str]) -> list[dict[str, str]]:
    return [{"text": text, "url": _url(kind, asked._replace(text=text, cursor=""))} for text in texts]


def _loosened(kind: str, asked: Asked, names: facets.Names, choices: list[Looser]) -> list[dict[str, Any]]:
    """What to leave out, each with how many hits that gives back and the address that does it."""
    return [
        {
            "labels": [choice.word]
            if choice.word
            else [names.of(facet, value) for facet in choice.facets for value in asked.filters[facet]],
            "count": choice.hits,
            "url": _url(kind, asked._replace(text=choice.text, filters=dict(choice.filters), cursor="")),
        }
        for choice in choices
    ]

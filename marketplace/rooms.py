"""The rooms that have pages, in the order they are registered. Only this module and app.py know of views."""

from __future__ import annotations

from flask import Blueprint, Flask

from marketplace.accounts.views import pages as accounts
from marketplace.calls.views import pages as calls
from marketplace.capabilities.views import pages as capabilities
from marketplace.certifications.views import pages as certifications
from marketplace.conferences.views import pages as conferences
from marketplace.discovery.views import pages as discovery
from marketplace.dossiers.views import pages as dossiers
from marketplace.firms.views import pages as firms
from marketplace.home.views import pages as home
from marketplace.imports.views import pages as imports
from marketplace.moderation.views import pages as moderation
from marketplace.nearly.views import pages as nearly
from marketplace.needs.views import pages as needs
from marketplace.proposals.views import pages as proposals
from marketplace.rosters.views import pages as rosters
from marketplace.vocabulary.views import pages as vocabulary

ROOMS: tuple[Blueprint, ...] = (
    home,
    accounts,
    firms,
    certifications,
    needs,
    capabilities,
    moderation,
    calls,
    dossiers,
    proposals,
    nearly,
    conferences,
    discovery,
    imports,
    vocabulary,
    rosters,
)


def register_rooms(app: Flask) -> None:
    for pages in ROOMS:
        app.register_blueprint(pages)

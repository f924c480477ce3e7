"""The rooms that have pages, in the order they are registered. Only this module and app.py know of views."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

ROOMS = (
    "home",
    "accounts",
    "firms",
    "certifications",
    "needs",
    "capabilities",
    "moderation",
    "proposals",
    "conferences",
    "discovery",
    "imports",
)


def register_rooms(app: Flask) -> None:
    for room in ROOMS:
        module = f"marketplace.{room}.views"
        if find_spec(module) is not None:
            app.register_blueprint(import_module(module).pages)

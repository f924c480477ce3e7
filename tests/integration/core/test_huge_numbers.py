"""A number that no row can have, in every field of every form and every question of every address: said, never a 500.

The forms are those that the pages show to each role; each of their fields in turn is given the number, the others keep
what stands in them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from marketplace import paths
from marketplace.core.db import LARGEST_ID
from tests.integration.core.district import HERE, visit
from tests.integration.core.routes import Addresses

pytestmark = pytest.mark.slow
HUGE = [str(LARGEST_ID + 1), "9" * 40]
ROLES = ("supplier", "buyer", "bureau", "admin")
ASKED = re.compile(r"request\.(?:args|values|form)\.(?:get|getlist)\(\s*\"(\w+)\"")


@dataclass(frozen=True)
class Form:
    action: str
    fields: tuple[tuple[str, str], ...]


class _Reader(HTMLParser):
    """The forms of a page that change something, with what stands in their fields."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, []  # type: str, list[Form]
        self._open: tuple[str, list[tuple[str, str]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = (given.get("action") or self.path, [])
        elif self._open is not None and tag in ("input", "select", "textarea") and given.get("name"):
            self._open[1].append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            action, fields = self._open
            self.forms.append(Form(urlsplit(action).path, tuple(fields)))
            self._open = None


def shape(form: Form) -> tuple[str, tuple[str, ...]]:
    """Two forms of one page with other ids are one form."""
    return re.sub(r"\d+", "1", form.action), tuple(sorted({name for name, _value in form.fields}))


def forms_for(app: Flask, client: FlaskClient) -> list[Form]:
    addresses = Addresses(app)
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for rule in addresses.rules("GET"):
        for address in addresses.of(rule):
            answer = client.get(address.path, base_url=HERE)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                reader = _Reader(address.path)
                reader.feed(answer.text)
                for form in reader.forms:
                    found.setdefault(shape(form), form)
            answer.close()
    return list(found.values())


@pytest.mark.parametrize("role", ROLES)
def test_no_field_of_any_form_fails_over_a_number_that_no_row_has(own_site: Flask, role: str) -> None:
    own_site.config["WTF_CSRF_ENABLED"] = False
    faults, sent = [], 0
    # The longer one is another matter for SQLite's driver alone: PostgreSQL refuses both alike.
    sqlite = own_site.extensions["lianqiao.database"].engine.dialect.name == "sqlite"
    numbers = HUGE if sqlite else HUGE[:1]
    for form in forms_for(own_site, visit(own_site, role)):
        for name in sorted({name for name, _value in form.fields} - {"csrf_token"}):
            for number in numbers:
                body = [(key, number if key == name else value) for key, value in form.fields]
                with capture_logs() as logs:
                    # Anew each time: a form may end what it is sent in, such as the sign-in.
                    answer = visit(own_site, role).post(
                        form.action, base_url=HERE, data=dict(body), content_type="multipart/form-data"
                    )
                sent += 1
                if answer.status_code >= 500:
                    faults.append(f"{form.action} {name}={number}: {[log.get('exc_info') for log in logs]}")
                answer.close()
    assert sent > 60, "the walk met no forms"
    assert not faults, "\n".join(faults[:8])


def test_no_question_of_any_address_fails_over_a_number_that_no_row_has(own_site: Flask) -> None:
    """Each address is asked what the sources of its own room ask for, all together and one by one."""
    asked_in: dict[str, set[str]] = {}
    for path in paths.PACKAGE.rglob("*.py"):
        room = path.relative_to(paths.PACKAGE).parts[0]
        asked_in.setdefault(room, set()).update(ASKED.findall(path.read_text("utf-8")))
    assert {"before", "after"} <= asked_in["needs"] and "need" in asked_in["conferences"]
    client, addresses, faults = visit(own_site, "admin"), Addresses(own_site), []
    for rule in addresses.rules("GET"):
        names = sorted(asked_in.get(rule.endpoint.partition(".")[0], ()))
        path = addresses.of(rule)[0].path
        for asked in (dict.fromkeys(names, HUGE[1]), *({name: HUGE[0]} for name in names)):
            answer = client.get(path, base_url=HERE, query_string=asked)
            if answer.status_code >= 500:
                faults.append(f"{path} {asked}")
            answer.close()
    assert not faults, "\n".join(faults[:8])


def test_no_address_with_a_number_that_no_row_has_fails(own_site: Flask) -> None:
    client, addresses = visit(own_site, "admin"), Addresses(own_site)
    for rule in own_site.url_map.iter_rules():
        if not rule.arguments:
            continue
        path = re.sub(r"<[^>]+>", HUGE[0], rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(path, method=method, base_url=HERE)
            assert answer.status_code < 500, (method, path)
            answer.close()
    assert addresses.rules("GET")

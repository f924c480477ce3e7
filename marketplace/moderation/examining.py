"""What a person is shown before deciding: the texts of a listing, its flags, and the words found in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from marketplace.capabilities.models import Capability
from marketplace.core.analysis import analyser
from marketplace.core.specs import content_of, written
from marketplace.moderation import rules
from marketplace.moderation.contacts import Found, contacts_in
from marketplace.moderation.rules import Flag
from marketplace.needs.models import Need
from marketplace.needs.queries import content_of_need
from marketplace.needs.rules import payment_verdict
from marketplace.taxonomy.values import Parameter

Subject = Need | Capability
# As much as the words are counted in; longer texts are refused when they are saved.
LONGEST = 8000


@dataclass(frozen=True)
class Part:
    """One text of a listing. ``name`` says where it stands; contacts are expected in an entrance, unless anonymous."""

    name: str
    text: str
    contacts_expected: bool = False


@dataclass(frozen=True)
class Piece:
    """A piece of a text for the page; ``kind`` names what was found in it, '' for the text in between."""

    text: str
    kind: str = ""


def parts_of(subject: Subject) -> list[Part]:
    """Everything that a reader would read, in the order of the page."""
    specs = "\n".join(
        " ".join(filter(None, (written(row), row.standard))) for row in content_of(subject.specs)
    )
    # What was written by hand in the fields of the type; an institution's entrance is meant to be called.
    said = [row for row in subject.terms if row.text]
    terms = "\n".join(row.text or "" for row in said if row.key != "entrance")
    entrance = "\n".join(row.text or "" for row in said if row.key == "entrance")
    if isinstance(subject, Need):
        parts = [
            Part("title", subject.title),
            Part("use", subject.use),
            Part("description", subject.description),
            Part("specs", specs),
            Part("terms", terms),
            Part("entrance", subject.entrance or "", contacts_expected=not subject.anonymous),
            Part("payment_reason", subject.payment_reason or ""),
            Part("files", "\n".join(attached.file.name for attached in subject.attachments)),
        ]
    else:
        parts = [
            Part("product", subject.product),
            Part("sentence", subject.sentence),
            Part("description", subject.description),
            Part("specs", specs),
            Part("terms", terms),
            Part("entrance", entrance, contacts_expected=True),
            Part("standards", "\n".join(sorted(row.standard for row in subject.standards))),
            Part("english_product", subject.english_product or ""),
            Part("photos", "\n".join(photo.caption or "" for photo in subject.photos)),
        ]
    return [part for part in parts if part.text.strip()]


def names_of(subject: Subject) -> list[str]:
    """The firm's names, which an anonymous need must not say."""
    return [name for name in (subject.firm.legal_name, subject.firm.english_name) if name]


def examine(subject: Subject, as_of: date, parameters: Sequence[Parameter]) -> list[Flag]:
    """Everything that a person should look at before deciding: the terms of payment, under the dated figures of decree 802, and the texts."""
    if not isinstance(subject, Need):
        return flags_of(subject)
    verdict = payment_verdict(content_of_need(subject), as_of, parameters)
    return [*rules.terms_flags(verdict), *flags_of(subject)]


def flags_of(subject: Subject) -> list[Flag]:
    """What stands in the texts; each says in which part it was found."""
    anonymous = isinstance(subject, Need) and subject.anonymous
    flags: dict[str, Flag] = {}
    parts = parts_of(subject)
    for part in parts:
        found = rules.secret_flags(part.text)
        if not part.contacts_expected:
            found += rules.contact_flags(part.text, anonymous=anonymous)
        found += rules.name_flags(part.text, names_of(subject), anonymous=anonymous)
        for flag in found:
            flags.setdefault(flag.code, replace(flag, params={**flag.params, "where": part.name}))
    text = "\n".join(part.text for part in parts)[:LONGEST]
    return [
        *flags.values(),
        *_in_the_texts_own_words(text, rules.stuffing_flags(text, analyser().words(text))),
    ]


def _in_the_texts_own_words(text: str, flags: Iterable[Flag]) -> list[Flag]:
    """The analyser counts 尼龙 and PA as one word; the reader is told the one that stands in the text most often."""
    named = []
    for flag in flags:
        if "word" in flag.params:
            written_so = [text[start:end] for start, end, word in _spans(text) if word == flag.params["word"]]
            if written_so:
                most = max(dict.fromkeys(written_so), key=written_so.count)
                flag = replace(flag, params={**flag.params, "word": most})
        named.append(flag)
    return named


def _spans(text: str) -> list[tuple[int, int, str]]:
    return analyser().spans(text)


def marked(subject: Subject) -> dict[str, list[Piece]]:
    """Each part's text in pieces, with everything that raised a flag marked."""
    anonymous = isinstance(subject, Need) and subject.anonymous
    parts = parts_of(subject)
    whole = "\n".join(part.text for part in parts)[:LONGEST]
    repeated = rules.most_repeated(analyser().words(whole))
    pieces = {}
    for part in parts:
        found = rules.secrets_in(part.text)
        if not part.contacts_expected:
            found += contacts_in(part.text)
        if anonymous:
            found += rules.names_in(part.text, names_of(subject))
        if repeated is not None:
            found += [
                Found("repeated", start, end)
                for start, end, word in _spans(part.text[:LONGEST])
                if word == repeated[0]
            ]
        pieces[part.name] = _cut(part.text, found)
    return pieces


def _cut(text: str, found: Sequence[Found]) -> list[Piece]:
    pieces, here = [], 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start < here:
            continue
        if one.start > here:
            pieces.append(Piece(text[here : one.start]))
        pieces.append(Piece(text[one.start : one.end], one.kind))
        here = one.end
    if here < len(text):
        pieces.append(Piece(text[here:]))
    return pieces

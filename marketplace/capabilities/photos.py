"""Photos of a capability: drawn anew on the way in, at most eight, in the order that the firm wishes.

They are part of what the bureau looks at, so they change only while the text may change. They do not raise the
version: a photo added beside an open form must not make that form look stale.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from marketplace.capabilities import queries
from marketplace.capabilities.models import Capability, CapabilityPhoto
from marketplace.capabilities.rules import MOST_PHOTOS
from marketplace.capabilities.service import editable, note_photos
from marketplace.core import audit, jobs
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.files import (
    LARGEST_PHOTO,
    FileStore,
    StoredFile,
    Upload,
    check_upload,
    keep,
    keep_upload,
    laid_down,
    looked_at,
    recoded_image,
    safe_name,
)
from marketplace.core.jobs import Job, JobClaim
from marketplace.core.lifecycle import Action, State, state_of, take

SHRINK = "capabilities.shrink_photo"
# A worker that died three times over a picture leaves it behind.
HELD_FOR = timedelta(days=1)
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
LONGEST_CAPTION = 120


def drawn(name: str, content: bytes) -> Upload:
    """One picture without place and camera data, before the change that keeps it."""
    return looked_at(name, content, SUFFIXES, "photos")


def add(
    session: Session,
    actor: Actor,
    store: FileStore,
    capability_id: int,
    picture: Upload,
    *,
    now: datetime,
) -> CapabilityPhoto:
    """Keep one picture (:func:`drawn`). Refusal ``capabilities.photos_many`` for the ninth."""
    capability = _with_room(session, actor, capability_id, now)
    stored = keep_upload(session, actor, store, picture, "photo", now)
    photo = CapabilityPhoto(file_id=stored.id, file=stored, position=len(capability.photos))
    capability.photos.append(photo)
    session.flush()
    _record(session, actor, "photo_add", capability, photo, now)
    return photo


class Held(NamedTuple):
    """A large picture that waits under ``key`` to be drawn anew."""

    name: str
    key: str


def hold(store: FileStore, name: str, content: bytes) -> Held:
    """Lay a large picture aside, before the change that asks for it to be drawn (:func:`take_in`); what is no picture at
    all is refused at once. One that nobody comes for is let go with the next."""
    check_upload(name, content, SUFFIXES, "photos", LARGEST_PHOTO)
    return Held(safe_name(name), store.hold(content))


def take_in(session: Session, actor: Actor, capability_id: int, held: Held, *, now: datetime) -> Job:
    """Have the worker draw a large picture anew."""
    _with_room(session, actor, capability_id, now)
    params = {"capability_id": capability_id, "held": held.key, "name": held.name}
    return jobs.submit(session, actor, SHRINK, params, now)


def shrink(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """The job of :func:`take_in`: draw it anew, keep that, let the original go, whatever comes of it."""
    progress("capabilities.step.shrinking", 0, 0)
    store, key, moment = context.files, claim.params["held"], utc_now()
    store.let_go_older(moment - HELD_FOR)
    try:
        original = store.held(key)
        if original is None:
            raise Refusal("capabilities.photo_gone", "photos")
        picture = recoded_image(original, "photos")
        with laid_down(context.database, store, picture), context.database.unit_of_work() as session:
            actor = context.actor_of_job(session, claim)
            photo = _attach(
                session, actor, store, claim.params["capability_id"], claim.params["name"], picture, moment
            )
            return {"photo_id": photo.id, "before": len(original), "after": len(picture)}
    finally:
        store.let_go(key)


def _attach(
    session: Session,
    actor: Actor,
    store: FileStore,
    capability_id: int,
    name: str,
    picture: bytes,
    now: datetime,
) -> CapabilityPhoto:
    """A picture that was on its way when the listing was handed over belongs to what was handed over."""
    capability = editable(session, actor, capability_id, now)
    handed_over = state_of(capability, day_of(now)) is State.SUBMITTED
    if not handed_over:
        take(capability, Action.SAVE, now, day_of(now))
    if len(capability.photos) >= MOST_PHOTOS:
        raise Refusal("capabilities.photos_many", "photos", most=MOST_PHOTOS)
    stored = keep(session, actor, store, f"{PurePath(name).stem}.jpg", picture, "image/jpeg", "photo", now)
    photo = CapabilityPhoto(file_id=stored.id, file=stored, position=len(capability.photos))
    capability.photos.append(photo)
    session.flush()
    if handed_over:
        note_photos(session, capability)
    _record(session, actor, "photo_add", capability, photo, now)
    return photo


def caption(
    session: Session, actor: Actor, capability_id: int, photo_id: int, text: str, *, now: datetime
) -> CapabilityPhoto:
    """What the picture shows; empty takes the words away."""
    capability, photo = _photo(session, actor, capability_id, photo_id, now)
    if len(text) > LONGEST_CAPTION:
        raise Refusal("capabilities.caption_long", "caption", most=LONGEST_CAPTION)
    photo.caption = text.strip() or None
    _record(session, actor, "photo_caption", capability, photo, now)
    return photo


def move(
    session: Session, actor: Actor, capability_id: int, photo_id: int, places: int, *, now: datetime
) -> None:
    """Nearer to the front (negative) or to the end; the first photo is the one that lists show."""
    capability, photo = _photo(session, actor, capability_id, photo_id, now)
    order = [other for other in capability.photos if other is not photo]
    here = capability.photos.index(photo)
    order.insert(max(0, min(len(order), here + places)), photo)
    for position, other in enumerate(order):
        other.position = position
    session.flush()
    session.expire(capability, ["photos"])
    _record(session, actor, "photo_move", capability, photo, now)


def remove(session: Session, actor: Actor, capability_id: int, photo_id: int, *, now: datetime) -> None:
    capability, photo = _photo(session, actor, capability_id, photo_id, now)
    _record(session, actor, "photo_remove", capability, photo, now)
    capability.photos.remove(photo)
    for position, other in enumerate(capability.photos):
        other.position = position


def file_of(session: Session, actor: Actor, capability_id: int, photo_id: int, now: datetime) -> StoredFile:
    """The stored picture, for whoever may see the capability; NotFound for everybody else."""
    capability = queries.capability_or_none(session, actor, capability_id, day_of(now))
    for photo in capability.photos if capability else ():
        if photo.id == photo_id:
            return photo.file
    raise NotFound


def _with_room(session: Session, actor: Actor, capability_id: int, now: datetime) -> Capability:
    """The capability, if this person may change it and it takes one more photo."""
    capability = _changeable(session, actor, capability_id, now)
    if len(capability.photos) >= MOST_PHOTOS:
        raise Refusal("capabilities.photos_many", "photos", most=MOST_PHOTOS)
    return capability


def _changeable(session: Session, actor: Actor, capability_id: int, now: datetime) -> Capability:
    capability = editable(session, actor, capability_id, now)
    take(capability, Action.SAVE, now, day_of(now))
    return capability


def _photo(
    session: Session, actor: Actor, capability_id: int, photo_id: int, now: datetime
) -> tuple[Capability, CapabilityPhoto]:
    capability = _changeable(session, actor, capability_id, now)
    for photo in capability.photos:
        if photo.id == photo_id:
            return capability, photo
    raise NotFound


def _record(
    session: Session, actor: Actor, verb: str, capability: Capability, photo: CapabilityPhoto, now: datetime
) -> None:
    capability.updated_at = now
    audit.record(session, actor, f"capability.{verb}", "capability", capability.id, now, photo=photo.id)

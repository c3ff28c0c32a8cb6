"""The queue's doors: take an id, call a service. Nothing is decided here."""

from __future__ import annotations

from uuid import UUID

from generations import digest
from generations.services import (
    alert_mail,
    alerts,
    arrivals,
    costs,
    drawing,
    faces,
    guest_codes,
    guest_copies,
    limit_news,
    registrations,
    shot_words,
    small_posters,
    webhook_sending,
    words,
)
from generations.services import derive as deriving
from generations.services import store as storing
from generations.services import submit as submitting
from generations.services import sweep as sweeping


def submit(take_id: str) -> None:
    submitting.submit_generation(take_id)


def store(take_id: str) -> None:
    storing.answer_bell(take_id)


def derive(take_id: str) -> None:
    deriving.derive_outputs(take_id)


def copy_for_guests(take_id: str) -> None:
    guest_copies.make(take_id)


def mail_guest_code(guest_id: str) -> None:
    guest_codes.send(guest_id)


def draw(asset_id: str) -> None:
    drawing.draw(asset_id)


def shrink_posters(before: str | None = None) -> None:
    small_posters.go_on(before)


def look_up_cost(take_id: str) -> None:
    costs.look_up_cost(take_id)


def fetch_input(link_id: str) -> None:
    arrivals.fetch_input(link_id)


def look_for_faces(asset_id: str) -> None:
    faces.look(asset_id)


def register(registration_id: str) -> None:
    registrations.work_on(registration_id)


def reword(user_id: str) -> None:
    words.keep_of_person(UUID(user_id))


def reword_shot(rewording_id: str) -> None:
    shot_words.go_on(rewording_id)


def mail_digests() -> None:
    digest.ring_due()


def mail_digest(user_id: str) -> None:
    digest.mail_digest(user_id)


def mail_limit_news(notification_id: str) -> None:
    limit_news.mail(notification_id)


def look_for_alerts() -> None:
    alerts.look()


def mail_alerts() -> None:
    alert_mail.send()


def deliver(webhook_id: str) -> None:
    webhook_sending.deliver(webhook_id)


def sweep() -> None:
    sweeping.sweep()

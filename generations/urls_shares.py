"""Addresses of links for guests: theirs below /s/, and the team's pages about them."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .views import guest, guest_acts, guest_files, share_takes, shares


class ShareKey(StringConverter):
    """What a take or a note is called within one link."""

    regex = "[0-9a-f]{16}"


class GuestFile(StringConverter):
    regex = "video|poster|small|strip"


register_converter(ShareKey, "share_key")
register_converter(GuestFile, "guest_file")

urlpatterns = [
    path("p/<str:slug>/shares", shares.listing, name="shares"),
    path("p/<str:slug>/shares/new", shares.new, name="share-new"),
    path("p/<str:slug>/shares/add", share_takes.add, name="share-add"),
    path("shares/<uuid:pk>", shares.page, name="share"),
    path("shares/<uuid:pk>/takes", share_takes.change, name="share-takes"),
    path("shares/<uuid:pk>/renew", shares.renew, name="share-renew"),
    path("shares/<uuid:pk>/revoke", shares.revoke, name="share-revoke"),
    path("shares/<uuid:pk>/preview", shares.preview, name="share-preview"),
    path("shares/<uuid:pk>/preview/<share_key:key>", shares.preview, name="share-preview-take"),
    path("shares/<uuid:pk>/preview/<share_key:key>/live", shares.preview_live, name="share-preview-live"),
    path("shares/<uuid:pk>/preview/<share_key:key>/download", guest_files.preview_file, {"kind": "download"}),
    path("shares/<uuid:pk>/preview/<share_key:key>/<guest_file:kind>", guest_files.preview_file),
    path(
        "shares/<uuid:pk>/preview/<share_key:key>/notes/<share_key:note>/drawing", guest_files.preview_drawing
    ),
    path("s/<str:token>", guest.door, name="guest"),
    path("s/<str:token>/who", guest_acts.who, name="guest-who"),
    path("s/<str:token>/<share_key:key>", guest.take, name="guest-take"),
    path("s/<str:token>/<share_key:key>/live", guest.live, name="guest-live"),
    path("s/<str:token>/<share_key:key>/notes", guest_acts.note, name="guest-note"),
    path("s/<str:token>/<share_key:key>/notes/take-back", guest_acts.take_back, name="guest-take-back"),
    path("s/<str:token>/<share_key:key>/notes/<share_key:note>/drawing", guest_files.drawing),
    path("s/<str:token>/<share_key:key>/decide", guest_acts.decide, name="guest-decide"),
    path("s/<str:token>/<share_key:key>/download", guest_files.download, name="guest-download"),
    path("s/<str:token>/<share_key:key>/<guest_file:kind>", guest_files.file, name="guest-file"),
    path("s/<path:rest>", guest.nothing),
]

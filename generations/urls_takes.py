"""Addresses of takes, batches, their files, the gallery, the consent page and the records it makes."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .views import (
    batch,
    compare,
    consent,
    consents,
    culling,
    elsewhere,
    gallery,
    hooks,
    media,
    note_files,
    notes,
    queue,
    remix,
    saved_views,
    shot_use,
    take,
    take_verbs,
)


class OutputKind(StringConverter):
    regex = "poster|small|strip|last_frame|video|sounded|proxy"


register_converter(OutputKind, "output_kind")

urlpatterns = [
    path("p/<str:slug>/gallery", gallery.gallery, name="gallery"),
    path("p/<str:slug>/gallery/act", culling.act, name="gallery-act"),
    path("p/<str:slug>/gallery/undo", culling.take_back, name="gallery-undo"),
    path("p/<str:slug>/gallery/download", culling.download, name="gallery-download"),
    path("p/<str:slug>/gallery/notes", note_files.of_takes, name="gallery-notes"),
    path("p/<str:slug>/pick-shot", shot_use.pick, name="shot-pick"),
    path("p/<str:slug>/views", saved_views.save, name="view-save"),
    path("views/<uuid:pk>", saved_views.change, name="view-change"),
    path("p/<str:slug>/compare", compare.compare, name="compare"),
    path("b/<uuid:pk>", batch.page, name="batch"),
    path("b/<uuid:pk>/live", batch.live, name="batch-live"),
    path("t/<uuid:pk>", take.page, name="take"),
    path("t/<uuid:pk>/live", take.live, name="take-live"),
    path("t/<uuid:pk>/price", take.price, name="take-price"),
    path("t/<uuid:pk>/consent", consent.consent, name="consent"),
    path("t/<uuid:pk>/consent/price", consent.price, name="consent-price"),
    path("t/<uuid:pk>/cancel", take_verbs.cancel, name="take-cancel"),
    path("t/<uuid:pk>/move", queue.move, name="take-move"),
    path("t/<uuid:pk>/pause", queue.pause, name="take-pause"),
    path("t/<uuid:pk>/unpause", queue.unpause, name="take-unpause"),
    path("t/<uuid:pk>/choose", shot_use.choose, name="take-choose"),
    path("t/<uuid:pk>/retry", take_verbs.retry, name="take-retry"),
    path("t/<uuid:pk>/edit", remix.edit, name="take-edit"),
    path("t/<uuid:pk>/use", remix.use, name="take-use"),
    path("t/<uuid:pk>/extend", remix.go_on, {"verb": "extend"}, name="take-extend"),
    path("t/<uuid:pk>/upscale", remix.go_on, {"verb": "upscale"}, name="take-upscale"),
    path("t/<uuid:pk>/menu", remix.menu, name="take-menu"),
    path("t/<uuid:pk>/use-last-frame", remix.use_last_frame, name="take-use-last-frame"),
    path("t/<uuid:pk>/elsewhere", elsewhere.take, name="take-elsewhere"),
    path("t/<uuid:pk>/resume", take_verbs.resume, name="take-resume"),
    path("t/<uuid:pk>/resolve", take_verbs.resolve, name="take-resolve"),
    path("t/<uuid:pk>/trash", take_verbs.trash, name="take-trash"),
    path("t/<uuid:pk>/restore", take_verbs.restore, name="take-restore"),
    path("t/<uuid:pk>/recipe", media.take_recipe, name="take-recipe"),
    path("t/<uuid:pk>/notes", notes.write, name="note-write"),
    path("t/<uuid:pk>/notes/file", note_files.of_take, name="note-file"),
    path("t/<uuid:pk>/notes/<uuid:note>/drawing", notes.drawing, name="note-drawing"),
    path("t/<uuid:pk>/notes/<uuid:note>/edit", notes.edit, name="note-edit"),
    path("t/<uuid:pk>/notes/<uuid:note>/delete", notes.delete, name="note-delete"),
    path("t/<uuid:pk>/notes/<uuid:note>/resolve", notes.resolve, name="note-resolve"),
    path("t/<uuid:pk>/notes/<uuid:note>/reopen", notes.reopen, name="note-reopen"),
    path("t/<uuid:pk>/notes/<uuid:note>/tick", notes.tick, name="note-tick"),
    path("t/<uuid:pk>/download/<output_kind:kind>", media.take_download, name="take-download"),
    path("t/<uuid:pk>/<output_kind:kind>", media.media_output, name="media-output"),
    path("me/consents", consents.records, name="consents"),
    path("me/consents/<uuid:pk>/withdraw", consents.withdraw, name="consent-withdraw"),
    path("consents/<uuid:pk>", consents.record, name="consent-record"),
    path("a/<uuid:pk>/face", media.asset_face, name="asset-face"),
    path("a/<uuid:pk>/thumb", media.asset_thumb, name="asset-thumb"),
    path("i/<str:token>/<str:name>", media.gateway_input, name="gateway-input"),
    path("hooks/<str:token>", hooks.gateway_hook, name="gateway-hook"),
    path("a/<uuid:pk>/file", media.asset_file, name="asset-file"),
]

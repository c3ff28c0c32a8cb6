"""Addresses of the library, of one asset, and of the composer's picker of assets."""

from django.urls import path

from .views import asset, fixing, library, library_bulk, media, pick

urlpatterns = [
    path("assets", library.of_everything, name="library"),
    path("assets/many", library_bulk.act, name="assets-many"),
    path("assets/undo/<str:key>", library_bulk.undo, name="assets-undo"),
    path("p/<str:slug>/assets", library.of_project, name="assets"),
    path("p/<str:slug>/assets/add", library.add, name="assets-add"),
    path("p/<str:slug>/assets/pick", pick.pick, name="assets-pick"),
    path("p/<str:slug>/assets/put", pick.put, name="assets-put"),
    path("a/<uuid:pk>", asset.page, name="asset"),
    path("a/<uuid:pk>/edit", asset.edit, name="asset-edit"),
    path("a/<uuid:pk>/trash", asset.trash, name="asset-trash"),
    path("a/<uuid:pk>/restore", asset.restore, name="asset-restore"),
    path("a/<uuid:pk>/use", asset.use, name="asset-use"),
    path("a/<uuid:pk>/share", asset.share, name="asset-share"),
    path("a/<uuid:pk>/register/stop", asset.stop_using, name="asset-stop-using"),
    path("a/<uuid:pk>/register", asset.register, name="asset-register"),
    path("a/<uuid:pk>/unshare", asset.unshare, name="asset-unshare"),
    path("a/<uuid:pk>/ways", fixing.copy_ways, name="asset-copy-ways"),
    path("a/<uuid:pk>/derive", fixing.make_copy, name="asset-derive"),
    path("a/<uuid:pk>/strip", media.asset_strip, name="asset-strip"),
]

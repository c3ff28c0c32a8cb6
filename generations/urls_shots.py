"""Addresses of shots: the list, its cut played and as a file, and lists that people bring."""

from django.urls import path

from .views import shot_cut, shot_import, shots

urlpatterns = [
    path("p/<str:slug>/shots", shots.page, name="shots"),
    path("p/<str:slug>/shots/live", shots.live, name="shots-live"),
    path("p/<str:slug>/shots/add", shots.add, name="shot-add"),
    path("p/<str:slug>/shots/new", shots.new, name="shot-new"),
    path("p/<str:slug>/shots/import", shot_import.page, name="shots-import"),
    path("p/<str:slug>/shots/play", shot_cut.play, name="shots-play"),
    path("p/<str:slug>/shots/export", shot_cut.export, name="shots-export"),
    path("p/<str:slug>/shots/clips", shot_cut.clips_of, name="shots-clips"),
    path("p/<str:slug>/shots/<uuid:pk>/edit", shots.edit, name="shot-edit"),
    path("p/<str:slug>/shots/<uuid:pk>/remove", shots.remove, name="shot-remove"),
    path("p/<str:slug>/shots/<uuid:pk>/place", shots.place, name="shot-place"),
    path("p/<str:slug>/shots/<uuid:pk>/choose", shots.choose, name="shot-choose"),
]

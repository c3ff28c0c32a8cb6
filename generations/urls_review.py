"""Addresses of decisions, of the playlist of reviews, and of sign-offs."""

from django.urls import path

from .views import fixed, remix, review, review_list, signing

urlpatterns = [
    path("p/<str:slug>/review", review_list.page, name="review"),
    path("p/<str:slug>/review/live", review_list.live, name="review-live"),
    path("t/<uuid:pk>/review", review.ask, name="take-ask"),
    path("t/<uuid:pk>/review/end", review.withdraw, name="take-review-end"),
    path("t/<uuid:pk>/decision", review.decision, name="take-decide"),
    path("t/<uuid:pk>/decision/<uuid:line>/back", review.take_back, name="take-decide-back"),
    path("t/<uuid:pk>/fix/<uuid:note>", remix.fix, name="take-fix"),
    path("t/<uuid:pk>/fixed", fixed.answer, name="take-fixed"),
    path("t/<uuid:pk>/sign-off", signing.sign, name="take-sign"),
    path("t/<uuid:pk>/sign-off/<uuid:signed>", signing.certificate, name="certificate"),
    path("t/<uuid:pk>/sign-off/<uuid:signed>/json", signing.as_json, name="certificate-json"),
    path("t/<uuid:pk>/sign-off/<uuid:signed>/withdraw", signing.withdraw, name="sign-off-withdraw"),
]

"""Every address of the studio."""

from django.contrib import admin
from django.urls import include, path

from .api import api
from .views import consents, health, joining, keys, limits, me, members, people, sign_in

urlpatterns = [
    path("health", health.health, name="health"),
    path("setup/<str:token>", joining.setup, name="setup"),
    path("invite/<str:token>", joining.invitation, name="invite"),
    path("login", sign_in.sign_in, name="login"),
    path("logout", sign_in.sign_out, name="logout"),
    path("confirm", sign_in.confirm, name="confirm"),
    path("forgot", sign_in.forgot, name="forgot"),
    path("reset/<str:token>", sign_in.reset, name="reset"),
    path("me", me.account, name="account"),
    path("me/theme", me.theme, name="theme"),
    path("me/keys", keys.keys, name="account-keys"),
    path("me/profile", me.profile, name="account-profile"),
    path("me/watching", me.watching, name="account-watching"),
    path("me/password", me.password, name="account-password"),
    path("me/tokens", me.make_token, name="account-tokens"),
    path("me/tokens/<uuid:pk>/revoke", me.revoke_token, name="account-token-revoke"),
    path("limits/", limits.index, name="limits"),
    path("limits/<uuid:pk>/ask", limits.ask, name="limit-ask"),
    path("limits/requests/<uuid:pk>/answer", limits.answer, name="limit-answer"),
    path("people/", people.index, name="people"),
    path("people/invite", people.invite, name="people-invite"),
    path("people/invitations/<int:pk>/withdraw", people.withdraw, name="people-withdraw"),
    path("people/<uuid:pk>/role", people.role, name="people-role"),
    path("people/<uuid:pk>/projects", people.allow_projects, name="people-projects"),
    path("people/<uuid:pk>/deactivate", people.deactivate, name="people-deactivate"),
    path("people/<uuid:pk>/reactivate", people.reactivate, name="people-reactivate"),
    path("people/<uuid:pk>/reset-link", people.reset_link, name="people-reset-link"),
    path("consents/", consents.index, name="all-consents"),
    path("consents/export.csv", consents.export, name="all-consents-export"),
    path("consents/<uuid:pk>/withdraw", consents.withdraw, name="consent-withdraw-for"),
    path("p/<str:slug>/members", members.index, name="members"),
    path("p/<str:slug>/members/add", members.add, name="member-add"),
    path("p/<str:slug>/members/invite", members.invite, name="member-invite"),
    path(
        "p/<str:slug>/members/invitations/<int:pk>/withdraw", members.withdraw, name="member-invite-withdraw"
    ),
    path("p/<str:slug>/members/<uuid:pk>/role", members.role, name="member-role"),
    path("p/<str:slug>/members/<uuid:pk>/remove", members.remove, name="member-remove"),
    path("", include("generations.urls")),
    path("admin/", admin.site.urls),
    path("api/", api.urls),
]

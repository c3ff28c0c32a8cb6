"""Rows for tests, by plain functions: ``make_take(status="failed")``."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from generations.models import Asset, Generation, Membership, Project
from generations.services.assets import save_upload
from generations.services.compose import Wish, compose
from generations.services.create import create_generations
from providers import accounts
from providers.models import ProviderAccount, VideoModel

_number = itertools.count(1)


def make_user(**overrides: Any) -> Any:
    name = overrides.pop("username", f"person{next(_number)}")
    return get_user_model().objects.create_user(username=name, password="correct horse 9", **overrides)


def make_project(owner: Any = None, **overrides: Any) -> Project:
    number = next(_number)
    owner = owner or make_user()
    values = {"name": f"Project {number}", "slug": f"project-{number}", "created_by": owner, **overrides}
    project = Project.objects.create(**values)
    Membership.objects.create(project=project, user=owner, role="owner")
    return project


def make_account(gateway: str = "token360", **overrides: Any) -> ProviderAccount:
    values = {"name": f"{gateway} {next(_number)}", "key": "sandbox-key-for-tests", **overrides}
    fields = {name: values.pop(name) for name in list(values) if name not in _CREATE}
    account = accounts.create_account(gateway, **values)
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()
    return account


_CREATE = {"name", "key", "base_url", "sandbox"}


def model_of(account: ProviderAccount, wire_id: str) -> VideoModel:
    return VideoModel.objects.select_related("account").get(account=account, wire_id=wire_id)


def make_take(
    user: Any, project: Project, model: VideoModel, *, inputs: Any = (), **values: Any
) -> Generation:
    """A take made through the real services: checked, priced and held."""
    values = {"prompt": "A quiet harbour at dawn", **values}
    composition = compose(user, project, Wish(model=model, values=values, inputs=list(inputs)))
    return create_generations(user, [composition])[0]


def save_asset(user: Any, project: Project, path: Any) -> Asset:
    """A real file, through the real upload."""
    return save_upload(user, project, SimpleUploadedFile(path.name, path.read_bytes()), name=path.name)

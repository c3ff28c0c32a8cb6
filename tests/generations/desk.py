"""One person's project on one account of a gateway whose dialect the sandbox server speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generations.media import MediaFacts
from generations.models import Generation
from generations.services.needs import lines_of
from providers.gateways.capabilities import from_plain
from providers.gateways.values import AUTO_S, Mode, Role
from providers.models import VideoModel
from tests.factories import make_account, make_asset, make_project, make_take, make_user, model_of, save_asset
from tests.providers.sandbox_server import SandboxServer

SMALL: Mapping[str, Any] = {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9"}
Files = Sequence[tuple[Role, Path]]


class Desk:
    """``model`` and ``values`` are what a take is made of unless a test says otherwise."""

    def __init__(
        self,
        sandbox: SandboxServer,
        gateway: str,
        model: str,
        values: Mapping[str, Any],
        *,
        may_fetch_here: bool = False,
        **account: Any,
    ) -> None:
        """``may_fetch_here``: its server may fetch files from this machine, as a sandbox account's may."""
        self.sandbox, self.model, self.values = sandbox, model, values
        self.account = make_account(gateway, **{"base_url": sandbox.url_for(gateway), **account})
        if may_fetch_here:
            self.account.sandbox = True
            self.account.save()
        self.user = make_user()
        self.project = make_project(self.user)
        self._billed_before = len(sandbox.bill())  # by other tests, maybe for the same words

    def prompt(self, word: str = "") -> str:
        """One subject for all, so that the sandbox renders one clip for all; the word is acted on."""
        return f"A paper boat on a pond, {self.model} [{word}]"

    def take(self, prompt: str, *, model: str = "", files: Files = (), **values: Any) -> Generation:
        """With another ``model``, only the values that are given."""
        inputs = [(role, self.keep(path)) for role, path in files]
        picked = self.allowed(model or self.model)
        wanted = values if model else {**self.values, **values}
        return make_take(self.user, self.project, picked, prompt=prompt, inputs=inputs, **wanted)

    def least(self, wire_id: str, mode: Mode) -> dict[str, Any]:
        """The shortest and smallest that this model makes, lying where it has a choice."""
        caps = from_plain(self.allowed(wire_id).capabilities)
        lengths = [seconds for seconds in caps.durations_s if seconds != AUTO_S]
        sizes = sorted((choice.value for choice in caps.resolutions), key=lines_of)
        ratios = [ratio for ratio in caps.ratios(mode) if ratio == "16:9"]
        told = {"duration_s": lengths[:1], "resolution": sizes, "aspect_ratio": ratios}
        return {name: values[0] for name, values in told.items() if values}

    def keep(self, path: Path) -> Any:
        """The id of this file as an asset of the project."""
        return save_asset(self.user, self.project, path).pk

    def keep_known(self, path: Path, facts: MediaFacts) -> Any:
        """The same without another look at a file of which everything is known."""
        columns = {name: getattr(facts, name) for name in ("mime", "width", "height", "duration_s", "fps")}
        content = path.read_bytes()
        more = {"kind": facts.kind.value, "facts": facts.plain(), "size_bytes": len(content), **columns}
        return make_asset(project=self.project, name=path.name, content=content, **more).pk

    def allowed(self, wire_id: str) -> VideoModel:
        """Also one that the catalogue does not list, as an administrator allows it."""
        VideoModel.objects.filter(account=self.account, wire_id=wire_id).update(allowed=True)
        return model_of(self.account, wire_id)

    def bills(self, take: Generation) -> list[dict[str, Any]]:
        """What the sandbox's gateway charged for this prompt since the desk was set up."""
        mine = (take.prompt, take.account.gateway)
        new = self.sandbox.bill()[self._billed_before :]
        return [entry for entry in new if (entry["prompt"], entry["dialect"]) == mine]

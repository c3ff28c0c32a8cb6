"""A gateway that does not exist: this file is all that the studio would need to speak to a sixth one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from providers.gateways.base import DiscoveredModel, Gateway
from providers.gateways.capabilities import Capabilities
from providers.gateways.values import Job, JobState, KeyCheck, Mode, Result, ResultKind, Role, VideoRequest
from providers.gateways.wire import Reply, WireRequest


class Acme(Gateway):
    """Acme. API: https://acme.example/docs (read 2026-11)."""

    name, label = "acme", "Acme Motion"
    base_url = "https://api.acme.example"
    docs_url = "https://acme.example/docs"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO})
    roles = frozenset({Role.FIRST_FRAME})
    statuses = {"waiting": JobState.QUEUED, "drawing": JobState.RUNNING, "ready": JobState.FINISHED}
    discovers = True

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        body: dict[str, Any] = {"engine": request.model, "script": request.prompt}
        if request.duration_s is not None:
            body["length"] = request.duration_s
        if (frame := request.first(Role.FIRST_FRAME)) is not None:
            body["opening"] = frame.address
        return WireRequest("POST", "/shots", json=body)

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job:
        return Job(id=self.require_id(reply.json().get("shot"), reply), model=request.model)

    def build_poll(self, job: Job) -> WireRequest:
        return WireRequest("GET", f"/shots/{job.id}")

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        told = reply.json()
        state = self.state_of(told.get("state"))
        result = Result(ResultKind.LINK, told["film"]) if state == JobState.FINISHED else None
        return replace(job, state=state, result=result)

    def build_check_key(self) -> WireRequest:
        return WireRequest("GET", "/engines")

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        return KeyCheck(ok=True, message=f"{len(reply.json()['engines'])} engines.")

    def build_discover(self) -> WireRequest:
        return WireRequest("GET", "/engines")

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        """The listing tells modes and lengths; what it leaves out an administrator can fill in."""
        return [
            DiscoveredModel(
                wire_id=engine["id"],
                label=engine["title"],
                capabilities={"modes": engine["can"], "durations_s": engine["lengths"]},
                if_new={"inputs": {"first_frame": {"max_bytes": 5_000_000}}},
            )
            for engine in reply.json()["engines"]
        ]

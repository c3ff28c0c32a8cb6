"""SilkDock video: one nested body for all vendors, one picture as a form part, the file by its own call.

What is sent is built in ``_silkdock_body``, answers are read in ``_silkdock_replies``, and what an error
means is told in ``_silkdock_errors``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from . import _silkdock_errors as errors
from . import _silkdock_replies as replies
from ._silkdock_body import as_form, build_body, part_of, picture_to_send
from ._silkdock_models import makes_video, read_model
from .base import FROM_WORDS_AND_PICTURES, PICTURES, DiscoveredModel, Gateway
from .capabilities import Capabilities
from .errors import BadReply, GatewayError
from .values import Job, JobState, KeyCheck, Result, ResultKind, Role, VideoRequest
from .wire import Reply, WireRequest, as_mapping, as_number, as_text, raw_text

_CONTENT_READ_S = 600.0  # the whole file is held at the gateway before its first byte


class SilkDock(Gateway):
    """SilkDock. API: https://silkdock.ai/docs/api/video (read 2026-11)."""

    name, label = "silkdock", "SilkDock"
    base_url = "https://silkdock.ai"
    docs_url = "https://silkdock.ai/docs/api/video"
    call_id_headers = ("x-litellm-call-id",)
    modes = FROM_WORDS_AND_PICTURES
    roles = PICTURES | {Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO, Role.AUDIO_TRACK}
    # three words are documented; the others come from the proxy's code and a published client (2026-11)
    statuses = {
        "processing": JobState.RUNNING,
        "queued": JobState.QUEUED,
        "in_progress": JobState.RUNNING,
        "completed": JobState.FINISHED,
        "succeeded": JobState.FINISHED,
        "success": JobState.FINISHED,
        "ready": JobState.FINISHED,
        "failed": JobState.FAILED,
        "error": JobState.FAILED,
        "expired": JobState.FAILED,
        "cancelled": JobState.FAILED,
        "canceled": JobState.FAILED,
    }
    # no limits are published; these are careful assumptions
    max_in_flight = 2
    submits_per_min = 6
    polls_per_min = 12  # its samples ask every five seconds
    busy_s = (5.0, errors.LONGEST_WAIT_S)
    deadline_s = 1800.0
    keeps_results_s = 3600.0
    result_redirects = 3  # the way from the job's own address counts as the first
    discovers = True
    list_name = "its list of model groups"
    lost_after = 5  # the waits between them come to a minute
    shows_job_ids = False  # they spell the vendor and its account in plain base64

    def clean_base_url(self, address: str) -> str:
        """Without ``/v1``: one path of the API does not begin with it."""
        return address.rstrip("/").removesuffix("/v1")

    # -- submit ----------------------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """JSON; a form only for the one picture that is not at an address of its own."""
        body, picture = build_body(request, caps), picture_to_send(request)
        path, wait = "/v1/videos/generations", self.submit_read_timeout_s
        if picture is None:
            return WireRequest("POST", path, json=body, read_timeout_s=wait)
        files = {"input_reference": part_of(picture)}
        return WireRequest("POST", path, form=as_form(body), files=files, read_timeout_s=wait)

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job:
        data = self.submit_json(reply)
        cost = replies.cost(reply)
        job = Job(
            id=self.require_id(data.get("id"), reply),
            model=request.model,
            request_id=self.call_id(reply),
            makes=replies.makes(data),
            handle={} if cost is None else {"cost_usd": str(cost)},
        )
        return self._read(data, job)

    # -- poll ------------------------------------------------------------------------------------

    def build_poll(self, job: Job) -> WireRequest:
        """By the id of the submit: a poll may answer with another one, which is not to be used."""
        return WireRequest("GET", f"/v1/videos/{quote(job.id, safe='')}")

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        return self._read(reply.json(), job)

    def _read(self, data: Mapping[str, Any], job: Job) -> Job:
        state = self.state_of(data.get("status"))
        if state == JobState.FAILED:
            return replace(job, state=state, failure=replies.failure(data, job))
        if state != JobState.FINISHED:
            return replace(job, state=state, progress=replies.progress(data))
        url = as_text(data.get("url"))
        return replace(
            job,
            state=state,
            result=Result(ResultKind.BYTES),
            cost_usd=replies.kept_cost(job),
            duration_s=as_number(as_mapping(data.get("usage")).get("duration_seconds")),
            handle={**job.handle, **({"url": url} if url else {})},
        )

    # -- the result ------------------------------------------------------------------------------

    def build_bytes(self, job: Job) -> WireRequest:
        accept = {"Accept": "video/mp4, application/json"}
        path = f"/v1/videos/{quote(job.id, safe='')}/content"
        return WireRequest("GET", path, headers=accept, read_timeout_s=_CONTENT_READ_S)

    def second_place(self, job: Job) -> str:
        """The address that the last poll named; how long it lives is not said."""
        return as_text(job.handle.get("url"))

    # -- look-ups --------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        return WireRequest("GET", "/v1/models")

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        if not isinstance(reply.json().get("data"), list):
            raise BadReply("This does not look like SilkDock's model list.", raw=raw_text(reply.body))
        return KeyCheck(ok=True, message="The key works. SilkDock does not tell the balance.")

    def build_discover(self) -> WireRequest:
        """Without a query it lists every model; nothing in it tells lengths, sizes or prices."""
        return WireRequest("GET", "/model_group/info")

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        data = reply.json().get("data")
        if not isinstance(data, list):
            raise BadReply("SilkDock's model list has an unexpected shape.", raw=raw_text(reply.body))
        return [read_model(item) for item in data if isinstance(item, Mapping) and makes_video(item)]

    # -- errors ----------------------------------------------------------------------------------

    def error_text(self, reply: Reply) -> str:
        return errors.text_of(reply)

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        return errors.error_of(reply, step)

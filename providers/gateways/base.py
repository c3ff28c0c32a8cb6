"""What every gateway has in common: an adapter fills in the translations, the base runs the steps.

An adapter is pure: values in, values out. It sees no key, no client and no database. ``client.py``
sends what it builds. An adapter that lacks an optional step leaves its ``build_`` method alone and the
flag off; a part that takes several calls is an attribute of its own, or None.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from .bill import Bill
from .capabilities import Capabilities
from .check import check
from .errors import Ambiguous, BadReply, Busy, GatewayError, Refused, Unavailable, Unsupported
from .job_list import JobList
from .registrar import Registrar
from .values import (
    ConsentNeeded,
    FailureClass,
    Job,
    JobState,
    KeyCheck,
    Mode,
    Result,
    Role,
    Standing,
    VideoRequest,
)
from .wire import RAW_CAP_CHARS, Reply, WireRequest, people_text, raw_text, retry_after

logger = logging.getLogger(__name__)
MOST_ID_CHARS = 1024  # what a take's row has room for


class Step:
    """Which call a reply answers; the same status means different things for different calls."""

    SUBMIT, POLL, RESULT, COST, QUOTE = "submit", "poll", "result", "cost", "quote"
    BALANCE, OTHER = "balance", "other"


@dataclass(frozen=True)
class DiscoveredModel:
    """A model as the gateway lists it. ``capabilities`` is partial catalogue-style data laid over ours."""

    wire_id: str
    label: str
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    # modes and inputs guessed from the listing, for a model that our catalogue does not know
    if_new: Mapping[str, Any] = field(default_factory=dict)
    # modes that the listing says yes or no to, for ``listing.gated``; others stay as we have them
    gates: Mapping[Mode, bool] = field(default_factory=dict)
    # what comes with a mode that the listing says yes to, for ``listing.opened``, where we lack the mode
    opens: Mapping[Mode, Mapping[str, Any]] = field(default_factory=dict)
    offline: bool = False
    deprecation: Mapping[str, Any] = field(default_factory=dict)


# what adapters say alike: clips from words, from a picture or two as frames, and from pictures as references
FROM_WORDS_AND_PICTURES = frozenset(
    {Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME, Mode.REFERENCE_TO_VIDEO}
)
PICTURES = frozenset({Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE_IMAGE})


class Gateway:
    """One gateway on the wire.

    Subclasses set the class attributes and write ``build_submit, parse_submit, build_poll, parse_poll``;
    the rest is optional.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    base_url: ClassVar[str]
    docs_url: ClassVar[str] = ""
    statuses: ClassVar[Mapping[str, JobState]] = {}
    # what this adapter can say on the wire; a model may take less
    modes: ClassVar[frozenset[Mode]] = frozenset()
    roles: ClassVar[frozenset[Role]] = frozenset()
    # headers of an answer that hold the id of the call, for the gateway's support; the first that is there
    call_id_headers: ClassVar[tuple[str, ...]] = ()
    auth_header: ClassVar[str] = "Authorization"
    auth_prefix: ClassVar[str] = "Bearer "
    # rhythm and limits of one key; an administrator may change them on the account
    max_in_flight: ClassVar[int] = 10
    submits_per_min: ClassVar[int] = 60
    polls_per_min: ClassVar[int] = 0  # 0: no limit known
    # seconds to wait for a busy gateway that tells no time: at first, and at most; doubled in between
    busy_s: ClassVar[tuple[float, float]] = (15.0, 300.0)
    submit_read_timeout_s: ClassVar[float] = 60.0
    deadline_s: ClassVar[float] = 3600.0
    keeps_results_s: ClassVar[float] = 86400.0
    # optional steps
    quotes: ClassVar[bool] = False
    discovers: ClassVar[bool] = False
    list_name: ClassVar[str] = "its list of models"
    takes_callback: ClassVar[bool] = False
    tells_balance: ClassVar[bool] = False
    # parts that stand for themselves; None where the gateway has no such calls
    registrar: ClassVar[Registrar | None] = None
    job_list: ClassVar[JobList | None] = None
    bill: ClassVar[Bill | None] = None
    # "host/path-prefix" of result addresses; empty: any public host
    result_hosts: ClassVar[tuple[str, ...]] = ()
    # how often a result's address may lead on to another one, each checked like the first
    result_redirects: ClassVar[int] = 0
    # whether a result's address may be fetched a few times only; such a download is never begun twice to
    # make room for another
    counts_fetches: ClassVar[bool] = False
    # a clip of 720p with fewer bytes a second may be a placeholder for one that was withheld
    placeholder_bytes_a_s: ClassVar[float] = 0.0
    # a "job unknown" is believed after so many in a row
    lost_after: ClassVar[int] = 3
    # HTTP status of a poll's failure that may be the job's end: after how many in a row it is believed so.
    # With the sweep's pauses in between nine take about five minutes
    ends_after: ClassVar[Mapping[int, int]] = {}
    # whether people may see job ids; some tell more than a name
    shows_job_ids: ClassVar[bool] = True

    def clean_base_url(self, address: str) -> str:
        """An address as an administrator typed it, in the form that paths are put behind."""
        return address

    # -- the four translations ------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """:raises Unsupported: when the request holds what this gateway cannot express."""
        raise NotImplementedError

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job | ConsentNeeded:
        """:raises GatewayError: ``Ambiguous`` for a 2xx without an id."""
        raise NotImplementedError

    def build_poll(self, job: Job) -> WireRequest:
        raise NotImplementedError

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        raise NotImplementedError

    # -- the result ------------------------------------------------------------------------------

    def build_bytes(self, job: Job) -> WireRequest:
        """The request (with the key) that answers with the file, for ``ResultKind.BYTES``."""
        return self.build_poll(job)

    def second_place(self, job: Job) -> str:
        """Another address of the same file, tried when the gateway's own stream fails; or an empty string."""
        return ""

    def build_second_submit(
        self, error: Refused, request: VideoRequest, caps: Capabilities
    ) -> WireRequest | None:
        """The same request in other words, for a refusal that made no job and says what it misses; it goes
        out once. None where there is nothing else to say."""
        return None

    def build_fresh_link(self, job: Job) -> WireRequest | None:
        """The request for a new address of a finished job, or None where there is no such call."""
        return None

    def parse_fresh_link(self, reply: Reply, job: Job) -> Result:
        raise NotImplementedError

    def build_after_store(self, job: Job) -> WireRequest | None:
        """A best-effort clean-up after the verified copy; its answer is ignored."""
        return None

    # -- look-ups ---------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        raise NotImplementedError

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        return KeyCheck(ok=True, message="The key works.")

    def build_balance(self, before: Sequence[Reply]) -> WireRequest | None:
        """The next question about the key's money after these answers; None when enough is known, or where
        the check of the key tells it already."""
        return None

    def parse_balance(self, replies: Sequence[Reply]) -> Standing | None:
        """None where nothing was asked.

        :raises BadReply: the answers tell no sum.
        """
        return None

    def standing_of(self, reply: Reply, step: str) -> Standing | None:
        """What any answer, also one that refuses, tells of the key in its headers."""
        return None

    def opens_for_quote(self, request: VideoRequest, caps: Capabilities) -> frozenset[Role]:
        """The files that the gateway itself opens and measures to tell a price, by their role."""
        return frozenset()

    def build_quote(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """What ``opens_for_quote`` names has an address here; nothing else needs one."""
        raise NotImplementedError

    def parse_quote(self, reply: Reply) -> Decimal:
        raise NotImplementedError

    def build_discover(self) -> WireRequest:
        raise NotImplementedError

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        raise NotImplementedError

    def build_discover_more(self, reply: Reply, page: int) -> WireRequest | None:
        """The page of the list after the ``page``-th, which is ``reply``; None after the last."""
        return None

    def jobs_in_hook(self, told: Mapping[str, Any]) -> frozenset[str]:
        """The job ids that a call to our callback address names; they are compared, never acted on."""
        return frozenset()

    # -- refusals before sending -------------------------------------------------------------------

    def refuse(self, request: VideoRequest, caps: Capabilities) -> None:
        """Nothing leaves the studio that the adapter or the model cannot take.

        :raises Unsupported: naming the field.
        """
        if request.mode not in self.modes:
            raise Unsupported(
                f"{self.label} is not offered for {request.mode.replace('_', ' ')} yet.", field="mode"
            )
        for item in request.inputs:
            if item.role not in self.roles:
                raise Unsupported(
                    f"{self.label} takes no {item.role.replace('_', ' ')} here yet.", field=item.role
                )
        for problem in check(request, caps):
            raise Unsupported(problem.message, field=problem.field)

    def accepts_url(self, address: str, base_url: str) -> bool:
        """Whether a result's address lies where this gateway keeps results.

        The account's own host counts too, so that a server speaking this dialect elsewhere can be used.
        """
        if not self.result_hosts:
            return True
        try:
            url, own = urlsplit(address), urlsplit(base_url)
        except ValueError:
            return False
        if ".." in unquote(url.path):
            return False
        for place in self.result_hosts:
            host, _, prefix = place.partition("/")
            if not url.path.startswith("/" + prefix):
                continue
            if (url.scheme, url.netloc) in {("https", host), (own.scheme, own.netloc)}:
                return True
        return False

    # -- shared rules ------------------------------------------------------------------------------

    def state_of(self, word: object) -> JobState:
        """Our word for the gateway's; an unknown one means *still running* and is logged."""
        state = self.statuses.get(str(word).strip().lower())
        if state is None:
            logger.warning("%s: unknown status word %r, taken as running", self.name, str(word)[:40])
            return JobState.RUNNING
        return state

    def error_text(self, reply: Reply) -> str:
        """The gateway's own sentence in an error body, or an empty string."""
        error = reply.json_or_empty().get("error")
        if isinstance(error, Mapping):
            return str(error.get("message") or error.get("code") or "")
        return str(error or "")

    def is_answer(self, reply: Reply, step: str) -> bool:
        """True for a non-2xx reply that ``parse_…`` reads as an answer (a 409 that asks for consent)."""
        return False

    def error_of(self, reply: Reply, step: str) -> GatewayError:
        """The error that a non-2xx reply to ``step`` stands for.

        Adapters override ``specific_error`` for what their own pages say and leave the rest to HTTP.
        ``Refused`` for a poll speaks of the key or the account and is no verdict on the job: a job that
        failed comes out of ``parse_poll``.
        """
        return self.named(self.specific_error(reply, step) or self._http_error(reply, step), reply)

    def call_id(self, reply: Reply) -> str:
        """What the gateway's support finds a call by; empty where the reply does not tell."""
        return self._call_id(reply)[1]

    def named(self, error: GatewayError, reply: Reply) -> GatewayError:
        """``error`` with the id of the call before its raw reply, for administrators."""
        name, told = self._call_id(reply)
        if told:
            error.raw = f"{name}: {people_text(told)}\n{error.raw}"[:RAW_CAP_CHARS]
        return error

    def _call_id(self, reply: Reply) -> tuple[str, str]:
        """The first of the headers that is there, with what it says."""
        told = ((name, reply.header(name)) for name in self.call_id_headers)
        return next((pair for pair in told if pair[1]), ("", ""))

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        return None

    def _http_error(self, reply: Reply, step: str) -> GatewayError:
        status, raw = reply.status, raw_text(reply.body)
        text = people_text(self.error_text(reply)) or f"{self.label} answered {status}."
        if status == 429:
            return Busy(text, retry_after_s=retry_after(reply), status=status, raw=raw)
        refusal = _REFUSALS.get(status)
        if refusal is not None:
            return Refused(text, refusal, status=status, raw=raw)
        if step == Step.SUBMIT:
            if 400 <= status < 500 and status != 408:
                field = "model" if status == 404 else ""  # nothing else in a submit can be missing there
                return Refused(text, FailureClass.INVALID_INPUT, field=field, status=status, raw=raw)
            return Ambiguous(text, status=status, raw=raw)
        if status == 503:
            return Busy(text, retry_after_s=retry_after(reply), status=status, raw=raw)
        return Unavailable(text, status=status, raw=raw)

    def require_id(self, value: object, reply: Reply) -> str:
        """A job id out of a 2xx submit reply; a reply without one may still have made a job."""
        if isinstance(value, (str, int)) and 0 < len(str(value).strip()) <= MOST_ID_CHARS:
            return str(value)
        text = f"{self.label} accepted the request but named no job."
        raise self.named(Ambiguous(text, status=reply.status, raw=raw_text(reply.body)), reply)

    def submit_json(self, reply: Reply) -> dict[str, Any]:
        """A 2xx submit reply as JSON; one that cannot be read may still have made a job."""
        try:
            return reply.json()
        except BadReply as error:
            lost = Ambiguous(error.message, status=reply.status, raw=error.raw)
            raise self.named(lost, reply) from error


_REFUSALS = {
    401: FailureClass.KEY_REJECTED,
    402: FailureClass.NO_BALANCE,
    403: FailureClass.KEY_REJECTED,
}

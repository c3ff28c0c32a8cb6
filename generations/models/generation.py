"""A take: one generation from the click to the stored clip, and everything that happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from providers.gateways.values import FailureClass, Job, JobState, Result, ResultKind
from providers.ids import new_id

from .asset import Asset
from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class Status(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SUBMITTING = "submitting", _("Sending")
    NEEDS_CONSENT = "needs_consent", _("Needs consent")
    UNCERTAIN = "uncertain", _("Uncertain")
    RUNNING = "running", _("Generating")
    STORING = "storing", _("Storing")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


IN_FLIGHT = (Status.QUEUED, Status.SUBMITTING, Status.RUNNING, Status.STORING)
WAITS_FOR_A_PERSON = (Status.NEEDS_CONSENT, Status.UNCERTAIN)
FINAL = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)
# at the gateway, or perhaps so: what counts against an account's limit
AT_THE_GATEWAY = (Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING)


class Mark(models.TextChoices):
    """What the team's sorting says of a take; the last word counts, its event says whose it was."""

    PICK = "pick", _("Pick")
    REJECT = "reject", _("Reject")


class Review(models.TextChoices):
    """Where a take stands in review; empty: it was never asked for."""

    IN_REVIEW = "in_review", _("In review")
    CHANGES = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class GenerationQuerySet(models.QuerySet["Generation"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(project__in=Project.objects.visible_to(user))

    def in_view(self) -> Self:
        """All but what people threw away: a cancelled take stays, also when its late clip is in the trash."""
        late_clip = Q(status=Status.CANCELLED, trashed_at__lte=F("completed_at"))
        return self.filter(Q(trashed_at=None) | late_clip)

    def in_flight(self) -> Self:
        return self.filter(status__in=IN_FLIGHT)

    def due_for_poll(self, now: datetime) -> Self:
        return self.filter(next_poll_at__lte=now)

    def lease_over(self, status: Status, now: datetime) -> Self:
        """Rows in ``status`` that no worker holds any more."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now), status=status)


class Generation(models.Model):
    """The row is the truth; the queue only rings its id.

    ``request`` is what the person asked for (neutral words, JSON), ``recipe`` what was sent (as sent,
    files by hash). ``attempt`` counts paid submits, ``tries`` the runs of the present step since it last
    got anywhere; a take whose tries are used up is *parked* and waits for a person. *Paused* is one that its
    author holds back in line: still ``queued``, with its hold.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="takes")
    shot = models.ForeignKey(
        "Shot", on_delete=models.SET_NULL, null=True, related_name="takes", db_index=False
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="takes")
    account = models.ForeignKey("providers.ProviderAccount", on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey("providers.VideoModel", on_delete=models.PROTECT, related_name="+")
    batch_id = models.UUIDField(default=new_id)
    position = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="children")
    relation = models.CharField(max_length=20, blank=True)
    hop = models.PositiveSmallIntegerField(default=0)  # how many clips it goes on from, one after the other

    mode = models.CharField(max_length=20)
    prompt = models.TextField()
    request = models.JSONField()
    request_sha256 = models.CharField(max_length=64)
    recipe = models.JSONField(default=dict)

    status = models.CharField(max_length=14, choices=Status.choices, default=Status.QUEUED)
    version = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=1)
    tries = models.PositiveIntegerField(default=0)
    parked_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)  # by its author alone, while it waits in line
    turn = models.UUIDField(null=True)  # whose place in line it has: see services.line; null: its own
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)
    not_before = models.DateTimeField(null=True)
    next_poll_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    busy_tries = models.PositiveSmallIntegerField(default=0)  # submits in a row that met a busy gateway
    poll_errors = models.PositiveIntegerField(default=0)
    poll_faults = models.PositiveSmallIntegerField(default=0)  # of those, what may be the job's end
    denials = models.PositiveSmallIntegerField(default=0)  # polls in a row that knew no such job
    hooked_at = models.DateTimeField(null=True)  # when the gateway's call last made it due
    awaits_inputs = models.BooleanField(default=False)  # given as links, not fetched yet (see InputLink)
    wait_reason = models.CharField(max_length=300, blank=True)

    key_no = models.PositiveIntegerField(null=True)  # of its account's keys, the one that sent it
    job_id = models.CharField(max_length=1024, blank=True)
    job_handle = models.JSONField(default=dict)
    job_request_id = models.CharField(max_length=128, blank=True)
    progress = models.FloatField(null=True)
    eta_s = models.FloatField(null=True)
    result_kind = models.CharField(max_length=6, blank=True)
    result_url = models.TextField(blank=True)
    result_expires_at = models.DateTimeField(null=True)
    bytes_done = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(null=True)

    failure_class = models.CharField(max_length=20, blank=True)
    failure_message = models.TextField(blank=True)
    failure_hint = models.TextField(blank=True)
    failure_mend = models.JSONField(default=dict)  # a change of the request with which it may pass
    failure_code = models.CharField(max_length=120, blank=True)
    failure_billed = models.BooleanField(null=True)
    failure_raw = models.TextField(blank=True)
    consent = models.JSONField(default=dict)

    held_usd = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    price_basis = models.CharField(max_length=12, default="unknown")
    price_detail = models.JSONField(default=list)
    priced_at = models.DateTimeField(null=True)
    actual_usd = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    actual_basis = models.CharField(max_length=12, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    news_at = models.DateTimeField(
        null=True
    )  # since when its author could know how it stands, and has not seen
    changed_at = models.DateTimeField(auto_now_add=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    trashed_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)  # its files are gone for good

    mark = models.CharField(max_length=6, choices=Mark.choices, blank=True)
    stars = models.DecimalField(max_digits=3, decimal_places=2, default=0)  # the mean of all; 0: not rated
    stack = models.ForeignKey("Stack", on_delete=models.SET_NULL, null=True, related_name="takes")
    version_no = models.PositiveSmallIntegerField(null=True)  # within its stack, from 1; never given twice
    is_top = models.BooleanField(default=True)  # whether it shows where a stack is one card
    review = models.CharField(max_length=10, choices=Review.choices, blank=True)
    client_review = models.CharField(  # what its client wants; the team's own word is ``review``
        max_length=10, choices=Review.choices, blank=True
    )
    reviewer = models.ForeignKey(  # who is asked to decide
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    review_due_on = models.DateField(null=True)
    review_no = models.PositiveIntegerField(default=0)  # goes up with every note and decision
    signed_at = models.DateTimeField(null=True)  # since when a sign-off holds; such a take is not thrown away
    fixes = models.ForeignKey("Comment", on_delete=models.SET_NULL, null=True, related_name="fixed_by")
    cost_usd = models.GeneratedField(  # what it cost, else what is held for it; null: not known
        expression=Coalesce("actual_usd", "held_usd"),
        output_field=models.DecimalField(max_digits=14, decimal_places=6),
        db_persist=True,
    )

    objects = GenerationQuerySet.as_manager()

    project_id: UUID
    account_id: UUID
    author_id: UUID
    model_id: UUID
    shot_id: UUID | None
    stack_id: UUID | None
    reviewer_id: UUID | None
    fixes_id: UUID | None

    class Meta:
        ordering = ["-id"]
        verbose_name = _("take")
        verbose_name_plural = _("takes")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="take_status_is_known"),
            models.UniqueConstraint(
                fields=["account", "job_id"], condition=~Q(job_id=""), name="one_take_per_job"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="takes_of_a_project"),
            models.Index(fields=["project", "status", "-id"], name="takes_by_status"),
            models.Index(fields=["next_poll_at"], condition=Q(next_poll_at__isnull=False), name="takes_due"),
            models.Index(
                fields=["status", "lease_until"],
                condition=Q(status__in=["queued", "submitting", "storing"]),
                name="takes_to_pick_up",
            ),
            models.Index(
                fields=["account", "status"],
                condition=Q(status__in=["submitting", "uncertain", "running"]),
                name="takes_at_the_gateway",
            ),
            models.Index(fields=["project", "model", "-id"], name="takes_by_model"),
            models.Index(fields=["project", "author", "-id"], name="takes_by_person"),
            models.Index(fields=["project", "mode", "-id"], name="takes_by_mode"),
            models.Index(fields=["author", "-id"], name="takes_of_a_person"),
            models.Index(
                fields=["model", "-completed_at"], condition=Q(status="completed"), name="takes_to_time"
            ),
            models.Index(
                fields=["project", "-id"], condition=Q(trashed_at__isnull=False), name="takes_in_the_trash"
            ),
            models.Index(fields=["project", "-stars", "-id"], name="takes_by_stars"),
            models.Index(fields=["project", "-cost_usd", "-id"], name="takes_by_cost"),
            models.Index(fields=["shot", "-id"], condition=Q(shot__isnull=False), name="takes_of_a_shot"),
            models.Index(fields=["project", "mark", "-id"], condition=~Q(mark=""), name="takes_marked"),
            models.Index(
                fields=["project", "review", "-id"], condition=~Q(review=""), name="takes_in_review"
            ),
            models.Index(
                fields=["project", "client_review", "-id"],
                condition=~Q(client_review=""),
                name="takes_clients_spoke_of",
            ),
            models.Index(
                fields=["account", "key_no", "status"], condition=Q(key_no__isnull=False), name="takes_by_key"
            ),
            models.Index(fields=["batch_id", "position"], name="takes_of_a_batch"),
            models.Index(fields=["batch_id"], condition=Q(awaits_inputs=True), name="takes_awaiting_inputs"),
            models.Index(fields=["author", "ended_at"], name="takes_by_end"),  # open ones: no end
            models.Index(
                fields=["author", "news_at"], condition=Q(news_at__isnull=False), name="takes_with_news"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.prompt[:60]}"

    def get_absolute_url(self) -> str:
        return f"/t/{self.id}"

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def is_thrown_away(self) -> bool:
        """As ``in_view`` has it: a cancelled take whose clip came after all was not thrown away."""
        if self.trashed_at is None:
            return False
        late_clip = self.status == Status.CANCELLED and self.completed_at is not None
        return not (late_clip and self.trashed_at <= self.completed_at)

    def as_job(self) -> Job:
        """The gateway's side of this take, as its adapter left it."""
        result = None
        if self.result_kind:
            result = Result(ResultKind(self.result_kind), self.result_url, self.result_expires_at)
        return Job(
            id=self.job_id,
            model=self.model.wire_id,
            state=JobState.RUNNING,
            result=result,
            request_id=self.job_request_id,
            last_frame_url=str(self.job_handle.get("last_frame_url") or ""),
            handle=self.job_handle,
        )

    def failure_word(self) -> str:
        return FailureClass(self.failure_class).value if self.failure_class else ""


class GenerationInput(models.Model):
    """One input of a take: an asset of the project in a role, in order."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="inputs")
    role = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "position"], name="one_input_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.asset}"


class Output(models.Model):
    """A stored file of a take. ``file`` is its name in the media store."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("clip")
        POSTER = "poster", _("poster")
        SMALL = "small", _("small poster")
        STRIP = "strip", _("strip")
        LAST_FRAME = "last_frame", _("last frame")
        SOUNDED = "sounded", _("clip with sound")
        PROXY = "proxy", _("review proxy")

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="outputs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=60)
    size_bytes = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_s = models.FloatField(null=True)
    fps = models.FloatField(null=True)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["generation", "kind"], name="one_output_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.generation_id}"


class Event(models.Model):
    """One append-only line of a take's history, written in the transaction that changed the take."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    from_status = models.CharField(max_length=14, blank=True)
    to_status = models.CharField(max_length=14, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["project", "-id"], name="events_of_a_project")]

    def __str__(self) -> str:
        return self.kind


class IdempotencyKey(models.Model):
    """One caller's key: the same body gets the same takes, another body is refused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    batch_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_row_per_idempotency_key")]

    def __str__(self) -> str:
        return self.key

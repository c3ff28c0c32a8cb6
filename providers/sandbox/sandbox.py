"""The sandbox's heart: takes jobs in, keeps them, and knows everything a dialect asks about them."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable
from math import inf
from typing import Any

from providers.sandbox.jobs import FINISHED, Job
from providers.sandbox.links import Links
from providers.sandbox.render.renderer import Renderer, RenderFailed
from providers.sandbox.settings import Settings
from providers.sandbox.store import Store
from providers.sandbox.words import find_words

_RENDER_ANYWAY_S = 90
_RECENT_S = 3600


class Sandbox:
    def __init__(self, settings: Settings) -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.store = Store(settings.data_dir / "sandbox.sqlite3")
        self.links = Links(self.store.get_secret(), settings)
        self.renderer = Renderer(settings.data_dir, settings.render, settings.rough)
        self.jobs: dict[str, Job] = {job.id: job for job in self.store.read_jobs()}
        self.consents = self.store.read_consents()
        self.after_accept: list[Callable[[Job], None]] = []
        self._toggles: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """After a restart: clips of recent jobs are made again; an old one is made when it is fetched."""
        for job in self.jobs.values():
            is_old = time.time() - job.created_at > _RECENT_S
            job.ready = is_old or self.renderer.find_clip(job.clip) is not None
            if not job.ready and not job.deleted:
                self.start(self._prepare(job))

    def make_job(self, *, key: str, prompt: str, **facts: Any) -> Job:
        """A job as of now. Its time is fixed here: later settings change later jobs."""
        run_s = self.settings.job_s * (10 if "slow" in self.words_of(prompt) else 1)
        return Job(
            prompt=prompt,
            key_id=name_key(key),
            key_last4=key[-4:],
            created_at=time.time(),
            run_s=run_s,
            extra_words=list(self.settings.faults),
            **facts,
        )

    def accept(self, job: Job) -> Job:
        """The job is on the bill and on disk before anyone hears of it."""
        self.store.save_job(job)
        self.jobs[job.id] = job
        job.ready = self.renderer.find_clip(job.clip) is not None
        if not job.ready:
            self.start(self._prepare(job))
        for call in self.after_accept:
            call(job)
        return job

    async def _prepare(self, job: Job) -> None:
        try:
            await self.renderer.get_clip(job.clip)
            job.ready = True
        except RenderFailed as error:
            job.render_error = str(error)

    def start(self, work: Any) -> None:
        """Runs a coroutine beside the requests, held so that it is not collected."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def find_job(self, job_id: str, dialect: str, key_id: str) -> Job | None:
        job = self.jobs.get(job_id)
        if job is None or job.key_id != key_id or job.dialect != dialect:
            return None
        return None if job.forgotten or "forgotten" in job.words else job

    def words_of(self, prompt: str) -> frozenset[str]:
        return find_words(prompt) | frozenset(self.settings.faults)

    def toggle(self, word: str, fingerprint: str) -> bool:
        """True at the first, third, … call with this word and request: a fault that a retry gets past."""
        mark = (word, fingerprint)
        first = mark not in self._toggles
        self._toggles ^= {mark}
        return first

    def issue_link(self, job: Job, what: str = "mp4", most_s: float = inf) -> str:
        if "private link" in job.words:
            return f"http://10.0.0.1/x.{what}"
        return self.links.issue(job.id, what, time.time(), most_s)

    def forget(self, job_id: str) -> bool:
        job = self.jobs.get(job_id)
        if job is not None:
            job.forgotten = True
            self.store.save_job(job)
        return job is not None

    def delete(self, job: Job) -> None:
        job.deleted = True
        self.store.save_job(job)

    def attest(self, key_id: str, hashes: list[str]) -> None:
        self.store.save_consents(key_id, hashes)
        self.consents |= {(key_id, sha256) for sha256 in hashes}

    def revoke_consents(self) -> None:
        self.store.drop_consents()
        self.consents.clear()

    def list_bill(self) -> dict[str, Any]:
        now = time.time()
        entries = [job.to_bill_line(now) for job in self.jobs.values()]
        total = sum(line["amount_usd"] for line in entries if not line["refunded"])
        return {"entries": entries, "total_usd": round(total, 4)}

    async def get_clip(self, job: Job) -> Any:
        """The clip's file, made again if the cache has dropped it. Raises RenderFailed, TimeoutError."""
        async with asyncio.timeout(_RENDER_ANYWAY_S):
            return await self.renderer.get_clip(job.clip)

    def is_finished(self, job: Job) -> bool:
        return job.get_phase(time.time()) == FINISHED

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        with contextlib.suppress(ProcessLookupError):
            await self.renderer.close()
        self.store.close()


def name_key(key: str) -> str:
    """How a key is called in the store: never by itself."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]

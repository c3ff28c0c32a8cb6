"""A job as ElkAPI's builds show it: in their own envelope, flat, or as the vendor has it.

Sources: new-api's source and issue 5266 (mid-2026), ElkAPI's Sora and Kling pages (read 2026-10).
"""

import time
from typing import Any

from providers.sandbox.jobs import FAILED, FINISHED, QUEUED, RUNNING, Job
from providers.sandbox.sandbox import Sandbox

_OUTER = {
    QUEUED: ("QUEUED", 10),
    RUNNING: ("IN_PROGRESS", 50),
    FINISHED: ("SUCCESS", 100),
    FAILED: ("FAILURE", 100),
}
_FLAT = {
    "NOT_START": "unknown",
    "QUEUED": "queued",
    "IN_PROGRESS": "in_progress",
    "SUCCESS": "completed",
    "FAILURE": "failed",
}
_ARK = {
    "QUEUED": "queued",
    "IN_PROGRESS": "running",
    "SUCCESS": "succeeded",
    "FAILURE": "failed",
}
TIME_OUT = "任务超时（1440分钟）"


class View:
    """One job at one moment."""

    def __init__(self, sandbox: Sandbox, job: Job) -> None:
        self.sandbox, self.job, self.now = sandbox, job, time.time()
        phase = job.get_phase(self.now)
        self.word, self.percent = _OUTER[phase]
        if phase == QUEUED and job.share_done(self.now) < 0.1:
            self.word, self.percent = "NOT_START", 0
        if phase == FAILED and "expired job" in job.words:  # the gateway has no word for it
            self.word, self.percent = "IN_PROGRESS", 30
        self.url = self._find_url() if phase == FINISHED else ""

    def _find_url(self) -> str:
        if "no url" in self.job.words:
            return ""
        self.job.link = self.job.link or self.sandbox.issue_link(self.job)
        return self.job.link

    @property
    def error(self) -> dict[str, str] | None:
        if self.word != "FAILURE":
            return None
        if "moderated" in self.job.words:
            text = "The output video may contain sensitive information. Request id: 0217abcdef0123"
            return {"code": "OutputVideoSensitiveContentDetected", "message": text}
        return {"code": "InternalServiceError", "message": self.job.render_error or "The service failed."}

    @property
    def outer(self) -> str:
        return "POLISHING" if self.job.is_odd(self.now) else self.word

    # -- the vendor's own job

    def ark(self) -> dict[str, Any]:
        """Before the gateway's first look there is only an id."""
        job, echo = self.job, self.job.echo
        if self.word == "NOT_START":
            return {"id": echo["ark_id"]}
        status = "expired" if self.percent == 30 else _ARK[self.word]
        row = {
            "id": echo["ark_id"], "model": "ep-sandbox", "status": status, "error": self.error,
            "created_at": int(job.created_at), "updated_at": int(self.now), "seed": echo["seed"],
            "resolution": echo["resolution"], "ratio": echo["ratio"], "duration": job.duration_s,
            "framespersecond": 24, "generate_audio": echo["generate_audio"],
            "service_tier": echo.get("service_tier", "default"),
            "execution_expires_after": echo.get("expires_after", 172800),
        }  # fmt: skip
        if self.word == "SUCCESS":
            tokens = echo["tokens"]
            row |= {
                "usage": {"completion_tokens": tokens, "total_tokens": tokens},
                "content": self._content(),
            }
        return dict(sorted(row.items()))

    def _content(self) -> dict[str, str]:
        content = {"video_url": self.url} if self.url else {}
        if self.job.echo["last_frame"]:
            content["last_frame_url"] = self.sandbox.issue_link(self.job, "png")
        return content

    # -- the gateway's shapes

    def describe(self) -> dict[str, Any]:
        """As a poll on the first path answers, in the shape that a word asks for."""
        shapes = {
            "v2": self.flat,
            "v3": self._v3,
            "v4": self._v4,
            "v5": self._v5,
            "v6": self.ark,
            "v7": self._v7,
        }
        name = next((word for word in shapes if word in self.job.words), "")
        return shapes.get(name, self._v1)()

    def _v1(self) -> dict[str, Any]:
        job = self.job
        timed_out = "timed out" in job.words and self.word == "FAILURE"
        reason = TIME_OUT if timed_out else (self.error or {}).get("message", "")
        inner = {"id": job.echo["ark_id"], "status": "running"} if timed_out else self.ark()
        task = {
            "task_id": job.id, "action": "generate", "status": self.outer, "progress": f"{self.percent}%",
            "submit_time": int(job.created_at), "start_time": 0, "finish_time": 0, "data": inner,
        }  # fmt: skip
        if "old build" in job.words:
            task |= {"fail_reason": self.url or ("task failed" if reason else ""), "data": None}
        else:
            task |= {
                "id": 6, "platform": "54", "user_id": 1, "group": "default", "channel_id": 8,
                "quota": 5750000,
                "fail_reason": reason, "result_url": self.url or reason,
                "properties": {"upstream_model_name": "ep-sandbox", "origin_model_name": job.model},
            }  # fmt: skip
        return {"code": "success", "message": "", "data": task}

    def flat(self) -> dict[str, Any]:
        row = {
            "id": self.job.id, "task_id": self.job.id, "object": "video", "model": self.job.model,
            "status": _FLAT.get(self.outer, self.outer.lower()), "progress": self.percent,
            "created_at": int(self.job.created_at), "completed_at": int(self.now),
            "metadata": {"url": self.url},
        }  # fmt: skip
        return row | ({"error": self.error} if self.error else {})

    def _v3(self) -> dict[str, Any]:
        return {"code": "success", "message": "", "data": self.flat()}

    def _v4(self) -> dict[str, Any]:
        words = {"IN_PROGRESS": "processing", "SUCCESS": "succeeded", "FAILURE": "failed"}
        row = {
            "task_id": self.job.id,
            "status": words.get(self.word, "queued"),
            "url": self.url,
            "format": "mp4",
        }
        return {"code": "success", "message": "", "data": row | {"error": self.error}}

    def _v5(self) -> dict[str, Any]:
        error = (
            {"code": 1, "message": f"{self.error['code']}: {self.error['message']}"} if self.error else None
        )
        status = _FLAT[self.word] if self.word != "NOT_START" else "queued"
        row = {"task_id": self.job.id, "status": status, "url": self.url, "format": "mp4", "metadata": {}}
        return row | {"error": error}

    def _v7(self) -> dict[str, Any]:
        status = _FLAT[self.word] if self.word != "NOT_START" else "queued"
        row = {"id": self.job.id, "status": status, "progress": self.percent, "video_url": self.url}
        return row | ({"error": self.error} if self.error else {})

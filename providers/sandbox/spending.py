"""What each key has spent with one gateway, for the pages and headers that tell a balance."""

from collections import defaultdict

from providers.sandbox.jobs import Job
from providers.sandbox.keys import is_empty, name_key
from providers.sandbox.sandbox import Sandbox

START_USD, AGAIN_USD = 50.23, 50.0


class Spending:
    """As the bill has it, failures included; a demo's balance is topped up whenever it is used up."""

    def __init__(self, sandbox: Sandbox, dialect: str) -> None:
        self._dialect = dialect
        self._usd: dict[str, float] = defaultdict(float)
        for job in sandbox.jobs.values():
            self._add(job)
        sandbox.after_accept.append(self._add)

    def _add(self, job: Job) -> None:
        if job.dialect == self._dialect:
            self._usd[job.key_id] += job.amount_usd

    def used(self, key: str) -> float:
        return round(self._usd.get(name_key(key), 0.0), 4)

    def left(self, key: str) -> float:
        return 0.0 if is_empty(key) else round(START_USD - self.used(key) % AGAIN_USD, 4)

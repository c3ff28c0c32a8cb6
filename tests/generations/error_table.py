"""What becomes of a take at each row of each gateway's error table (``providers/sandbox/rows``).

Rows with the same outcome stand together: the outcome, and their names. Where a page says what to do with a
row, the outcome is the page's.
"""

from __future__ import annotations

from collections.abc import Mapping

from generations.models import Status
from providers.gateways.registry import all_gateways
from providers.gateways.values import FailureClass
from providers.sandbox.rows import POLL, SUBMIT
from tests.generations.error_rows import ON, TRIED_AGAIN, Outcome

INPUT, MODERATION, KEY = FailureClass.INVALID_INPUT, FailureClass.MODERATION, FailureClass.KEY_REJECTED
BALANCE, DOWN, LOST = FailureClass.NO_BALANCE, FailureClass.PROVIDER_DOWN, FailureClass.LOST
INTERNAL = FailureClass.INTERNAL
NO_ANSWER = " The request was sent and no clear answer came back. It is not sent again by itself."


def refused(failure_class: FailureClass, says: str) -> Outcome:
    """A definite no: nothing billed, nothing held, not sent again. Of the key or the balance: nothing else
    goes out through this account for a while."""
    rests = failure_class in (KEY, BALANCE)
    return Outcome(Status.FAILED, Status.FAILED, failure_class, False, says, rests=rests, held=False, jobs=0)


def waits(says: str) -> Outcome:
    """Busy: the same attempt goes out again, and one job is made by it."""
    return Outcome(Status.QUEUED, Status.RUNNING, "", None, says + TRIED_AGAIN, rests=True, held=True, jobs=1)


def slips(says: str, then: str) -> Outcome:
    """A no that may be a slip: asked once more, and then believed."""
    ended = then == Status.FAILED
    return Outcome(
        Status.QUEUED,
        then,
        INPUT if ended else "",
        False if ended else None,
        says + TRIED_AGAIN,
        rests=False,
        held=not ended,
        jobs=0 if ended else 1,
    )


def unknown(says: str) -> Outcome:
    """It was made, and nobody here knows: the money stays held and a person is asked."""
    uncertain = Status.UNCERTAIN
    said = (says if says.endswith((".", "!", "?", "…")) else f"{says}.") + NO_ANSWER  # two sentences
    return Outcome(uncertain, uncertain, "", None, said, rests=False, held=True, jobs=1)


def polled(then: str, failure_class: str, says: str, billed: bool | None, polls: int) -> Outcome:
    first = then if then == Status.FAILED and not polls else Status.RUNNING
    held = then == ON
    return Outcome(first, then, failure_class, billed, says, rests=False, held=held, jobs=1, polls=polls)


def ends(failure_class: FailureClass, says: str, billed: bool | None, polls: int) -> Outcome:
    """Over, after so many polls that told the same; what may have been billed is settled."""
    return polled(Status.FAILED, failure_class, says, billed, polls)


AT_ONCE, GOES_ON, GOES_ON_LATER = (polled(ON, "", "", None, polls) for polls in range(3))

TABLE: Mapping[tuple[str, str], Mapping[Outcome, str]] = {
    ("elkapi", SUBMIT): {
        refused(
            KEY,
            ("ElkAPI rejects the key. It says so too when the key has expired or its own quota is used up."),
        ): "bare 401, 401",
        refused(INPUT, "prompt is required"): "400",
        refused(INPUT, "ElkAPI takes lengths of 1 to 3,600 seconds."): "400 seconds",
        refused(INPUT, "invalid JSON"): "400 body",
        refused(DOWN, "ElkAPI has set no price for this model, so it cannot be used there."): "400 price",
        refused(
            MODERATION, "A picture or clip seems to show a real person, which this model refuses."
        ): "400 person, 400 privacy, 400 masked privacy",
        waits("ElkAPI is busy."): "400 busy, 429",
        refused(INPUT, "Refused."): "400 parameter, 400 missing, 400 masked",
        refused(INPUT, "The prompt asks for something that these inputs do not allow."): "400 task type",
        refused(
            MODERATION, "The prompt was refused by the upstream's content check."
        ): "400 text, 400 text risk",
        refused(
            MODERATION, "A picture was refused by the upstream's content check."
        ): "400 picture, 400 picture risk",
        refused(MODERATION, "A reference clip was refused by the upstream's content check."): "400 clip",
        refused(MODERATION, "A reference sound was refused by the upstream's content check."): "400 sound",
        refused(MODERATION, "The finished clip was withheld by the upstream's content check."): "400 result",
        refused(
            MODERATION, "The sound of the finished clip was withheld by the upstream's content check."
        ): "400 result sound",
        refused(MODERATION, "The request was refused by the upstream's content check."): "400 firewall",
        refused(
            DOWN, ("ElkAPI's own account upstream is not in order; the studio's key is not the cause.")
        ): (
            "401 vendor key, 401 vendor account, 403 overdue, 403 denied, 403 not open, 403"
            " service overdue, 401 relay"
        ),
        refused(
            DOWN, "This model is not available at ElkAPI at the moment."
        ): "404 vendor model, 404 endpoint",
        refused(
            BALANCE,
            ("The balance at ElkAPI is too low: for any clip it sets aside the price of 250,000 tokens."),
        ): "403 quota, 403 key quota, 200 error",
        refused(KEY, "ElkAPI does not let this key in: Your IP is not in the list"): "403",
        refused(
            INTERNAL, "ElkAPI knows no such address; the account's base URL should end in /v1."
        ): "404 path",
        refused(INPUT, "The request is too large for ElkAPI; use smaller or fewer files."): "413",
        refused(
            INTERNAL, "ElkAPI could not read a setting the studio sent; nothing was made."
        ): "500 setting",
        unknown(
            "ElkAPI lost touch with its upstream, so nobody knows whether a job was made."
        ): "500 request, 500 reply, 500 odd, 500 channel, 500 vendor, 500 masked",
        unknown("ElkAPI crashed over this request, so nobody knows whether a job was made."): "500 panic",
        refused(DOWN, "ElkAPI has no route to this model at the moment; nothing was sent on."): "503",
        unknown("ElkAPI accepted the request but named no job."): "200 new, 200 number",
    },
    ("elkapi", POLL): {
        GOES_ON: "401, 400 early, 200 early, 200 error, 403, 404, 429, 500, 503",
        AT_ONCE: "200 nothing",
    },
    ("siliconflow", SUBMIT): {
        refused(
            KEY,
            (
                "SiliconFlow rejected the key. First check the site: a key of siliconflow.cn "
                "does not work at siliconflow.com, nor the other way round; the account's base "
                "address decides which one is asked."
            ),
        ): "bare 401, 401, 401 code, 401 key",
        refused(BALANCE, "The SiliconFlow balance is used up."): "bare 402, 402, 403 money",
        slips("This model is not available on the chosen SiliconFlow site.", "failed"): "400 model",
        slips("This model is not available on the chosen SiliconFlow site.", "running"): "400 model once",
        refused(INPUT, "SiliconFlow refused a setting: The parameter is invalid. Please check again."): "400",
        refused(
            KEY,
            (
                "SiliconFlow does not let this account in, or has not enabled it for video; its"
                " console may ask to verify your identity."
            ),
        ): "403",
        refused(INPUT, "SiliconFlow has switched this model off."): "403 model",
        refused(
            INPUT, ("SiliconFlow has no such page: the account's base address is wrong. It ends in /v1.")
        ): "404, 404 plain",
        waits("SiliconFlow is busy."): "429, 429 code, 503, 503 code",
        waits("SiliconFlow is busy and asked to wait."): "429 hour, 429 day",
        unknown("System is really busy. Please try again later."): "500",
        unknown("upstream"): "503 text",
        unknown("string"): "504",
        unknown("gateway time-out"): "504 plain",
        unknown("SiliconFlow accepted the request but named no job."): "200 long id, 200 error",
        unknown("The gateway's answer has an unexpected shape."): "200 text",
    },
    ("siliconflow", POLL): {
        ends(LOST, "SiliconFlow does not know this job.", None, 2): "400, 404",
        GOES_ON: "404 page, 400 model, 401, 403 money, 429, 429 day, 500, 503, 504, text",
        ends(
            LOST, "SiliconFlow says that this clip is finished, but names no file.", None, 2
        ): "no clip, no results",
    },
    ("silkdock", SUBMIT): {
        refused(
            KEY, "SilkDock rejected the key."
        ): "bare 401, 400 expired key, 401 no key, 401 unknown key, 401 expired key",
        refused(
            BALANCE, "The credit of this SilkDock key is used up."
        ): "bare 402, 400 budget, 400 budget text, 422 budget, 429 budget, 402",
        refused(INPUT, "needs input_reference"): "400 mode",
        refused(INPUT, "SilkDock does not offer this model to this key."): "400 model",
        refused(INPUT, "Missing prompt"): "400 prompt",
        refused(INPUT, "Invalid JSON payload"): "400 body",
        refused(MODERATION, "Content policy violation: no."): "400 content",
        refused(
            INPUT, "This SilkDock key may not use this model."
        ): "401 model, 403 key, 403 team, 403 user, 403",
        refused(
            DOWN,
            ("There is no such page at this address; an administrator checks the account's base address."),
        ): "404 route, 405 route",
        unknown("timed out"): "408",
        refused(INPUT, "conflict with a running job"): "409",
        waits("SilkDock is busy."): "409 retry, 429, 429 rate, 429 none",
        refused(INPUT, "seconds: Input should be a valid integer"): "422 list",
        refused(INPUT, "seconds out of range"): "422",
        waits("SilkDock is busy and asked to wait."): "429 wait, 429 vendor wait",
        unknown("Server error"): "500",
        unknown("No connection"): "503",
        unknown("SilkDock accepted the request but named no job."): "200 no id, 200 long id",
    },
    ("silkdock", POLL): {
        GOES_ON: "401, 402, 403, 404 route, 405 route, 408, 422 budget, 429, 500, 503",
        ends(LOST, "SilkDock does not know this job.", None, 4): "404",
        GOES_ON_LATER: "404 early",
    },
    ("token360", SUBMIT): {
        refused(INPUT, "duration must be an integer"): "400",
        refused(INPUT, "InvalidParameter: ratio"): "400 vendor",
        refused(INPUT, "Asset validation failed: ta_1"): "400 asset",
        refused(MODERATION, "InputTextSensitiveContentDetected: no"): "400 content",
        refused(BALANCE, "Balance too low"): "400 balance",
        refused(KEY, "Incorrect API key provided"): "401",
        refused(BALANCE, "Insufficient balance"): "402",
        refused(KEY, "This API key is frozen"): "403 frozen",
        refused(INPUT, "No access to this model"): "403 model",
        refused(INPUT, "Model not found"): "404 model",
        refused(INPUT, "Not found"): "404",
        refused(INPUT, "Request body is too large"): "413",
        waits("Token360 is busy."): "429",
        unknown("Internal error"): "500",
        refused(DOWN, "Model 'seedance-2.0' not found or not active for requested provider"): "500 model",
        unknown("Upstream down"): "502",
        unknown("Server is overloaded"): "503",
        refused(DOWN, "No available provider for it"): "503 model",
        refused(DOWN, "Upstream down"): "200 error",
        unknown("Token360 accepted the request but named no job."): "200 null",
    },
    ("token360", POLL): {
        GOES_ON: "400, 401, 403 frozen, 429, 500, 502, 503",
        ends(LOST, "Token360 does not know this job.", None, 2): "404",
        GOES_ON_LATER: "404 early",
    },
    ("venice", SUBMIT): {
        waits("Venice is busy and asked to wait."): "bare 429, 429, 429 wait, 429 failures",
        refused(INPUT, "aspect_ratio: required: '16:9' | '9:16'"): "400",
        refused(INPUT, "Image is corrupt"): "400 input",
        refused(KEY, "Authentication failed"): "401",
        refused(BALANCE, "Insufficient USD or Diem balance to complete request."): "402",
        refused(BALANCE, "API key spend limit reached"): "402 limit",
        refused(BALANCE, "Payment required"): "402 x402",
        refused(INPUT, "This model is not available in your region"): "403 region",
        refused(INPUT, "This key may only use private models"): "403 privacy",
        refused(KEY, "API access is disabled for this account"): "403 access",
        refused(INPUT, "Specified model not found: x. Did you mean y?"): "404",
        refused(INPUT, "Model is required"): "404 missing",
        refused(INPUT, "conflict"): "409",
        refused(INPUT, "Faces were found."): "409 flow, 409 no words, 409 odd",
        refused(INPUT, "This model has been retired"): "410",
        refused(INPUT, "Request body is too large"): "413",
        refused(MODERATION, "Violates the content policy"): "422 policy",
        refused(MODERATION, "Cannot be made"): "422 suggestion",
        refused(MODERATION, "Refused"): "422 code, 422 object",
        refused(INPUT, "Ratio out of bounds"): "422 ratio",
        refused(INPUT, "No"): "422 ratio object",
        unknown("Inference processing failed"): "500",
        unknown("An unknown error occurred"): "500 unknown",
        refused(DOWN, "The model is offline"): "503",
        unknown("Gateway timeout"): "504",
    },
    ("venice", POLL): {
        ends(LOST, "Venice no longer knows this job.", None, 2): "400 lost, 404 lost, 410",
        GOES_ON: (
            "400 model, 401, 403 access, 404 model, 404 unknown, 422 page, 429, 500 once, 502, 503, 504"
        ),
        ends(INPUT, "This model is not available in your region", None, 8): "403 region",
        ends(MODERATION, "The provider's content policy rejected this video.", True, 0): "422 policy",
        ends(DOWN, "It failed", False, 0): "422",
        ends(DOWN, "Inference processing failed", None, 8): "500",
    },
}


def outcomes(gateway: str, step: str) -> dict[str, Outcome]:
    """By the word that makes it come at the sandbox."""
    told = [*_anywhere(all_gateways()[gateway].label)[step].items(), *TABLE[gateway, step].items()]
    return {f"{step} {name}": outcome for outcome, names in told for name in names.split(", ")}


def _anywhere(label: str) -> dict[str, dict[Outcome, str]]:
    """The rows of no page; where a gateway has words of its own for one, its table says so."""
    sent = {
        refused(KEY, "x"): "bare 401",
        refused(BALANCE, "x"): "bare 402",
        refused(INPUT, "x"): "bare 404",
        refused(INPUT, f"{label} answered 413."): "page 413",
        waits(f"{label} is busy."): "bare 429",
        unknown("x"): "bare 408, bare 500",
        unknown(f"{label} answered 302."): "redirect",
        unknown(f"{label} answered 502."): "page 502",
        unknown(f"{label} answered 503."): "page 503",
        unknown(f"{label} answered 504."): "page 504",
        unknown("A web page came instead of the gateway's answer (a proxy in between?)."): "page 200",
        unknown("The gateway's answer is not JSON."): "empty",
        unknown("The gateway's answer has an unexpected shape."): "list",
        unknown(f"{label} accepted the request but named no job."): "object",
    }
    pages = "page 200, page 502, page 503, page 504"
    return {
        SUBMIT: sent,
        POLL: {GOES_ON: f"bare 401, bare 429, bare 500, {pages}, redirect, empty, cut, list"},
    }

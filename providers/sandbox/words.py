"""Words in a prompt that script what the sandbox does, such as `[slow]` or `[lost answer]`.

They work in any case and anywhere in the prompt, and are left out of the picture. The rows of the gateways'
error tables have words too, such as `[submit 402]`: see `rows`.
"""

import re

from providers.sandbox import rows

WORDS: dict[str, str] = {
    "slow": "takes ten times as long",
    "stuck": "never finishes",
    "failed": "the job fails and is refunded, except at SilkDock",
    "moderated": "the result is withheld by moderation and refunded, except at SilkDock",
    "refused": "refused at submit by content policy; nothing is made or billed",
    "expired link": "links issued before the first download have expired by then; a fresh one works."
    " Where the file comes without a link, the first fetch answers 502; SiliconFlow has no fresh one",
    "truncated": "the first download is cut in the middle; the second is whole",
    "damaged": "the file has its full length and an MP4 head but cannot be played",
    "429": "the first submit and the first poll answer 429 with Retry-After: 2",
    "500": "the first poll answers 500",
    "500 always": "every poll answers 500",
    "500 submit": "submit answers 500 although the job was made and billed",
    "503": "the first poll answers 503 with Retry-After: 2",
    "503 submit": "the first submit answers 503; nothing is made",
    "lost answer": "the job is made and billed, then the connection closes before any answer",
    "no job": "the connection closes and nothing is made",
    "html": "the first poll answers a proxy's HTML page with 200, the second with 502",
    "not json": "the first poll answers 200 with broken JSON",
    "odd status": "polls show an unknown status word for the middle third of the job",
    "forgotten": "every poll says that there is no such job",
    "private link": "the result link points to a private address",
    "placeholder": "a blank clip of a few kB comes instead of the one that was made (Venice)",
    "deprecated": "the answer to a submit warns that the model ends soon (Venice)",
    "face": "pictures show a face: consent is asked on the models that ask for it",
    "consent": "consent is asked on any model, also without a picture (Venice)",
    "public figure": "refused for showing a public figure, which no consent lifts (Venice, with pictures)",
    "minor": "refused for showing a minor, which no consent lifts (Venice, with pictures)",
    "silent": "the clip has no sound, whatever was asked",
    "no url": "a finished poll has no link: until it is asked for (Token360), or ever (SiliconFlow)",
    "video_url": "a finished poll names its link video_url instead of url (Token360)",
    "lost webhook": "the webhook is never sent (Token360)",
    "double webhook": "the webhook is sent twice (Token360)",
    "flat webhook": "the webhook's body is the poll's object without an envelope (Token360)",
    "late bill": "the first look-up of the bill finds nothing (Token360)",
    "no bill": "the bill of the job is never found (Token360)",
    "portrait rejected": "a picture that is registered is looked at and rejected (Token360)",
    "portrait stuck": "a picture that is registered is looked at for ever (Token360)",
    "portrait code": "registering a picture fails with HTTP 200 and a code (Token360)",
    "not ready": "the first two downloads of the finished clip answer that it is not ready (SilkDock)",
    "no content": "every download by the job's own address answers 500; its link works (SilkDock)",
    "json file": "the download answers JSON that names the link (SilkDock)",
    "redirect": "the gateway's own copy of the file is a redirect to a link (ElkAPI, SilkDock)",
    "moved": "the link leads on to another one (followed for ElkAPI and SilkDock)",
    "moved inside": "the link leads on to a private address",
    "moved scheme": "the link leads on to an address that is none of the web",
    "moved round": "the link leads on to itself for ever",
    "new id": "polls answer with another id than the submit (SilkDock)",
    "cost": "the submit tells what the job costs (SilkDock)",
    "top videos": "a finished poll has its clips outside of results (SiliconFlow)",
    "big": "the file is padded to about 64 MB",
    "huge": "the file is padded to 1 GB",
    "gone": "the link and every other way to the result have expired for good (ElkAPI)",
    "masked": "the vendor's codes in a refusal are starred out (ElkAPI)",
    "expired job": "the vendor lets the job expire, which the gateway shows as running for ever (ElkAPI)",
    "timed out": "the gateway gives the job up at its own time-out, with a Chinese reason (ElkAPI)",
    "old build": "replies as before 2026-02: the vendor's job id, the link as fail_reason (ElkAPI)",
    "flat only": "the first way to ask for a job does not exist; the flat one does (ElkAPI)",
    "v2": "polls answer flat, as the second way does (ElkAPI)",
    "v3": "polls answer flat inside an envelope (ElkAPI)",
    "v4": "polls answer url and format inside an envelope (ElkAPI)",
    "v5": "polls answer url and format without an envelope (ElkAPI)",
    "v6": "polls answer with the vendor's own job (ElkAPI)",
    "v7": "polls answer with a flat video_url (ElkAPI)",
}

KNOWN = WORDS.keys() | rows.WORDS
_BRACKETED = re.compile(r"\[([^\[\]]{1,30})\]")


def find_words(prompt: str) -> frozenset[str]:
    found = {" ".join(word.lower().split()) for word in _BRACKETED.findall(prompt)}
    return frozenset(found & KNOWN)


def strip_words(prompt: str) -> str:
    """The prompt as a person would read it, without the words that script the sandbox."""

    def blank(match: re.Match[str]) -> str:
        return "" if " ".join(match[1].lower().split()) in KNOWN else match[0]

    return " ".join(_BRACKETED.sub(blank, prompt).split())


def list_words() -> list[dict[str, str]]:
    return [{"word": f"[{word}]", "meaning": meaning} for word, meaning in WORDS.items()]


def table() -> str:
    """All words in Markdown, as docs/sandbox.md has them."""
    lines = [f"| `{item['word']}` | {item['meaning']} |" for item in list_words()]
    return "\n".join(["| Word | What happens |", "| --- | --- |", *lines])

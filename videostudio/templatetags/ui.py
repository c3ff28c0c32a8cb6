"""What templates need to draw the interface: icons, times, money, sizes, state words and small block tags.

Load with `{% load ui %}`. Every function that returns markup escapes what it was given.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generations.file_urls import small_among
from generations.models import Generation

from ..joined import JoinedNode

register = template.Library()

# status -> (word, icon, family). Family says who acts: wait, work, act, bad, good.
STATES = {
    "queued": (gettext_lazy("Queued"), "clock", "wait"),
    "submitting": (gettext_lazy("Sending"), "send", "work"),
    "running": (gettext_lazy("Generating"), "loader", "work"),
    "storing": (gettext_lazy("Storing"), "hard-drive-download", "work"),
    "needs_consent": (gettext_lazy("Needs consent"), "hand", "act"),
    "uncertain": (gettext_lazy("Uncertain"), "circle-help", "act"),
    "parked": (gettext_lazy("Stopped"), "pause", "act"),
    "completed": (gettext_lazy("Completed"), "check", "good"),
    "failed": (gettext_lazy("Failed"), "x", "bad"),
    "cancelled": (gettext_lazy("Cancelled"), "circle-slash", "wait"),
    "trash": (gettext_lazy("Trash"), "trash-2", "wait"),
    "in_review": (gettext_lazy("In review"), "eye", "work"),
    "changes_requested": (gettext_lazy("Changes requested"), "pencil-line", "act"),
    "approved": (gettext_lazy("Approved"), "check", "good"),
    "rejected": (gettext_lazy("Rejected"), "x", "bad"),
    "active": (gettext_lazy("Active"), "check", "good"),
    "paused": (gettext_lazy("Paused"), "pause", "act"),
    "revoked": (gettext_lazy("Revoked"), "circle-slash", "wait"),
    "expired": (gettext_lazy("Expired"), "hourglass", "wait"),
    "sandbox": (gettext_lazy("Sandbox"), "flask-conical", "wait"),
    "quoted": (gettext_lazy("Quoted"), "check", "wait"),
    "estimated": (gettext_lazy("Estimated"), "gauge", "wait"),
    "unknown": (gettext_lazy("Unknown"), "circle-help", "act"),
    "settled": (gettext_lazy("Settled"), "check", "good"),
    "held": (gettext_lazy("Held"), "lock", "wait"),
}


@register.tag("joined")
def joined_tag(parser: template.base.Parser, token: template.base.Token) -> JoinedNode:
    """``{% joined %}`` styles, or scripts ``{% endjoined %}``: see videostudio/joined.py."""
    nodelist = parser.parse(("endjoined",))
    parser.delete_first_token()
    return JoinedNode(nodelist)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> str:
    """One icon of the sprite. Decorative unless `label` names it; size is "", "s" or "l"."""
    css = f"icon {size}".strip()
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


@register.simple_tag
def icon_href(name: str) -> str:
    """The address of one icon, for a hand-written <svg><use>."""
    return f"{static('icons.svg')}#{name}"


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The theme to write on <html>: the person's, else the cookie's, else auto."""
    request = context.get("request")
    user = getattr(request, "user", None)
    cookies = getattr(request, "COOKIES", {})
    for wish in (getattr(user, "theme", ""), cookies.get("theme", "")):
        if wish in ("dark", "light"):
            return wish
    return "auto"


# --- times, money, sizes --------------------------------------------------------------------------


def _relative(seconds: float) -> str:
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if seconds < 45:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d min ago", "%(n)d min ago", max(minutes, 1)) % {"n": max(minutes, 1)}
    if hours < 24:
        return ngettext("%(n)d h ago", "%(n)d h ago", hours) % {"n": hours}
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


@register.filter
def small_poster(take: Generation) -> str:
    """Where the small picture of a take is, its outputs read along; empty where it has none yet."""
    return small_among({output.kind for output in take.outputs.all()}, take.pk)


@register.filter
def ago(value: dt.datetime | None) -> str:
    """An aware time as `<time>`: relative words, the exact moment on hover; a date after a week."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    seconds = (timezone.now() - value).total_seconds()
    if seconds < -45 or seconds >= 7 * 86400:
        words = date_format(local, "j M Y" if local.year != timezone.localtime().year else "j M")
        if seconds < 0:
            words = date_format(local, "j M, H:i")
    else:
        words = _relative(max(seconds, 0))
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        value.isoformat(),
        date_format(local, "j M Y, H:i:s") + f" {local.tzname() or ''}".rstrip(),
        words,
    )


@register.filter
def money(value: Decimal | float | str | None) -> str:
    """US dollars: $1.20; up to four decimals under a cent; None is "unknown", never $0.00."""
    if value is None or value == "":
        return _("unknown")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return _("unknown")
    sign, amount = ("−" if amount < 0 else ""), abs(amount)
    if amount == 0 or amount >= Decimal("0.01"):
        whole = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"{sign}${whole:,.2f}"
    small = amount.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return f"{sign}${small}" if small else _("under $0.0001")


@register.filter
def filesize(value: float | None) -> str:
    """Bytes in the units people read: 812 B, 20 kB, 8.4 MB, 1.2 GB."""
    if value is None:
        return _("unknown")
    size = float(value)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("B", "kB") else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


@register.filter
def clock(value: float | None) -> str:
    """Seconds as 0:05, 1:14 or 1:02:09."""
    if value is None:
        return ""
    total = max(int(value), 0)
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def percent(value: float | None) -> str:
    """0..1 as a whole number without the sign; empty when unknown."""
    return "" if value is None else str(round(min(max(float(value), 0), 1) * 100))


@register.filter
def any_has(rows: Any, name: str) -> bool:
    """Whether one of these rows has something true under this name."""
    return any(row.get(name) for row in rows or ())


@register.filter
def initials(value: str) -> str:
    """Two letters for an avatar: first and last name, or the start of one word."""
    words = [w for w in str(value).replace("@", " ").replace(".", " ").replace("_", " ").split() if w]
    if not words:
        return "?"
    return (words[0][:1] + words[-1][:1] if len(words) > 1 else words[0][:2]).upper()


@register.filter
def state_word(status: str) -> str:
    return str(STATES.get(status, (str(status).replace("_", " ").capitalize(),))[0])


@register.filter
def state_icon(status: str) -> str:
    return STATES[status][1] if status in STATES else "info"


@register.filter
def state_family(status: str) -> str:
    return STATES[status][2] if status in STATES else "wait"


# --- block tags: a frame around content -----------------------------------------------------------


def _frame(component: str, context: template.Context, content: str, values: dict[str, Any]) -> str:
    """Render a component with `content` and the named values; the request stays reachable."""
    return render_to_string(
        f"components/{component}.html", {**values, "content": content}, request=context.get("request")
    )


@register.simple_block_tag(takes_context=True)
def dialog(context: template.Context, content: str, id: str, title: str, **values: Any) -> str:  # noqa: A002
    """{% dialog id="…" title="…" %}body{% enddialog %}; open it by `data-dialog-open="<id>"`."""
    return _frame("_dialog", context, content, {"id": id, "title": title, **values})


@register.simple_block_tag(takes_context=True)
def menu(context: template.Context, content: str, id: str, label: str, **values: Any) -> str:  # noqa: A002
    """{% menu id="…" label="More" icon="ellipsis" %}<li>…</li>{% endmenu %}: button and popover."""
    return _frame("_menu", context, content, {"id": id, "label": label, **values})


@register.simple_block_tag(takes_context=True)
def banner(context: template.Context, content: str, **values: Any) -> str:
    """{% banner icon="flask-conical" family="" %}one sentence, one link{% endbanner %}."""
    return _frame("_banner", context, content, values)


@register.simple_block_tag(takes_context=True)
def empty(context: template.Context, content: str, title: str, **values: Any) -> str:
    """{% empty title="…" text="…" icon="" %}one action{% endempty %}."""
    return _frame("_empty", context, content, {"title": title, **values})

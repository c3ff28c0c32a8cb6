"""What the probe found in a file, as lines of its page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Asset
from providers.gateways.file_words import codec_words


def lines(asset: Asset) -> list[tuple[str, str]]:
    """Label and words. Of files from before facts were kept only what their columns say."""
    match asset.kind:
        case Asset.Kind.CLIP:
            told = [(_("Picture track"), _track(asset)), (_("Sound track"), _sound_track(asset))]
        case Asset.Kind.SOUND:
            told = [(_("Sound"), _sound(asset))]
        case Asset.Kind.IMAGE:
            told = [(_("Picture"), _picture(asset))]
        case _:
            told = []
    return [(label, words) for label, words in told if words]


def _track(asset: Asset) -> str:
    codec = asset.facts.get("video_codec", "")
    return ", ".join(filter(None, (codec_words(codec) if codec else "", _pace(asset))))


def _pace(asset: Asset) -> str:
    if not asset.fps:
        return _("its frame rate varies") if asset.facts.get("variable_fps") else ""
    rate = {"rate": f"{asset.fps:.3f}".rstrip("0").rstrip(".")}
    if asset.facts.get("variable_fps"):
        return _("about %(rate)s frames a second: its frame rate varies") % rate
    return _("%(rate)s frames a second") % rate


def _sound_track(asset: Asset) -> str:
    return _sound(asset) or (_("none") if asset.facts.get("video_codec") else "")


def _sound(asset: Asset) -> str:
    codec, rate = asset.facts.get("audio_codec", ""), asset.facts.get("sample_rate")
    told = (codec_words(codec) if codec else "", _channels(asset), f"{rate / 1000:g} kHz" if rate else "")
    return ", ".join(filter(None, told))


def _channels(asset: Asset) -> str:
    match asset.facts.get("channels"):
        case 1:
            return _("mono")
        case 2:
            return _("stereo")
        case int(count):
            return ngettext("%(n)d channel", "%(n)d channels", count) % {"n": count}
    return ""


def _picture(asset: Asset) -> str:
    """What a gateway may take wrongly, and what it would leave out."""
    marks = {
        _("CMYK colours"): asset.facts.get("colours") == "CMYK",
        _("animated"): asset.facts.get("animated"),
        _("with transparency"): asset.facts.get("alpha"),
        _("lies on its side in the file"): asset.facts.get("turned"),
    }
    return ", ".join(words for words, is_so in marks.items() if is_so)

"""Words inside the pictures' stream: user data in SEI units of H.264 and H.265, where encoders write their
settings and anybody may write anything, and units that mean nothing. Taken out unit by unit; no picture is
decoded or changed.

A stream in MP4, MOV or Matroska is units, each after its length; the header of the track (``avcC``, ``hvcC``)
says how many bytes a length has, and that of H.265 may hold SEI units itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from .facts import Unplayable

# units that every decoder passes over, whatever stands in them: filler, and those left to anybody's use
_PASSED_OVER = {"h264": {12, *range(24, 32)}, "hevc": {38, *range(48, 64)}}
_USER_DATA = (4, 5)  # registered (captions, say) and unregistered: ISO/IEC 14496-10, annex D
_STOP = b"\x80"
_DAMAGED = "The stream of this clip cannot be read unit by unit."


class Cleaner:
    """Of one track. Everything that is no user data stays, byte for byte.

    :raises Unplayable: the header is not one of its codec.
    """

    def __init__(self, codec: str, header: bytes) -> None:
        least = {"h264": 7, "hevc": 23}[codec]
        if len(header) < least or header[0] != 1:
            raise Unplayable(_DAMAGED)
        self._is_h264, self._passed_over = codec == "h264", _PASSED_OVER[codec]
        self._length = (header[4 if self._is_h264 else 21] & 3) + 1
        self.header = header if self._is_h264 else self._of_hvcc(header)

    def packet(self, data: bytes) -> bytes:
        """The same object where nothing had to go.

        :raises Unplayable: its units do not fill it.
        """
        kept, at = [], 0
        for start, end in self._units(data):
            unit = self._unit(data[start:end])
            kept.append(data[at:end] if unit == data[start:end] else self._with_length(unit))
            at = end
        made = b"".join(kept)
        return data if made == data else made

    def _units(self, data: bytes) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(data):
            start = at + self._length
            at = start + int.from_bytes(data[at:start])
            if at > len(data):
                raise Unplayable(_DAMAGED)
            yield start, at

    def _with_length(self, unit: bytes) -> bytes:
        return len(unit).to_bytes(self._length) + unit if unit else b""

    def _unit(self, unit: bytes) -> bytes:
        """Empty where it held user data alone."""
        if not unit:
            return unit
        head, kind = (1, unit[0] & 31) if self._is_h264 else (2, unit[0] >> 1 & 63)
        if kind in self._passed_over:
            return b""
        is_sei = kind == 6 if self._is_h264 else kind in (39, 40)
        return without_user_data(unit, head) if is_sei else unit

    def _of_hvcc(self, header: bytes) -> bytes:
        """Arrays of units, each array of one type."""
        arrays, at = [], 23
        for _ in range(header[22]):
            kind, count, at = header[at : at + 1], int.from_bytes(header[at + 1 : at + 3]), at + 3
            units = []
            for _ in range(count):
                size = int.from_bytes(header[at : at + 2])
                units.append(self._unit(header[at + 2 : at + 2 + size]))
                at += 2 + size
            if at > len(header):
                raise Unplayable(_DAMAGED)
            there = [len(unit).to_bytes(2) + unit for unit in units if unit]
            if there:
                arrays.append(kind + len(there).to_bytes(2) + b"".join(there))
        return header[:22] + bytes([len(arrays)]) + b"".join(arrays) + header[at:]


def without_user_data(unit: bytes, head: int) -> bytes:
    """An SEI unit with its other messages; empty where there are none, or where they cannot be told apart: no
    picture needs them.

    :param head: how many bytes its own header has.
    """
    try:
        messages = list(_messages(_unescaped(unit[head:])))
    except Unplayable:
        return b""
    kept = [message for kind, message in messages if kind not in _USER_DATA]
    if len(kept) == len(messages):
        return unit
    return unit[:head] + _escaped(b"".join(kept) + _STOP) if kept else b""


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds and whole messages.

    :raises Unplayable: one is longer than the unit.
    """
    at, end = 0, len(data.rstrip(b"\0"))
    while at < end and data[at:end] != _STOP:
        start = at
        kind, at = _number(data, at)
        size, at = _number(data, at)
        at += size
        if at > len(data):
            raise Unplayable(_DAMAGED)
        yield kind, data[start:at]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """As many 255 as fit, then the rest."""
    value = 0
    while at < len(data) and data[at] == 255:
        value, at = value + 255, at + 1
    if at >= len(data):
        raise Unplayable(_DAMAGED)
    return value + data[at], at + 1


def _unescaped(data: bytes) -> bytes:
    return data.replace(b"\0\0\3", b"\0\0")


def _escaped(data: bytes) -> bytes:
    """Within a unit no two zeros stand before 0 to 3."""
    made, zeros = bytearray(), 0
    for value in data:
        if zeros == 2 and value < 4:
            made.append(3)
            zeros = 0
        made.append(value)
        zeros = zeros + 1 if value == 0 else 0
    return bytes(made)

"""Reading a multipart form, as far as gateways take them."""

import re
from dataclasses import dataclass

_NAME = re.compile(rb'(?i)\bname="([^"]*)"')
_FILE_NAME = re.compile(rb'(?i)\bfilename="([^"]*)"')
_TYPE = re.compile(rb"(?i)content-type:\s*([\w/.+-]+)")


class BadForm(ValueError):
    """The text says what is wrong with it."""


@dataclass(frozen=True)
class Part:
    """`mime` is empty for a field."""

    name: str
    content: bytes
    mime: str = ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


def read_form(body: bytes, content_type: str) -> list[Part]:
    """Raises BadForm."""
    _head, _sep, boundary = content_type.partition("boundary=")
    mark = b"--" + boundary.partition(";")[0].strip().strip('"').encode()
    pieces = body.split(mark)
    if not boundary or len(pieces) < 3 or pieces[-1][:2] != b"--":
        raise BadForm("the form is not complete")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, _sep, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    content = content.removesuffix(b"\r\n")
    name = _NAME.search(head)
    if name is None:
        raise BadForm("a part of the form has no name")
    if _FILE_NAME.search(head) is None:
        return Part(name[1].decode(), content)
    kind = _TYPE.search(head)
    return Part(name[1].decode(), content, kind[1].decode() if kind else "application/octet-stream")

"""The bytes of a request, whatever its headers say of them: unpacked, taken out of a form, and never more than fit."""

import base64
import binascii
import zlib
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest

from firstwin.usage.ingest.limits import BATCH_BYTES, BadBody

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"


def read_body(request: HttpRequest, limit: int) -> bytes:
    """What was sent, as JSON text in UTF-8 that nobody has looked at yet. Raises BadBody when it holds more than
    `limit` bytes; no more than that is ever unpacked.
    """
    sent = _sent(request.META)
    if sent.startswith(_GZIP):
        sent = _unpacked(sent, limit)
    if sent.startswith(_BOM):
        sent = sent[len(_BOM) :]
    if sent.lstrip(_SPACE)[:1] not in (b"{", b"["):
        sent = _of_form(sent)
    if len(sent) > limit:
        raise too_large(limit)
    return sent


def too_large(limit: int) -> BadBody:
    what = "A batch" if limit == BATCH_BYTES else "A call"
    return BadBody("too_large", f"{what} may hold {limit // 1024} KB at most. Send less at once.")


def _sent(meta: dict[str, Any]) -> bytes:
    """As it came in. A form and compression may make it larger or smaller: the bound here is that of memory."""
    most = 2 * BATCH_BYTES
    told = meta.get("CONTENT_LENGTH") or ""
    is_told = told.isdigit() and not meta.get("HTTP_TRANSFER_ENCODING")
    if is_told and int(told) > most:
        raise too_large(BATCH_BYTES)
    has_end = meta.get("HTTP_TRANSFER_ENCODING") or meta.get("wsgi.input_terminated")
    wanted = int(told) if is_told else most + 1 if has_end else 0
    pieces, got = [], 0
    try:
        while got < wanted and (piece := meta["wsgi.input"].read(wanted - got)):
            pieces.append(piece)
            got += len(piece)
    except OSError:
        raise BadBody("cut_off", "The connection ended within the body.") from None
    if is_told and got < wanted:
        raise BadBody("cut_off", "The body ended before its Content-Length.")
    if got > most:
        raise too_large(BATCH_BYTES)
    return b"".join(pieces)


def _unpacked(sent: bytes, limit: int) -> bytes:
    """Of one or more members of gzip. It stops once the limit is passed: what a bomb would hold is never made."""
    pieces, room = [], limit + 1
    try:
        while sent and room > 0:
            member = zlib.decompressobj(wbits=31)
            pieces.append(member.decompress(sent, room))
            room -= len(pieces[-1])
            if room > 0 and not member.eof:
                raise BadBody("bad_gzip", "The compressed body ends too early.")
            sent = member.unused_data.lstrip(b"\x00")
    except zlib.error:
        raise BadBody("bad_gzip", "The body begins like gzip but cannot be unpacked.") from None
    if room <= 0:
        raise too_large(limit)
    return b"".join(pieces)


def _of_form(sent: bytes) -> bytes:
    """The field `data` of a form, as JSON or as base64 of it; anything else as it is, for the reader to complain of."""
    if b"data=" not in sent[:BATCH_BYTES]:
        return sent
    try:
        fields = dict(parse_qsl(sent.decode("ascii"), strict_parsing=True, max_num_fields=20))
    except ValueError:
        return sent
    data = fields.get("data", "")
    if data.lstrip()[:1] in ("{", "["):
        return data.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(data.replace(" ", "+"), altchars=b"-_" if "-" in data or "_" in data else None)
    except (binascii.Error, ValueError):
        return sent

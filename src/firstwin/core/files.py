"""Files people upload: a name that is safe everywhere, a size that is bearable, a type that is what it says."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.http import content_disposition_header

from firstwin.core.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120
HEAD_BYTES = 512

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Extension → (content type, what the file begins with). No type that a browser would run: no HTML, SVG or script.
_TYPES: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", _ZIP),
    "odt": ("application/vnd.oasis.opendocument.text", _ZIP),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", _ZIP),
    "odp": ("application/vnd.oasis.opendocument.presentation", _ZIP),
    "zip": ("application/zip", _ZIP),
    "doc": ("application/msword", (_OLE,)),
    "xls": ("application/vnd.ms-excel", (_OLE,)),
    "ppt": ("application/vnd.ms-powerpoint", (_OLE,)),
    "msg": ("application/vnd.ms-outlook", (_OLE,)),
    "txt": ("text/plain", ()),
    "md": ("text/plain", ()),
    "csv": ("text/csv", ()),
    "eml": ("message/rfc822", ()),
}
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Upload:
    """A file that may be kept. name: safe to show, store and download under."""

    name: str
    content_type: str
    size: int


def check_upload(*, name: str, size: int, head: bytes, limit: int = MAX_BYTES) -> Upload:
    """Look at a file before it is kept. head: its first HEAD_BYTES bytes. Raises Refused at the field `file`.

    The type comes from the name and is proved by the content; what the browser says it is does not count.
    """
    tidy = safe_name(name)
    extension = tidy.rpartition(".")[2].lower()
    if extension not in _TYPES or "." not in tidy:
        raise Refused(f"Files of this type are not kept. Allowed are {', '.join(_TYPES)}.", field="file")
    if size <= 0:
        raise Refused("The file is empty.", field="file")
    if size > limit:
        raise Refused(f"The file is larger than {limit // (1024 * 1024)} MB.", field="file")
    content_type, beginnings = _TYPES[extension]
    if beginnings and not head.startswith(beginnings):
        raise Refused(f"The file is not what .{extension} says it is.", field="file")
    if not beginnings and b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"The file is not the text that .{extension} says it is.", field="file")
    return Upload(tidy, content_type, size)


def safe_name(name: str) -> str:
    """The last part of a name, without what hides, breaks out of a folder or means something to a shell or system.

    Never empty, at most MAX_NAME characters, the extension kept.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Control and format characters hide the true extension (right-to-left marks) or end a header early.
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    tidy = " ".join(re.sub(r'[<>:"|?*]', "_", seen).split()).strip(". ")
    stem, dot, extension = tidy.rpartition(".")
    if dot and len(extension) <= 10:
        tidy = f"{stem[: MAX_NAME - len(extension) - 1].rstrip('. ') or 'file'}.{extension}"
    else:
        tidy = tidy[:MAX_NAME].rstrip(". ") or "file"
    return f"_{tidy}"[:MAX_NAME] if _DEVICE.fullmatch(tidy) else tidy


def download_headers(upload_name: str, content_type: str) -> dict[str, str]:
    """Headers with which a kept file goes out: always as a download, never sniffed, never run in our origin."""
    disposition = content_disposition_header(as_attachment=True, filename=upload_name)
    return {
        "Content-Type": content_type,
        "Content-Disposition": str(disposition),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }

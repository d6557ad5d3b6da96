"""What an image file says of itself, known before anything is decoded: its size and its end.

OpenCV has a limit of its own, 2**30 pixels, which can be changed by an environment variable of the
whole process alone, and tells no size without decoding.
"""

import re
import struct

KNOWN_FORMATS = "BMP, GIF, JPEG, PNG, PBM, PGM, PPM, TIFF or WebP"

MAX_SCANS = 100  # of a JPEG, each decoded over the whole picture; progressive ones have some ten

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
# Neither filling and stuffed zeros nor markers without content.
_JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA
_PNM_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"  # a comment ends where OpenCV ends it
_PNM = re.compile(rb"P[1-6]%b(\d{1,9})%b(\d{1,9})\s" % (_PNM_GAP, _PNM_GAP))
_TIFF_WIDTHS = (256, 322)  # of the image, of its tiles
_TIFF_HEIGHTS = (257, 323)
_TIFF_INTEGERS = {1: "B", 3: "H", 4: "I"}


def announced_shape(data):
    """Return (height, width) as the header of a file announces them, or None if it has none."""
    for magic, read_shape in _READERS.items():
        if data.startswith(magic):
            try:
                return read_shape(data)
            except struct.error:
                return None
    return None


def check_whole(data):
    """Refuse a JPEG or PNG that ends too early, or a JPEG of too many scans.

    OpenCV would fill in grey, or take as much memory as a part says that it has.
    """
    try:
        whole = all(ends(data) for magic, ends in _ENDS.items() if data.startswith(magic))
    except struct.error:
        whole = False
    if not whole:
        raise ValueError("the file is truncated")


def _jpeg_is_whole(data):
    n_scans = 0
    for marker, _ in _jpeg_segments(data):
        n_scans += marker == _JPEG_SCAN
        if n_scans > MAX_SCANS:
            raise ValueError(f"it has more than {MAX_SCANS} scans")
        if marker == _JPEG_END:  # what follows, such as the video of a motion photo, is not ours
            return True
    return False


def _png_is_whole(data):
    position, kind = len(_PNG), None
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
    return position <= len(data)


def _jpeg_segments(data):
    """Yield marker and place of the content of each segment; what lies between is pixels."""
    position = 2
    while match := _JPEG_MARKER.search(data, position):
        yield match[1][0], match.end()
        position = match.end() + struct.unpack_from(">H", data, match.end())[0]


def _png_shape(data):
    width, height = struct.unpack_from(">II", data, 16)
    return height, width


def _gif_shape(data):
    width, height = struct.unpack_from("<HH", data, 6)
    return height, width


def _bmp_shape(data):
    (header_size,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header_size == 12 else "<ii", data, 18)
    return abs(height), abs(width)  # a negative height means: from top to bottom


def _pnm_shape(data):
    match = _PNM.match(data)
    return match and (int(match[2]), int(match[1]))


def _jpeg_shape(data):
    for marker, content in _jpeg_segments(data):
        if marker in (_JPEG_END, _JPEG_SCAN):  # the end, or pixels without a frame
            return None
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # start of frame
            return struct.unpack_from(">HH", data, content + 3)
    return None


def _webp_shape(data):
    chunk = data[12:16]
    if data[8:12] != b"WEBP":
        return None
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return height & 0x3FFF, width & 0x3FFF
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits >> 14 & 0x3FFF) + 1, (bits & 0x3FFF) + 1
    if chunk == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, 24)
        return (high_h << 16 | low_h) + 1, (high_w << 16 | low_w) + 1
    return None


def _tiff_shape(data):
    order = "<" if data.startswith(b"II") else ">"
    (directory,) = struct.unpack_from(order + "I", data, 4)
    (n_entries,) = struct.unpack_from(order + "H", data, directory)
    sides = {}
    for index in range(n_entries):
        entry = directory + 2 + 12 * index
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        if tag in (*_TIFF_WIDTHS, *_TIFF_HEIGHTS):
            if kind not in _TIFF_INTEGERS:
                return None
            (side,) = struct.unpack_from(order + _TIFF_INTEGERS[kind], data, entry + 8)
            sides[tag] = max(side, sides.get(tag, 0))
    if not {256, 257} <= sides.keys():
        return None
    # A tile, which is decoded as a whole, may be larger than the image.
    height, width = (
        max(sides.get(tag, 0) for tag in tags) for tags in (_TIFF_HEIGHTS, _TIFF_WIDTHS)
    )
    return height, width


_READERS = {
    _JPEG: _jpeg_shape,
    _PNG: _png_shape,
    b"BM": _bmp_shape,
    b"GIF87a": _gif_shape,
    b"GIF89a": _gif_shape,
    b"II*\x00": _tiff_shape,
    b"MM\x00*": _tiff_shape,
    b"RIFF": _webp_shape,
    **{b"P%d" % number: _pnm_shape for number in range(1, 7)},
}
_ENDS = {_JPEG: _jpeg_is_whole, _PNG: _png_is_whole}

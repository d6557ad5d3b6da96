"""What the index of an MP4 or QuickTime file tells: whether it is trimmed, or in fragments."""

import struct

_TOLERANCE = 0.05  # seconds, of rounding
_HEADER = struct.Struct(">I4s")
_MAX_BYTES = 2**26  # of the index; that of a day of video takes less


def is_trimmed(path):
    """Tell whether the edit list of a video track is shorter than the track."""
    with open(path, "rb") as file:
        index = _read_index(file)
    try:
        seconds_of_movie = _seconds_per_unit(_first(index, b"mvhd"))
        return any(_track_is_trimmed(track, seconds_of_movie) for track in _find(index, b"trak"))
    except (struct.error, ZeroDivisionError):
        return False


def is_fragmented(path):
    """Tell whether a file holds its frames in fragments, and so does not announce their number."""
    with open(path, "rb") as file:
        return next(_find(_read_index(file), b"mvex"), None) is not None


def _read_index(file):
    """Return the content of the box `moov`, which may lie behind the pictures."""
    while len(start := file.read(_HEADER.size)) == _HEADER.size:
        size, kind = _HEADER.unpack(start)
        n_read = _HEADER.size
        if size == 1:  # it follows in 64 bits
            (size,) = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))
            n_read += 8
        if size < n_read:
            break
        if kind == b"moov":
            return file.read(min(size - n_read, _MAX_BYTES))
        file.seek(size - n_read, 1)
    return b""


def _track_is_trimmed(track, seconds_of_movie):
    media = _first(track, b"mdia")
    handler = _first(media, b"hdlr")
    edits = _first(_first(track, b"edts"), b"elst")
    if handler[8:12] != b"vide" or not edits:
        return False
    header = _first(media, b"mdhd")
    (n_edits,) = struct.unpack_from(">I", edits, 4)
    entry = struct.Struct(">QqI" if edits[0] else ">IiI")
    shown = 0
    for number in range(n_edits):
        duration, begin, _ = entry.unpack_from(edits, 8 + number * entry.size)
        shown += duration if begin >= 0 else 0  # -1 is a pause before the pictures
    held = _duration(header) * _seconds_per_unit(header)
    return 0 < shown * seconds_of_movie < held - _TOLERANCE


def _first(content, wanted):
    """Return the content of the first box of a kind, empty if there is none."""
    return next(_find(content, wanted), b"")


def _find(content, wanted):
    """Yield the contents of the boxes of a kind that lie in another one."""
    position = 0
    while position + _HEADER.size <= len(content):
        size, kind = _HEADER.unpack_from(content, position)
        if size < _HEADER.size:
            return
        if kind == wanted:
            yield content[position + _HEADER.size : position + size]
        position += size


def _seconds_per_unit(header):
    """Return the unit of time of a movie or media header, of which there are two versions."""
    return 1 / struct.unpack_from(">I", header, 20 if header[:1] == b"\1" else 12)[0]


def _duration(header):
    if header[:1] == b"\1":
        return struct.unpack_from(">Q", header, 24)[0]
    return struct.unpack_from(">I", header, 16)[0]

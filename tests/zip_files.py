"""Zip archives as dictionaries of their members."""

import io
from zipfile import ZipFile

__all__ = ["pack", "unpack"]


def pack(members):
    """Return an archive of some members, as bytes."""
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def unpack(content):
    """Return the members of an archive that is given as bytes."""
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

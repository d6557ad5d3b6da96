"""Suffixes of picture files: those that are read, and those that are known and not read."""

from importlib.util import find_spec

IMAGE_SUFFIXES = tuple(
    ".apng .bmp .dib .gif .jfif .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split()
)
HEIF_SUFFIXES = (".heic", ".heif", ".hif")
# Not read, but never passed over in silence: a study would lose the people of one camera.
_OTHER_PICTURES = tuple(
    ".arw .avif .cr2 .cr3 .dng .exr .j2k .jp2 .jxl .nef .nrw .orf .pef .psd .raf .raw .rw2 .srw "
    ".tga".split()
)
PICTURES = (*IMAGE_SUFFIXES, *HEIF_SUFFIXES, *_OTHER_PICTURES)


def why_unread(suffix):
    """Say why pictures of a suffix, in lower case, are not read here, or return ""."""
    if suffix in HEIF_SUFFIXES and find_spec("pillow_heif") is None:
        install = "pip install '.[heif]' in the skfer repository"
        return f"HEIC needs pillow-heif, {install}; or convert it to JPEG"
    if suffix in _OTHER_PICTURES:
        return f"{suffix} files are not read; convert it to JPEG or PNG"
    return ""

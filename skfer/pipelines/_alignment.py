"""The steps from photographs to aligned faces, which all systems share."""

from skfer.alignment import LOPES_CROP, EyeLocator, FaceAligner
from skfer.utils._choice import check_choice


def alignment_steps(align, *, crop=LOPES_CROP, margin=0.0):
    """Return the steps that bring photographs to 48 x 48; none for faces that are cropped."""
    check_choice("align", align, ("eyes", None))
    if align is None:
        return []
    aligner = FaceAligner((48, 48), crop=crop, margin=margin)
    return [("locate", EyeLocator()), ("align", aligner)]

"""Inspection: what a step has done, and what a classifier looks at."""

from skfer.inspection._alignment_display import AlignmentDisplay
from skfer.inspection._explain import FaceExplanation, explain_images
from skfer.inspection._explanation_display import ExplanationDisplay
from skfer.inspection._face_explanation_display import FaceExplanationDisplay
from skfer.inspection._grad_cam import grad_cam
from skfer.inspection._occlusion import occlusion_maps

__all__ = [
    "AlignmentDisplay",
    "ExplanationDisplay",
    "FaceExplanation",
    "FaceExplanationDisplay",
    "explain_images",
    "grad_cam",
    "occlusion_maps",
]

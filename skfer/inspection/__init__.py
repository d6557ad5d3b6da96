"""Inspection: pictures that show what a step has done."""

from skfer.inspection._alignment_display import AlignmentDisplay

__all__ = ["AlignmentDisplay"]

"""Steps on feature rows."""

from skfer.features._subject_normalizer import SubjectNormalizer

__all__ = ["SubjectNormalizer"]

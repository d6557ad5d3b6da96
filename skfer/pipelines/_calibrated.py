"""The frame of the systems without a network: alignment, then steps that are calibrated."""

from sklearn.pipeline import Pipeline

from skfer.alignment import SQUARE_CROP
from skfer.classifiers import SubjectCalibratedClassifier
from skfer.pipelines._alignment import alignment_steps


def calibrated_pipeline(align, *steps):
    """Return the pipeline of steps that take aligned faces to a classifier, with probabilities.

    The calibration is around the descriptor, since feature rows no longer tell whose they are.
    """
    classifier = SubjectCalibratedClassifier(Pipeline(list(steps)))
    return Pipeline([*alignment_steps(align, crop=SQUARE_CROP), ("classify", classifier)])

"""Steps that learn nothing run once; the figures are those of running them in each fold."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skfer.augmentation import EyeJitterSampler
from skfer.base import ImageTransformer
from skfer.descriptors import HOGDescriptor, PixelDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.preprocessing import IntensityNormalizer


class Counted(ImageTransformer):
    """A step of the user's own, which may compare the images it is given."""

    n_images = []
    _parameter_constraints: dict = {}

    def _transform_images(self, batch):
        self.n_images.append(len(batch.images))
        return batch.images - batch.images.mean(axis=0), {}


@pytest.fixture
def n_normalized(monkeypatch):
    """The numbers of images that were normalized, call by call."""
    counts, transform = [], IntensityNormalizer._transform_images

    def counted(self, batch):
        counts.append(len(batch.images))
        return transform(self, batch)

    monkeypatch.setattr(IntensityNormalizer, "_transform_images", counted)
    return counts


def in_every_fold(pipeline, faces, y):
    """Evaluate the same behind a search, whose grid may vary the steps, so that they stay."""
    search = GridSearchCV(pipeline, {}, cv=GroupKFold(2))
    return evaluate_subject_independent(search, faces, y, cv=4).images


@pytest.mark.parametrize("describe", [PixelDescriptor(), HOGDescriptor()])
def test_figures_are_equal_and_each_image_is_normalized_once(faces, y, n_normalized, describe):
    pipeline = make_pipeline(
        IntensityNormalizer(), describe, StandardScaler(), LogisticRegression()
    )
    once = evaluate_subject_independent(pipeline, faces, y, cv=4).images
    assert n_normalized == [len(y)]
    pd.testing.assert_frame_equal(once, in_every_fold(pipeline, faces, y), check_exact=True)


def test_finished_folds_need_no_step_to_run(faces, y, n_normalized, tmp_path):
    pipeline = make_pipeline(IntensityNormalizer(), PixelDescriptor(), LogisticRegression())
    first, again = (
        evaluate_subject_independent(pipeline, faces, y, cv=4, memory=tmp_path).images
        for _ in range(2)
    )
    assert n_normalized == [len(y)]
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    next(tmp_path.glob("*.json")).unlink()
    evaluate_subject_independent(pipeline, faces, y, cv=4, memory=tmp_path)
    assert n_normalized == [len(y)] * 2


def test_steps_behind_a_sampler_or_of_the_users_stay_in_the_folds(faces, y, n_normalized):
    sampler = EyeJitterSampler(1, aligned=True, random_state=0)
    pipeline = make_sampling_pipeline(
        sampler, IntensityNormalizer(), PixelDescriptor(), LogisticRegression()
    )
    evaluate_subject_independent(pipeline, faces, y, cv=4)
    assert sorted(n_normalized) == [18] * 4 + [108] * 4  # the test part once, not for probabilities
    Counted.n_images.clear()
    pipeline = make_pipeline(Counted(), PixelDescriptor(), LogisticRegression())
    evaluate_subject_independent(pipeline, faces, y, cv=4)
    assert sorted(Counted.n_images) == [18] * 4 + [54] * 4


def test_a_step_that_looks_at_all_images_sees_those_of_its_fold(X, y, subjects):
    seen = []
    centre = FunctionTransformer(lambda X: (seen.append(len(X)), X - X.mean(axis=0))[1])
    evaluate_subject_independent(
        make_pipeline(centre, "passthrough", LogisticRegression()), X, y, subjects, cv=4
    )
    assert sorted(seen) == [18] * 4 + [54] * 4


def test_a_pipeline_with_a_rule_of_its_own_predicts_by_it(faces, y):
    class Contrary(Pipeline):
        def predict(self, X):
            return np.where(super().predict(X) == "happy", "sad", "happy")

    steps = [("describe", PixelDescriptor()), ("classify", LogisticRegression())]
    plain, contrary = (
        evaluate_subject_independent(kind(steps), faces, y, cv=4).images["y_pred"]
        for kind in (Pipeline, Contrary)
    )
    assert (plain != contrary).all()

"""Steps that learn nothing run once; the figures are those of running them in each fold."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skfer._stateless import run_stateless_steps
from skfer.alignment import EyeLocator
from skfer.augmentation import EyeJitterSampler, RandomAffine
from skfer.base import ImageDescriptor, ImageTransformer
from skfer.datasets import make_face_sequences, make_faces
from skfer.descriptors import HOGDescriptor, PixelDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.faces import make_face_array
from skfer.pipelines import make_cspp_pipeline
from skfer.preprocessing import IntensityNormalizer
from skfer.utils import all_estimators


def is_image_step(kind):
    return issubclass(kind, ImageTransformer | ImageDescriptor)


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


JOINED = make_union(PixelDescriptor(), HOGDescriptor())


@pytest.mark.parametrize("describe", [PixelDescriptor(), HOGDescriptor(), JOINED])
def test_figures_are_equal_and_each_image_is_normalized_once(faces, y, n_normalized, describe):
    pipeline = make_pipeline(
        IntensityNormalizer(), describe, StandardScaler(), LogisticRegression()
    )
    once = evaluate_subject_independent(pipeline, faces, y, cv=4).images
    assert n_normalized == [len(y)]
    pd.testing.assert_frame_equal(once, in_every_fold(pipeline, faces, y), rtol=1e-6)


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


@pytest.mark.parametrize("container", [list, np.asarray])
@pytest.mark.parametrize(
    "parameters", [{"validation_fraction": 0.4}, {"augmentation": RandomAffine(exchange=0.5)}]
)
def test_subjects_reach_the_fit_of_photographs(container, parameters):
    data = make_faces(6, 1, expressions=("happy", "sad"), random_state=0)
    pipeline = make_cspp_pipeline(max_epochs=1, random_state=0, **parameters)
    pipeline.set_params(locate__on_missing="guess")
    images = container(list(data.images))
    plain = evaluate_subject_independent(pipeline, images, data.target, data.subjects, cv=2)
    faces = make_face_array(data.images, subject=data.subjects)
    faces = evaluate_subject_independent(pipeline, faces, data.target, cv=2)
    pd.testing.assert_frame_equal(plain.images, faces.images, check_exact=True)


class Detector:
    """A user's detector, which might remember what it has seen."""

    def detect(self, image):
        raise NotImplementedError


def test_a_locator_with_the_users_detector_stays_in_the_folds(faces):
    steps = [("locate", EyeLocator(detector=Detector(), on_missing="guess"))]
    pipeline = Pipeline(
        [*steps, ("describe", PixelDescriptor()), ("classify", LogisticRegression())]
    )
    rest, X = run_stateless_steps(pipeline, faces)
    assert [name for name, _ in rest.steps] == ["locate", "describe", "classify"]
    assert X is faces


@pytest.mark.parametrize("name", [name for name, kind in all_estimators() if is_image_step(kind)])
def test_a_step_that_runs_once_takes_each_image_by_itself(name):
    step = dict(all_estimators())[name]()
    pipeline = Pipeline([("step", step), ("classify", LogisticRegression())])
    takes_sequences = getattr(step, "_sequences", None) == "require"
    make, more = (make_face_sequences, {"n_frames": 4}) if takes_sequences else (make_faces, {})
    data = make(3, 1, expressions=("happy",), image_size=(48, 48), random_state=0, **more)
    rest, everything = run_stateless_steps(pipeline, data.faces)
    if len(rest.steps) == 2:
        pytest.skip("learns, and stays in the folds")
    for index in range(3):
        _, alone = run_stateless_steps(clone(pipeline), data.faces[[index]])
        assert everything.dtype == alone.dtype
        for field in alone.dtype.names or [...]:
            np.testing.assert_array_equal(everything[field][index], alone[field][0])


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

"""RadialEncodingClassifier: the synthesis and its folds by subject."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skfer.alignment import FaceAligner
from skfer.classifiers import RadialEncodingClassifier, _radial_encoding
from skfer.datasets import make_faces
from skfer.descriptors import LBPDescriptor, PixelDescriptor, RadialGaborDescriptor
from skfer.faces import make_face_array, with_fields

RADIAL = RadialGaborDescriptor(
    n_divisions=2, window_sizes=(11, 20), n_orientations=4, n_rings=3, working_shape=(41, 32)
)


@pytest.fixture(scope="module")
def data():
    people = make_faces(12, 2, random_state=0)
    faces = FaceAligner().fit_transform(people.faces)
    return faces, np.asarray(people.target), np.asarray(people.subjects)


@pytest.fixture(scope="module")
def strangers():
    people = make_faces(6, 1, random_state=1)
    return FaceAligner().fit_transform(people.faces), np.asarray(people.target)


def subjects_of_random_labels(n_subjects=40, n_images=6, seed=0):
    """Images that show the subject only, and labels that tell nothing but the subject."""
    rng = np.random.default_rng(seed)
    subject = rng.permutation(np.repeat(np.arange(n_subjects), n_images))
    images = rng.normal(size=(n_subjects, 8, 10))[subject]
    images += 0.05 * rng.normal(size=images.shape)
    return images, rng.integers(0, 2, n_subjects)[subject], subject


class Spy:
    """Stands for the local functions and keeps the subjects that they saw, the first pixel."""

    def __init__(self, monkeypatch):
        self.pairs = []
        self.fit, self.outputs = (
            _radial_encoding.fit_local_discriminant,
            _radial_encoding.class_outputs,
        )
        monkeypatch.setattr(_radial_encoding, "fit_local_discriminant", self.fit_local_discriminant)
        monkeypatch.setattr(_radial_encoding, "class_outputs", self.class_outputs)

    def fit_local_discriminant(self, code, *arguments):
        self.seen = set(code[:, 0].tolist())
        return self.fit(code, *arguments)

    def class_outputs(self, discriminant, code, *arguments):
        self.pairs.append((self.seen, set(code[:, 0].tolist())))
        return self.outputs(discriminant, code, *arguments)


def test_recognizes_strangers(X, y, strangers):
    classifier = RadialEncodingClassifier(RADIAL).fit(X, y)
    assert classifier.classes_.tolist() == sorted(set(y))
    assert len(classifier.local_discriminants_) == 18
    assert classifier.score(*strangers) > 0.8


def test_synthesis_learns_from_subjects_not_seen(monkeypatch):
    images, y, subject = subjects_of_random_labels()
    images[:, 0, 0] = subject
    spy = Spy(monkeypatch)
    RadialEncodingClassifier(PixelDescriptor()).fit(images, y, groups=subject)
    assert len(spy.pairs) == 5
    for seen, tested in spy.pairs:
        assert not seen & tested
        assert len(seen | tested) == 40


def accuracy_of_outputs(classifier, images, y, groups):
    """Return how often the outputs from which the synthesis learns are right."""
    outputs = []

    class Synthesis(_radial_encoding.LinearDiscriminantAnalysis):
        def fit(self, X, y):
            outputs.append(X)
            return super().fit(X, y)

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setattr(_radial_encoding, "LinearDiscriminantAnalysis", Synthesis)
        classifier.fit(images, y, groups=groups)
    return (outputs[-1].argmax(axis=1) == y).mean()  # the last is trained on all


def test_what_tells_the_subject_only_is_worth_nothing():
    images, y, subject = subjects_of_random_labels()
    classifier = RadialEncodingClassifier(PixelDescriptor())
    assert accuracy_of_outputs(classifier, images, y, None) > 0.95  # by image: the leak
    assert abs(accuracy_of_outputs(classifier, images, y, subject) - 0.5) < 0.2


def test_layouts_agree(X, y, subjects, strangers):
    new = strangers[0]["image"]
    expected = RadialEncodingClassifier(RADIAL).fit(X, y).predict_proba(strangers[0])
    of_stack = RadialEncodingClassifier(RADIAL).fit(X["image"], y, groups=subjects)
    assert_array_equal(of_stack.predict_proba(new), expected)
    of_rows = RadialEncodingClassifier(RADIAL, image_shape=(48, 48))
    of_rows.fit(X["image"].reshape(len(X), -1), y, groups=subjects)
    assert_array_equal(of_rows.predict_proba(new.reshape(len(new), -1)), expected)


@pytest.mark.parametrize("layout", ["faces", "stack", "rows"])
def test_unknown_subjects_give_a_warning(X, y, layout):
    images = {
        "faces": make_face_array(X["image"]),
        "stack": X["image"],
        "rows": X["image"].reshape(len(X), -1),
    }[layout]
    with pytest.warns(UserWarning, match="go by image, because no subjects are known") as record:
        RadialEncodingClassifier(LBPDescriptor()).fit(images, y)
    assert record[0].filename == __file__


def test_class_of_one_subject_is_missing_in_a_fold(X, y, subjects):
    rare = np.where((y == "happy") & (subjects == subjects[0]), "contempt", y)
    classifier = RadialEncodingClassifier(RADIAL).fit(X, rare)
    assert "contempt" in classifier.classes_
    assert np.isfinite(classifier.predict_proba(X)).all()


@pytest.mark.parametrize("labels", [("sad", "happy"), (3, 1)])
def test_binary_labels_of_any_kind(X, y, labels):
    kept = np.isin(y, ["sad", "happy"])
    target = np.where(y[kept] == "sad", *labels)
    classifier = RadialEncodingClassifier(RADIAL).fit(X[kept], target)
    assert set(classifier.predict(X[kept])) == set(labels)
    assert classifier.predict_proba(X[kept]).shape == (kept.sum(), 2)


def test_more_images_than_a_block(X, y, monkeypatch):
    classifier = RadialEncodingClassifier(RADIAL).fit(X, y)
    expected = classifier.predict_proba(X)
    monkeypatch.setattr(_radial_encoding, "_BLOCK", 7)
    assert_allclose(classifier.predict_proba(X), expected, atol=1e-9)


def test_threads_make_no_difference(X, y):
    one, two = (RadialEncodingClassifier(RADIAL, n_jobs=n).fit(X, y) for n in (1, 2))
    assert_array_equal(one.predict_proba(X), two.predict_proba(X))


def test_default_has_75_codes(X, y):
    few = np.isin(X["subject"], np.unique(X["subject"])[:2])
    classifier = RadialEncodingClassifier(n_splits=2).fit(X[few], y[few])
    assert len(classifier.local_discriminants_) == 75
    assert classifier.local_discriminants_[0].directions.shape == (720, 5)


def test_groups_are_not_requested():
    request = RadialEncodingClassifier().get_metadata_routing().fit.requests
    assert request == {"groups": False}
    assert RadialEncodingClassifier._uses_subjects


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, np.full(len(y), "sad")), "y has one class, sad"),
        (lambda X, y: (with_fields(X, subject=["", *X["subject"][1:]]), y), "have no subject"),
    ],
)
def test_refuses_what_cannot_be_learnt(X, y, change, message):
    with pytest.raises(ValueError, match=message):
        RadialEncodingClassifier(RADIAL).fit(*change(X, y))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("descriptor", FaceAligner()), ("shrinkage", 0), ("synthesis_shrinkage", 2), ("n_splits", 1)],
)
def test_refuses_bad_parameters(X, y, parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of RadialEncodingClassifier"):
        RadialEncodingClassifier(**{parameter: value}).fit(X, y)

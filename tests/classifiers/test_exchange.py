"""Halves of faces are exchanged between subjects of one expression, and between no others."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.dataset import Dataset

from skfer.augmentation import RandomAffine
from skfer.augmentation._warps import exchange_halves
from skfer.classifiers import CSPPClassifier
from skfer.classifiers._batches import DeviceBatches
from skfer.classifiers._partners import Partners
from skfer.evaluation import evaluate_subject_independent

CODES = torch.tensor([0, 1, 0, 1, 0, 1, 0, 2])
SUBJECTS = np.array(["ben", "ben", "anna", "anna", "carl", "anna", "ben", "dora"])


def test_partners_show_the_same_by_somebody_else():
    partners = Partners(CODES, SUBJECTS)
    generator = torch.Generator().manual_seed(0)
    chosen = torch.arange(7).repeat(500)
    drawn = partners.draw(chosen, generator)
    assert torch.equal(CODES[drawn], CODES[chosen])
    assert (SUBJECTS[drawn.numpy()] != SUBJECTS[chosen.numpy()]).all()
    # Every face that may be drawn is, and equally often.
    counts = np.bincount(drawn[chosen == 0].numpy(), minlength=8)
    assert counts[[2, 4]].min() > 200 and counts.sum() == counts[[2, 4]].sum()
    assert set(drawn[chosen == 1].tolist()) == {3, 5}


def test_who_alone_shows_an_expression_is_their_own_partner():
    generator = torch.Generator().manual_seed(0)
    assert Partners(CODES, SUBJECTS).draw(torch.tensor([7]), generator).tolist() == [7]


def test_the_lower_half_is_the_partners_and_the_seam_has_no_step():
    images, partners = torch.rand(2, 200, 1, 20, 10)
    partners[:, :, :] += 3.0  # brightness is matched, whatever the range
    generator = torch.Generator().manual_seed(0)
    mixed = exchange_halves(images, partners, 0.5, generator)
    exchanged = (mixed != images).flatten(1).any(dim=1)
    assert 60 < int(exchanged.sum()) < 140
    mixed, images, partners = mixed[exchanged], images[exchanged], partners[exchanged]
    assert torch.equal(mixed[:, :, :8], images[:, :, :8])
    shift = mixed[:, :, 12:] - partners[:, :, 12:]
    torch.testing.assert_close(shift, shift[:, :, :1, :1].expand_as(shift))
    assert float(shift.mean()) == pytest.approx(-3.0, abs=0.05)


def test_batches_hold_faces_of_two_people_with_one_label():
    # The lower half tells the images apart.
    images = np.full((8, 20, 20), 100, np.uint8)
    images[:, 10:] = 10 * np.arange(8)[:, None, None]
    dataset = Dataset({"images": images, "subjects": SUBJECTS}, CODES.numpy())
    warp = RandomAffine(0, 0, 0, flip=False, exchange=1.0)
    batches = DeviceBatches(dataset, 8, augmentations=[warp])
    (mixed, codes) = next(iter(batches))
    assert torch.equal(codes, CODES)
    changed = (mixed[:, 0] - torch.tensor(images) / 255).abs().amax(dim=(1, 2)) > 1e-4
    assert changed.tolist() == [True] * 7 + [False]


def test_fit_needs_the_subjects_and_takes_them_from_anywhere(data):
    X, y, subjects = data
    classifier = CSPPClassifier(
        max_epochs=1, input_size=(24, 24), augmentation=RandomAffine(exchange=0.5), random_state=0
    )
    of_faces = clone(classifier).fit(X, y).predict_proba(X)
    of_groups = clone(classifier).fit(X["image"], y, groups=subjects).predict_proba(X)
    np.testing.assert_array_equal(of_faces, of_groups)
    without = clone(classifier).set_params(augmentation__exchange=0.0).fit(X, y).predict_proba(X)
    assert np.abs(of_faces - without).max() > 1e-4
    with pytest.raises(ValueError, match="carry no subjects"):
        clone(classifier).fit(X["image"], y)
    with pytest.raises(ValueError, match="'exchange' parameter"):
        clone(classifier).set_params(augmentation__exchange=2.0).fit(X, y)


def test_partners_are_drawn_among_the_subjects_that_are_trained_on(data, monkeypatch):
    X, y, subjects = data
    trained = []

    class Watched(DeviceBatches):
        def __init__(self, dataset, *arguments, **parameters):
            if isinstance(dataset.X, dict):
                trained.append(dataset.X)
            super().__init__(dataset, *arguments, **parameters)

    monkeypatch.setattr("skfer.classifiers._base.DeviceBatches", Watched)
    classifier = CSPPClassifier(
        max_epochs=1,
        input_size=(24, 24),
        augmentation=RandomAffine(exchange=0.5),
        validation_fraction=0.4,
        random_state=0,
    ).fit(X, y)
    person_of = {
        image.tobytes(): subject for image, subject in zip(X["image"], subjects, strict=True)
    }
    (shown,) = trained
    assert [person_of[image.tobytes()] for image in shown["images"]] == shown["subjects"].tolist()
    assert not set(shown["subjects"]) & set(classifier.validation_subjects_)


@pytest.mark.parametrize("parameters", [{}, {"augmentation": RandomAffine(exchange=0.5)}])
def test_images_without_weight_have_no_influence(data, parameters):
    X, y, subjects = data
    weights = (subjects != subjects[0]).astype(float)
    changed = X["image"].copy()
    changed[weights == 0] = 255 - changed[weights == 0]
    first, second = (
        CSPPClassifier(max_epochs=2, input_size=(24, 24), random_state=0, **parameters)
        .fit(images, y, sample_weight=weights, groups=subjects)
        .predict_proba(X)
        for images in (X["image"], changed)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("height", [1, 2, 3, 4, 9])
def test_small_images_are_exchanged_without_nan(height):
    images, partners = torch.rand(2, 5, 1, height, 6)
    mixed = exchange_halves(images, partners, 1.0, torch.Generator().manual_seed(0))
    assert torch.isfinite(mixed).all()


def test_the_evaluation_tells_the_subjects_of_plain_images(data):
    X, y, subjects = data
    classifier = CSPPClassifier(
        max_epochs=1, input_size=(24, 24), augmentation=RandomAffine(exchange=0.5), random_state=0
    )
    plain, faces = (
        evaluate_subject_independent(classifier, images, y, subjects, cv=2).images
        for images in (X["image"], X)
    )
    np.testing.assert_array_equal(plain["proba_happy"], faces["proba_happy"])

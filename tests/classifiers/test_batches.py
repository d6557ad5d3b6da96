import numpy as np
import pytest
import torch
from skorch.dataset import Dataset

from skfer.augmentation import EyeJitter, RandomAffine
from skfer.classifiers import _batches
from skfer.classifiers._batches import (
    DeviceBatches,
    augmentations_of_epochs,
    choose_batch_size_and_lr,
    fits_on_device,
)


@pytest.fixture
def dataset():
    images = np.random.default_rng(0).integers(0, 256, (33, 10, 12), np.uint8)
    return Dataset(images, np.arange(33))


def test_each_epoch_visits_each_face_once_in_a_new_order(dataset):
    batches = DeviceBatches(dataset, 8, shuffle=True)
    first, second = (torch.cat([codes for _, codes in batches]) for _ in range(2))
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(33))
    assert first.tolist() != second.tolist()


def test_no_batch_of_one(dataset):
    sizes = [len(codes) for _, codes in DeviceBatches(dataset, 8)]
    assert sizes == [8, 8, 8, 9]
    assert len(DeviceBatches(dataset, 8)) == 4


@pytest.mark.parametrize(("n_images", "batch_size"), [(1, 8), (191, 8), (240, 10), (811, 32)])
def test_few_images_are_trained_in_small_batches(n_images, batch_size):
    assert choose_batch_size_and_lr("auto", 1.0, n_images)[0] == batch_size


@pytest.mark.parametrize(
    ("fraction", "max_epochs", "n_unwarped"), [(0.2, 4, 0), (0.2, 9, 1), (0.58, 50, 29), (1, 1, 1)]
)
def test_the_share_without_warps_is_rounded_down(fraction, max_epochs, n_unwarped):
    warps = augmentations_of_epochs(EyeJitter(), max_epochs, fraction)
    assert [warp.sigma == 0 for warp in warps].count(True) == n_unwarped


def test_without_warps_the_rest_of_an_augmentation_acts():
    class Own(RandomAffine):
        def __init__(self, noise=1.0):
            super().__init__(exchange=0.5, brightness=0.1)
            self.noise = noise

    first, last = augmentations_of_epochs(Own(2.0), 2, 0.5)
    assert (first.rotation, first.translation, first.scaling) == (2.5, 0.015, 0.025)
    assert (last.rotation, last.translation, last.scaling) == (0.0, 0.0, 0.0)
    assert (last.noise, last.exchange, last.brightness, last.flip) == (2.0, 0.5, 0.1, True)


def test_faces_are_held_as_they_came_and_leave_between_zero_and_one(dataset):
    batches = DeviceBatches(dataset, 33)
    assert batches.images is dataset.X
    images, _ = next(iter(batches))
    np.testing.assert_allclose(images[:, 0].numpy(), dataset.X / 255, atol=1e-6)


@pytest.mark.parametrize("input_size", [(8, 8), (7, 9), (10, 12)])
def test_prediction_takes_the_central_crop(dataset, input_size):
    images, _ = next(iter(DeviceBatches(dataset, 33, input_size=input_size)))
    assert images.shape[2:] == input_size
    if input_size == (8, 8):
        np.testing.assert_allclose(images[:, 0].numpy(), dataset.X[:, 1:9, 2:10] / 255, atol=1e-6)


def test_warps_are_drawn_for_each_pass(dataset):
    batches = DeviceBatches(dataset, 33, augmentations=[RandomAffine()])
    (first, _), (second, _) = next(iter(batches)), next(iter(batches))
    assert not torch.equal(first, second)


def test_callers_array_is_not_touched(dataset):
    before = dataset.X.copy()
    for images, _ in DeviceBatches(dataset, 8):
        images.zero_()
    np.testing.assert_array_equal(dataset.X, before)


def test_faces_that_would_fill_the_device_are_streamed(monkeypatch):
    images = np.zeros((10, 48, 48), np.uint8)
    device = torch.device("cuda")
    monkeypatch.setattr(_batches, "_free_memory", lambda device: 10 * images.nbytes)
    assert fits_on_device(images, device)
    monkeypatch.setattr(_batches, "_free_memory", lambda device: images.nbytes)
    assert not fits_on_device(images, device)
    assert not fits_on_device(images, torch.device("cpu"))


def test_a_memory_map_is_streamed(tmp_path, monkeypatch):
    monkeypatch.setattr(_batches, "_free_memory", lambda device: 1e12)
    np.save(tmp_path / "images.npy", np.zeros((2, 8, 8), np.uint8))
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    assert not fits_on_device(mapped, torch.device("cuda"))
    assert fits_on_device(np.array(mapped), torch.device("cuda"))


def test_weights_travel_with_their_faces(dataset):
    data = {"images": dataset.X, "sample_weight": np.arange(33, dtype=np.float32)}
    batches = DeviceBatches(Dataset(data, dataset.y), 8, shuffle=True)
    for batch, codes in batches:
        assert batch["sample_weight"].tolist() == codes.tolist()
        np.testing.assert_allclose(batch["images"][:, 0] * 255, dataset.X[codes], atol=1e-3)

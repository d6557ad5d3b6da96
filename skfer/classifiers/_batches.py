"""The iterator that hands skorch its batches: faces on the device, augmented batch by batch."""

import math

import numpy as np
import torch
from sklearn.base import clone

from skfer.augmentation import EyeJitter, RandomAffine
from skfer.augmentation._warps import sample_affine
from skfer.classifiers._partners import Partners

_AUGMENTATIONS = {"affine": RandomAffine, "eye-jitter": EyeJitter}

MIN_BATCH_SIZE, MAX_BATCH_SIZE = 8, 32
_STEPS_PER_EPOCH = 24  # of the batches of "auto", where there are few images

# The faces share the device with the network, its gradients and the maps of a batch.
_SHARE_OF_DEVICE = 0.5


class DeviceBatches:
    """Batches of faces that are kept as they came, as uint8 if they can.

    On a GPU the faces lie on the device. On the CPU they stay where they are and are gathered
    batch by batch, so that training needs no second copy of them. Faces that would fill the GPU,
    and memory maps, are gathered in pinned memory and sent batch by batch. skorch builds it
    instead of a DataLoader (``iterator_train``, ``iterator_valid``). One generator serves all
    epochs, so each epoch has its own order and its own random numbers.

    The dataset of skorch holds class codes, and images (n_images, height, width), uint8 or float;
    or a dictionary of ``images`` with ``eyes`` (n_images, 2, 2), ``sample_weight`` (n_images,) or
    ``subjects`` (n_images,), among which the partners of an augmentation that exchanges halves are
    drawn. `augmentations`, called as :class:`~skfer.augmentation.RandomAffine`, are those of the
    epochs in order, the last one also of any further epochs; None crops the centre.
    """

    def __init__(
        self,
        dataset,
        batch_size,
        device="cpu",
        input_size=None,
        shuffle=False,
        augmentations=None,
        seed=0,
    ):
        self.device = torch.device(device)
        data = dataset.X if isinstance(dataset.X, dict) else {"images": dataset.X}
        self.images = data["images"]
        if fits_on_device(self.images, self.device):
            self.images = torch.as_tensor(
                np.require(self.images, requirements="CW"), device=self.device
            )
        codes = np.zeros(len(self.images), np.int64) if dataset.y is None else dataset.y
        self.codes = torch.as_tensor(codes, device=self.device)
        weights = data.get("sample_weight")
        self.weights = None if weights is None else torch.as_tensor(weights, device=self.device)
        self.eyes = data.get("eyes")
        self.partners = Partners(self.codes, data["subjects"]) if "subjects" in data else None
        self.batch_size = batch_size
        self.input_size = tuple(input_size or self.images.shape[1:])
        self.shuffle = shuffle
        self.augmentations = iter(augmentations or [])
        self.augmentation = None
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.random_state = np.random.RandomState(seed)

    def __len__(self):
        return batch_starts(len(self.images), self.batch_size).size

    def __iter__(self):
        n_images = len(self.images)
        self.augmentation = next(self.augmentations, self.augmentation)
        if self.shuffle:
            order = torch.randperm(n_images, generator=self.generator, device=self.device)
        else:
            order = torch.arange(n_images, device=self.device)
        starts = batch_starts(n_images, self.batch_size)
        for start, stop in zip(starts, [*starts[1:], n_images], strict=True):
            chosen = order[start:stop]
            images = self._prepare(chosen)
            if self.weights is not None:
                images = {"images": images, "sample_weight": self.weights[chosen]}
            yield images, self.codes[chosen]

    def _gather(self, chosen):
        if isinstance(self.images, torch.Tensor):
            images = self.images[chosen]
        else:
            images = torch.from_numpy(self.images[chosen.numpy(force=True)])
            if self.device.type != "cpu":
                images = images.pin_memory().to(self.device, non_blocking=True)
        return scale_to_unit(images)[:, None]

    def _prepare(self, chosen):
        images = self._gather(chosen)
        if self.augmentation is None:
            return central_crop(images, self.input_size)
        of_faces = {}
        if self.eyes is not None:
            of_faces["eyes"] = self.eyes[chosen.numpy(force=True)]
        if self.partners is not None:
            of_faces["partners"] = self._gather(self.partners.draw(chosen, self.generator))
        return self.augmentation(
            images,
            self.input_size,
            generator=self.generator,
            random_state=self.random_state,
            **of_faces,
        )


def fits_on_device(images, device):
    """Check whether images are to lie on the device as a whole.

    Not on the CPU, where they lie already, nor memory maps, nor what would take more than half of
    the free memory.
    """
    if device.type == "cpu" or _is_memory_map(images):
        return False
    return images.nbytes <= _SHARE_OF_DEVICE * _free_memory(device)


def _free_memory(device):
    return torch.cuda.mem_get_info(device)[0]


def _is_memory_map(array):
    """Check whether an array, or what it is a view of, is a file."""
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap):
            return True
        array = array.base
    return False


def batch_starts(n_images, batch_size):
    """Return where the batches begin; only a batch without others holds a single image.

    >>> from skfer.classifiers._batches import batch_starts
    >>> batch_starts(65, 32).tolist(), batch_starts(66, 32).tolist()
    ([0, 32], [0, 32, 64])
    """
    starts = np.arange(0, n_images, batch_size)
    return starts[:-1] if len(starts) > 1 and n_images - starts[-1] == 1 else starts


def choose_batch_size_and_lr(batch_size, lr, n_images):
    """Choose a batch size that gives each epoch some steps, and the learning rate that fits it.

    A number is kept, and with it the rate. "auto" takes 32 for 768 images and more, 8 for 192 and
    fewer, so that an epoch of the sets in between has 24 batches.
    """
    if batch_size != "auto":
        return batch_size, lr
    batch_size = min(max(n_images // _STEPS_PER_EPOCH, MIN_BATCH_SIZE), MAX_BATCH_SIZE)
    return batch_size, lr * math.sqrt(batch_size / MAX_BATCH_SIZE)


def make_augmentation(augmentation):
    """Make the augmentation that a name stands for, or copy the one given; None stays."""
    if augmentation is None:
        return None
    if isinstance(augmentation, str):
        return _AUGMENTATIONS[augmentation]()
    augmentation._validate_params()
    return clone(augmentation)


def augmentations_of_epochs(augmentation, max_epochs, unwarped_fraction):
    """Return the augmentation of each epoch; towards the end all of it but the warps is left.

    >>> from skfer.augmentation import RandomAffine
    >>> from skfer.classifiers._batches import augmentations_of_epochs
    >>> [warp.rotation for warp in augmentations_of_epochs(RandomAffine(), 5, 0.4)]
    [2.5, 2.5, 2.5, 0.0, 0.0]
    """
    if augmentation is None:
        return None
    # 0.58 of 50 epochs are 29, though the product is 28.999999999999996.
    n_unwarped = int(round(unwarped_fraction * max_epochs, 9))
    n_warped = max_epochs - n_unwarped
    return [augmentation] * n_warped + [augmentation._without_warps()] * n_unwarped


def scale_to_unit(images):
    """Take uint8 images to float32 from 0 to 1; float images keep their range."""
    return images.float() / 255 if images.dtype == torch.uint8 else images.float()


def central_crop(images, size):
    """Cut the middle out of images (n_images, 1, height, width); odd margins are interpolated."""
    spare = [images.shape[2] - size[0], images.shape[3] - size[1]]
    if any(extra % 2 for extra in spare):
        shift = torch.eye(2, 3, dtype=torch.float64, device=images.device)
        shift[:, 2] = -torch.tensor(spare[::-1]) / 2
        return sample_affine(images, shift.expand(images.shape[0], 2, 3), size)
    top, left = (extra // 2 for extra in spare)
    return images[:, :, top : top + size[0], left : left + size[1]]

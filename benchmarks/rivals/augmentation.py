"""A random affine warp and mirroring of faces, with libraries of augmentation.

Each rotates, shifts, scales and mirrors by about as much as `RandomAffine` of skfer: they draw
evenly from a range, whose ends are twice the standard deviation there.
"""

import numpy as np

__all__ = ["with_albumentations", "with_kornia", "with_torchvision"]


def with_albumentations(images):
    """Return a function that warps image by image."""
    import albumentations
    import cv2

    cv2.setNumThreads(1)
    warp = albumentations.Compose(
        [
            albumentations.Affine(
                rotate=(-5, 5),
                translate_percent=(-0.03, 0.03),
                scale=(0.95, 1.05),
                border_mode=cv2.BORDER_REPLICATE,
            ),
            albumentations.HorizontalFlip(),
        ]
    )
    return lambda: np.stack([warp(image=image)["image"] for image in images])


def with_kornia(images, batch_size=128):
    """Return a function that warps batches, each face with a warp of its own."""
    import torch
    from kornia import augmentation

    warp = torch.nn.Sequential(
        augmentation.RandomAffine(5, (0.03, 0.03), (0.95, 1.05), padding_mode="border", p=1.0),
        augmentation.RandomHorizontalFlip(),
    )
    faces = torch.from_numpy(images)[:, None].split(batch_size)

    def run():
        with torch.inference_mode():
            return torch.cat([warp(batch.float() / 255) for batch in faces]).numpy()

    return run


def with_torchvision(images):
    """Return a function that warps image by image; a call draws one warp for all it is given."""
    import torch
    from torchvision.transforms import v2

    warp = v2.Compose([v2.RandomAffine(5, (0.03, 0.03), (0.95, 1.05)), v2.RandomHorizontalFlip()])
    faces = torch.from_numpy(images)[:, None]
    return lambda: torch.stack([warp(face) for face in faces]).numpy()

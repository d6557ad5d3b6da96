"""C-SPP trained by hand in plain PyTorch: what an expert would write for this one network."""

import math

import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["make_network", "train"]


class Contrast(nn.Module):
    """Local contrast over 7x7: Gaussian mean, deviation over the box."""

    def __init__(self):
        super().__init__()
        distance = torch.arange(-3.0, 4.0)
        weights = torch.exp(-(distance**2) / (2 * 1.4**2))
        self.register_buffer("row", (weights / weights.sum()).view(1, 1, 1, 7))

    def forward(self, images):
        """Normalize images of shape (n_images, 1, height, width)."""
        with torch.autocast(images.device.type, enabled=False):
            return self._normalize(images)

    def _normalize(self, images):
        images = images - images.mean(dim=(2, 3), keepdim=True)
        least = 0.05 * images.square().mean(dim=(2, 3), keepdim=True).sqrt()
        padded = F.pad(images, (3, 3, 3, 3), mode="replicate")
        mean = F.conv2d(F.conv2d(padded, self.row), self.row.transpose(2, 3))
        box = F.avg_pool2d(padded, 7, stride=1)
        square = F.avg_pool2d(padded.square(), 7, stride=1)
        deviation = (square - 2 * mean * box + mean.square()).clamp_min_(0).sqrt_()
        return (images - mean) / torch.maximum(deviation, least).clamp_min_(1e-12)


class Cspp(nn.Module):
    """The network of the C-SPP paper with batch normalization."""

    def __init__(self, n_classes=6):
        super().__init__()
        self.contrast = Contrast()
        # ReLU is monotone: after a pooling it gives the same maps and works on a quarter of them.
        self.low = nn.Sequential(
            *_convolve(1, 32, 3), nn.ReLU(inplace=True), *_convolve(32, 32, 3), *_shrink()
        )
        self.high = nn.Sequential(
            *_convolve(32, 64, 3),
            nn.ReLU(inplace=True),
            *_convolve(64, 64, 5),
            *_shrink(),
            *_convolve(64, 128, 3),
            nn.ReLU(inplace=True),
            *_convolve(128, 128, 3),
            *_shrink(),
        )
        self.classify = nn.Sequential(
            nn.Linear(14 * 160, 256),
            nn.ReLU(inplace=True),
            nn.Dropout(0.25),
            nn.Linear(256, n_classes),
        )

    def forward(self, images):
        """Compute class scores of images of shape (n_images, 1, 48, 48)."""
        low = self.low(self.contrast(images))
        # All cells of the 48x48 tap are unions of the 6x6 blocks of its halved maps.
        cells = _pyramid(F.max_pool2d(low, 4)) + _pyramid(self.high(low))
        return self.classify(torch.cat(cells, dim=1))


def _convolve(n_in, n_out, size):
    convolution = nn.Conv2d(n_in, n_out, size, padding=size // 2, bias=False)
    return convolution, nn.BatchNorm2d(n_out)


def _shrink():
    return nn.MaxPool2d(2), nn.ReLU(inplace=True)


def _pyramid(maps):
    quarters = F.max_pool2d(maps, 3)
    levels = F.max_pool2d(maps, 2), quarters, F.max_pool2d(quarters, 2)
    return [level.flatten(1) for level in levels]


def make_network():
    """Make the network in the memory format that convolutions of few maps like.

    Returns
    -------
    network : nn.Module
        C-SPP for six classes.
    """
    return Cspp().to(memory_format=torch.channels_last)


def train(images, labels, *, epochs=1, batch_size=32, device="cpu", precision="float32", seed=0):
    """Train C-SPP for some epochs.

    Parameters
    ----------
    images : ndarray of shape (n_images, 48, 48), dtype uint8
        The faces.
    labels : ndarray of shape (n_images,), dtype int64
        Class codes.
    epochs : int, default=1
        Passes over the faces.
    batch_size : int, default=32
        Faces in a batch.
    device : str, default="cpu"
        Where to train.
    precision : {"float32", "bfloat16"}, default="float32"
        Type of the products.
    seed : int, default=0
        Seed of torch.

    Returns
    -------
    network : nn.Module
        The trained network.
    """
    torch.manual_seed(seed)
    images = torch.from_numpy(images).to(device)
    labels = torch.from_numpy(labels).to(device)
    network = make_network().to(device).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02, fused=True)
    steps = epochs * -(-len(images) // batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.12)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images), device=device).split(batch_size):
            batch = _augment(images[chosen].unsqueeze(1).float().div_(255))
            with torch.autocast(device, torch.bfloat16, enabled=precision == "bfloat16"):
                scores = network(batch)
            loss = criterion(scores.float(), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
    return network


def _augment(images):
    draw = torch.randn(4, len(images), device=images.device)
    angle, size = draw[0] * math.radians(2.5), 1 / (1 + 0.025 * draw[1])
    cosine, sine = size * angle.cos(), size * angle.sin()
    mirror = 1 - 2 * torch.randint(0, 2, (len(images),), device=images.device)
    rows = [cosine * mirror, -sine, 0.03 * draw[2], sine * mirror, cosine, 0.03 * draw[3]]
    theta = torch.stack(rows, dim=1).view(-1, 2, 3)
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)

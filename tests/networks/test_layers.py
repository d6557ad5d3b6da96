import pytest
import torch
from torch.nn import functional as F

from skfer.networks import CSPPNet, LocalContrastNormalization, SpatialPyramidPooling
from skfer.networks._convolution import fuse_batch_norm


def test_pyramid_of_the_papers_figure():
    # Figure 5: non-overlapping maxima of a 6 x 6 map over 2 x 2, 3 x 3 and 6 x 6 pixels.
    maps = torch.arange(36.0).reshape(1, 1, 6, 6)
    expected = [7, 9, 11, 19, 21, 23, 31, 33, 35] + [14, 17, 32, 35] + [35]
    assert SpatialPyramidPooling((3, 2, 1))(maps).tolist() == [[float(value) for value in expected]]


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (7, 4), (48, 48)])
def test_any_size_gives_the_same_number_of_features(size):
    pooling = SpatialPyramidPooling((4, 2, 1))
    assert pooling(torch.rand(2, 3, *size)).shape == (2, 3 * pooling.n_cells)


@pytest.mark.parametrize("size", [(1, 1), (7, 4), (6, 6), (5, 48), (48, 24)])
@pytest.mark.parametrize(
    ("pooling", "adaptive"), [("max", F.adaptive_max_pool2d), ("average", F.adaptive_avg_pool2d)]
)
def test_cells_are_those_of_adaptive_pooling(size, pooling, adaptive):
    maps = torch.rand(2, 3, *size)
    expected = torch.cat([adaptive(maps, side).flatten(1) for side in (3, 2)], dim=1)
    torch.testing.assert_close(SpatialPyramidPooling((3, 2), pooling=pooling)(maps), expected)


def test_fused_batch_normalization_changes_nothing():
    net = CSPPNet()
    images = torch.rand(8, 1, 48, 48)
    for _ in range(3):
        net(images)  # gathers statistics
    net.eval()
    torch.testing.assert_close(fuse_batch_norm(net)(images), net(images))
    assert net.low_level.conv1.norm is not None


def test_local_contrast_keeps_its_digits_in_reduced_precision():
    images = torch.rand(2, 1, 24, 24) * 0.01 + 0.9
    layer = LocalContrastNormalization()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        reduced = layer(images)
    torch.testing.assert_close(reduced, layer(images))

import pytest
import torch
from torch.nn import functional as F

from skfer.networks import CSPPNet


def count(net):
    return sum(parameter.numel() for parameter in net.parameters())


def test_parameters_of_the_papers_network():
    # Weights and biases of the six convolutions, and of the layers over 14 x (32 + 128) features.
    trunk = 320 + 9_248 + 18_496 + 102_464 + 73_856 + 147_584
    head = (14 * 160 + 1) * 256 + (256 + 1) * 6
    assert count(CSPPNet(6, batch_norm=False)) == trunk + head


def test_feature_maps_of_the_paper():
    net = CSPPNet()
    low = net.low_level(torch.rand(1, 1, 48, 48))
    assert low.shape == (1, 32, 48, 48)
    assert net.high_level(low).shape == (1, 128, 6, 6)


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (5, 9), (96, 64)])
def test_any_image_size(size):
    assert CSPPNet(3).eval()(torch.rand(2, 1, *size)).shape == (2, 3)


def test_cross_connection_reaches_the_output():
    net = CSPPNet().eval()
    images = torch.rand(1, 1, 48, 48)
    with torch.no_grad():
        net.high_level.conv6.conv.weight.zero_()  # the deep branch sees nothing any more
        first, second = net(images), net(images.roll(12, dims=3))
    assert not torch.allclose(first, second)


@pytest.mark.parametrize(
    ("parameters", "n_features"),
    [
        ({}, 14 * (32 + 128)),
        ({"low_level_tap": "pool1"}, 14 * (32 + 128)),
        ({"low_level_tap": "conv4"}, 14 * (64 + 128)),
        ({"low_level_tap": "pool2", "low_level_bins": (6, 3)}, 45 * 64 + 14 * 128),
        ({"high_level_tap": "conv6", "high_level_bins": (4, 2, 1)}, 14 * 32 + 21 * 128),
        ({"pyramid_pooling": "average", "kernel_sizes": (5, 3)}, 14 * (32 + 128)),
        ({"branch_norm": "layer", "dropout_place": "both"}, 14 * (32 + 128)),
        ({"hidden_units": None}, 14 * (32 + 128)),
    ],
)
def test_open_questions_of_the_paper(parameters, n_features):
    net = CSPPNet(4, **parameters).eval()
    images = torch.rand(2, 1, 48, 48)
    features = net.features(images)
    assert features.shape == (2, n_features)
    torch.testing.assert_close(net(images), net.classify(features))


@pytest.mark.parametrize("size", [48, 44])  # 44 is no multiple of the cells of halved maps
@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("low_tap", ["conv2", "pool1", "conv4", "pool2"])
@pytest.mark.parametrize("high_tap", ["conv6", "pool3"])
def test_features_are_those_with_a_relu_after_each_convolution(size, pooling, low_tap, high_tap):
    net = CSPPNet(
        low_level_tap=low_tap, high_level_tap=high_tap, pyramid_pooling=pooling, batch_norm=False
    ).eval()
    images = torch.rand(3, 1, size, size)
    maps, seen = net.contrast(images), {}
    for name, layer in [*net.low_level.named_children(), *net.high_level.named_children()]:
        maps = (
            layer.conv(maps).relu()
            if name.startswith("conv")
            else F.max_pool2d(maps, 2, ceil_mode=True)
        )
        seen[name] = maps
    pyramids = [net.low_level_pyramid(seen[low_tap]), net.high_level_pyramid(seen[high_tap])]
    torch.testing.assert_close(net.features(images), torch.cat(pyramids, dim=1))


def test_order_of_the_kernels():
    net = CSPPNet(kernel_sizes=(5, 3))
    assert net.high_level.conv3.conv.kernel_size == (5, 5)
    assert net.high_level.conv4.conv.kernel_size == (3, 3)


def test_branches_of_unit_length():
    features = CSPPNet(branch_norm="l2").eval().features(torch.rand(2, 1, 48, 48))
    for branch in features.split([14 * 32, 14 * 128], dim=1):
        torch.testing.assert_close(branch.norm(dim=1), torch.ones(2))


@pytest.mark.parametrize(
    ("parameters", "n_dropped"),
    [({}, 0), ({"dropout_place": "features"}, 1), ({"hidden_units": None}, 1)],
)
def test_place_of_the_dropout(parameters, n_dropped):
    net = CSPPNet(dropout=0.9, **parameters)
    drops = [layer for layer in net.modules() if isinstance(layer, torch.nn.Dropout)]
    assert sum(layer.p == 0.9 for layer in drops) == 1
    features = net.features(torch.rand(2, 1, 48, 48))
    assert bool((features == 0).float().mean() > 0.8) == bool(n_dropped)


@pytest.mark.parametrize(
    "parameters",
    [{"low_level_tap": "conv1"}, {"branch_norm": "batch"}, {"low_level_bins": (3, 0)}]
    + [{"pyramid_pooling": "min"}, {"dropout_place": "input"}, {"high_level_tap": "conv5"}],
)
def test_unknown_options_are_refused(parameters):
    (value,) = parameters.values()
    with pytest.raises(ValueError, match="expected one") as error:
        CSPPNet(**parameters)
    assert repr(value) in str(error.value)


def test_it_prints_as_the_figure():
    lines = [line.strip() for line in str(CSPPNet(batch_norm=False)).splitlines()]
    assert "(conv1): Convolution 3x3, 1 -> 32, same, ReLU" in lines
    assert "(conv4): Convolution 5x5, 64 -> 64, same" in lines  # its ReLU follows the pooling
    assert "(high_level_pyramid): SpatialPyramidPooling(bins=(3, 2, 1), pooling='max')" in lines

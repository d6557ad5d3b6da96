"""The networks that the paper compares with, and those of other papers."""

import pytest
import torch

from skfer.networks import (
    DeXpressionNet,
    LopesNet,
    MollahosseiniNet,
    Plain5Net,
    Plain7Net,
    Plain8Net,
    SongNet,
)

BASELINE = LopesNet, {"image_size": (48, 48), "padding": "same"}


def count(net):
    return sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize(
    ("network", "parameters", "convolutions", "places"),
    [
        (LopesNet, {}, (832, 100_416), 4 * 4 * 64),
        (*BASELINE, (832, 100_416), 12 * 12 * 64),
        (Plain5Net, {}, (320, 9_248, 18_496, 102_464), 12 * 12 * 64),
        (Plain7Net, {}, (320, 9_248, 18_496, 102_464, 73_856, 147_584), 6 * 6 * 128),
        (Plain8Net, {}, (320, 9_248, 18_496, 36_928, 36_928, 73_856, 147_584), 6 * 6 * 128),
    ],
)
def test_parameters(network, parameters, convolutions, places):
    net = network(6, batch_norm=False, **parameters)
    assert tuple(count(layer) for name, layer in net.trunk.named_children() if "conv" in name) == (
        convolutions
    )
    assert count(net) == sum(convolutions) + (places + 1) * 256 + 257 * 6


@pytest.mark.parametrize(
    ("network", "parameters", "sizes"),
    [
        (LopesNet, {}, {"conv1": (32, 28), "pool1": (32, 14), "conv2": (64, 8), "pool2": (64, 4)}),
        (*BASELINE, {"conv1": (32, 48), "pool1": (32, 24), "conv2": (64, 24), "pool2": (64, 12)}),
        (Plain7Net, {}, {"conv2": (32, 48), "conv4": (64, 24), "pool3": (128, 6)}),
        (Plain8Net, {}, {"conv5": (64, 24), "conv7": (128, 12), "pool3": (128, 6)}),
    ],
)
def test_feature_maps(network, parameters, sizes):
    net = network(**parameters).eval()
    seen = {}
    for name, layer in net.trunk.named_children():
        layer.register_forward_hook(
            lambda layer, images, maps, name=name: seen.update({name: tuple(maps.shape[1:])})
        )
    size = 32 if network is LopesNet and not parameters else 48
    net(torch.rand(1, 1, size, size))
    assert {name: seen[name] for name in sizes} == {
        name: (n_maps, width, width) for name, (n_maps, width) in sizes.items()
    }


def test_what_is_too_small_is_refused():
    with pytest.raises(ValueError, match=r"image_size=\(8, 8\) is too small"):
        LopesNet(image_size=(8, 8))


@pytest.mark.parametrize("initialization", ["glorot", "truncated-normal"])
def test_initialization(initialization):
    torch.manual_seed(0)
    weight = Plain7Net(initialization=initialization).trunk.conv6.conv.weight
    variance = 2 / (2 * 128 * 9) if initialization == "glorot" else 0.1**2 * 0.774
    assert weight.var().item() == pytest.approx(variance, rel=0.02)
    with pytest.raises(ValueError, match="initialization='he'"):
        Plain7Net(initialization="he")


def test_inception_has_googlenets_widths():
    net = MollahosseiniNet(6)
    # Weights and biases of GoogLeNet's modules 3a, 3b and 4a.
    assert count(net.trunk.inception3a) == 163_696
    assert count(net.trunk.inception3b) == 388_736
    assert count(net.trunk.inception4a) == 376_176
    assert count(net.classify) == (512 + 1) * 4096 + (4096 + 1) * 1024 + (1024 + 1) * 6
    maps = net.trunk(torch.rand(1, 1, 48, 48))
    assert maps.shape == (1, 512, 1, 1)


def test_inception_without_the_stride():
    net = MollahosseiniNet(6, stem_stride=1).eval()
    assert net.trunk(torch.rand(1, 1, 48, 48)).shape == (1, 512, 3, 3)
    assert net(torch.rand(1, 1, 48, 48)).shape == (1, 6)


@pytest.mark.parametrize("n_classes", [6, 7])
def test_dexpression_has_the_published_maps(n_classes):
    net = DeXpressionNet(n_classes)
    maps = net.trunk.norm1(net.trunk.pool1(net.trunk.conv1(torch.rand(1, 1, 224, 224))))
    assert maps.shape == (1, 64, 56, 56)
    maps = net.trunk.block1(maps)
    assert maps.shape == (1, 272, 28, 28)
    assert net.trunk.block2(maps).shape == (1, 272, 14, 14)
    convolutions = 3_200 + 6_240 + 179_920 + 4_160 + 26_208 + 179_920 + 17_472
    assert count(net) == convolutions + (272 * 14 * 14 + 1) * n_classes


def test_song_has_the_published_layers_and_units():
    net = SongNet(6).eval()
    layers = [m for m in net.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    units = []
    for layer in layers:
        layer.register_forward_hook(lambda _, inputs, output: units.append(output[0].numel()))
    assert net(torch.rand(1, 1, 48, 48)).shape == (1, 6)
    assert units == [16 * 48 * 48, 32 * 24 * 24, 64 * 12 * 12, 512, 6]
    assert round(sum(units) / 1000) == 65
    assert count(net) == 416 + 12_832 + 51_264 + (64 * 6 * 6 + 1) * 512 + 513 * 6


@pytest.mark.parametrize("size", [(48, 48), (96, 96), (20, 33), (1, 1)])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_song_takes_images_of_any_size(size, batch_norm):
    net = SongNet(4, image_size=size, batch_norm=batch_norm, contrast_window=7).eval()
    images = torch.rand(2, 1, *size)
    assert net(images).shape == (2, 4)
    torch.testing.assert_close(net(images), net.classify(net.features(images)))
    assert len([m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]) == 3 * batch_norm

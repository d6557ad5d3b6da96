"""The networks of other papers."""

import pytest
import torch

from skfer.networks import DeXpressionNet, MollahosseiniNet


def count(net):
    return sum(parameter.numel() for parameter in net.parameters())


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

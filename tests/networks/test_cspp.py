import pytest
import torch

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

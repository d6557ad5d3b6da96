"""Networks that are trained in no time, with the parameters of those of the paper."""

from tests.small_network import SmallNetwork


class TinyNetwork(SmallNetwork):
    def __init__(self, n_classes, *, image_size=None, padding=None, batch_norm=None):
        super().__init__(n_classes, contrast_window=None)

"""Networks that are trained in no time, with the parameters of those of the paper."""

from tests.small_network import SmallNetwork


class TinyNetwork(SmallNetwork):
    def __init__(self, n_classes, *, image_size=None, padding=None, batch_norm=None):
        super().__init__(n_classes, contrast_window=None)


# One class each, since equal networks share the folds that are kept.
class Lopes(TinyNetwork):
    pass


class Plain5(TinyNetwork):
    pass


class Plain7(TinyNetwork):
    pass


class Plain8(TinyNetwork):
    pass


class CSPP(TinyNetwork):
    pass


class Mollahosseini(TinyNetwork):
    pass


TINY_NETWORKS = {
    "lopes": Lopes,
    "plain5": Plain5,
    "plain7": Plain7,
    "plain8": Plain8,
    "cspp": CSPP,
    "mollahosseini": Mollahosseini,
}

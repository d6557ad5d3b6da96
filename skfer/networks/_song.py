"""The smartphone network of Song et al."""

from skfer._typing import Shape
from skfer.networks._plain import PlainNet


class SongNet(PlainNet):
    """Small network in the manner of Song et al.

    Three convolutions of 5x5, each followed by a pooling, a hidden layer with dropout, and the
    output: five layers of 65,030 units in all for six classes (Song et al. 2014 [1]_).

    Parameters
    ----------
    n_classes : int, default=6
        Number of expressions.
    image_size : tuple of (int, int), default=(48, 48)
        Height and width of the images; the hidden layer is connected to each of their places.
    contrast_window : int or None, default=None
        Width of a local contrast normalization in front of the network, in pixels; None for none.
    batch_norm : bool, default=False
        Batch normalization after each convolution.
    dropout : float, default=0.5
        Share of the hidden units dropped in training.
    hidden_units : int, default=512
        Width of the hidden layer.

    Notes
    -----
    According to the abstract of [1]_, the network has five layers and 65 thousand units, and
    dropout and warped training images reduce overfitting. The rest is a guess: the
    kernels, the numbers of maps, the size of the images and the width of the hidden layer, chosen
    to give that number of units. Its published 99.2 % on CK+ is of five classes; as far as
    we know, the folds were not by subject.

    References
    ----------
    .. [1] Song et al. (2014). Deep learning for real-time robust facial expression recognition on a
       smartphone. ICCE, 564-567.

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import SongNet
    >>> net = SongNet()
    >>> net.features(torch.rand(2, 1, 48, 48)).shape, net(torch.rand(2, 1, 48, 48)).shape
    (torch.Size([2, 2304]), torch.Size([2, 6]))
    """

    _stages = ((16, (5,)), (32, (5,)), (64, (5,)))

    def __init__(
        self,
        n_classes: int = 6,
        *,
        image_size: Shape = (48, 48),
        contrast_window: int | None = None,
        batch_norm: bool = False,
        dropout: float = 0.5,
        hidden_units: int = 512,
    ):
        super().__init__(
            n_classes,
            image_size=image_size,
            contrast_window=contrast_window,
            batch_norm=batch_norm,
            dropout=dropout,
            hidden_units=hidden_units,
        )

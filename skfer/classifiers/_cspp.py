"""CSPPClassifier: the C-SPP network as a scikit-learn classifier."""

from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import Interval

from skfer.classifiers._base import BaseNetworkClassifier
from skfer.networks import CSPPNet

__all__ = ["CSPPClassifier"]


class CSPPClassifier(BaseNetworkClassifier):
    """Expression classifier with cross-connection and spatial pyramid pooling (C-SPP).

    The network is :class:`skfer.networks.CSPPNet`; skorch trains it. The training faces lie on
    the device, and each batch draws a fresh rotation, shift, scale and mirroring for each of its
    faces. Nothing is held out behind the user's back: all images given to ``fit`` are trained on
    for `max_epochs` epochs.

    Parameters
    ----------
    lr : float, default=2e-3
        Learning rate; with a one-cycle schedule its peak. `batch_size` "auto" takes it for batches
        of 32 and scales it by the square root of the batch size, the rule for adaptive optimizers
        (Malladi et al. 2022 [2]_).
    max_epochs : int, default=30
        Passes over the training images.
    batch_size : int or "auto", default="auto"
        Images in a training batch. ``"auto"`` takes 32, and on fewer than 768 images, which would
        give few steps an epoch, ``n_images // 24``, but not below 8.
    optimizer : callable, default=torch.optim.AdamW
        Optimizer class of torch; a ``functools.partial`` sets what has no parameter here.
    optimizer__weight_decay : float or None, default=0.02
        Weight decay of the optimizer.
    optimizer__momentum : float or None, default=None
        Momentum of the optimizer, for those that have one.
    schedule : {"one-cycle"} or None, default="one-cycle"
        Course of the learning rate over the batches, and of the momentum where none is given
        (``torch.optim.lr_scheduler.OneCycleLR``); None keeps both constant.
    true_class_probability : float, default=0.9
        Target probability of the true class; the others share the rest (Li et al. 2019 [1]_,
        section 3.2). 1 switches label smoothing off.
    contrast_window : int or None, default=7
        Width in pixels of the local contrast normalization inside the network; None after an
        :class:`~skfer.preprocessing.IntensityNormalizer`.
    batch_norm : bool, default=True
        Batch normalization after each convolution.
    dropout : float, default=0.5
        Share of the hidden units dropped in training.
    augmentation : {"affine"} or None, default="affine"
        Warps of the training faces; None after a sampler that augments.
    rotation : float, default=5.0
        Standard deviation of the angle in degrees.
    translation : float, default=0.03
        Standard deviation of the shift along each axis, as a fraction of the input size.
    scaling : float, default=0.05
        Standard deviation of the relative change of size.
    flip : bool, default=True
        Mirror half of the training faces.
    input_size : tuple of (int, int), default=None
        Height and width seen by the network, the centre of the images. Margins around it keep
        the warps from running out of the picture. None takes the whole images.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.
    callbacks : list of skorch callbacks, default=None
        Fired by skorch's training loop; copied before each fit. Those that were fired are in
        ``net_.callbacks_``.
    device : str, default="auto"
        ``"auto"`` takes CUDA where there is one, else the CPU.
    random_state : int, RandomState instance or None, default=None
        Seed of weights, order, warps and dropout.
    verbose : int, default=0
        1 prints a line an epoch.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    net_ : skorch.NeuralNetClassifier
        The trained net; its ``history`` holds the course of the training.
    image_shape_ : tuple of (int, int)
        Height and width of the images.
    n_features_in_ : int
        Number of pixels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP.
       https://doi.org/10.1145/3317640.3317662
    .. [2] Malladi et al. (2022). On the SDEs and scaling rules for adaptive gradient algorithms.
       NeurIPS.

    Examples
    --------
    >>> from sklearn.model_selection import GroupKFold, cross_val_score
    >>> from skfer.classifiers import CSPPClassifier
    >>> from skfer.datasets import make_faces
    >>> X, y, subjects = make_faces(
    ...     4, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True
    ... )
    >>> classifier = CSPPClassifier(max_epochs=2, random_state=0)
    >>> cross_val_score(classifier, X, y, groups=subjects, cv=GroupKFold(2)).shape
    (2,)
    """

    _parameter_constraints: dict = {
        **BaseNetworkClassifier._parameter_constraints,
        "contrast_window": [Interval(Integral, 3, None, closed="left"), None],
        "batch_norm": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        *,
        lr=2e-3,
        max_epochs=30,
        batch_size="auto",
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=0.02,
        optimizer__momentum=None,
        schedule="one-cycle",
        true_class_probability=0.9,
        contrast_window=7,
        batch_norm=True,
        dropout=0.5,
        augmentation="affine",
        rotation=5.0,
        translation=0.03,
        scaling=0.05,
        flip=True,
        input_size=None,
        image_shape=None,
        callbacks=None,
        device="auto",
        random_state=None,
        verbose=0,
    ):
        self.lr = lr
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.optimizer__weight_decay = optimizer__weight_decay
        self.optimizer__momentum = optimizer__momentum
        self.schedule = schedule
        self.true_class_probability = true_class_probability
        self.contrast_window = contrast_window
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.augmentation = augmentation
        self.rotation = rotation
        self.translation = translation
        self.scaling = scaling
        self.flip = flip
        self.input_size = input_size
        self.image_shape = image_shape
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    def _build_network(self, n_classes):
        return CSPPNet(
            n_classes,
            contrast_window=self.contrast_window,
            batch_norm=self.batch_norm,
            dropout=self.dropout,
        )

"""CSPPClassifier: the C-SPP network as a scikit-learn classifier."""

from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import Interval, StrOptions

from skfer.classifiers._base import BaseNetworkClassifier
from skfer.classifiers._parameters import document_training
from skfer.networks import CSPPNet

__all__ = ["CSPPClassifier"]


@document_training
class CSPPClassifier(BaseNetworkClassifier):
    """Expression classifier with cross-connection and spatial pyramid pooling (C-SPP).

    The network is :class:`skfer.networks.CSPPNet`; skorch trains it. The training faces lie on
    the device, and each batch draws a fresh rotation, shift, scale and mirroring for each of its
    faces. Nothing is held out behind the user's back: all images given to ``fit`` are trained on
    for `max_epochs` epochs. Further parameters of the network are reached through
    ``NetworkClassifier(CSPPNet, network__...)``.

    Parameters
    ----------
    contrast_window : int or None, default=7
        Width in pixels of the local contrast normalization inside the network; None after an
        :class:`~skfer.preprocessing.IntensityNormalizer`.
    batch_norm : bool, default=True
        Batch normalization after each convolution.
    dropout : float, default=0.5
        Share of the hidden units dropped in training.
    hidden_units : int or None, default=256
        Width of the hidden layer; None for none.
    low_level_tap : {"conv2", "pool1", "conv4", "pool2"}, default="conv2"
        Layer whose maps the cross-connection takes.
    low_level_bins, high_level_bins : tuple of int, default=(3, 2, 1)
        Cells on a side for each level of the two pyramids.
    %(training)s

    %(fitted)s

    See Also
    --------
    NetworkClassifier : The same for any network.

    %(references)s

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
        "hidden_units": [Interval(Integral, 1, None, closed="left"), None],
        "low_level_tap": [StrOptions({"conv2", "pool1", "conv4", "pool2"})],
        "low_level_bins": [tuple, list],
        "high_level_bins": [tuple, list],
    }

    def __init__(
        self,
        *,
        contrast_window=7,
        batch_norm=True,
        dropout=0.5,
        hidden_units=256,
        low_level_tap="conv2",
        low_level_bins=(3, 2, 1),
        high_level_bins=(3, 2, 1),
        lr=2e-3,
        max_epochs=30,
        batch_size="auto",
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=0.02,
        optimizer__momentum=None,
        schedule="one-cycle",
        true_class_probability=0.9,
        class_weight=None,
        augmentation="affine",
        rotation=5.0,
        translation=0.03,
        scaling=0.05,
        eye_sigma=0.03,
        flip=True,
        brightness=0.0,
        test_time_flip=False,
        input_size=None,
        image_shape=None,
        validation_fraction=None,
        patience=None,
        precision="auto",
        compile=False,
        callbacks=None,
        device="auto",
        random_state=None,
        verbose=0,
    ):
        super().__init__(
            lr=lr,
            max_epochs=max_epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            optimizer__weight_decay=optimizer__weight_decay,
            optimizer__momentum=optimizer__momentum,
            schedule=schedule,
            true_class_probability=true_class_probability,
            class_weight=class_weight,
            augmentation=augmentation,
            rotation=rotation,
            translation=translation,
            scaling=scaling,
            eye_sigma=eye_sigma,
            flip=flip,
            brightness=brightness,
            test_time_flip=test_time_flip,
            input_size=input_size,
            image_shape=image_shape,
            validation_fraction=validation_fraction,
            patience=patience,
            precision=precision,
            compile=compile,
            callbacks=callbacks,
            device=device,
            random_state=random_state,
            verbose=verbose,
        )
        self.contrast_window = contrast_window
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.hidden_units = hidden_units
        self.low_level_tap = low_level_tap
        self.low_level_bins = low_level_bins
        self.high_level_bins = high_level_bins

    def _build_network(self, n_classes):
        return CSPPNet(
            n_classes,
            contrast_window=self.contrast_window,
            batch_norm=self.batch_norm,
            dropout=self.dropout,
            hidden_units=self.hidden_units,
            low_level_tap=self.low_level_tap,
            low_level_bins=self.low_level_bins,
            high_level_bins=self.high_level_bins,
        )

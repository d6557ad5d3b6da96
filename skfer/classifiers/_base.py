"""What every classifier over a network shares: labels, seed, device and the skorch net."""

import math
from abc import ABC, abstractmethod
from copy import deepcopy
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils._param_validation import Hidden, Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler

from skfer.classifiers._batches import (
    MAX_BATCH_SIZE,
    DeviceBatches,
    batch_starts,
    choose_batch_size,
)
from skfer.utils.torch_runtime import resolve_device, seeded
from skfer.utils.validation import check_images

__all__ = ["BaseNetworkClassifier"]

_PREDICTION_BATCH = 128


class BaseNetworkClassifier(ClassifierMixin, BaseEstimator, ABC):
    """Base of the classifiers that train a network with skorch.

    A subclass lists all parameters in its constructor and writes ``_build_network(n_classes)``.
    Parameters that begin with ``optimizer__`` go to the optimizer, as in skorch, unless None.
    """

    _parameter_constraints: dict = {
        "lr": [Interval(Real, 0, None, closed="neither")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "optimizer": [callable],
        "optimizer__weight_decay": [Interval(Real, 0, None, closed="left"), None],
        "optimizer__momentum": [Interval(Real, 0, None, closed="left"), None],
        "schedule": [StrOptions({"one-cycle"}), None],
        "true_class_probability": [Interval(Real, 0, 1, closed="right")],
        "augmentation": [StrOptions({"affine"}), None],
        "rotation": [Interval(Real, 0, None, closed="left")],
        "translation": [Interval(Real, 0, None, closed="left")],
        "scaling": [Interval(Real, 0, None, closed="left")],
        "flip": ["boolean"],
        "input_size": [tuple, list, None],
        "image_shape": [tuple, list, None],
        "callbacks": [list, None],
        "device": [str, Hidden(torch.device)],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array; uint8, or float of any range.
        y : array-like of shape (n_images,)
            Labels of any kind.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If there is one image only, `input_size` exceeds the images, or `device` is not there.
        """
        images, y = check_images(self, X, y)
        check_classification_targets(y)
        if len(y) < 2:
            raise ValueError(f"{type(self).__name__} cannot be trained on 1 sample.")
        self._check_input_size()
        device = resolve_device(self.device)
        self.classes_, codes = np.unique(y, return_inverse=True)
        with seeded(self.random_state, device) as seed:
            self.net_ = self._build_net(len(codes), device, seed)
            self.net_.fit(images.pixels, codes.astype(np.int64))
        return self

    def predict_proba(self, X):
        """Estimate the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces.

        Returns
        -------
        probabilities : ndarray of shape (n_images, n_classes), dtype float32
            In the order of ``classes_``; rows sum to one.
        """
        check_is_fitted(self)
        images = check_images(self, X, reset=False)
        scores = self.net_.forward(images.pixels)[:, : len(self.classes_)]
        return torch.softmax(scores, dim=1).cpu().numpy()

    def predict(self, X):
        """Name the most probable class.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces.

        Returns
        -------
        labels : ndarray of shape (n_images,)
            Labels as they were given to ``fit``.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    @abstractmethod
    def _build_network(self, n_classes):
        """Make a fresh network with `n_classes` outputs."""

    def _build_net(self, n_images, device, seed):
        n_outputs = max(2, len(self.classes_))  # cross-entropy needs two, even for one class
        smoothing = (1 - self.true_class_probability) * n_outputs / (n_outputs - 1)
        batch_size, lr = self._choose_batch_size_and_lr(n_images)
        batches = {"device": device, "input_size": self.input_size}
        return NeuralNetClassifier(
            self._build_network(n_outputs),
            criterion=torch.nn.CrossEntropyLoss,
            criterion__label_smoothing=smoothing,
            optimizer=self.optimizer,
            lr=lr,
            max_epochs=self.max_epochs,
            batch_size=batch_size,
            train_split=None,
            iterator_train=DeviceBatches,
            iterator_train__shuffle=True,
            iterator_train__augmentation=self._augmentation_parameters(),
            iterator_train__seed=seed,
            iterator_valid=DeviceBatches,
            iterator_valid__batch_size=_PREDICTION_BATCH,
            **{f"iterator_train__{name}": value for name, value in batches.items()},
            **{f"iterator_valid__{name}": value for name, value in batches.items()},
            **self._optimizer_parameters(),
            callbacks=self._build_callbacks(batch_starts(n_images, batch_size).size, lr),
            device=device,
            verbose=int(self.verbose),
        )

    def _choose_batch_size_and_lr(self, n_images):
        if self.batch_size != "auto":
            return self.batch_size, self.lr
        batch_size = choose_batch_size(n_images)
        return batch_size, self.lr * math.sqrt(batch_size / MAX_BATCH_SIZE)

    def _build_callbacks(self, n_batches, lr):
        # Copied, because skorch fires the callback objects themselves, and they gather state.
        callbacks = deepcopy(self.callbacks or [])
        if self.schedule == "one-cycle":
            schedule = LRScheduler(
                torch.optim.lr_scheduler.OneCycleLR,
                max_lr=lr,
                total_steps=self.max_epochs * n_batches,
                step_every="batch",
                cycle_momentum=self.optimizer__momentum is None,
            )
            callbacks.append(("schedule", schedule))
        return callbacks

    def _augmentation_parameters(self):
        if self.augmentation is None:
            return None
        names = ("rotation", "translation", "scaling", "flip")
        return {name: getattr(self, name) for name in names}

    def _check_input_size(self):
        size = self.input_size
        if size is not None and any(a > b for a, b in zip(size, self.image_shape_, strict=True)):
            raise ValueError(
                f"input_size={tuple(size)} exceeds the images, which are {self.image_shape_}."
            )

    def _optimizer_parameters(self):
        names = (name for name in self._get_param_names() if name.startswith("optimizer__"))
        given = {name: getattr(self, name) for name in names}
        return {name: value for name, value in given.items() if value is not None}

    def set_params(self, **params):
        """Set parameters, those of the optimizer included.

        Parameters
        ----------
        **params : dict
            Names and values.

        Returns
        -------
        self : object
            The classifier.
        """
        # scikit-learn would take `optimizer__momentum` for a parameter of a nested estimator.
        for name in [name for name in params if "__" in name]:
            if name not in self._get_param_names():
                raise ValueError(f"Invalid parameter {name!r} for estimator {self}.")
            setattr(self, name, params.pop(name))
        return super().set_params(**params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        return tags

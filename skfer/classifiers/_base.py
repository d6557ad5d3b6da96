"""What every classifier over a network shares: labels, seed, device and the skorch net."""

from abc import ABC, abstractmethod
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils._param_validation import Hidden, Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted
from skorch.dataset import Dataset
from skorch.helper import predefined_split

from skfer.classifiers._augmentation import eyes_of_crops
from skfer.classifiers._batches import (
    DeviceBatches,
    batch_starts,
    choose_batch_size_and_lr,
)
from skfer.classifiers._callbacks import cycles_momentum, make_callbacks
from skfer.classifiers._net import ExpressionNet, label_smoothing, memory_advice
from skfer.classifiers._validation import hold_out_subjects
from skfer.classifiers._weights import image_weights
from skfer.networks._convolution import fuse_batch_norm
from skfer.utils import check_images
from skfer.utils._torch_runtime import resolve_device, resolve_precision, seeded

__all__ = ["BaseNetworkClassifier"]


class BaseNetworkClassifier(
    ClassNamePrefixFeaturesOutMixin, ClassifierMixin, TransformerMixin, BaseEstimator, ABC
):
    """Base of the classifiers that train a network with skorch.

    A subclass lists all parameters in its constructor, hands those of the training on to this
    one, and writes ``_build_network(n_classes)``. Parameters that begin with
    ``optimizer__`` go to the optimizer, as in skorch, unless None.
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
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "augmentation": [StrOptions({"affine", "eye-jitter"}), None],
        "rotation": [Interval(Real, 0, None, closed="left")],
        "translation": [Interval(Real, 0, None, closed="left")],
        "scaling": [Interval(Real, 0, None, closed="left")],
        "eye_sigma": [Interval(Real, 0, None, closed="left")],
        "flip": ["boolean"],
        "brightness": [Interval(Real, 0, None, closed="left")],
        "test_time_flip": ["boolean"],
        "input_size": [tuple, list, None],
        "image_shape": [tuple, list, None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "compile": ["boolean"],
        "callbacks": [list, None],
        "device": [str, Hidden(torch.device)],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    # Subjects ride in the face array; behind a sampler, groups would not fit the faces any more.
    __metadata_request__fit = {"groups": False}

    def __init__(
        self,
        *,
        lr,
        max_epochs,
        batch_size,
        optimizer,
        optimizer__weight_decay,
        optimizer__momentum,
        schedule,
        true_class_probability,
        class_weight,
        augmentation,
        rotation,
        translation,
        scaling,
        eye_sigma,
        flip,
        brightness,
        test_time_flip,
        input_size,
        image_shape,
        validation_fraction,
        patience,
        precision,
        compile,
        callbacks,
        device,
        random_state,
        verbose,
    ):
        self.lr = lr
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.optimizer__weight_decay = optimizer__weight_decay
        self.optimizer__momentum = optimizer__momentum
        self.schedule = schedule
        self.true_class_probability = true_class_probability
        self.class_weight = class_weight
        self.augmentation = augmentation
        self.rotation = rotation
        self.translation = translation
        self.scaling = scaling
        self.eye_sigma = eye_sigma
        self.flip = flip
        self.brightness = brightness
        self.test_time_flip = test_time_flip
        self.input_size = input_size
        self.image_shape = image_shape
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.precision = precision
        self.compile = compile
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array; uint8, or float of any range.
        y : array-like of shape (n_images,)
            Labels of any kind.
        sample_weight : array-like of shape (n_images,), default=None
            Weights of the images in the loss; only their ratios count.
        groups : array-like of shape (n_images,), default=None
            Subjects, for `validation_fraction`; None takes those of the face array.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If there is one image only, `input_size` exceeds the images, `device` is not there, or
            subjects are to be held out and unknown.
        MemoryError
            If the device cannot hold a batch.
        """
        for name in ("net_", "validation_subjects_"):  # would outlive a fit that fails
            vars(self).pop(name, None)
        batch = check_images(self, X, y)
        y = batch.y
        check_classification_targets(y)
        if len(y) < 2:
            raise ValueError(f"{type(self).__name__} cannot be trained on 1 sample.")
        self._check_input_size()
        if self.patience is not None and self.validation_fraction is None:
            raise ValueError("patience waits for a validation loss; give validation_fraction too.")
        device = resolve_device(self.device)
        self.classes_, codes = np.unique(y, return_inverse=True)
        with seeded(self.random_state, device) as seed:
            rows, validation_split = np.arange(len(y)), None
            if self.validation_fraction is not None:
                rows, held_out, self.validation_subjects_ = hold_out_subjects(
                    batch.faces, y, groups, self.validation_fraction, seed
                )
                validation_split = predefined_split(
                    Dataset(batch.images[held_out], codes[held_out])
                )
            data = self._training_data(batch, y, sample_weight, rows)
            net = self._build_net(len(rows), device, seed, validation_split)
            with memory_advice("training", net.batch_size):
                net.fit(data if len(data) > 1 else data["images"], codes[rows].astype(np.int64))
        net.module_.eval()
        net.train_split = None  # holds the faces for validation, which no pickle shall carry
        self.net_ = net
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
        return self._apply(X, self._batch_probabilities)

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

    def transform(self, X):
        """Compute what the classifying layers of the network see.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces.

        Returns
        -------
        features : ndarray of shape (n_images, n_features), dtype float32
            For C-SPP the joined pyramids.

        Raises
        ------
        AttributeError
            If the network has no method ``features``.
        """
        check_is_fitted(self)
        if not hasattr(self.net_.network, "features"):
            name = type(self.net_.network).__name__
            raise AttributeError(f"transform needs a network with features(); {name} has none.")
        return self._apply(X, lambda network, images: network.features(images).float())

    @property
    def history_(self):
        """Course of the training, one row an epoch."""
        check_is_fitted(self)
        return self.net_.history_table()

    @property
    def _n_features_out(self):
        image = torch.zeros(1, 1, *self._size_seen(), device=self.net_.device)
        with torch.inference_mode():
            return self.net_.network.features(image).shape[1]

    @abstractmethod
    def _build_network(self, n_classes):
        """Make a fresh network with `n_classes` outputs."""

    def _apply(self, X, function):
        check_is_fitted(self)
        batch = check_images(self, X, reset=False)
        net = self.net_
        network = net.module_ if net.compile else fuse_batch_norm(net.network)
        batches = net.get_iterator(net.get_dataset(batch.images), training=False)
        with memory_advice("predicting", batches.batch_size), torch.inference_mode():
            with net.autocast():
                results = [function(network, images).cpu().numpy() for images, _ in batches]
        return np.concatenate(results)

    def _batch_probabilities(self, network, images):
        n_classes = len(self.classes_)
        views = [images, images.flip(3)] if self.test_time_flip else [images]
        scores = [network(view)[:, :n_classes].float() for view in views]
        return torch.stack(scores).softmax(dim=2).mean(dim=0)

    def _training_data(self, batch, y, sample_weight, rows):
        everything = len(rows) == len(y)  # then there is no need for a copy
        data = {"images": batch.images if everything else batch.images[rows]}
        if self.augmentation == "eye-jitter":
            data["eyes"] = eyes_of_crops(batch, self._size_seen())[rows]
        weights = image_weights(y, sample_weight, self.class_weight, rows)
        if weights is not None:
            data["sample_weight"] = weights
        return data

    def _size_seen(self):
        return tuple(self.input_size or self.image_shape_)

    def _build_net(self, n_images, device, seed, validation_split=None):
        n_outputs = max(2, len(self.classes_))  # cross-entropy needs two, even for one class
        smoothing = label_smoothing(self.true_class_probability, n_outputs)
        batch_size, lr = choose_batch_size_and_lr(self.batch_size, self.lr, n_images)
        return ExpressionNet(
            # Convolutions of few maps are faster with the maps innermost.
            self._build_network(n_outputs).to(memory_format=torch.channels_last),
            precision=resolve_precision(self.precision, device),
            criterion=torch.nn.CrossEntropyLoss,
            criterion__label_smoothing=smoothing,
            optimizer=self.optimizer,
            lr=lr,
            max_epochs=self.max_epochs,
            batch_size=batch_size,
            train_split=validation_split,
            iterator_train=DeviceBatches,
            iterator_train__shuffle=True,
            iterator_train__augmentation=self._augmentation_parameters(),
            iterator_train__seed=seed,
            iterator_train__input_size=self.input_size,
            iterator_valid=DeviceBatches,
            iterator_valid__input_size=self.input_size,
            **self._optimizer_parameters(),
            callbacks=self._build_callbacks(batch_starts(n_images, batch_size).size, lr),
            compile=self.compile,
            device=device,
            verbose=int(self.verbose),
        )

    def _build_callbacks(self, n_batches, lr):
        one_cycle = {
            "max_lr": lr,
            "total_steps": self.max_epochs * n_batches,
            "cycle_momentum": cycles_momentum(self.optimizer, self._optimizer_parameters()),
        }
        validates = self.validation_fraction is not None
        return make_callbacks(
            self.callbacks,
            one_cycle=one_cycle if self.schedule == "one-cycle" else None,
            patience=self.patience or self.max_epochs if validates else None,
            progress=self.verbose > 1,
        )

    def _augmentation_parameters(self):
        if self.augmentation is None:
            return None
        common = {"flip": self.flip, "brightness": self.brightness}
        if self.augmentation == "eye-jitter":
            return {"sigma": self.eye_sigma, **common}
        names = ("rotation", "translation", "scaling")
        return {name: getattr(self, name) for name in names} | common

    def _check_input_size(self):
        size = self.input_size
        if size is not None and min(size) < 1:
            raise ValueError(f"input_size={tuple(size)} leaves no pixels.")
        if size is not None and any(a > b for a, b in zip(size, self.image_shape_, strict=True)):
            raise ValueError(
                f"input_size={tuple(size)} exceeds the images, which are {self.image_shape_}."
            )

    def _optimizer_parameters(self):
        given = self.get_params(deep=False)
        return {
            name: value
            for name, value in given.items()
            if name.startswith("optimizer__") and value is not None
        }

    def _accepts(self, name):
        """Tell whether a parameter with two underscores is one of this classifier's own."""
        return name in self._get_param_names()

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
            if not self._accepts(name):
                raise ValueError(f"Invalid parameter {name!r} for estimator {self}.")
            setattr(self, name, params.pop(name))
        return super().set_params(**params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

"""What NetworkClassifier does with its parameters: fit by skorch, and prediction."""

from abc import ABC
from typing import Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted
from skorch.dataset import Dataset
from skorch.helper import predefined_split

from skfer._subjects import known_subjects
from skfer._typing import Array, Images
from skfer.alignment._geometry import check_eyes
from skfer.base import TooltipMixin
from skfer.classifiers._arguments import check_scores, make_network, optimizer_arguments
from skfer.classifiers._batches import (
    DeviceBatches,
    augmentations_of_epochs,
    batch_starts,
    choose_batch_size_and_lr,
    make_augmentation,
)
from skfer.classifiers._callbacks import cycles_momentum, make_callbacks
from skfer.classifiers._decisions import MostProbableMixin
from skfer.classifiers._net import ExpressionNet, label_smoothing, memory_advice
from skfer.classifiers._validation import hold_out_subjects
from skfer.classifiers._weights import image_weights
from skfer.utils import check_images
from skfer.utils._torch_runtime import resolve_device, resolve_precision, seeded
from skfer.utils._validation import check_size


def _has_features(classifier):
    return not hasattr(classifier, "net_") or hasattr(classifier.net_.network, "features")


class BaseNetworkClassifier(
    TooltipMixin,
    ClassNamePrefixFeaturesOutMixin,
    MostProbableMixin,
    ClassifierMixin,
    TransformerMixin,
    BaseEstimator,
    ABC,
):
    """Training and prediction; `NetworkClassifier` adds the parameters."""

    # Subjects ride in the face array; behind a sampler, groups would not fit the faces any more.
    __metadata_request__fit = {"groups": False}

    _white = 1  # uint8 is divided by 255

    def fit(
        self,
        X: Images,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Train the network; a fit that fails or is interrupted leaves the classifier unfitted.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array; uint8, or float of any range.
        y : array-like of shape (n_images,)
            Labels of any kind.
        sample_weight : array-like of shape (n_images,), default=None
            Weights of the images in the loss; only their ratios count.
        groups : array-like of shape (n_images,), default=None
            Subjects, for `validation_fraction` and the `exchange` of an augmentation; None takes
            those of the face array.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If there is one image only, `input_size` exceeds the images, `device` is not there,
            subjects are needed and unknown, network or optimizer do not take a parameter, the
            network does not give one score per class, or the training diverges.
        MemoryError
            If the device cannot hold a batch.
        """
        for name in ("net_", "validation_subjects_"):  # would outlive a fit that fails
            self.__dict__.pop(name, None)
        self._validate_params()
        batch = check_images(self, X, y)
        y = batch.y
        check_classification_targets(y)
        check_consistent_length(y, groups)
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
            rows, weights = image_weights(y, sample_weight, self.class_weight, rows)
            if len(rows) < 2:
                raise ValueError(f"{type(self).__name__} cannot be trained on 1 sample.")
            data = self._training_data(batch, groups, rows)
            if weights is not None:
                data["sample_weight"] = weights
            net = self._build_net(len(rows), device, seed, validation_split)
            with memory_advice("training", net.batch_size):
                check_scores(net.module, max(2, len(self.classes_)), self._size_seen())
                net.fit(data if len(data) > 1 else data["images"], codes[rows].astype(np.int64))
        net.check_finite()
        net.finish()
        self.net_ = net
        return self

    @property
    def _uses_subjects(self):
        exchanges = getattr(self.augmentation, "exchange", 0)
        return self.validation_fraction is not None or bool(exchanges)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "net_")

    def predict_proba(self, X: Images) -> Array:
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

    def transform(self, X: Images) -> Array:
        """Compute what the classifying layers of the network see.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces.

        Returns
        -------
        features : ndarray of shape (n_images, n_features), dtype float32
            For C-SPP the joined pyramids. There is no ``transform`` if the network has no
            method ``features``.
        """
        return self._apply(X, lambda network, images: network.features(images).float())

    get_feature_names_out = available_if(_has_features)(
        ClassNamePrefixFeaturesOutMixin.get_feature_names_out
    )

    @property
    def history_(self) -> pd.DataFrame:
        """Course of the training, one row per epoch."""
        check_is_fitted(self)
        return self.net_.history_table()

    @property
    def _n_features_out(self):
        image = torch.zeros(1, 1, *self._size_seen(), device=self.net_.device)
        with torch.inference_mode():
            return self.net_.network.features(image).shape[1]

    def _apply(self, X, function):
        check_is_fitted(self)
        batch = check_images(self, X, reset=False)
        net = self.net_
        network = net.prediction_network()
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

    def _training_data(self, batch, groups, rows):
        everything = len(rows) == len(batch.y)  # then there is no need for a copy
        data = {"images": batch.images if everything else batch.images[rows]}
        augmentation = make_augmentation(self.augmentation)
        if getattr(augmentation, "exchange", 0):
            images = batch.y if batch.faces is None else batch.faces
            subjects = known_subjects(images, groups, "groups")
            data["subjects"] = subjects[rows]
        if getattr(augmentation, "_needs_eyes", False) and batch.faces is not None:
            eyes = batch.faces["eyes"]
            if np.isfinite(eyes).any():  # else they are crops, with the eyes at nominal places
                data["eyes"] = check_eyes(eyes, batch.describe)[rows]
        return data

    def _size_seen(self):
        return tuple(self.input_size or self.image_shape_)

    def _build_network(self, n_classes):
        return make_network(self.network, self.get_params(), n_classes, self._size_seen())

    def _build_net(self, n_images, device, seed, validation_split=None):
        n_outputs = max(2, len(self.classes_))  # cross-entropy needs two, even for one class
        batch_size, lr = choose_batch_size_and_lr(self.batch_size, self.lr, n_images)
        of_optimizer = optimizer_arguments(self.optimizer, self.get_params(), device)
        one_cycle = {
            "max_lr": lr,
            "total_steps": self.max_epochs * batch_starts(n_images, batch_size).size,
            "cycle_momentum": cycles_momentum(self.optimizer, of_optimizer),
        }
        validates = self.validation_fraction is not None
        callbacks = make_callbacks(
            self.callbacks,
            # A cycle of one step would end where it begins, next to nothing.
            one_cycle=one_cycle if self.lr_scheduler and one_cycle["total_steps"] > 1 else None,
            patience=self.patience or self.max_epochs if validates else None,
            progress=self.verbose > 1,
        )
        return ExpressionNet(
            self._build_network(n_outputs),
            precision=resolve_precision(self.precision, device),
            criterion=torch.nn.CrossEntropyLoss,
            criterion__label_smoothing=label_smoothing(self.true_class_probability, n_outputs),
            optimizer=self.optimizer,
            lr=lr,
            max_epochs=self.max_epochs,
            batch_size=batch_size,
            train_split=validation_split,
            iterator_train=DeviceBatches,
            iterator_train__shuffle=True,
            iterator_train__augmentations=augmentations_of_epochs(
                make_augmentation(self.augmentation),
                self.max_epochs,
                self.unwarped_fraction,
            ),
            iterator_train__seed=seed,
            iterator_train__input_size=self.input_size,
            iterator_valid=DeviceBatches,
            iterator_valid__input_size=self.input_size,
            **{f"optimizer__{name}": value for name, value in of_optimizer.items()},
            callbacks=callbacks,
            compile=self.compile,
            device=device,
            verbose=int(self.verbose),
        )

    def _check_input_size(self):
        size = self.input_size
        if size is None:
            return
        check_size("input_size", size)
        if min(size) < 1:
            raise ValueError(f"input_size={tuple(size)} leaves no pixels.")
        if any(a > b for a, b in zip(size, self.image_shape_, strict=True)):
            raise ValueError(
                f"input_size={tuple(size)} exceeds the images, which are {self.image_shape_}."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


# Set here, because scikit-learn would put its wrapper for `set_output` around the condition.
BaseNetworkClassifier.transform = available_if(_has_features)(  # type: ignore[method-assign]
    BaseNetworkClassifier.transform
)

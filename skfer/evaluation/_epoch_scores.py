"""A callback of skorch that predicts after the epochs of a fit, and leaves the fit as it is."""

from copy import copy

import torch
from sklearn.metrics import accuracy_score, log_loss
from skorch.callbacks import Callback

from skfer._stateless import transform_once


class EpochScores(Callback):
    """Cross-entropy and accuracy on images after every so many epochs, and after the last.

    `model` is what is fitted: a network classifier, or a pipeline that ends in one. `parts` maps
    names to EvaluationData. The scores gather in `rows`.
    """

    def __init__(self, model, parts, every):
        self.model = model
        self.parts = parts
        self.every = every
        self.rows = []

    def __deepcopy__(self, memo):
        # A classifier fires copies of its callbacks, but this one is asked for its rows.
        return self

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Run the steps before the classifier, which are fitted by now."""
        self.inputs = {}
        for name, part in self.parts.items():
            self.classifier, images = transform_once(self.model, part.X)
            self.inputs[name] = images, part.y

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Predict, if it is time to."""
        if len(net.history) % self.every == 0:
            self._score(net)

    def on_train_end(self, net, X=None, y=None, **kwargs):
        """Predict with the weights of the last epoch; those of the best come back after this."""
        if not self.rows or self.rows[-1]["epoch"] < len(net.history):
            self._score(net)

    def _score(self, net):
        fitted = copy(self.classifier)
        fitted.net_ = net
        row = {"epoch": len(net.history)}
        net.module_.eval()  # skorch sets the mode again before each batch
        # skfer's networks draw nothing in prediction; one of the user's may.
        with torch.random.fork_rng([net.device] if net.device.type == "cuda" else []):
            for name, (images, labels) in self.inputs.items():
                probabilities = fitted.predict_proba(images)
                predicted = fitted.classes_[probabilities.argmax(axis=1)]
                row[f"{name}_loss"] = log_loss(labels, probabilities, labels=fitted.classes_)
                row[f"{name}_accuracy"] = accuracy_score(labels, predicted)
        self.rows.append(row)

"""The skorch net behind the classifiers."""

from contextlib import contextmanager, nullcontext, suppress

import pandas as pd
import torch
from skorch import NeuralNetClassifier

# Larger batches fall out of the caches of a CPU; a GPU would idle over smaller ones.
_CPU_PREDICTION_BATCH, _GPU_PREDICTION_BATCH = 64, 1024

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory")


class _Stopped(Exception):
    """A callback has seen enough."""


class ExpressionNet(NeuralNetClassifier):
    """skorch's net with weighted images, reduced precision and interrupts that interrupt.

    `precision`, "float32" or "bfloat16", is that of the products inside the network.
    """

    def __init__(self, module, *, precision="float32", **parameters):
        self.precision = precision
        super().__init__(module, **parameters)

    @property
    def network(self):
        """The network as it was written, which a compiled one wraps."""
        return getattr(self.module_, "_orig_mod", self.module_)

    def get_iterator(self, dataset, training=False):
        """Make batches on the device of the net, which may change when a model is opened."""
        parameters = self.get_params_for("iterator_train" if training else "iterator_valid")
        on_cpu = torch.device(self.device).type == "cpu"
        prediction_batch = _CPU_PREDICTION_BATCH if on_cpu else _GPU_PREDICTION_BATCH
        parameters["batch_size"] = self.batch_size if training else prediction_batch
        iterator = self.iterator_train if training else self.iterator_valid
        return iterator(dataset, device=self.device, **parameters)

    def autocast(self):
        """Make the context in which the network computes with the precision asked for."""
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=torch.bfloat16)

    def infer(self, x, **fit_params):
        """Compute the class scores of a batch, in float32."""
        with self.autocast():
            return super().infer(x["images"] if isinstance(x, dict) else x, **fit_params).float()

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Compute the mean loss of a batch, with the weights of its images if there are any."""
        if not isinstance(X, dict):
            return super().get_loss(y_pred, y_true, X, training)
        reduction, self.criterion_.reduction = self.criterion_.reduction, "none"
        losses = super().get_loss(y_pred, y_true, X, training)
        self.criterion_.reduction = reduction
        return (losses * X["sample_weight"]).mean()

    def history_table(self):
        """Show the course of the training as a table, one row per epoch."""
        return pd.DataFrame(
            [
                {
                    name: value
                    for name, value in epoch.items()
                    if name != "batches" and not name.endswith(("_best", "_batch_count"))
                }
                for epoch in self.history
            ]
        )

    def notify(self, method_name, **cb_kwargs):
        """Fire the callbacks; skorch's stop the training by the exception of Ctrl-C."""
        try:
            super().notify(method_name, **cb_kwargs)
        except KeyboardInterrupt:
            raise _Stopped from None

    def partial_fit(self, X, y=None, classes=None, **fit_params):
        """Train; an interrupt is passed on, for a net half trained would look like a fitted one."""
        if not self.initialized_:
            self.initialize()
        self.notify("on_train_begin", X=X, y=y)
        with suppress(_Stopped):
            self.fit_loop(X, y, **fit_params)
        self.notify("on_train_end", X=X, y=y)
        return self


def label_smoothing(true_class_probability, n_classes):
    """Return the share of the target that torch spreads over all classes, the true one included."""
    if true_class_probability * n_classes < 1:
        raise ValueError(
            f"true_class_probability={true_class_probability} is less than chance among "
            f"{n_classes} classes."
        )
    return (1 - true_class_probability) * n_classes / (n_classes - 1)


@contextmanager
def memory_advice(action, batch_size):
    """Turn an exhausted device into a MemoryError that says what to do."""
    try:
        yield
    except RuntimeError as error:
        if not any(words in str(error) for words in _OUT_OF_MEMORY):
            raise
        raise MemoryError(
            f"The device ran out of memory while {action} in batches of {batch_size} images. Give "
            "a smaller batch_size or input_size, close what else uses the device, or take "
            "device='cpu'."
        ) from None

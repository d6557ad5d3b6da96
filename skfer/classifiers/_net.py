"""The skorch net behind the classifiers."""

import signal
from contextlib import contextmanager, nullcontext, suppress
from threading import current_thread, main_thread

import pandas as pd
import torch
from skorch import NeuralNetClassifier

from skfer.networks._convolution import fuse_batch_norm
from skfer.utils._progress import tell_progress

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
        self._fused = None, None
        super().__init__(module, **parameters)

    @property
    def network(self):
        """The network as it was written, which a compiled one wraps."""
        return getattr(self.module_, "_orig_mod", self.module_)

    def initialize(self):
        """Make module, optimizer and callbacks; lazy layers know their sizes by now."""
        # Convolutions of few maps are faster with the maps innermost, which LBFGS cannot flatten.
        if getattr(self.optimizer, "func", self.optimizer) is not torch.optim.LBFGS:
            self.module.to(memory_format=torch.channels_last)
        return super().initialize()

    def prediction_network(self):
        """Return the network with batch normalization fused, made anew if the weights changed."""
        if self.compile:
            return self.module_
        network = self.network
        weights = [(tensor.data_ptr(), tensor._version) for tensor in _tensors(network)]
        if self._fused[0] != weights:
            self._fused = weights, fuse_batch_norm(network)
        fused = self._fused[1]
        return fused.eval() if fused is network else fused

    def check_finite(self):
        """Refuse weights that are NaN or infinite: every face would get the first class."""
        if not all(torch.isfinite(weights).all() for weights in self.network.parameters()):
            raise ValueError(
                f"The training diverged: weights of {type(self.network).__name__} are not finite "
                f"after epoch {len(self.history)}. Give a smaller lr, or look for logarithms and "
                "divisions in the network."
            )

    def finish(self):
        """Drop what only the training needed: a pickle holds the weights once, and no faces."""
        self.module_.eval()
        self.module, self.train_split = type(self.network), None
        self.optimizer_.state.clear()
        for _, callback in self.callbacks_:
            for name in ("lr_scheduler_", "best_model_weights_"):
                vars(callback).pop(name, None)

    def __getstate__(self):
        """Leave the fused network out."""
        return super().__getstate__() | {"_fused": (None, None)}

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
        if method_name == "on_epoch_begin":
            tell_progress(f"epoch {len(self.history) + 1} of {self.max_epochs}")
        try:
            super().notify(method_name, **cb_kwargs)
        except KeyboardInterrupt as interrupt:
            if hasattr(interrupt, "signal"):
                raise
            raise _Stopped from None

    def partial_fit(self, X, y=None, classes=None, **fit_params):
        """Train; an interrupt is passed on, for a net half trained would look like a fitted one."""
        if not self.initialized_:
            self.initialize()
        with _marked_interrupts():
            with suppress(_Stopped):
                self.notify("on_train_begin", X=X, y=y)
                self.fit_loop(X, y, **fit_params)
            with suppress(_Stopped):
                self.notify("on_train_end", X=X, y=y)
        return self


def _tensors(network):
    """List parameters and buffers in one walk; for one face, torch's two take notable time."""
    return [
        tensor
        for module in network.modules()
        for tensor in (*module._parameters.values(), *module._buffers.values())
        if tensor is not None
    ]


@contextmanager
def _marked_interrupts():
    """Mark the KeyboardInterrupt of a signal, which callbacks also raise to stop the training."""
    former = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(former):
        yield
        return

    def interrupt(number, frame):
        try:
            former(number, frame)
        except KeyboardInterrupt as error:
            error.signal = number
            raise

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


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

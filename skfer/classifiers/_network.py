"""NetworkClassifier: any network as a scikit-learn classifier."""

import inspect

import torch
from skorch.utils import params_for
from torch import nn

from skfer.classifiers._base import BaseNetworkClassifier
from skfer.classifiers._parameters import document_training
from skfer.networks import CSPPNet

__all__ = ["NetworkClassifier"]

_PREFIXES = ("network__", "optimizer__")


@document_training
class NetworkClassifier(BaseNetworkClassifier):
    """Expression classifier over a network of choice.

    Parameters
    ----------
    network : type or callable, default=CSPPNet
        One of :mod:`skfer.networks`, or a class or function of one's own. It is called with
        ``n_classes``, with ``image_size`` (height and width seen by the network) if it has such
        an argument, and with the parameters that begin with ``network__``. The module takes
        images of shape (n_images, 1, height, width), float32, from 0 to 1 where uint8 was given,
        to class scores. A method ``features`` of it makes ``transform`` work.
    %(training)s
    **parameters : dict
        ``network__...`` for the network and further ``optimizer__...`` for the optimizer, under
        the names that ``set_params`` and grid search use.

    %(fitted)s

    See Also
    --------
    CSPPClassifier : C-SPP with parameters of its own.

    %(references)s

    Examples
    --------
    >>> from skfer.classifiers import NetworkClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.networks import Plain7Net
    >>> X, y, _ = make_faces(4, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    >>> classifier = NetworkClassifier(Plain7Net, network__dropout=0.3, max_epochs=1)
    >>> classifier.fit(X, y).predict_proba(X).shape
    (16, 2)
    """

    _parameter_constraints: dict = {
        **BaseNetworkClassifier._parameter_constraints,
        "network": [callable],
    }

    def __init__(
        self,
        network=CSPPNet,
        *,
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
        **parameters,
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
        self.network = network
        for name, value in parameters.items():
            if not name.startswith(_PREFIXES):
                raise TypeError(f"NetworkClassifier has no parameter {name!r}.")
            setattr(self, name, value)

    def get_params(self, deep=True):
        """Get the parameters, those of network and optimizer included.

        Parameters
        ----------
        deep : bool, default=True
            Without effect.

        Returns
        -------
        params : dict
            Names and values.
        """
        given = {name: value for name, value in vars(self).items() if name.startswith(_PREFIXES)}
        return super().get_params(deep=False) | given

    def _accepts(self, name):
        return name.startswith(_PREFIXES)

    def _build_network(self, n_classes):
        if isinstance(self.network, nn.Module):
            raise ValueError(
                "network is a module; give its class, or a function that makes it, so that each "
                "fit can start anew."
            )
        given = params_for("network", self.get_params())
        accepted = inspect.signature(self.network).parameters
        if "image_size" in accepted:
            given.setdefault("image_size", self._size_seen())
        given["n_classes"] = n_classes
        unknown = [name for name in given if name not in accepted]
        if unknown and not any(p.kind is p.VAR_KEYWORD for p in accepted.values()):
            name = getattr(self.network, "__name__", repr(self.network))
            raise ValueError(
                f"{name} takes no {unknown[0]!r}; its parameters are {list(accepted)}."
            )
        network = self.network(**given)
        if not isinstance(network, nn.Module):
            raise ValueError(f"network gave {type(network).__name__}, not a torch.nn.Module.")
        return network

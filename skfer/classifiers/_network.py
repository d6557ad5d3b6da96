"""NetworkClassifier: any network as a scikit-learn classifier."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Literal, Self

import torch
from sklearn.utils._param_validation import Hidden, Interval, StrOptions
from torch import nn

from skfer._typing import RandomState, Shape
from skfer.augmentation import EyeJitter, RandomAffine
from skfer.classifiers._base import BaseNetworkClassifier
from skfer.networks import CSPPNet

_PREFIXES = ("network__", "optimizer__")


class NetworkClassifier(BaseNetworkClassifier):
    """Expression classifier over a network of choice, trained by skorch.

    The training faces lie on the device, and each batch draws a fresh warp for each of its faces,
    except in the last epochs (`unwarped_fraction`). Nothing is held out unless
    `validation_fraction` asks for it: all images given to ``fit`` are trained on for `max_epochs`
    epochs.

    Parameters
    ----------
    network : type or callable, default=CSPPNet
        One of :mod:`skfer.networks`, or a class or function of one's own. It is called with
        ``n_classes``, with ``image_size`` (height and width seen by the network) if it has such
        an argument, and with the parameters that begin with ``network__``. The module takes
        images of shape (n_images, 1, height, width), float32, from 0 to 1 where uint8 was given,
        to class scores. A method ``features`` of it makes ``transform`` work.
    lr : float, default=2e-3
        Learning rate; with a one-cycle schedule its peak. `batch_size` "auto" takes it for batches
        of 32 and scales it by the square root of the batch size, the rule for adaptive optimizers
        (Malladi et al. 2022 [2]_).
    max_epochs : int, default=30
        Passes over the training images.
    batch_size : int or "auto", default="auto"
        Images in a training batch. ``"auto"`` takes 32, and on fewer than 768 images, which would
        give few steps per epoch, ``n_images // 24``, but not below 8.
    optimizer : callable, default=torch.optim.AdamW
        Optimizer class of torch.
    optimizer__weight_decay : float, "auto" or None, default="auto"
        Weight decay. ``"auto"`` is 0.02 for optimizers that take one; None leaves it to the
        optimizer.
    lr_scheduler : {"one-cycle"} or None, default="one-cycle"
        Course of the learning rate over the batches, and of the momentum where none is given
        (``torch.optim.lr_scheduler.OneCycleLR``); None keeps both constant. A skorch
        ``LRScheduler`` among `callbacks` replaces it.
    true_class_probability : float, default=0.9
        Target probability of the true class; the others share the rest (Li et al. 2019 [1]_,
        section 3.2). 1 switches label smoothing off.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss, as everywhere in scikit-learn.
    augmentation : RandomAffine, EyeJitter, {"affine", "eye-jitter"} or None, default="affine"
        Warps of the training faces. ``"affine"`` is :class:`~skfer.augmentation.RandomAffine` and
        ``"eye-jitter"`` is :class:`~skfer.augmentation.EyeJitter` with their defaults. None after
        a sampler that augments.
    unwarped_fraction : float, default=0.2
        Share of the `max_epochs`, the last ones, rounded down, in which the augmentation does all
        but warp the faces: those to be predicted are not warped either, and a warp takes fine
        detail away (He et al. 2019 [3]_). A training that stops early may not reach these epochs.
    test_time_flip : bool, default=False
        Average the probabilities of each face and of its mirror image.
    input_size : tuple of (int, int), default=None
        Height and width seen by the network, the centre of the images. Margins around it keep
        the warps from running out of the picture. None takes the whole images.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.
    validation_fraction : float or None, default=None
        Share of the subjects held out inside ``fit``; the network of the epoch with the least
        loss on them, images and classes weighing the same, is kept. The subjects ride in the face
        array or are given to ``fit`` as `groups`; without either it is refused. None trains on
        all images.
    patience : int or None, default=None
        Stop after so many epochs without less validation loss; None runs all epochs.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Type of the products inside the network. ``"auto"`` takes bfloat16 on a GPU that has it,
        on a CPU with AMX (2 times as fast) and on one of AMD with AVX512-BF16 (1.5 times);
        float32 elsewhere, since other CPUs are slower in bfloat16. So two machines may differ;
        name one type to compare them. Weights, batch statistics, contrast and class scores stay
        float32.
    compile : bool, default=False
        Compile the network (``torch.compile``), which takes a minute for each fit.
    callbacks : list of skorch callbacks, default=None
        Fired by skorch's training loop; copied before each fit. Those that were fired are in
        ``net_.callbacks_``.
    device : str, default="auto"
        ``"auto"`` takes CUDA where there is one, else the CPU.
    random_state : int, RandomState instance or None, default=None
        Seed of weights, order, warps, dropout and the choice of validation subjects.
    verbose : int, default=0
        1 prints a line per epoch, 2 shows a bar over the batches as well.
    **parameters : dict
        ``network__...`` for the network and further ``optimizer__...`` for the optimizer, under
        the names that ``set_params`` and grid search use.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    net_ : skorch.NeuralNetClassifier
        The trained net.
    history_ : DataFrame
        One row per epoch: ``epoch``, ``train_loss``, ``dur`` in seconds, and what callbacks and
        validation add, such as ``valid_loss`` and ``valid_acc``.
    validation_subjects_ : ndarray
        The subjects held out; only with `validation_fraction`.
    image_shape_ : tuple of (int, int)
        Height and width of the images.
    pixel_range_ : tuple of (float, float)
        Least and greatest pixel, from 0 to 1 for uint8. Images of another order of magnitude are
        refused.
    n_features_in_ : int
        Number of pixels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    See Also
    --------
    CSPPClassifier : The same with C-SPP as its network.

    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP.
       https://doi.org/10.1145/3317640.3317662
    .. [2] Malladi et al. (2022). On the SDEs and scaling rules for adaptive gradient algorithms.
       NeurIPS.
    .. [3] He et al. (2019). Data augmentation revisited: rethinking the distribution gap between
       clean and augmented data. arXiv:1909.09148.

    Examples
    --------
    >>> from skfer.augmentation import RandomAffine
    >>> from skfer.classifiers import NetworkClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.networks import Plain7Net
    >>> X, y, _ = make_faces(4, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    >>> classifier = NetworkClassifier(
    ...     Plain7Net, network__dropout=0.3, augmentation=RandomAffine(flip=False), max_epochs=1
    ... )
    >>> classifier.set_params(augmentation__rotation=8.0).fit(X, y).predict_proba(X).shape
    (16, 2)
    """

    _parameter_constraints: dict = {
        "network": [callable],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "optimizer": [callable],
        "optimizer__weight_decay": [
            Interval(Real, 0, None, closed="left"),
            StrOptions({"auto"}),
            None,
        ],
        "lr_scheduler": [StrOptions({"one-cycle"}), None],
        "true_class_probability": [Interval(Real, 0, 1, closed="right")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "augmentation": [StrOptions({"affine", "eye-jitter"}), RandomAffine, EyeJitter, None],
        "unwarped_fraction": [Interval(Real, 0, 1, closed="both")],
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

    def __init__(
        self,
        network: Callable[..., nn.Module] = CSPPNet,
        *,
        lr: float = 2e-3,
        max_epochs: int = 30,
        batch_size: int | Literal["auto"] = "auto",
        optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.AdamW,
        optimizer__weight_decay: float | Literal["auto"] | None = "auto",
        lr_scheduler: Literal["one-cycle"] | None = "one-cycle",
        true_class_probability: float = 0.9,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        augmentation: RandomAffine | EyeJitter | Literal["affine", "eye-jitter"] | None = "affine",
        unwarped_fraction: float = 0.2,
        test_time_flip: bool = False,
        input_size: Shape | None = None,
        image_shape: Shape | None = None,
        validation_fraction: float | None = None,
        patience: int | None = None,
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
        compile: bool = False,
        callbacks: list[Any] | None = None,
        device: str = "auto",
        random_state: RandomState = None,
        verbose: int = 0,
        **parameters: Any,
    ):
        self.network = network
        self.lr = lr
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.optimizer__weight_decay = optimizer__weight_decay
        self.lr_scheduler = lr_scheduler
        self.true_class_probability = true_class_probability
        self.class_weight = class_weight
        self.augmentation = augmentation
        self.unwarped_fraction = unwarped_fraction
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
        for name, value in parameters.items():
            if not name.startswith(_PREFIXES):
                raise TypeError(f"No parameter {name!r}; those of the network are network__...")
            setattr(self, name, value)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters, those of network, optimizer and augmentation included.

        Parameters
        ----------
        deep : bool, default=True
            Include the parameters of the augmentation.

        Returns
        -------
        params : dict
            Names and values.
        """
        given = {name: value for name, value in vars(self).items() if name.startswith(_PREFIXES)}
        return super().get_params(deep=deep) | given

    def set_params(self, **params: Any) -> Self:
        """Set parameters, those of network, optimizer and augmentation included.

        Parameters
        ----------
        **params : dict
            Names and values, such as ``network__dropout`` and ``augmentation__rotation``.

        Returns
        -------
        self : object
            The classifier.
        """
        # scikit-learn would take `network__dropout` for a parameter of a nested estimator.
        for name in [name for name in params if name.startswith(_PREFIXES)]:
            setattr(self, name, params.pop(name))
        for name in params:
            owner, nested, _ = name.partition("__")
            value = params.get(owner, getattr(self, owner, None))
            if nested and hasattr(self, owner) and not hasattr(value, "set_params"):
                remedy = f"set {owner} as a whole"
                if owner == "augmentation":
                    remedy = "give an object such as RandomAffine()"
                raise ValueError(
                    f"{name} is a parameter of an object, but {owner}={value!r}; {remedy}."
                )
        return super().set_params(**params)

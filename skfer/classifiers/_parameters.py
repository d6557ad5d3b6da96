"""The parts of the docstrings that all network classifiers share."""

__all__ = ["document_training"]

_PARTS = {
    "training": """
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
        Optimizer class of torch.
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
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss, as everywhere in scikit-learn.
    augmentation : {"affine", "eye-jitter"} or None, default="affine"
        Warps of the training faces: ``"affine"`` by `rotation`, `translation` and `scaling`;
        ``"eye-jitter"`` by noise on the eyes, of the distribution of
        :class:`~skfer.augmentation.EyeJitterSampler` if `flip` is off. None after a sampler that
        augments.
    rotation : float, default=5.0
        Standard deviation of the angle in degrees.
    translation : float, default=0.03
        Standard deviation of the shift along each axis, as a fraction of the input size.
    scaling : float, default=0.05
        Standard deviation of the relative change of size.
    eye_sigma : float, default=0.03
        Standard deviation of the noise on the eyes, as a fraction of their distance.
    flip : bool, default=True
        Mirror half of the training faces.
    brightness : float, default=0.0
        Standard deviation of a factor on the brightness of each training face. Local contrast
        normalization inside the network takes it out again.
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
        float32 elsewhere.
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
        1 prints a line an epoch, 2 shows a bar over the batches as well.
""",
    "fitted": """
    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    net_ : skorch.NeuralNetClassifier
        The trained net.
    history_ : DataFrame
        One row an epoch: ``epoch``, ``train_loss``, ``dur`` in seconds, and what callbacks and
        validation add, such as ``valid_loss`` and ``valid_acc``.
    validation_subjects_ : ndarray
        The subjects held out; only with `validation_fraction`.
    image_shape_ : tuple of (int, int)
        Height and width of the images.
    n_features_in_ : int
        Number of pixels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.
""",
    "references": """
    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP.
       https://doi.org/10.1145/3317640.3317662
    .. [2] Malladi et al. (2022). On the SDEs and scaling rules for adaptive gradient algorithms.
       NeurIPS.
""",
}


def document_training(classifier):
    """Insert the shared parameters, attributes and references into a docstring.

    Parameters
    ----------
    classifier : type
        Class whose docstring has the lines ``%(training)s``, ``%(fitted)s`` and
        ``%(references)s``.

    Returns
    -------
    classifier : type
        The class.
    """
    for name, text in _PARTS.items():
        if classifier.__doc__:  # python -OO strips it
            classifier.__doc__ = classifier.__doc__.replace(f"    %({name})s", text.strip("\n"))
    return classifier

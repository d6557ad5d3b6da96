"""Learning curves: accuracy and loss of training and test images, epoch by epoch."""

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone

from skfer._stateless import last_step, run_stateless_steps
from skfer._typing import Folds, Images
from skfer.evaluation._cross_validation import groups_for_fit
from skfer.evaluation._data import check_data
from skfer.evaluation._fold_progress import fold_progress
from skfer.evaluation._folds_in_parallel import run_folds
from skfer.evaluation._guards._inner_splits import check_inner_splits, inner_splits
from skfer.evaluation._guards._leakage import subject_folds
from skfer.evaluation._guards._near_duplicates import warn_near_duplicates
from skfer.evaluation._guards._parts import refuse_fitted_parts


def evaluate_epochs(
    estimator: BaseEstimator,
    X: Images | pd.DataFrame,
    y: ArrayLike,
    subjects: ArrayLike | None = None,
    *,
    cv: Folds = 8,
    every: int = 1,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Compute learning curves of a network over folds that share no subject.

    In each fold the network is trained as :func:`evaluate_subject_independent` trains it. After its
    epochs it predicts the training and the test images of the fold, which changes nothing in the
    training. The curves show whether a network learns, overfits, or would go on to learn.

    Parameters
    ----------
    estimator : estimator instance
        A :class:`~skfer.classifiers.NetworkClassifier`, or a pipeline that ends in one. It is
        cloned for each fold, never fitted. Its own `callbacks` are fired as ever.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array.
    y : array-like of shape (n_images,)
        Labels.
    subjects : array-like of shape (n_images,), default=None
        Subject of each image; None takes those of the face array.
    cv : int, splitter or iterable of (train, test), default=8
        A number of folds stands for ``GroupKFold(cv)``. Each image is tested at most once.
    every : int, default=1
        Number of epochs from one prediction to the next. The last epoch always has one.
    n_jobs : int, default=None
        Number of folds trained at the same time, as in joblib.
    verbose : int, default=0
        Above 0, a progress bar on a terminal, which says where the fold is; else a line for each
        finished fold.

    Returns
    -------
    curves : DataFrame
        One row per fold and epoch, counted from 0 and from 1: ``fold``, ``epoch``, ``train_loss``,
        ``train_accuracy``, ``test_loss`` and ``test_accuracy``. The loss is the mean cross-entropy
        of the true classes, without label smoothing and weights of images.

    Raises
    ------
    ValueError
        If the estimator does not end in a network classifier of skfer or `every` is less than 1,
        and for what :func:`evaluate_subject_independent` refuses.

    See Also
    --------
    EpochCurvesDisplay : Draws the curves.

    Notes
    -----
    The images are predicted as ``predict`` does it, with the network in evaluation mode: cropped at
    the centre, without augmentation and without dropout. For the training part these are the images
    of the fold, not the copies that a sampler in the pipeline makes of them.

    An epoch must not be chosen by the test curve: the accuracy of the best epoch is that of a
    network that was selected on the people it is tested on. The accuracy to publish is that of
    :func:`evaluate_subject_independent`. To choose an epoch, give the classifier
    ``validation_fraction``, which holds out subjects of the training part; these then count among
    the training images of the curves, and the curves go on past the epoch that is kept.

    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP. Figures 4 and 7.
       https://doi.org/10.1145/3317640.3317662

    Examples
    --------
    >>> from skfer.classifiers import CSPPClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.evaluation import evaluate_epochs
    >>> X, y, subjects = make_faces(
    ...     4, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True
    ... )
    >>> classifier = CSPPClassifier(max_epochs=2, network__hidden_units=128, random_state=0)
    >>> curves = evaluate_epochs(classifier, X, y, subjects, cv=2)
    >>> curves[["fold", "epoch"]].to_numpy().tolist()
    [[0, 1], [0, 2], [1, 1], [1, 2]]
    """
    if every < 1:
        raise ValueError(f"every={every} is not a number of epochs; give 1 or more.")
    _check_network(estimator)
    data = check_data(X, y, subjects).for_estimator(estimator)
    refuse_fitted_parts(estimator)
    folds = subject_folds(data.y, data.subjects, cv)
    check_inner_splits(estimator, data, (train for train, _ in folds))
    warn_near_duplicates(data.X, data.subjects)
    estimator, X = run_stateless_steps(clone(estimator), data.X)
    calls = [(estimator, fold, *parts, every) for fold, parts in enumerate(folds)]
    curves = []
    with fold_progress("epochs", len(folds), 0, verbose) as finish:
        for curve in run_folds(_curves_of_fold, data.with_images(X), calls, n_jobs):
            curves.append(curve)
            finish()
    return pd.concat(curves).sort_values(["fold", "epoch"], ignore_index=True)


def _check_network(estimator):
    from skfer.classifiers._base import BaseNetworkClassifier  # imports torch

    last = last_step(estimator)
    if not isinstance(last, BaseNetworkClassifier):
        raise ValueError(
            "Epochs are those of a network: give a NetworkClassifier or CSPPClassifier, alone or "
            f"as the last step of a pipeline, not {type(last).__name__}."
        )


def _curves_of_fold(data, estimator, fold, train, test, every):
    from skfer.evaluation._epoch_scores import EpochScores  # imports torch

    train, test = data.take(train), data.take(test)
    model = clone(estimator).set_params(**inner_splits(estimator, train.y, train.subjects))
    scores = EpochScores(model, {"train": train, "test": test}, every)
    classifier = last_step(model)
    # First, because a callback that stops the training keeps the later ones from being fired.
    classifier.set_params(callbacks=[scores, *(classifier.callbacks or [])])
    model.fit(train.X, train.y, **groups_for_fit(model, train))
    return pd.DataFrame(scores.rows).assign(fold=fold)[["fold", *scores.rows[0]]]

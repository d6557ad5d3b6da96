"""The result of an evaluation: one tidy row per image, everything else derived from it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, recall_score

from skfer.evaluation._statistics import bootstrap_accuracy_interval


@dataclass(frozen=True, eq=False)
class EvaluationResult:
    """Predictions of a cross-validated evaluation.

    Parameters
    ----------
    images : DataFrame of n_images rows
        One row per tested image: ``image`` (its index in the data), ``subject``, ``fold``,
        ``y_true``, ``y_pred`` and, if the estimator gives probabilities, one column
        ``proba_<class>`` for each class.
    protocol : {"subject-independent", "leaky-image-split"}
        How the images were split.
    classes : tuple of n_classes labels
        All labels, sorted.
    seconds : DataFrame of n_folds rows
        ``fold``, ``fit_seconds`` and ``predict_seconds``.

    See Also
    --------
    evaluate_subject_independent : The protocol to publish.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import EvaluationResult
    >>> images = pd.DataFrame({
    ...     "image": [0, 1, 2, 3], "subject": ["a", "a", "b", "b"], "fold": [0, 0, 1, 1],
    ...     "y_true": ["happy", "sad", "happy", "sad"], "y_pred": ["happy", "sad", "sad", "sad"]})
    >>> seconds = pd.DataFrame({"fold": [0, 1], "fit_seconds": 1.0, "predict_seconds": 0.1})
    >>> result = EvaluationResult(images, "subject-independent", ("happy", "sad"), seconds)
    >>> result.subjects["accuracy"].tolist()
    [1.0, 0.5]
    >>> result.summary()["pooled_accuracy"]
    0.75
    """

    images: pd.DataFrame
    protocol: str
    classes: tuple
    seconds: pd.DataFrame

    @property
    def folds(self):
        """Frame of one row per fold: n_images, n_subjects, accuracy and the two times."""
        correct = self._with_correct().groupby("fold")
        counts = correct.agg(
            n_images=("image", "size"),
            n_subjects=("subject", "nunique"),
            accuracy=("correct", "mean"),
        )
        return counts.reset_index().merge(self.seconds, on="fold")

    @property
    def subjects(self):
        """Frame of one row per subject: n_images, n_correct and accuracy."""
        counts = (
            self._with_correct()
            .groupby("subject", dropna=False)
            .agg(n_images=("image", "size"), n_correct=("correct", "sum"))
        )
        counts["accuracy"] = counts["n_correct"] / counts["n_images"]
        return counts.reset_index()

    @property
    def confusion_matrix(self):
        """Counts of shape (n_classes, n_classes); rows are true labels, columns predictions."""
        return confusion_matrix(self.images["y_true"], self.images["y_pred"], labels=self.classes)

    def summary(self):
        """Summarize the result in a few figures.

        Returns
        -------
        summary : dict
            ``n_images``, ``n_subjects``, ``n_folds``; ``n_correct`` and ``pooled_accuracy``,
            correct images over all images; ``ci_low`` and ``ci_high``, its 95 % percentile
            bootstrap interval (10,000 resamples of the subjects); ``fold_mean`` and ``fold_std``,
            mean and standard deviation (ddof=0) of the accuracies of the folds;
            ``macro_recall``, the mean of the recalls of the classes; ``fit_seconds`` and
            ``predict_seconds``, summed over the folds. All accuracies lie between 0 and 1.
        """
        return dict(self._summary)

    @cached_property
    def _summary(self):
        folds, subjects = self.folds, self.subjects
        y_true, y_pred = self.images["y_true"], self.images["y_pred"]
        low, high = bootstrap_accuracy_interval(subjects["n_correct"], subjects["n_images"])
        recall = recall_score(y_true, y_pred, labels=np.unique(y_true), average="macro")
        return {
            "n_images": len(self.images),
            "n_subjects": len(subjects),
            "n_folds": len(folds),
            "n_correct": int(subjects["n_correct"].sum()),
            "pooled_accuracy": float(subjects["n_correct"].sum() / len(self.images)),
            "ci_low": low,
            "ci_high": high,
            "fold_mean": float(folds["accuracy"].mean()),
            "fold_std": float(folds["accuracy"].std(ddof=0)),
            "macro_recall": float(recall),
            "fit_seconds": float(folds["fit_seconds"].sum()),
            "predict_seconds": float(folds["predict_seconds"].sum()),
        }

    def _with_correct(self):
        return self.images.assign(correct=self.images["y_true"] == self.images["y_pred"])


def summarize_results(results):
    """Put the summaries of several evaluations into one frame.

    Parameters
    ----------
    results : list of (str, EvaluationResult)
        Name of the method, and its result.

    Returns
    -------
    summaries : DataFrame
        One row per result: ``method``, ``protocol`` and the figures of
        :meth:`EvaluationResult.summary`.

    Examples
    --------
    >>> from skfer.evaluation import summarize_results
    >>> summarize_results([]).empty
    True
    """
    return pd.DataFrame(
        {"method": method, "protocol": result.protocol, **result.summary()}
        for method, result in results
    )

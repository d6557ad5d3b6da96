"""The result of an evaluation: one tidy row per prediction, everything else derived from it."""

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from skfer._typing import Array
from skfer.evaluation import _metrics
from skfer.utils._text import count_of


@dataclass(frozen=True, eq=False)
class EvaluationResult:
    """Predictions of a cross-validated evaluation.

    Parameters
    ----------
    images : DataFrame of n_predictions rows
        One row per tested image, in each repeat: ``image`` (its index in the data), ``subject``,
        ``repeat``, ``fold``, ``y_true``, ``y_pred``, if the estimator gives probabilities one
        column ``proba_<class>`` for each class, and the columns of `info` given to the evaluation,
        such as ``file``, ``sequence`` or ``gender``.
    protocol : str
        How the images were split: "subject-independent", "leaky-image-split", "cross-dataset" or
        "leave-one-dataset-out".
    classes : tuple of n_classes labels
        All labels, sorted.
    seconds : DataFrame of one row per fold and repeat
        ``repeat``, ``fold``, ``fit_seconds`` and ``predict_seconds``.
    method : str, default="estimator"
        Name of what was evaluated.
    notes : tuple of str, default=()
        What a reader of the figures has to know, such as classes that were left out.

    See Also
    --------
    evaluate_subject_independent : The protocol to publish.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import EvaluationResult
    >>> images = pd.DataFrame({
    ...     "image": [0, 1, 2, 3], "subject": ["a", "a", "b", "b"], "repeat": 0,
    ...     "fold": [0, 0, 1, 1], "y_true": ["happy", "sad", "happy", "sad"],
    ...     "y_pred": ["happy", "sad", "sad", "sad"]})
    >>> seconds = pd.DataFrame(
    ...     {"repeat": 0, "fold": [0, 1], "fit_seconds": 1.0, "predict_seconds": 0.1})
    >>> result = EvaluationResult(images, "subject-independent", ("happy", "sad"), seconds)
    >>> result
    EvaluationResult(estimator, subject-independent: 3 of 4 images correct, 75.00 %)
    >>> result.subjects["accuracy"].tolist()
    [1.0, 0.5]
    >>> result.summary()["macro_recall"]
    0.75
    """

    images: pd.DataFrame
    protocol: str
    classes: tuple
    seconds: pd.DataFrame
    method: str = "estimator"
    notes: tuple = ()

    def __repr__(self):
        figures = self.summary()
        return (
            f"EvaluationResult({self.method}, {self.protocol}: {figures['n_correct']} of "
            f"{count_of(figures['n_predictions'], _metrics.unit_of(self.images))} correct, "
            f"{100 * figures['pooled_accuracy']:.2f} %)"
        )

    def _repr_html_(self):
        """Show the line of the text, the notes and the classes in a notebook."""
        lines = "<br>".join(map(escape, [repr(self), *self.notes]))
        return f"<p>{lines}</p>{self.per_class.to_html(index=False, float_format='{:.3f}'.format)}"

    @property
    def folds(self) -> pd.DataFrame:
        """Frame of one row per fold and repeat: n_images, n_subjects, accuracy and two times."""
        images = self.images.assign(correct=self.images["y_true"] == self.images["y_pred"])
        counts = images.groupby(["repeat", "fold"]).agg(
            n_images=("image", "size"),
            n_subjects=("subject", "nunique"),
            accuracy=("correct", "mean"),
        )
        return counts.reset_index().merge(self.seconds, on=["repeat", "fold"])

    @property
    def subjects(self) -> pd.DataFrame:
        """Frame of one row per subject: n_images, n_correct (a mean over repeats), accuracy."""
        counts = _metrics.subject_counts(self.images)
        counts["accuracy"] = counts["n_correct"] / counts["n_images"]
        return counts.astype({"n_images": int}).reset_index()

    @property
    def per_class(self) -> pd.DataFrame:
        """Frame of one row per class: n_images, recall with 95 % interval, precision and F1."""
        return self._per_class.copy()

    @cached_property
    def _per_class(self):
        return _metrics.per_class_frame(self.images, self.classes)

    @property
    def sequences(self) -> pd.DataFrame:
        """Frame of one row per sequence and repeat: the prediction of its frames together.

        It is the class of the highest mean probability, or of most votes where the classifier gives
        none. (``SVC(probability=True)`` predicts by another rule than its probabilities.) The
        images need a column ``sequence``; frames of one sequence with different labels are judged
        apart. Between data sets, each model judges for itself.
        """
        if "sequence" not in self.images:
            raise AttributeError(
                "The result has no column 'sequence'; give it with info= to the evaluation."
            )
        return _metrics.sequence_frame(self.images, self.classes)

    @property
    def confusion_matrix(self) -> Array:
        """Counts of shape (n_classes, n_classes); rows are true labels, columns predictions."""
        return confusion_matrix(self.images["y_true"], self.images["y_pred"], labels=self.classes)

    def by_group(self, column: str) -> pd.DataFrame:
        """Compare groups of people or images, such as ``gender``.

        Parameters
        ----------
        column : str
            A column of `images`.

        Returns
        -------
        groups : DataFrame
            One row per value of the column: ``n_images``, ``n_subjects``, ``accuracy`` with
            ``ci_low`` and ``ci_high``, its 95 % interval over subjects, and ``macro_recall`` over
            the classes that the group shows. The largest gap is
            ``groups["accuracy"].max() - groups["accuracy"].min()``; intervals that overlap widely
            are no evidence of one. Groups that show other shares of the classes differ by these
            alone, which macro recall does not.
        """
        if column not in self.images:
            raise ValueError(
                f"There is no column '{column}' in the result; give it with info= to the "
                f"evaluation. The columns are {', '.join(map(str, self.images))}."
            )
        return _metrics.group_frame(self.images, column)

    def calibration(self, n_bins: int = 10) -> pd.DataFrame:
        """Compare confidence, the highest probability, with the accuracy of that class.

        Parameters
        ----------
        n_bins : int, default=10
            Number of bins of equal width between 0 and 1; empty ones are left out.

        Returns
        -------
        bins : DataFrame
            One row per bin: ``bin_low``, ``n_predictions``, mean ``confidence`` and ``accuracy``.
        """
        if not self._has_probabilities:
            raise ValueError(f"'{self.method}' gives no probabilities, so it has no calibration.")
        return _metrics.calibration_frame(self.images, self.classes, n_bins)

    def summary(self) -> dict[str, Any]:
        """Summarize the result in a few figures.

        Returns
        -------
        summary : dict
            Counts: ``n_images``, ``n_subjects``, ``n_folds`` (of a repeat), ``n_repeats``,
            ``n_predictions`` (each image counts as often as it was tested) and ``n_correct``.
            ``pooled_accuracy``, correct predictions over all predictions; ``ci_low`` and
            ``ci_high``, its 95 % interval over subjects (see Notes); ``repeat_std``, the standard
            deviation (ddof=1) of the pooled accuracies of the repeats, None of one repeat.
            ``fold_mean`` and ``fold_std``, mean and standard deviation (ddof=0) of the accuracies
            of the folds.
            ``macro_recall`` and ``macro_f1``, means over the classes; ``kappa``, Cohen's;
            ``chance``, the share of the most frequent class. ``calibration_error``, the expected
            calibration error over ten bins, None without probabilities. ``n_sequences`` and
            ``sequence_accuracy``, None without sequences. ``fit_seconds`` and ``predict_seconds``,
            summed over the folds. All accuracies lie between 0 and 1.

        Notes
        -----
        The images of one subject are not independent. The interval is the exact binomial one at
        the number of independent images that would be as uncertain as these subjects [1]_. Of 100
        such intervals 93 to 97 contain the true accuracy, fewer if there are 10 to 20 subjects and
        few errors; a percentile bootstrap falls to 74 (``benchmarks/results/intervals.json``). It
        holds the variation over people; that over deals of the folds and seeds is ``repeat_std``.

        References
        ----------
        .. [1] E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small
           expected number of positive counts estimated from survey data", Survey Methodology 24
           (1998), 193-201.
        """
        return dict(self._summary)

    @cached_property
    def _summary(self):
        folds, images, per_class = self.folds, self.images, self.per_class
        y_true, y_pred = images["y_true"], images["y_pred"]
        correct = (y_true == y_pred).groupby(images["repeat"]).mean()
        accuracy, low, high = _metrics.accuracy_with_interval(images)
        shown = per_class[per_class["n_images"] > 0]
        n_sequences = sequence_accuracy = None
        if "sequence" in images:
            sequences = self.sequences
            n_sequences = len(sequences[["subject", "sequence", "y_true"]].drop_duplicates())
            sequence_accuracy = float((sequences["y_true"] == sequences["y_pred"]).mean())
        return {
            "n_images": int(images["image"].nunique()),
            "n_subjects": int(images["subject"].nunique(dropna=False)),
            "n_folds": int(folds["fold"].nunique()),
            "n_repeats": len(correct),
            "n_predictions": len(images),
            "n_correct": int((y_true == y_pred).sum()),
            "pooled_accuracy": float(accuracy),
            "ci_low": low,
            "ci_high": high,
            "repeat_std": float(correct.std()) if len(correct) > 1 else None,
            "fold_mean": float(folds["accuracy"].mean()),
            "fold_std": float(folds["accuracy"].std(ddof=0)),
            "macro_recall": float(shown["recall"].mean()),
            "macro_f1": float(shown["f1"].mean()),
            "kappa": _kappa(y_true, y_pred),
            "chance": float(y_true.value_counts(normalize=True).max()),
            "calibration_error": (
                _metrics.calibration_error(images, self.classes)
                if self._has_probabilities
                else None
            ),
            "n_sequences": n_sequences,
            "sequence_accuracy": sequence_accuracy,
            "fit_seconds": float(folds["fit_seconds"].sum()),
            "predict_seconds": float(folds["predict_seconds"].sum()),
        }

    @property
    def _has_probabilities(self):
        return _metrics.probabilities_of(self.images, self.classes) is not None


def list_results(results):
    """Return a list of the results, which are given as a list or as a dict by method."""
    return list(results.values() if isinstance(results, dict) else results)


def summarize_results(
    results: list[EvaluationResult] | dict[str, EvaluationResult],
) -> pd.DataFrame:
    """Put the summaries of several evaluations into one frame.

    Parameters
    ----------
    results : list of EvaluationResult, or dict of them
        Such as an evaluation of several methods returns.

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
        {"method": result.method, "protocol": result.protocol, **result.summary()}
        for result in list_results(results)
    )


def _kappa(y_true, y_pred):
    """Return Cohen's kappa, which is undefined (0 / 0) if all is right and of one class."""
    return 1.0 if y_true.equals(y_pred) else float(cohen_kappa_score(y_true, y_pred))

"""Figures of predictions: frames with ``y_true``, ``y_pred`` and, if there are, probabilities."""

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_fscore_support

from skfer.evaluation._statistics._intervals import accuracy_interval


def unit_of(images):
    """Name what a row is: only sequences have a number of frames."""
    return "sequence" if "n_frames" in images else "image"


def probabilities_of(images, classes):
    """Return the probabilities, (n_rows, n_classes), or None if the classifier gives none."""
    columns = [f"proba_{name}" for name in classes]
    if not set(columns) <= set(images):
        return None
    return images[columns].to_numpy(float)


def subject_counts(images):
    """Count the images and the right ones of each subject; returns a frame indexed by subject.

    An image that was tested several times, by repeats or by several models, counts once, and is
    right in the share of its tests.
    """
    correct = (images["y_true"] == images["y_pred"]).groupby(
        [images["subject"], images["image"]], dropna=False
    )
    return correct.mean().groupby(level=0, dropna=False).agg(n_images="size", n_correct="sum")


def accuracy_with_interval(images):
    """Return accuracy, and the bounds of its 95 % interval over subjects."""
    counts = subject_counts(images)
    low, high = accuracy_interval(counts["n_correct"], counts["n_images"])
    return counts["n_correct"].sum() / counts["n_images"].sum(), low, high


def per_class_frame(images, classes):
    """Return recall with its interval, precision and F1 of each class."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        images["y_true"], images["y_pred"], labels=list(classes), zero_division=0
    )
    rows = []
    for name in classes:
        own = images[images["y_true"] == name]
        low, high = accuracy_with_interval(own)[1:] if len(own) else (np.nan, np.nan)
        rows.append((name, own["image"].nunique(), low, high))
    frame = pd.DataFrame(rows, columns=["expression", "n_images", "ci_low", "ci_high"])
    frame.insert(2, "recall", np.where(frame["n_images"] > 0, recall, np.nan))
    return frame.assign(precision=precision, f1=f1)


def group_frame(images, column):
    """Return accuracy with its interval and macro recall of each group of people or images."""
    rows = []
    for name, own in images.groupby(column, dropna=False):
        recalls = (own["y_true"] == own["y_pred"]).groupby(own["y_true"]).mean()
        accuracy, low, high = accuracy_with_interval(own)
        n_images, n_subjects = own["image"].nunique(), own["subject"].nunique()
        rows.append((name, n_images, n_subjects, accuracy, low, high, recalls.mean()))
    names = ["n_images", "n_subjects", "accuracy", "ci_low", "ci_high", "macro_recall"]
    return pd.DataFrame(rows, columns=[column, *names])


def sequence_frame(images, classes):
    """Return one row per sequence and test: the class of the highest mean probability.

    Without probabilities the frames vote; the class that sorts first wins a tie. Frames of one
    sequence with different labels, such as neutral and apex, are judged apart.
    """
    shares = probabilities_of(images, classes)
    if shares is None:
        shares = images[["y_pred"]].to_numpy() == np.array(classes, dtype=object)
    names = ["repeat", "subject", "sequence", "y_true"]
    if images.duplicated(["repeat", "image"]).any():  # each model judges all of another data set
        names.append("fold")
    keys = [images[name] for name in names]
    means = pd.DataFrame(shares, index=images.index).groupby(keys).mean()
    best = means.to_numpy().argmax(axis=1)
    return means.index.to_frame(index=False).assign(y_pred=np.array(classes)[best])


def calibration_frame(images, classes, n_bins=10):
    """Return mean confidence and accuracy of the most probable class in bins of confidence."""
    if n_bins < 1:
        raise ValueError(f"n_bins={n_bins}; expected 1 or more.")
    probabilities = probabilities_of(images, classes)
    confidence = probabilities.max(axis=1)
    correct = images["y_true"].to_numpy() == np.array(classes)[probabilities.argmax(axis=1)]
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    frame = pd.DataFrame({"bin": bins, "confidence": confidence, "accuracy": correct})
    means = frame.groupby("bin").agg(
        n_predictions=("accuracy", "size"),
        confidence=("confidence", "mean"),
        accuracy=("accuracy", "mean"),
    )
    means.insert(0, "bin_low", means.index / n_bins)
    return means.reset_index(drop=True)


def calibration_error(images, classes):
    """Return the expected calibration error: the mean gap of confidence and accuracy."""
    bins = calibration_frame(images, classes)
    gaps = (bins["accuracy"] - bins["confidence"]).abs()
    return float(np.average(gaps, weights=bins["n_predictions"]))

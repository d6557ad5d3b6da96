"""Statistics of the evaluation."""

from skfer.evaluation._intervals import accuracy_interval


def bootstrap_accuracy_interval(n_correct, n_images):
    """Return the bounds of the 95 % percentile bootstrap interval of the pooled accuracy."""
    return accuracy_interval(n_correct, n_images, method="percentile")

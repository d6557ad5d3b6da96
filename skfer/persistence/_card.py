"""What a model file says of the data its model was trained on."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from skfer.evaluation import EvaluationResult

NOT_EVALUATED = "not evaluated"
_FIGURES = (
    "n_images",
    "n_subjects",
    "n_folds",
    "n_correct",
    "pooled_accuracy",
    "ci_low",
    "ci_high",
    "fold_mean",
    "fold_std",
    "macro_recall",
)


def make_card(
    y: ArrayLike,
    subjects: ArrayLike,
    *,
    reasons_left_out: Iterable[str] = (),
    result: "EvaluationResult | None" = None,
    **facts: Any,
) -> dict[str, Any]:
    """Describe the training of a model, for :func:`save_model`, without naming anybody.

    Parameters
    ----------
    y : array-like of shape (n_images,)
        Labels of the images that the model was fitted on.
    subjects : array-like of shape (n_images,)
        Subject of each image; they are counted.
    reasons_left_out : iterable of str, default=()
        Why each of the images that were left out was.
    result : EvaluationResult, default=None
        How well models of this kind do on these data, as from
        :func:`~skfer.evaluation.evaluate_subject_independent`.
    **facts : dict
        Further entries, such as ``dataset``, ``method`` and ``seed``; anything JSON can hold.

    Returns
    -------
    card : dict
        The `facts`, and

        n_images, n_subjects : int
            How many.
        class_counts : dict of {str: int}
            Number of images of each label.
        left_out : dict of {str: int}
            Number of images that were left out, by reason.
        evaluation : dict or "not evaluated"
            ``protocol``, ``n_folds``, ``pooled_accuracy`` with the 95 % interval ``ci_low`` to
            ``ci_high``, ``fold_mean``, ``fold_std``, ``macro_recall`` and counts of the `result`.

    Examples
    --------
    >>> from skfer.persistence import make_card
    >>> card = make_card(["happy", "sad", "sad"], ["anna", "anna", "ben"], dataset="my own")
    >>> card["dataset"], card["class_counts"], card["evaluation"]
    ('my own', {'happy': 1, 'sad': 2}, 'not evaluated')
    """
    labels, counts = np.unique(y, return_counts=True)
    evaluation = NOT_EVALUATED
    if result is not None:
        summary = result.summary()
        evaluation = {"protocol": result.protocol} | {name: summary[name] for name in _FIGURES}
    return {
        **facts,
        "n_images": int(counts.sum()),
        "n_subjects": len(np.unique(subjects)),
        "class_counts": dict(zip(labels.tolist(), counts.tolist(), strict=True)),
        "left_out": dict(sorted(Counter(reasons_left_out).items())),
        "evaluation": evaluation,
    }

"""The card of a model: what its file says of the training, and that as a Markdown text."""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from textwrap import indent
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from skfer.evaluation import EvaluationResult

NOT_EVALUATED = "not evaluated"
_IN_PERCENT = ("pooled_accuracy", "ci_low", "ci_high", "fold_mean", "fold_std", "macro_recall")
_FIGURES = ("n_images", "n_subjects", "n_folds", "n_correct", *_IN_PERCENT)
_INTENDED_USE = (
    "Predicting which expression a face shows, for research on groups of pictures. An expression "
    "is not a feeling: posed ones are shown without it. The model is not made for decisions about "
    "a person."
)
_NOT_MEASURED = (
    "Not measured. `EvaluationResult.by_group` compares groups such as gender, age or skin colour."
)
_LIMITS = (
    "The accuracy holds for people, expressions and cameras like those of the training data.",
    "Probabilities are shares of the classes above; a face that shows none of them gets one, too.",
)
# What the sections show; all other entries are listed at the end.
_DETAILS = ("method", "parameters", "preprocessing", "labels", "seed", "command", "saved")
_TRAINING = ("dataset", "training_data", "n_images", "n_subjects", "cropped", "on_missing")
_TABLES = ("class_counts", "left_out")
_OTHERS = ("versions", "evaluation", "groups", "intended_use", "notes", "limits", "config")
_SHOWN = {*_DETAILS, *_TRAINING, *_TABLES, *_OTHERS}
# Markdown leaves an underline within a word as it is.
_FORMATS = re.compile(r"[\\`*|\[\]]|(?<!\w)_+|_+(?!\w)")


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


def format_card(card: dict[str, Any]) -> str:
    """Format the card of a model as Markdown, to publish beside the model.

    The sections are those of model cards [1]_: model details, intended use, training data,
    evaluation, groups and limits. What the card does not say is named as missing.

    Parameters
    ----------
    card : dict
        As :func:`read_card` returns it. Three entries replace a text: ``intended_use``, ``groups``
        and ``limits``.

    Returns
    -------
    text : str
        The card, with a line break at its end.

    See Also
    --------
    make_card : Describe the training of a model.

    References
    ----------
    .. [1] M. Mitchell et al. (2019). Model cards for model reporting. FAT*, 220-229,
       doi:10.1145/3287560.3287596.

    Examples
    --------
    >>> from skfer.persistence import format_card, make_card
    >>> card = make_card(["happy", "sad", "sad"], ["anna", "anna", "ben"], dataset="my own")
    >>> print(format_card(card).split("## ")[3].strip())
    Training data
    <BLANKLINE>
    - dataset: my own
    - n_images: 3
    - n_subjects: 2
    <BLANKLINE>
    | class counts | images |
    |---|---|
    | happy | 1 |
    | sad | 2 |
    """
    versions = {f"version of {name}": number for name, number in card.get("versions", {}).items()}
    unit = card.get("unit", "image")
    rest = {name: value for name, value in card.items() if name not in _SHOWN}
    parts = ["# Model card", "## Model details", _list(_pick(card, _DETAILS) | versions)]
    parts += ["## Intended use", _text(card.get("intended_use", _INTENDED_USE))]
    parts += ["## Training data", _list(_pick(card, _TRAINING))]
    for name in _TABLES:
        if card.get(name):
            parts.append(_table(name.replace("_", " "), f"{unit}s", card[name]))
    parts += ["## Evaluation", _format_evaluation(card.get("evaluation"), unit)]
    groups = card.get("groups")
    parts += ["## Groups", _NOT_MEASURED if groups is None else _text(groups)]
    own = [card["limits"]] if "limits" in card else []
    limits = [*_LIMITS, *map(_text, [*own, *card.get("notes", ())])]
    parts += ["## Limits", "\n".join(f"- {limit}" for limit in limits)]
    if rest:
        parts += ["## Further entries", _list(rest)]
    if "config" in card:
        parts += ["## Configuration", indent(str(card["config"]), "    ").rstrip()]
    return "\n\n".join(parts) + "\n"


def _format_evaluation(evaluation, unit):
    if not isinstance(evaluation, dict):
        return "Not evaluated: nothing is known of its accuracy on new people."
    accuracy, low, high, mean, std, recall = (100 * evaluation[name] for name in _IN_PERCENT)
    return (
        f"Protocol: {_text(evaluation['protocol'])}, {evaluation['n_folds']} folds, "
        f"{evaluation['n_images']} {unit}s of {evaluation['n_subjects']} subjects. The figures are "
        "those of models of this kind, each tested on the people that it was not trained on.\n\n"
        "| figure | percent |\n|---|---|\n"
        f"| pooled accuracy | {accuracy:.2f} |\n"
        f"| 95 % interval over subjects | {low:.2f} to {high:.2f} |\n"
        f"| mean of the folds ± standard deviation | {mean:.2f} ± {std:.2f} |\n"
        f"| macro recall | {recall:.2f} |"
    )


def _pick(card, names):
    return {name: card[name] for name in names if name in card}


def _list(entries):
    if not entries:
        return "Not described."
    return "\n".join(f"- {_text(name)}: {_text(value)}" for name, value in entries.items())


def _table(title, units, counts):
    rows = "".join(f"\n| {_text(name)} | {_text(count)} |" for name, count in counts.items())
    return f"| {title} | {_text(units)} |\n|---|---|{rows}"


def _text(value):
    """Return a value as one line in which Markdown and HTML find nothing to format."""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    text = escape(" ".join(str(value).split()), quote=False)
    return _FORMATS.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), text)

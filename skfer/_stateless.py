"""The steps of a pipeline that learn nothing: run once, not again for each training part."""

from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import get_tags

from skfer._subjects import drop_subjects
from skfer.base import ImageDescriptor, ImageTransformer, SequenceDescriptor
from skfer.utils._progress import tell_progress


def run_stateless_steps(estimator, X):
    """Run the leading steps that take each image by itself, and leave them fitted.

    Returns the estimator of the other steps and what these get. The last step always stays.
    """
    steps = list(estimator.steps) if is_pipeline(estimator) else []
    while len(steps) > 1 and _takes_images_one_by_one(steps[0][1]):
        name, step = steps.pop(0)
        tell_progress(name)
        X = step.fit_transform(X)
    return (clone(estimator).set_params(steps=steps) if steps else estimator), X


def split_stateless_steps(model):
    """Return the leading fitted steps that take each image by itself, and the rest as a model."""
    steps = []
    while is_pipeline(model) and len(model) > 1 and _takes_images_one_by_one(model[0]):
        steps.append(model[0])
        model = model[1:]
    return steps, model


def run_stateless_steps_inside(estimator, X):
    """Run the leading steps, and then those of a pipeline that the last step calibrates.

    Only for who hands the subjects over: what has become rows no longer tells them.
    """
    rest, X = run_stateless_steps(estimator, X)
    if is_pipeline(rest) and len(rest.steps) > 1:
        return rest, X
    rest = clone(rest)
    last = rest.steps[0][1] if is_pipeline(rest) else rest
    inner = getattr(last, "estimator", None)
    if getattr(last, "_passes_images_on", False) and is_pipeline(inner):
        inner, X = run_stateless_steps(inner, drop_subjects(X, inner))
        last.set_params(estimator=inner)
    return rest, X


def transform_once(model, X):
    """Run the fitted steps before the last one; returns the last one and what it gets."""
    while is_pipeline(model):
        *before, (_, last) = model.steps
        for _, step in before:
            if hasattr(step, "transform"):  # neither "passthrough" nor a sampler
                X = step.transform(X)
        model = last
    return model, X


def last_step(model):
    """Return what a pipeline ends in, or the model itself."""
    while is_pipeline(model):
        model = model.steps[-1][1]
    return model


def is_pipeline(estimator):
    """Tell whether it is a pipeline of scikit-learn or imbalanced-learn, and no subclass."""
    # A subclass may have a `fit` or `predict` of its own. imbalanced-learn is known by its name,
    # because its import is slow: it imports pytest.
    kind = type(estimator)
    return kind is Pipeline or (kind.__module__, kind.__name__) == ("imblearn.pipeline", "Pipeline")


def _takes_images_one_by_one(step):
    if isinstance(step, FeatureUnion):
        return all(_takes_images_one_by_one(part) for _, part in step.transformer_list)
    known = ImageTransformer | ImageDescriptor | SequenceDescriptor
    if not isinstance(step, known) or get_tags(step).requires_fit:
        return False
    # Of skfer's own classes it is known; one of the user's, as the step or as its detector, may
    # compare the images it is given.
    detectors = [part for part in step.get_params().values() if hasattr(part, "detect")]
    return all(type(part).__module__.startswith("skfer.") for part in (step, *detectors))

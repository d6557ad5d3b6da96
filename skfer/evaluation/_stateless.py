"""The steps of a pipeline that learn nothing: run once, not again in each fold."""

from sklearn.base import clone
from sklearn.utils import get_tags

from skfer.base import ImageDescriptor, ImageTransformer


def run_stateless_steps(pipeline, X):
    """Run the leading steps that take each image by itself.

    Returns the pipeline of the other steps and what these get. The last step always stays.
    """
    steps = list(pipeline.steps) if _is_pipeline(pipeline) else []
    while len(steps) > 1 and _takes_images_one_by_one(steps[0][1]):
        X = steps.pop(0)[1].fit_transform(X)
    return (clone(pipeline).set_params(steps=steps) if steps else pipeline), X


def transform_once(model, X):
    """Run the fitted steps before the last one; returns the last one and what it gets."""
    while _is_pipeline(model):
        *before, (_, last) = model.steps
        for _, step in before:
            if hasattr(step, "transform"):  # neither "passthrough" nor a sampler
                X = step.transform(X)
        model = last
    return model, X


def _is_pipeline(estimator):
    # A subclass may have a `fit` or `predict` of its own.
    return type(estimator).__module__ in ("sklearn.pipeline", "imblearn.pipeline")


def _takes_images_one_by_one(step):
    # Of skfer's own steps it is known; a class of the user's may compare the images it is given.
    is_own = type(step).__module__.partition(".")[0] == "skfer"
    is_image_step = isinstance(step, ImageTransformer | ImageDescriptor)
    return is_own and is_image_step and not get_tags(step).requires_fit

"""The methods that the command line knows by name."""

from importlib import import_module

# The name of a maker and its arguments. Not functions: skfer.pipelines imports torch, which
# `skfer --help` does without.
METHODS = {
    "cspp": ("make_cspp_pipeline",),
    "song": ("make_song_pipeline",),
    "gabor-svm": ("make_svm_pipeline", "gabor"),
    "hog-svm": ("make_svm_pipeline", "hog"),
    "lbp-svm": ("make_svm_pipeline", "lbp"),
    "phog-svm": ("make_svm_pipeline", "phog"),
    "landmark-svm": ("make_svm_pipeline", "landmark"),
    "joined-svm": ("make_svm_pipeline", "joined"),
    "radial-encoding": ("make_radial_encoding_pipeline",),
    "sparse-representation": ("make_sparse_representation_pipeline",),
    "sparse-local-fisher": ("make_sparse_local_fisher_pipeline",),
    "boosted-neural-ensemble": ("make_boosted_neural_ensemble_pipeline",),
    "boosted-belief": ("make_boosted_belief_pipeline",),
    "action-unit-network": ("make_action_unit_network_pipeline",),
    "pixel-1nn": ("make_pixel_knn_pipeline",),
    "phog-top-svm": ("make_phog_top_svm_pipeline",),
    "expressionlet": ("make_expressionlet_pipeline",),
}
# Those that take sequences, and nothing else.
SEQUENCE_METHODS = ("phog-top-svm", "expressionlet")


def make_method(name, *, align, random_state, sequences=False):
    """Return the unfitted pipeline of a method; every step that has a seed gets `random_state`.

    `align` is "eyes" for photographs and None for faces that are already cropped. With `sequences`,
    a method of single images judges each frame.
    """
    maker, *arguments = METHODS[name]
    model = getattr(import_module("skfer.pipelines"), maker)(*arguments, align=align)
    if sequences and name not in SEQUENCE_METHODS:
        from skfer.classifiers import FramewiseClassifier

        model = FramewiseClassifier(model)
    seeds = [key for key in model.get_params() if key.split("__")[-1] == "random_state"]
    return model.set_params(**dict.fromkeys(seeds, random_state))


def check_method(name, sequences):
    """Refuse a method of sequences for single images."""
    if name in SEQUENCE_METHODS and not sequences:
        raise ValueError(
            f"--method {name} takes sequences: add --set frames=sequence for a data set that has "
            "them, or choose a method of single images."
        )

"""The methods of the tables by name, each a pipeline."""

from skfer import networks, pipelines

TITLES = {
    "lopes": "Lopes CNN at 48x48",
    "plain5": "3x3 and 5x5 kernels",
    "plain7": "Plain7CNN",
    "plain8": "Plain8CNN",
    "cspp": "C-SPP",
    "mollahosseini": "Inception of Mollahosseini",
    "radial-encoding": "Radial encoding of Gu",
    "boosted-belief": "Boosted belief network",
    "phog-top-svm": "PHOG-TOP + flow + SVM",
    "expressionlet": "Expressionlets",
    "gabor-svm": "Gabor + SVM",
    "pixel-1nn": "1-NN on pixels",
}
_NETWORKS = {
    "lopes": networks.LopesNet,
    "plain5": networks.Plain5Net,
    "plain7": networks.Plain7Net,
    "plain8": networks.Plain8Net,
    "cspp": networks.CSPPNet,
    "mollahosseini": networks.MollahosseiniNet,
}
_OTHERS = {
    "radial-encoding": pipelines.make_radial_encoding_pipeline,
    "phog-top-svm": pipelines.make_phog_top_svm_pipeline,
    "gabor-svm": pipelines.make_gabor_svm_pipeline,
    "pixel-1nn": pipelines.make_pixel_knn_pipeline,
}
_SEEDED = {
    "boosted-belief": pipelines.make_boosted_belief_pipeline,
    "expressionlet": pipelines.make_expressionlet_pipeline,
}
_BENCHMARK = {"network__image_size": (48, 48), "network__padding": "same"}


def make_method(name, *, align, recipe, random_state, max_epochs=None):
    """Make the unfitted pipeline of a method of `TITLES`.

    `recipe` and `max_epochs`, None for that of the recipe, are those of networks.
    """
    if name in _SEEDED:
        return _SEEDED[name](align=align, random_state=random_state)
    if name in _OTHERS:
        return _OTHERS[name](align=align)
    parameters = dict(_BENCHMARK) if name == "lopes" else {}
    if name == "mollahosseini" and recipe == "default":
        parameters["network__batch_norm"] = True  # as the other networks have it
    if max_epochs is not None:
        parameters["max_epochs"] = max_epochs
    return pipelines.make_network_pipeline(
        _NETWORKS[name], align=align, recipe=recipe, random_state=random_state, **parameters
    )

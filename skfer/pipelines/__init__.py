"""The systems as pipelines, one call each."""

from skfer.pipelines._descriptors import make_gabor_svm_pipeline, make_svm_pipeline
from skfer.pipelines._grids import PARAMETER_GRIDS
from skfer.pipelines._networks import make_cspp_pipeline, make_network_pipeline, make_song_pipeline
from skfer.pipelines._sequences import make_expressionlet_pipeline, make_phog_top_svm_pipeline
from skfer.pipelines._systems import (
    make_action_unit_network_pipeline,
    make_boosted_belief_pipeline,
    make_boosted_neural_ensemble_pipeline,
    make_pixel_knn_pipeline,
    make_radial_encoding_pipeline,
    make_sparse_local_fisher_pipeline,
    make_sparse_representation_pipeline,
)

__all__ = [
    "PARAMETER_GRIDS",
    "make_action_unit_network_pipeline",
    "make_boosted_belief_pipeline",
    "make_boosted_neural_ensemble_pipeline",
    "make_cspp_pipeline",
    "make_expressionlet_pipeline",
    "make_gabor_svm_pipeline",
    "make_network_pipeline",
    "make_phog_top_svm_pipeline",
    "make_pixel_knn_pipeline",
    "make_radial_encoding_pipeline",
    "make_song_pipeline",
    "make_sparse_local_fisher_pipeline",
    "make_sparse_representation_pipeline",
    "make_svm_pipeline",
]

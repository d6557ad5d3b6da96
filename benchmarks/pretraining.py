"""C-SPP that begins with what it has learnt from synthetic faces, of no person."""

from functools import lru_cache

from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces
from skfer.networks import CSPPNet


def pretrained_cspp(n_classes, *, n_subjects, max_epochs, seed):
    """Make a C-SPP with new classifying layers over those trained on synthetic faces."""
    network, learnt = CSPPNet(n_classes), train_on_synthetic_faces(n_subjects, max_epochs, seed)
    for layers in ("low_level", "high_level"):
        getattr(network, layers).load_state_dict(getattr(learnt, layers).state_dict())
    return network


@lru_cache
def train_on_synthetic_faces(n_subjects, max_epochs, seed):
    """Train C-SPP on synthetic people with six expressions each, once per process."""
    X, y, _ = make_faces(n_subjects, 1, image_size=(48, 48), random_state=7, return_X_y=True)
    classifier = CSPPClassifier(max_epochs=max_epochs, precision="bfloat16", random_state=seed)
    return classifier.fit(X, y).net_.network

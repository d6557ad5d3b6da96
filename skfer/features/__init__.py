"""Steps on feature rows."""

from skfer.features._action_unit_rbm import ActionUnitAwareRBM
from skfer.features._sparse_local_fisher import SparseLocalFisher
from skfer.features._subject_normalizer import SubjectNormalizer

__all__ = ["ActionUnitAwareRBM", "SparseLocalFisher", "SubjectNormalizer"]

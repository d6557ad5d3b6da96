"""Steps on feature rows."""

from skfer.features._sparse_local_fisher import SparseLocalFisher

__all__ = ["SparseLocalFisher"]

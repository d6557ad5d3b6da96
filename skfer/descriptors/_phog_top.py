"""Pyramids of oriented gradients on the three planes of a sequence."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, Options

from skfer._typing import FeatureNames
from skfer.base import SequenceDescriptor
from skfer.descriptors._face_regions import check_regions, cut_region
from skfer.descriptors._phog import phog_features

# The axes of a sequence (frame, y, x) that number the planes, and are down and across in them.
_PLANES = {"xy": (0, 1, 2), "xt": (1, 0, 2), "yt": (2, 0, 1)}


class PHOGTOPDescriptor(SequenceDescriptor):
    """Describe a sequence by PHOGs on three orthogonal planes (PHOG-TOP).

    A sequence is a block of pixels over x, y and time t. Its XY planes are the frames, which show
    shape; an XT plane shows how one row of pixels goes on over time, a YT plane one column, and
    there the orientation of an edge tells velocity [1]_. Each region of the face has the mean PHOG,
    as of :class:`PHOGDescriptor`, of its planes of each kind. Sequences of any length have as many
    features.

    Parameters
    ----------
    regions : dict of str to (float, float, float, float), default=None
        Top, bottom, left and right of each region, as fractions of the height and width of the
        frames. None takes bands with the forehead, the eyes, the nose and the mouth of a face that
        is aligned by its eyes.
    n_orientations : int, default=20
        Number of orientation bins.
    angle : {180, 360}, default=360
        Degrees over which the bins are spread: 180 takes opposite gradients for one orientation.
    n_levels : int, default=3
        Number of levels of each pyramid; 3 gives 1 + 4 + 16 cells.
    edges : bool, default=True
        Let the pixels of Canny edges vote only. False lets all pixels vote.
    edge_quantile : float, default=0.7
        Upper threshold of the edges, as a quantile of the gradient magnitudes of the same plane.
    n_jobs : int, default=None
        Number of threads; None means 1 unless in a ``joblib.parallel_config`` context, -1 all
        processors.

    Attributes
    ----------
    image_shape_ : tuple of (int, int)
        Height and width of the frames seen in ``fit``.

    Raises
    ------
    ValueError
        In ``fit`` and ``transform``, if a parameter is out of its range, a region has no area, or
        the frames have another size than in ``fit``.

    Notes
    -----
    Known of [1]_ are the 20 bins, three levels and four regions, forehead, eyes, nose and mouth,
    which are the defaults: 4 x 3 x 420 features. Guesses of this class are:

    - Where the regions end. The mean over planes, as LBP-TOP takes the sum over them.
    - Each plane is stretched to the full range by itself, and so are its votes: a plane in which
      little changes counts as much as another.
    - Time is not rescaled. The finer levels of XT and YT planes cut it in parts of equal length,
      the last neither later nor earlier for a longer sequence, whereas the orientations tell
      pixels per frame: a sequence of another frame rate has other features.

    With fewer frames than the finest level has rows, 4 for three levels, some cells of XT and YT
    planes are empty. A single frame is a sequence in which nothing moves.

    References
    ----------
    .. [1] X. Fan and T. Tjahjadi, "A spatial-temporal framework based on histogram of gradients and
       optical flow for facial expression recognition in video sequences", Pattern Recognition
       48(11), 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import PHOGTOPDescriptor
    >>> sequences = [np.zeros((n_frames, 48, 48), np.uint8) for n_frames in (9, 20)]
    >>> descriptor = PHOGTOPDescriptor()
    >>> descriptor.fit_transform(sequences).shape
    (2, 5040)
    >>> descriptor.get_feature_names_out()[-1]
    'phogtop_mouth_yt_l2_r3_c3_o19'
    """

    _white = None

    _parameter_constraints: dict = {
        "regions": [dict, None],
        "n_orientations": [Interval(Integral, 1, None, closed="left")],
        "angle": [Options(Integral, {180, 360})],
        "n_levels": [Interval(Integral, 1, None, closed="left")],
        "edges": ["boolean"],
        "edge_quantile": [Interval(Real, 0, 1, closed="both")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        regions: dict[str, tuple[float, float, float, float]] | None = None,
        n_orientations: int = 20,
        angle: Literal[180, 360] = 360,
        n_levels: int = 3,
        edges: bool = True,
        edge_quantile: float = 0.7,
        n_jobs: int | None = None,
    ):
        self.regions = regions
        self.n_orientations = n_orientations
        self.angle = angle
        self.n_levels = n_levels
        self.edges = edges
        self.edge_quantile = edge_quantile
        self.n_jobs = n_jobs

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by region, plane, level, row and column of the cell, and orientation.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Ignored.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"phogtop_mouth_xt_l2_r3_c1_o17"``: of the XT planes of the mouth, third
            level, fourth row (the last quarter of time), second column, orientation bin 17.
        """
        super().get_feature_names_out(input_features)
        names = [
            f"phogtop_{region}_{plane}_l{level}_r{r}_c{c}_o{o}"
            for region in check_regions(self.regions)
            for plane in _PLANES
            for level in range(self.n_levels)
            for r, c, o in np.ndindex(2**level, 2**level, self.n_orientations)
        ]
        return np.array(names, dtype=object)

    def _describe(self, frames):
        return phog_top_features(
            frames,
            check_regions(self.regions),
            n_orientations=self.n_orientations,
            angle=self.angle,
            n_levels=self.n_levels,
            edge_quantile=self.edge_quantile if self.edges else None,
        )


def phog_top_features(frames, regions, **phog):
    """Take frames (n_frames, height, width) to the mean PHOGs of each region and kind of plane.

    >>> frames = np.random.default_rng(0).random((5, 16, 16))
    >>> phog = dict(n_orientations=20, angle=360, n_levels=3, edge_quantile=0.7)
    >>> phog_top_features(frames, {"all": (0, 1, 0, 1)}, **phog).shape
    (1260,)
    """
    means = []
    for sides in regions.values():
        block = frames[(slice(None), *cut_region(sides, *frames.shape[1:]))]
        for axes in _PLANES.values():
            planes = np.ascontiguousarray(block.transpose(axes))
            means.append(phog_features(planes, **phog).mean(axis=0))
    return np.concatenate(means)

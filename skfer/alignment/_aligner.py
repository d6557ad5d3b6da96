"""FaceAligner: rotate, crop and resize in one warp."""

from skfer.alignment._base import BaseWarper
from skfer.alignment._geometry import LOPES_CROP

__all__ = ["FaceAligner"]


class FaceAligner(BaseWarper):
    """Bring the eyes of each face to the same places by rotation, crop and resize in one warp.

    The default crop is that of Lopes et al. (2017) [1]_, Figure 5, which is taller than wide and
    is squeezed to `output_size`. Pixels are averaged where the face shrinks.

    Parameters
    ----------
    output_size : tuple of (int, int), default=(48, 48)
        Height and width of the crop in pixels.
    rotate : bool, default=True
        Turn the line between the eyes to the horizontal.
    crop : tuple of (float, float, float) or None, default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.
        ``LOPES_CROP`` is the default; ``SQUARE_CROP`` shows cheeks and jaw and squeezes nothing;
        None takes the whole picture.
    margin : float, default=0.0
        Context kept on each side, as a fraction of the height and width, for a classifier that
        warps its training faces itself. The images grow by it; their centre is the crop.
    border : {"replicate", "reflect", "constant"}, default="replicate"
        What lies outside the picture: its border pixels repeated, its mirror image, or zeros.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.
    n_jobs : int, default=None
        Number of images decoded and warped at a time, in threads; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.

    Attributes
    ----------
    n_features_in_ : int
        Number of pixels, unless `fit` saw a face array of images of any size.
    image_shape_ : tuple of (int, int)
        Height and width of the images, under the same condition.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    See Also
    --------
    FaceCropper : Crops without rotation.
    EyeLocator : Finds the eyes.

    Notes
    -----
    The ablation of [1]_ is two parameters: `rotate`, and `crop` or None, alone, together
    or neither, for instance in a ``GridSearchCV``. The landmarks of a face array go along with its
    eyes.

    References
    ----------
    .. [1] Lopes, A. T., de Aguiar, E., De Souza, A. F. and Oliveira-Santos, T. (2017). Facial
       expression recognition with convolutional neural networks: coping with few data and the
       training sample order. Pattern Recognition, 61, 610-628.

    Examples
    --------
    >>> from skfer.alignment import FaceAligner
    >>> from skfer.datasets import make_faces
    >>> faces = make_faces(2, 1, random_state=0).faces
    >>> FaceAligner(output_size=(48, 48)).fit_transform(faces)["image"].shape
    (12, 48, 48)
    """

    _parameter_constraints: dict = {**BaseWarper._parameter_constraints, "rotate": ["boolean"]}

    def __init__(
        self,
        output_size=(48, 48),
        *,
        rotate=True,
        crop=LOPES_CROP,
        margin=0.0,
        border="replicate",
        image_shape=None,
        n_jobs=None,
    ):
        self.output_size = output_size
        self.rotate = rotate
        self.crop = crop
        self.margin = margin
        self.border = border
        self.image_shape = image_shape
        self.n_jobs = n_jobs

    @property
    def _turns(self):
        return self.rotate

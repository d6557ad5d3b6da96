"""OpenCV, imported in one place so that a broken installation is explained in one place."""

try:
    import cv2
except ImportError as error:
    raise ImportError(
        f"OpenCV could not be imported ({error}). On a machine without a screen the system's libGL "
        "is often missing. Either install it (Debian, Ubuntu: apt install libgl1) or replace "
        "opencv-python by its headless build: pip uninstall -y opencv-python && "
        'pip install "opencv-python-headless<5".'
    ) from error

if not hasattr(cv2, "CascadeClassifier"):
    raise ImportError(
        f"OpenCV {cv2.__version__} has no Haar cascades; skfer needs OpenCV 4: "
        'pip install "opencv-python<5".'
    )

"""What the columns of OpenFace, py-feat and LibreFace are called and mean."""

import re
from dataclasses import dataclass, field

from skfer.datasets._patterns import compile_argument
from skfer.utils._text import join_some

GROUPS = ("action-units", "landmarks", "gaze", "pose")


@dataclass(frozen=True)
class Tool:
    """The columns of one tool: regular expressions of its features, and names of the others."""

    name: str
    signs: tuple  # the tool wrote the table if, for one of these, all columns are there
    groups: dict = field(default_factory=dict)
    frame_number: tuple = ()  # of these names, the first that is there
    face: tuple = ()
    timestamp: tuple = ()
    input: tuple = ()
    confidence: tuple = ()
    success: tuple = ()
    box: tuple = ()  # expressions of the columns whose values span the face, x and y
    extent: tuple = ()  # columns of width and height of the face
    lists: tuple = ()  # columns of which one entry is a list of numbers
    intensity: str | None = None  # expression of the columns that go from 0 to 5

    def roles(self, names, columns):
        """Return the columns that play some roles, such as "face", as far as the table has them."""
        found = {role: [name for name in getattr(self, role) if name in columns] for role in names}
        return {role: present[0] for role, present in found.items() if present}


OPENFACE_2 = Tool(
    "openface-2",
    signs=(("confidence", "success"), ("face", "confidence")),
    groups={
        "action-units": r"AU\d+_[rc]",
        "landmarks": r"(eye_lmk_)?[xyXYZ]_\d+",
        "gaze": r"gaze_.+",
        "pose": r"pose_[TR][xyz]",
    },
    frame_number=("frame",),
    face=("face_id", "face"),
    timestamp=("timestamp",),
    confidence=("confidence",),
    success=("success",),
    box=(r"x_\d+", r"y_\d+"),
    intensity=r"AU\d+_r",
)
OPENFACE_3 = Tool(
    "openface-3",
    signs=(("face_detection", "action_units"),),
    groups={
        "action-units": r"action_units_\d+",
        "landmarks": r"landmarks_\d+",
        "gaze": r"gaze_(yaw|pitch)",
    },
    frame_number=("frame_index",),
    face=("face_id",),
    input=("video_path", "image_path"),
    confidence=("face_detection_4",),
    box=("face_detection_[02]", "face_detection_[13]"),
    lists=("face_detection", "landmarks", "action_units"),
)
PY_FEAT = Tool(
    "py-feat",
    signs=(("FaceScore",),),
    groups={
        "action-units": r"AU\d+",
        "landmarks": r"(mesh_)?[xyz]_\d+",
        "gaze": r"gaze_(pitch|yaw|angle)",
        "pose": r"Pitch|Roll|Yaw|X|Y|Z",
    },
    frame_number=("frame",),
    face=("Identity",),
    timestamp=("approx_time",),
    input=("input",),
    confidence=("FaceScore",),
    extent=("FaceRectWidth", "FaceRectHeight"),
)
LIBREFACE = Tool(
    "libreface",
    signs=(("facial_expression", "au_1_intensity"),),
    groups={
        "action-units": r"au_\d+(_intensity)?",
        "landmarks": r"lm_mp_\d+_[xyz]",
        "gaze": r"gaze_(yaw|pitch)",
        "pose": r"pitch|yaw|roll",
    },
    frame_number=("frame_idx",),
    timestamp=("frame_time_in_ms",),
    intensity=r"au_\d+_intensity",
)
OTHER = Tool(
    "other",
    signs=(),
    frame_number=("frame_number", "frame"),
    face=("face", "face_id"),
    timestamp=("timestamp",),
    input=("input",),
    confidence=("confidence",),
    success=("success",),
)
TOOLS = {tool.name: tool for tool in (OPENFACE_2, OPENFACE_3, PY_FEAT, LIBREFACE, OTHER)}


def recognize_tool(path, columns, features):
    """Return the Tool that wrote a table, by its columns; OTHER if the user names the features."""
    for tool in TOOLS.values():
        if any(set(sign) <= set(columns) for sign in tool.signs):
            return tool
    if not isinstance(features, str) or features not in ("all", *GROUPS):
        return OTHER
    raise ValueError(
        f"'{path}' is not a table of {', '.join(name for name in TOOLS if name != 'other')}; its "
        f"columns are {join_some(columns, limit=12, quoted=True)}. Name the columns to use, such "
        "as features=['smile', 'frown'] or a regular expression, features=r'au\\d+'."
    )


def select_features(path, tool, features, columns):
    """Return the columns that `features` asks for, in the order of the table or of the list."""
    if not isinstance(features, str):
        absent = [name for name in features if name not in columns]
        if absent or not len(features):
            raise ValueError(
                f"'{path}' has no column {join_some(absent, quoted=True)}; its columns are "
                f"{join_some(columns, limit=12, quoted=True)}."
            )
        return list(features)
    if features == "all":
        expression = "|".join(tool.groups.values())
    elif features in GROUPS:
        expression = tool.groups.get(features)
    else:
        expression = features
    if not expression:
        raise ValueError(
            f"features={features!r}: tables of {tool.name} have no such group, but "
            f"{', '.join(tool.groups) or 'none at all'}. Name columns, as a list or a regular "
            "expression."
        )
    matches = compile_argument("features", expression).fullmatch
    selected = [name for name in columns if matches(name)]
    if not selected:
        raise ValueError(
            f"'{path}' has no columns of features={features!r}; its columns are "
            f"{join_some(columns, limit=12, quoted=True)}."
        )
    return selected


def columns_of(expression, columns):
    """Return the columns whose whole name an expression matches."""
    return [name for name in columns if re.fullmatch(expression, name)]

"""What the readers say, in the words of the command, and the tables that it names."""

import re
from contextlib import contextmanager
from pathlib import Path

# How the readers name what the command calls otherwise.
_WORDS = (
    (r"(on_unreadable|on_unmatched)='(\w+)'", lambda m: f"--{m[1].replace('_', '-')} {m[2]}"),
    (r"on_missing='skip'", "--set on_missing=skip"),
    (r"canonical_labels=False", "--set canonical_labels=false"),
    (r"Photographs are read with cropped=False", "Photographs are read without --cropped"),
    (r"rename that of info", "rename that column of the table, or that group of the pattern"),
    (r"Use StratifiedGroupKFold or more folds", "Use more --folds"),
    (r"Pass as data_home", "Give as DATA"),
    (
        r"give cropped=True; for photographs and videos fit a model that aligns faces, such as "
        r"make_cspp_pipeline\(align='eyes'\)",
        "add --cropped; for photographs and videos fit a model without --cropped",
    ),
    (r"by load_image_folder\(frames='sequence'\)", "with --set frames=sequence"),
    (r"frames='sequence'", "--set frames=sequence"),
    (
        r"Give (a|another) pattern, or a table of the files by csv=",
        r"Give \1 --pattern, or a table by --csv",
    ),
    (r"by exclude\b", "by --exclude"),
    (r"\b(pattern|exclude|csv)='", r"--\1 '"),
    (r"They are in the `duplicates` of the Bunch", "skfer index lists them"),
    (r"skfer\.evaluation\.find_near_duplicates lists", "skfer index lists"),
)


@contextmanager
def in_words_of_the_command():
    """Raise the errors of the block with the names of options instead of those of parameters."""
    try:
        yield
    except (ValueError, FileNotFoundError) as error:
        raise type(error)(say_by_options(str(error))) from error


def say_by_options(message):
    """Return a message with the names of options instead of those of parameters."""
    for words, option in _WORDS:
        message = re.sub(words, option, message)
    return message


def find_table(name, folder, where):
    """Return the table of ``--csv``: here, as a shell completes it, or else in the folder."""
    for file in (Path(name).absolute(), Path(folder, name).absolute()):
        if file.is_file():
            return file
    raise FileNotFoundError(f"--csv '{name}': there is no such file, neither here nor in {where}.")

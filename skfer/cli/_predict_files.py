"""What `skfer predict` does: look at all that was asked for, predict, and say what came out."""

import errno
import json
import os
import sys
from dataclasses import asdict

from skfer.cli._output import (
    check_writable,
    portable_command,
    print_first,
    refuse_replacing,
    refuse_spreadsheet,
    refuse_within,
)
from skfer.cli._predict import GO_ON
from skfer.cli._words import in_words_of_the_command
from skfer.inference import find_inputs, save_predictions
from skfer.inference._outputs import dictionary_path, partial_path, summary_path
from skfer.inference._overlay_files import overlay_paths
from skfer.persistence import read_card
from skfer.utils._files import only_writer
from skfer.utils._text import count_of, join_some, without_name
from skfer.utils._video import is_video


def predict_files(options, argv):
    """Check everything before any work; predict; print counts, and names of what was not read."""
    notes = sys.stderr if options.json else sys.stdout
    if options.delimiter is None:
        options.delimiter = ";" if options.decimal == "," else ","
    if options.delimiter == options.decimal:
        raise ValueError(
            "--delimiter and --decimal are both ','. With a decimal comma, leave --delimiter out "
            "or make it ';'."
        )
    card = read_card(options.model)
    command = portable_command(argv)
    _check_out(options)
    if options.resume and options.out.exists() and not partial_path(options.out).exists():
        _check_finished(options.out, command)
        print(f"{options.out} is already complete; there is nothing to resume.", file=notes)
        return
    inputs, left_out = find_inputs(options.paths)
    _check_inputs(options, inputs, left_out)
    _check_overlay(options, inputs)
    print(_describe_model(options.model, card), file=notes)
    with in_words_of_the_command():
        counts = _save(options, inputs, command)
    if options.json:
        print(json.dumps(asdict(counts) | {"left_out": dict(left_out), "out": str(options.out)}))
    _print_counts(counts, left_out, options.out, notes)
    if not counts.n_faces:
        raise ValueError(f"No face was predicted in any of the inputs; '{options.out}' says why.")


def _save(options, inputs, command):
    try:
        return save_predictions(
            options.model,
            inputs,
            options.out,
            faces=options.faces,
            every=options.every,
            cropped=options.cropped,
            n_jobs=options.jobs,
            resume=options.resume,
            smoothing=options.smooth,
            baseline=options.baseline,
            summary=options.summary,
            overlay=options.overlay,
            delimiter=options.delimiter,
            decimal=options.decimal,
            run={"Command": command},
            verbose=int(sys.stderr.isatty()),
        )
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            problem = f"'{error.filename}': {os.strerror(error.errno)}. Make room."
            raise OSError(f"{problem} {GO_ON}") from error
        raise


def _check_out(options):
    out = options.out
    if out.is_dir():
        raise ValueError(f"--out '{out}' is a folder; give a file, such as '{out / 'faces.csv'}'.")
    if out.suffix.lower() == ".json":
        raise ValueError(f"--out '{out}' is the name of the data dictionary; let it end with .csv.")
    refuse_spreadsheet(out, "give a .csv; for German Excel add --decimal ,")
    if not out.parent.is_dir():
        raise ValueError(f"--out '{out}': there is no folder '{out.parent}'; make it first.")
    check_writable("--out", out.parent, out)
    with only_writer(out):
        pass  # what a run that is still going has written is not that of an earlier one
    partial = partial_path(out)
    written = [out, dictionary_path(out), partial]
    if options.summary:
        written += [summary_path(out), dictionary_path(summary_path(out))]
    there = [str(path) for path in written if os.path.lexists(path)]
    if there and not (options.resume or options.overwrite):
        remedy = "--resume to go on with it, " if partial in written and partial.exists() else ""
        raise ValueError(
            f"--out '{out}': an earlier run has left {join_some(there, quoted=True)}. Add {remedy}"
            "--overwrite to replace it, or give another name."
        )


def _check_finished(out, command):
    """Refuse a whole table, unless this very command has made it."""
    try:
        document = json.loads(dictionary_path(out).read_text("utf-8"))
        former = document["GeneratedBy"][0]["Command"]
    except (OSError, ValueError, LookupError, TypeError):
        former = None
    if former != command:
        made = f"by '{former}'" if former else "by something else"
        raise ValueError(
            f"--resume: '{out}' is already complete, made {made}. Add --overwrite instead of "
            "--resume to replace it, or give another name."
        )


def _check_inputs(options, inputs, left_out):
    if not inputs:
        problems = join_some([f"'{path}': {reason}" for path, reason in left_out])
        raise ValueError(
            f"Found no image or video in {join_some(options.paths, quoted=True)}"
            + (f" ({problems})." if problems else ".")
        )
    if os.path.realpath(options.out) in map(os.path.realpath, inputs):
        raise ValueError(f"--out '{options.out}' is one of the inputs.")
    of_time = {"--every": options.every > 1, "--smooth": options.smooth}
    of_time["--baseline"] = options.baseline
    for name, is_given in of_time.items():
        if is_given and not any(map(is_video, inputs)):
            raise ValueError(f"{name} is for videos, and there is none among the inputs.")


def _check_overlay(options, inputs):
    folder = options.overlay
    if folder is None:
        return
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--overlay '{folder}' is a file; give a folder.")
    check_writable("--overlay", folder)
    refuse_within("--overlay", folder, options.paths)
    copies = overlay_paths(inputs, folder).values()
    refuse_replacing("--overlay", folder, inputs, copies)
    for path in copies:
        if path.exists() and not (options.resume or options.overwrite):
            raise ValueError(
                f"--overlay '{folder}' has '{path.name}' already. Add --overwrite to replace it, "
                "or give another folder."
            )


def _describe_model(path, card):
    about = [_describe_training(card)] if {"method", "n_images", "n_subjects"} <= {*card} else []
    about += [f"trained on {card['training_data']}"] if card.get("training_data") else []
    if isinstance(evaluation := card.get("evaluation"), dict):
        about.append(f"{100 * evaluation['pooled_accuracy']:.2f} % accuracy on new people")
    about += [f"knows {', '.join(map(str, card['labels']))}"] if card.get("labels") else []
    about += [f"saved {str(card['saved'])[:10]}"] if card.get("saved") else []
    notes = "".join(f"\nNote: {note}" for note in card.get("notes", ()))
    return f"Model {path}: {'; '.join(about)}.{notes}"


def _describe_training(card):
    images = count_of(card["n_images"], card.get("unit", "image"))
    subjects = count_of(card["n_subjects"], "subject")
    return f"{card['method']}, trained on {images} of {subjects}"


def _print_counts(counts, left_out, out, notes):
    inputs = [count_of(counts.n_images, "image")] if counts.n_images or not counts.n_videos else []
    inputs += [count_of(counts.n_videos, "video")] if counts.n_videos else []
    frames = f", {count_of(counts.n_frames, 'frame')}" if counts.n_videos else ""
    refused = f"{counts.n_refused} refused by the model, " if counts.n_refused else ""
    print(
        f"{' and '.join(inputs)}{frames}: {count_of(counts.n_faces, 'face')}, {refused}"
        f"{counts.n_without_face} without a face, {counts.n_unreadable} unreadable: {out}",
        file=notes,
    )
    for problems in (counts.unreadable, counts.refused):
        lines = [f"{path}: {without_name(problem, path)}" for path, problem in problems.items()]
        print_first(lines, f", see {out}", notes)
    if left_out:
        print(f"{count_of(len(left_out), 'other file')} left out:", file=notes)
        print_first([f"{path}: {reason}" for path, reason in left_out], "", notes)

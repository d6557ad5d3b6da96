"""The sub-command `skfer fit`: a model file from all images of a data set."""

import re
import shutil
import sys
from pathlib import Path

from skfer.cli._arguments import add_folds_option, add_training_options
from skfer.cli._data_options import add_data_options
from skfer.cli._methods import METHODS, check_method, make_method
from skfer.cli._output import (
    add_again_options,
    add_json_option,
    check_writable,
    portable_command,
    refuse_earlier,
    result_on_stdout,
)
from skfer.cli._scale import add_scale_options, check_scale


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "fit",
        help="train a model and store it in a file",
        description="Train a method on all images of a data set and store the model, with a card "
        "that says on what it was trained and, with --evaluate, how well such models do on people "
        "they have never seen.",
    )
    parser.set_defaults(
        run=run,
        how_to_go_on="No model was written. Finished folds of --evaluate are kept: add --resume to "
        "go on.",
    )
    add_data_options(parser)
    training = parser.add_argument_group("training")
    training.add_argument("--method", required=True, choices=[*METHODS], help="method to train")
    add_training_options(training)
    add_scale_options(training)
    training.add_argument(
        "--evaluate",
        action="store_true",
        help="cross-validate by subject first, and put the figures into the card",
    )
    add_folds_option(training)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="model file, such as face.skfer"
    )
    add_again_options(output, "FILE")
    add_json_option(output)


def run(options, argv):
    """Cross-validate if asked for, train on everything, and store the model with its card."""
    from skfer.cli import _data
    from skfer.cli._protocol import check_columns, check_folds
    from skfer.persistence import read_card
    from skfer.utils._files import only_writer

    folds = options.out.with_name(f".{options.out.name}.folds")
    with result_on_stdout(options) as results:
        if options.resume and options.out.is_file() and not folds.exists():
            card = read_card(options.out)
            if card.get("command") == portable_command(argv):
                print(f"{options.out} is already complete; there is nothing to resume.")
                results.append(card)
                return
        _check_output(options, folds)
        check_scale(options)

        def check(data):
            check_method(options.method, _data.has_sequences(data.faces))
            if options.evaluate:
                check_columns(options, data)
                check_folds(options, data)

        with only_writer(options.out):
            prepared = _data.prepare_data(options, check)
            if folds.exists() and not options.resume:
                shutil.rmtree(folds)
            _fit(options, argv, prepared, folds)
            shutil.rmtree(folds, ignore_errors=True)
        results.append(read_card(options.out))


def _check_output(options, folds):
    if options.out.is_dir():
        raise ValueError(f"--out '{options.out}' is a folder; give the name of a file.")
    check_writable("--out", options.out.parent, options.out)
    if options.folds is not None and not options.evaluate:
        raise ValueError("--folds is for --evaluate, which is not given.")
    if options.out.exists() and not (options.overwrite or folds.exists()):
        raise ValueError(
            f"--out '{options.out}' already exists and is complete. Add --overwrite to replace "
            "it, or give another file."
        )
    earlier = [path for path in (options.out, folds) if path.exists()]
    refuse_earlier(options, earlier, "was begun by an earlier run", "file")


def _fit(options, argv, prepared, folds):
    from skfer.cli._data import has_sequences, unit_of
    from skfer.cli._protocol import evaluate_split
    from skfer.persistence import make_card, save_model
    from skfer.utils._text import count_of

    data, method = prepared.data, options.method
    align = None if data.cropped else "eyes"
    model = make_method(
        method, align=align, random_state=options.seed, sequences=has_sequences(data.faces)
    )
    parameters = " ".join(repr(model).split())
    result = None
    if not options.evaluate:
        print("".join(f"Note: {doubt}\n" for doubt in prepared.doubts), end="")
    else:  # which warns of the doubts itself
        result = evaluate_split("subject", {method: model}, data, options, memory=folds)
    card = make_card(
        data.target,
        data.subjects,
        reasons_left_out=[_anonymous(file) for file in prepared.left_out],
        result=result,
        dataset=options.dataset,
        unit=unit_of(data.faces),
        cropped=data.cropped,
        method=method,
        parameters=parameters,
        seed=options.seed,
        on_missing=options.on_missing,
        n_eyes_not_found=len(prepared.eyes_not_found),
        notes=prepared.notes + [_without_names(doubt) for doubt in prepared.doubts],
        command=portable_command(argv),
        config=options.config_text,
    )
    counts = ", ".join(f"{n} {name}" for name, n in card["class_counts"].items())
    images = count_of(card["n_images"], card["unit"])
    print(f"Training {method} on {images}: {counts}")
    _show_epochs(model).fit(data.faces, data.target)
    save_model(model, options.out, card=card)
    print(_format_evaluation(card["evaluation"]))
    print(f"Model: {options.out} ({options.out.stat().st_size / 1e6:.1f} MB)")


def _anonymous(file):
    """Return why a file was left out, without the name of another, which may be of a person."""
    return re.sub(r"[:;] differs only in case .*", "", file["reason"], flags=re.DOTALL)


def _without_names(doubt):
    """Return a doubt up to the people and files that it names."""
    return re.split(": |, such as ", doubt)[0]


def _show_epochs(model):
    """Let a network print its epochs, where somebody looks on."""
    if sys.stderr.isatty():
        names = [name for name in model.get_params() if name.endswith("__max_epochs")]
        model.set_params(**{name.replace("max_epochs", "verbose"): 1 for name in names})
    return model


def _format_evaluation(evaluation):
    if isinstance(evaluation, str):
        return "Accuracy on new people: not evaluated; --evaluate measures it."
    accuracy, low, high = (
        100 * evaluation[name] for name in ("pooled_accuracy", "ci_low", "ci_high")
    )
    return (
        f"Accuracy on new people: {accuracy:.2f} % ({low:.2f} to {high:.2f}, 95 % interval; "
        f"{evaluation['n_folds']} folds by subject)"
    )

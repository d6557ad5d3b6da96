"""The sub-command `skfer completion`: what the shell needs to complete the other ones."""

from pathlib import Path


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "completion",
        help="print the completion of a shell",
        description="Print what a shell needs to complete the commands, their options and files.\n"
        'bash: eval "$(skfer completion bash)", in ~/.bashrc to keep it\n'
        "zsh: skfer completion zsh > DIR/_skfer, DIR being in $fpath\n"
        "tcsh: skfer completion tcsh > FILE, and source FILE",
    )
    parser.set_defaults(run=run, how_to_go_on="")
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"], metavar="bash|zsh|tcsh")


def run(options, argv):
    """Print the script that shtab makes of the parser."""
    from skfer.cli._main import build_parser
    from skfer.utils._optional import require

    shtab = require("shtab", extra="cli", needed_by="skfer completion")
    parser, commands = build_parser()
    for command in commands.values():
        for action in command._actions:
            if action.type is Path:
                is_folder = action.metavar in ("DATA", "DIR", "IN", "OUT")
                action.complete = shtab.DIRECTORY if is_folder else shtab.FILE
    print(shtab.complete(parser, options.shell))

"""Fill the tables of docs/benchmarks.md and draw its figures: `python -m benchmarks.page`.

The tables stand between comments of the page and come from a run of `benchmarks.run` and from
`benchmarks/promises.json`. What the run measures is taken from it; other promises name the command
that measured them.
"""

import argparse
import json
import re
from pathlib import Path

from benchmarks.draw_benchmarks import draw_growth, draw_ratios
from benchmarks.run import RESULTS

PROMISES = Path(__file__).with_name("promises.json")
DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "benchmarks.md"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    document = json.loads(options.results.read_text())
    PAGE.write_text(fill(PAGE.read_text(), document, json.loads(PROMISES.read_text())))
    draw_ratios(document, DOCS / "figures" / "benchmarks.png")
    if document["growth"]:  # the longest section may have been left out
        draw_growth(document, DOCS / "figures" / "growth.png")


def fill(page, document, promises):
    """Return the page with the text between its comments replaced."""
    blocks = {
        "run": run_of(document),
        "promises": promise_table(promises, document),
        "speed": speed_table(document["speed"] + document["threads"]),
        "missing": missing_table(document["missing"]),
        "accuracy": accuracy_table(document["accuracy"]),
        "packages": package_table(document["packages"]),
        "growth": growth_table(document["growth"]),
    }
    for name, block in blocks.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        page, n_found = re.subn(
            pattern, lambda found, b=block: f"{found[1]}{b}\n{found[2]}", page, flags=re.S
        )
        if n_found != 1:
            raise ValueError(f"the page has {n_found} places for {name}")
    return page


def run_of(document):
    metadata = document["metadata"]
    took = sum(section["seconds"] for section in metadata["sections"].values())
    loads = [section["load_average"] for section in metadata["sections"].values()]
    versions = ", ".join(f"{name} {version}" for name, version in metadata["versions"].items())
    return (
        f"`{metadata['command']} --out FILE` took {took / 60:.0f} min on "
        f"{metadata['cpu_count']} cores, {metadata['threads']} threads of torch, "
        f"{metadata['precision']}, Python {metadata['python']}, {versions}. The load average after "
        f"its sections was {min(loads):.1f} to {max(loads):.1f}; above {metadata['cpu_count']}, "
        "other work was going on."
    )


def promise_table(promises, document):
    """Return the promises as a table, those that were missed first."""
    rows = [judged(promise, document) for promise in promises]
    missed = [row for row in rows if not row["met"]]
    head = f"{len(rows)} promises, {len(missed)} missed.\n\n"
    return head + table(
        ["", "topic", "promise", "required", "aimed at", "measured", "command"],
        [
            [
                "met" if row["met"] else "**missed**",
                row["topic"],
                row["promise"],
                row["required"],
                row.get("moonshot", ""),
                row["measured"],
                row["command"] if row["command"] == "none" else f"`{row['command']}`",
            ]
            for row in sorted(rows, key=lambda row: row["met"])
        ],
    )


def judged(promise, document):
    """Return a promise with what was measured; that of a row is looked up in the run."""
    command = "make bench"
    if "growth" in promise:
        return promise | {"command": command} | judged_growth(promise, document["growth"])
    if "row" not in promise:
        return promise
    rival = promise.get("rival")
    for row in document["speed"] + document["threads"]:
        if row["name"] == promise["row"] and rival in (None, row["rival"]):
            met = row["ratio"] >= promise["required"]
            return promise | {"met": met, "measured": number(row["ratio"]), "command": command}
    return promise | {"met": False, "measured": "not measured", "command": command}


def judged_growth(promise, rows):
    """Return whether the memory at the promised number of faces is small enough."""
    for row in rows:
        measured = dict(zip(row["values"], row["mb"], strict=True))
        if row["task"] == promise["growth"] and promise["at"] in measured:
            mb = measured[promise["at"]]
            return {"met": mb <= promise["required"], "measured": f"{mb:.0f}"}
    return {"met": False, "measured": "not measured"}


def speed_table(rows):
    columns = ["section", "benchmark", "rival", "skfer (quartiles)", "rival (quartiles)", "ratio"]
    return table(
        [*columns, "remarks"],
        [
            [
                row["section"],
                f"`{row['name']}`",
                row["rival"],
                rates(row["ours"]),
                rates(row["theirs"]),
                f"**{number(row['ratio'])}**" if row["ratio"] < 1 else number(row["ratio"]),
                remarks(row),
            ]
            for row in rows
        ],
    )


def remarks(row):
    """Return how much of both is equal, or how many eyes are right."""
    if "near_ours" in row:
        return f"eyes right: skfer {row['near_ours']:.0%}, rival {row['near_theirs']:.0%}"
    if row.get("share_equal") is not None:
        return f"{100 * row['share_equal']:.4g} % of features equal"
    return ""


def missing_table(rows):
    if not rows:
        return "None."
    return table(
        ["section", "rival", "why it was not measured"],
        [[row["section"], row["rival"], row["reason"].replace("|", "/")] for row in rows],
    )


def accuracy_table(rows):
    return table(
        ["method", "trained on", "tested on", "accuracy", "95 % interval, subjects", "chance"],
        [
            [
                row["method"],
                row["trained_on"],
                row["data"],
                f"{row['pooled_accuracy']:.1%} ({row['n_correct']}/{row['n_images']})",
                f"{row['ci_low']:.1%} to {row['ci_high']:.1%}",
                f"{row['chance']:.1%}",
            ]
            for row in rows
        ],
    )


def package_table(rows):
    return table(
        ["statement", "version", "seconds", "MB installed", "of these frameworks", "packages"],
        [
            [
                f"`{row['statement']}`",
                row["version"],
                f"{row['import_seconds']['median']:.2f}",
                f"{row['mb']:.0f}",
                f"{row['framework_mb']:.0f}",
                row["n_packages"],
            ]
            for row in rows
        ],
    )


def growth_table(rows):
    return table(
        ["task", "grows with", "values", "seconds", "exponent", "MB beyond the input", "exponent"],
        [
            [
                row["task"],
                row["axis"],
                ", ".join(f"{value:,}" for value in row["values"]),
                ", ".join(f"{value:.2g}" for value in row["seconds"]),
                exponent(row["exponent_seconds"]),
                ", ".join(f"{value:.0f}" for value in row["mb"]),
                exponent(row["exponent_mb"]),
            ]
            for row in rows
        ],
    )


def exponent(value):
    return "" if value is None else f"{value:.2f}"


def rates(spread):
    return f"{number(spread['median'])} ({number(spread['q1'])} to {number(spread['q3'])})"


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


if __name__ == "__main__":
    main()

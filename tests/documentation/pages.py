"""The pages of the documentation: their blocks, links, headings and code in the text."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

__all__ = ["PAGES", "ROOT", "Block", "Page", "read_commands", "read_page"]

ROOT = Path(__file__).parents[2]
_GENERATED = {"_build", "auto_examples", "generated"}
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md"))
    if not _GENERATED & {*page.relative_to(ROOT).parts}
)
_NOT_RUN = re.compile(r"<!-- not run: (.+) -->")
_TARGET = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
_FIGURE = re.compile(r"^(?::::|```)\{(?:figure|image)\} (\S+)", re.MULTILINE)
_HTML_LINK = re.compile(r'\b(?:src|srcset|href)="([^"]+)"')


class Block(NamedTuple):
    """A block of code, its first line, and why it cannot be run."""

    language: str
    line: int
    code: str
    reason: str


class Page(NamedTuple):
    """What a page has besides its prose; `words` is the code in it."""

    blocks: list
    links: list
    anchors: list
    words: list


@cache
def read_page(path):
    """Read a page of Markdown."""
    text = path.read_text("utf-8")
    page = Page([], _FIGURE.findall(text), _TARGET.findall(text), [])
    tokens = MarkdownIt().enable("table").parse(text)
    reason = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "html_block":
            reason = "".join(_NOT_RUN.findall(token.content))
            page.links.extend(_HTML_LINK.findall(token.content))
        elif token.type in ("fence", "code_block"):
            page.blocks.append(_read_block(token, reason))
            reason = ""
        elif token.type == "inline":
            if before.type == "heading_open":
                page.anchors.append(_make_anchor(token.children, page.anchors))
            _read_inline(token.children, page)
    return page


def read_commands(block):
    """Return the words of each command of a shell block, without its output and comments."""
    code = block.code.replace("\\\n", " ")
    lines = code.splitlines()
    if block.language == "console":
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def _read_block(token, reason):
    code, line = token.content, token.map[0] + 1
    if token.type == "fence":
        return Block(token.info.split()[0] if token.info else "", line + 1, code, reason)
    is_shell = code.split()[0] in ("make", "pip", "python", "skfer")
    return Block("sh" if is_shell else "", line, code, reason)


def _make_anchor(children, anchors):
    """Make the anchor of a heading as GitHub and MyST do."""
    title = "".join(child.content for child in children if child.type in ("text", "code_inline"))
    anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    return f"{anchor}-{anchors.count(anchor)}" if anchor in anchors else anchor


def _read_inline(children, page):
    for child in children:
        if child.type == "link_open":
            page.links.append(child.attrs["href"])
        elif child.type == "image":
            page.links.append(child.attrs["src"])
        elif child.type == "html_inline":
            page.links.extend(_HTML_LINK.findall(child.content))
        elif child.type == "code_inline":
            page.words.append(child.content)

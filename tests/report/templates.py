"""Read the sentence templates as text: every branch, with a stand-in for every value."""

import itertools
import re

from jinja2 import nodes

from helpers.report.sentences import FOLDER, environment, tidy

STAND_IN = "⟨value⟩"
MOST = 4000


def blocks():
    """Give (file, block name, node) of every block of every template."""
    found = []
    for path in sorted(FOLDER.glob("[0-9]*.md.j2")):
        tree = environment().parse(path.read_text(encoding="utf-8"))
        found += [(path.name, block.name, block) for block in tree.find_all(nodes.Block)]
    return found


def readings(body):
    """Give every text that the branches can make."""
    texts = [""]
    for node in body:
        told = list(dict.fromkeys(_tell(node)))
        texts = [a + b for a, b in itertools.islice(itertools.product(texts, told), MOST)]
    return texts


def paragraphs(block):
    return sorted({tidy(text) for text in readings(block.body)} - {""})


def typed_digits(text):
    """Find digits outside placeholders; those of a link's address, such as a DOI, are no numbers of ours."""
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", text, flags=re.DOTALL)
    return re.findall(r"\S*\d\S*", re.sub(r"\]\([^)]*\)", "]", bare))


def _tell(node):
    if isinstance(node, nodes.Output):
        return _outputs(node.nodes)
    if isinstance(node, nodes.If):
        return [*readings(node.body), *(text for branch in node.elif_ for text in readings(branch.body)),
                *(readings(node.else_) if node.else_ else [""])]  # fmt: skip
    if isinstance(node, nodes.For):
        return readings(node.body) + (readings(node.else_) if node.else_ else [])
    return [""]


def _outputs(parts):
    texts = [""]
    for part in parts:
        told = [part.data] if isinstance(part, nodes.TemplateData) else _values(part)
        texts = [a + b for a, b in itertools.product(texts, told)]
    return texts


def _values(node):
    """Give what an inline choice can say; a value otherwise."""
    if isinstance(node, nodes.CondExpr):
        return _values(node.expr1) + (_values(node.expr2) if node.expr2 else [""])
    if isinstance(node, nodes.Const):
        return [str(node.value)]
    return [STAND_IN]

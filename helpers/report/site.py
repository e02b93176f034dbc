"""What our pages add to Sphinx: equations without a script, terms explained where they stand, search, descriptions."""

import html
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst import Directive
from latex2mathml.converter import convert
from sphinx.application import Sphinx

_UNUSED = ("doctools.js", "sphinx_highlight.js")
_SKIPPED = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.caption)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline_math, None), (_display_math, None))
    app.add_directive("cite-entry", CiteEntry)
    app.connect("doctree-resolved", explain_terms)
    app.connect("html-page-context", describe, priority=900)
    app.connect("build-finished", name_landmarks)
    app.connect("build-finished", write_search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class CiteEntry(Directive):
    """The BibTeX entry of the report, from CITATION.cff."""

    def run(self) -> list[nodes.Node]:
        """Read the file that `build_pages` put beside the sources."""
        folder = Path(self.state.document.settings.env.srcdir)
        about = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
        names = " and ".join(f"{{{author['name']}}}" for author in about["authors"])
        fields = {"author": names, "title": f"{{{about['title']}}}", "year": f"{{{str(about['date-released'])[:4]}}}"}
        fields |= {"version": f"{{{about['version']}}}"}
        told = ",\n".join(
            f"  {name} = {value if name != 'author' else '{' + value + '}'}" for name, value in fields.items()
        )
        return [nodes.literal_block("", f"@misc{{silver_and_bitcoin,\n{told}\n}}", language="bibtex")]


def _inline_math(translator: Any, node: nodes.math) -> None:
    translator.body.append(_mathml(node.astext()))
    raise nodes.SkipNode


def _display_math(translator: Any, node: nodes.math_block) -> None:
    label = html.escape(" ".join(node.astext().split()), quote=True)
    parts = _beside(node.astext())
    equation = "".join(_mathml(part, display="block") for part in parts)
    translator.body.append(f'<div class="equation" tabindex="0" role="group" aria-label="{label}">{equation}</div>')
    raise nodes.SkipNode


def _mathml(latex: str, display: str = "inline") -> str:
    """Convert, with the space of TeX around what the converter takes for letters: functions, plus or minus, colons."""
    found = convert(latex, display=display)
    found = re.sub(r"<mi>(&#x000B1;|:)</mi>", r'<mo lspace="0.222em" rspace="0.222em">\1</mo>', found)
    thin = '<mspace width="0.167em" />'

    def spaced(match: re.Match[str]) -> str:
        before, name, after = match.groups()
        return f"{before or ''}<mrow>{thin if before else ''}<mi>{name}</mi>{thin if after is not None else ''}</mrow>"

    letter = "mi|mn|msub|msup|msubsup|mfrac|msqrt"
    return re.sub(rf"(</(?:{letter})>)?<mi>(log|exp|sin|cos)</mi>(?=(<(?:{letter})>)?)", spaced, found)


def _beside(latex: str) -> list[str]:
    """Split equations that stand side by side, so that they stand below one another on a phone."""
    depth, parts = 0, [""]
    for piece in re.split(r"(\\qquad|\\quad|\\left\b|\\right\b|\\begin|\\end|[{}])", latex):
        depth += {"{": 1, "}": -1, r"\left": 1, r"\right": -1, r"\begin": 1, r"\end": -1}.get(piece, 0)
        if piece in (r"\qquad", r"\quad") and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return [part for part in parts if part.strip()]


def glossary(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the terms: name to definition and the forms in which it stands in text."""
    return tomllib.loads((folder / "glossary.toml").read_text(encoding="utf-8"))


def write_glossary(folder: Path) -> None:
    """Write the page of terms into the page sources."""
    terms = sorted(glossary(folder).items(), key=lambda item: item[0].lower())
    shown = [(anchor(term), term[:1].upper() + term[1:], html.escape(entry["definition"])) for term, entry in terms]
    listed = "".join(f"<dt id='{name}'>{html.escape(term)}</dt><dd>{told}</dd>" for name, term, told in shown)
    head = (
        "# Glossary\n\nWhat the words of the report mean. Each is also explained where it first stands on a page.\n\n"
    )
    text = f"{head}```{{raw}} html\n<dl class='glossary'>{listed}</dl>\n```\n"
    (folder / "glossary.md").write_text(text, encoding="utf-8")


def anchor(term: str) -> str:
    """Give the id of a term on the page of the glossary."""
    return "term-" + re.sub(r"\W+", "-", term.lower()).strip("-")


def explain_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each term at its first use on a page, with its definition; the glossary itself stays plain."""
    if docname in ("glossary", "bibliography", "search"):
        return
    forms = {
        form: (term, entry["definition"])
        for term, entry in glossary(Path(app.srcdir)).items()
        for form in (term, *entry.get("forms", ()))
    }
    pattern = re.compile(rf"\b({'|'.join(sorted(map(re.escape, forms), key=len, reverse=True))})\b", re.IGNORECASE)
    lower = {form.lower(): value for form, value in forms.items()}
    explained: set[str] = set()
    for text in list(doctree.findall(nodes.Text)):
        if not _explainable(text):
            continue
        parts: list[nodes.Node] = []
        said, at = text.astext(), 0
        for match in pattern.finditer(said):
            term, definition = lower[match[0].lower()]
            if term in explained:
                continue
            explained.add(term)
            link = (
                f'<a class="term" href="glossary.html#{anchor(term)}" data-definition="{html.escape(definition)}">'
                f"{html.escape(match[0])}</a>"
            )
            parts += [nodes.Text(said[at : match.start()]), nodes.raw("", link, format="html")]
            at = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(said[at:])])


def _explainable(text: nodes.Text) -> bool:
    node, in_paragraph = text.parent, False
    while node is not None:
        if isinstance(node, _SKIPPED):
            return False
        in_paragraph = in_paragraph or isinstance(node, nodes.paragraph)
        node = node.parent
    return in_paragraph


def describe(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template of the page what it says about itself in its head."""
    scripts = context.get("script_files", [])
    scripts[:] = [script for script in scripts if Path(str(getattr(script, "filename", script))).name not in _UNUSED]
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace(' role="heading"', "")  # a heading without a level is none
    if doctree is None:
        return
    text = next((node.astext() for node in doctree.findall(nodes.paragraph) if len(node.astext()) > 60), "")
    text = " ".join(text.split())
    short = text if len(text) <= 180 else text[:177].rsplit(" ", 1)[0] + " …"
    title = BeautifulSoup(context.get("title", ""), "html.parser").get_text()
    context["about"] = {"title": title, "short": short, "author": app.config.author, "card": app.config.report_card}


def name_landmarks(app: Sphinx, error: Exception | None) -> None:
    """Name the side bars of the theme, let the keyboard reach wide code, and write true minus signs in tables."""
    if error is not None or app.builder.name != "html":
        return
    changes = {
        '<aside class="sidebar-drawer"': '<aside aria-label="All pages" class="sidebar-drawer"',
        '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
        '<div role="list" class="citation-list">': '<div class="citation-list">',
        "<pre>": '<pre tabindex="0">',
    }
    for path in Path(app.outdir).glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        text = re.sub(r"(<td[^>]*>\s*)-(?=[\d.])", "\\1\N{MINUS SIGN}", text)
        path.write_text(text, encoding="utf-8")


def write_search(app: Sphinx, error: Exception | None) -> None:
    """Write the text of every section into one script, so that a page opened from a disk can search it."""
    if error is not None or app.builder.name != "html":
        return
    found = []
    for path in sorted(Path(app.outdir).glob("*.html")):
        if path.stem not in ("search", "genindex"):
            found += _sections(path)
    script = f"window.reportText={json.dumps(found, ensure_ascii=False, separators=(',', ':'))};"
    (Path(app.outdir) / "_static" / "searchtext.js").write_text(script, encoding="utf-8")


def _sections(path: Path) -> list[dict[str, str]]:
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    article = soup.find("article")
    title = article.find("h1") if article else None
    if article is None or title is None:
        return []
    for needless in article.select("svg, script, style, .headerlink, .take, .cell_input, nav"):
        needless.decompose()
    page = title.get_text(" ", strip=True)
    rows = []
    for section in article.find_all("section", id=True)[::-1]:
        heading = section.find(re.compile("h[1-6]"))
        if heading is None:
            continue
        name = heading.extract().get_text(" ", strip=True)
        text = " ".join(section.extract().get_text(" ", strip=True).split())
        rows.append({"u": f"{path.name}#{section['id']}", "p": page, "s": name, "t": text})
    return rows[::-1]

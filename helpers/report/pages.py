"""From executed chapters to pages: what is unpacked, what is left out, what lies beside the pages to be taken away."""

import base64
import io
import re
import shutil
import warnings
import zipfile
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from PIL import Image, ImageOps

from helpers.claims import verdicts
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.report.changes import write_change_pages
from helpers.report.colours import style_sheet
from helpers.report.components import DOLLAR
from helpers.report.due import write_verdict_pages
from helpers.report.figures import DATA_TYPE, PAGE_TYPE
from helpers.report.run import ChapterError
from helpers.report.site import write_glossary

PAGES = ROOT / "pages"
FRONT = "00_summary"
CARD = (1200, 630)
_LEFT_OUT = ("_build", "__pycache__")
_FIGURE = re.compile(r"\s*([-\N{MINUS SIGN}+<$]*[\d,]*\.?\d+(e[-+]\d+)?%?|NaN|NaT|\d{4}-\d\d-\d\d)\s*")


def build_pages(notebooks: list[Path], *, sources: Path, html: Path) -> Path:
    """Turn executed notebooks into pages, put together in `sources`; the summary becomes the front page.

    Raises
    ------
    ChapterError
        The pages could not be built; warnings count.
    """
    shutil.copytree(PAGES, sources, ignore=shutil.ignore_patterns(*_LEFT_OUT), dirs_exist_ok=True)
    (sources / "_static" / "palette.css").write_text(style_sheet(), encoding="utf-8")
    shutil.copy(ROOT / "CITATION.cff", sources / "CITATION.cff")
    write_glossary(sources)
    data = load()
    write_verdict_pages(sources, verdicts(data))
    write_change_pages(sources, data)
    headline = (sources / "_static" / "headline.png").read_bytes()
    (sources / "_static" / "card.png").write_bytes(share_card(headline))
    for path in notebooks:
        _unpack(path, sources)
    said = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the page builder's own deprecations are nothing that a reader could act on
        from sphinx.application import Sphinx  # half a second to import, needed by nothing else

        doctrees = sources.with_name(sources.name + ".doctrees")
        app = Sphinx(sources, sources, html, doctrees, "html", status=None, warning=said, warningiserror=True)
        app.build(force_all=True)
    if app.statuscode:
        raise ChapterError(f"the pages could not be built: {said.getvalue().strip()}")
    return html / "index.html"


def _unpack(path: Path, sources: Path) -> None:
    """Write one chapter as a page source, and its notebook, pictures and data for download."""
    extra = sources / "_extra"
    for folder in ("figures", "notebooks", "data"):
        (extra / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(path, extra / "notebooks" / path.name)
    notebook = nbformat.read(path, as_version=4)
    taken = take_figures(notebook)
    for name, (picture, data) in taken.items():
        (extra / "figures" / f"{name}.png").write_bytes(picture)
        (extra / "figures" / f"{name}.csv").write_text(data, encoding="utf-8")
    with zipfile.ZipFile(extra / "data" / f"{path.stem}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (_, data) in taken.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv"), data, zipfile.ZIP_DEFLATED)
    prepare_for_reading(notebook)
    name = "index" if path.stem == FRONT else path.stem
    if name == "index":
        shorten_statements(notebook)
        for picture, _ in list(taken.values())[:1]:
            (sources / "_static" / "card.png").write_bytes(share_card(picture))
        notebook.cells.append(nbformat.v4.new_markdown_cell((PAGES / "contents.md").read_text(encoding="utf-8")))
    nbformat.write(notebook, sources / f"{name}.ipynb")


def share_card(picture: bytes) -> bytes:
    """Fit a picture into the 1200 by 630 pixels that are shown where a page is shared."""
    card, out = Image.new("RGB", CARD, "white"), io.BytesIO()
    fitted = ImageOps.contain(Image.open(io.BytesIO(picture)).convert("RGB"), (CARD[0] - 40, CARD[1] - 40))
    card.paste(fitted, ((CARD[0] - fitted.width) // 2, (CARD[1] - fitted.height) // 2))
    card.save(out, format="PNG", optimize=True)
    return out.getvalue()


def take_figures(notebook: NotebookNode) -> dict[str, tuple[bytes, str]]:
    """Put the page form of each figure in the place of its PNG; give PNG and CSV by the figure's anchor."""
    taken = {}
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        if PAGE_TYPE not in data:
            continue
        page = data.pop(PAGE_TYPE)
        name = re.search(r"id='([\w-]+)'", page)[1]  # type: ignore[index]
        taken[name] = (base64.b64decode(data.pop("image/png")), data.pop(DATA_TYPE))
        data["text/html"] = page
    return taken


def prepare_for_reading(notebook: NotebookNode) -> None:
    """Lead links between chapters to their pages and put the alt text of other pictures where the builder looks."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(f"({FRONT}.ipynb", "(index.ipynb").replace("(../pages/", "(")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = align_frames(_to_pages(data["text/html"]).replace(DOLLAR, "$"))
            if "text/markdown" in data:
                data["text/markdown"] = _to_pages(data["text/markdown"]).replace("<span>&#36;</span>", r"\$")
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}


def shorten_statements(notebook: NotebookNode) -> None:
    """Leave statement and verdict on the front page; the verdict leads to what was found, on the page of statements."""
    for data in (output["data"] for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output):
        if "<ol class='statements'>" not in data.get("text/html", ""):
            continue
        soup = BeautifulSoup(data["text/html"], "html.parser")
        for needless in soup.select(".found, .strip, .tally, .bar"):
            needless.decompose()
        soup.select("ol")[0]["class"] = "statements short"
        for item in soup.select("li"):
            item.select(".verdict")[0].wrap(soup.new_tag("a", href=f"statements.html#{item['id']}"))
        data["text/html"] = str(soup)


def align_frames(text: str) -> str:
    """Set columns of figures of a pandas table to the right, and the name of its index into the one row of heads."""
    if 'class="dataframe"' not in text:
        return text
    soup = BeautifulSoup(text, "html.parser")
    for table in soup.select("table.dataframe"):
        heads = table.select("thead tr")
        names = [cell.get_text() for cell in heads[-1].select("th")]
        if len(heads) == 2 and not any(names[1:]) and not heads[0].select("th")[0].get_text():
            heads[0].select("th")[0].string = names[0]
            heads.pop().decompose()
        rows = [row.select("td") for row in table.select("tbody tr")]
        for place, head in enumerate(heads[-1].select("th")[::-1][: len(rows[0]) if rows else 0], 1):
            column = [row[-place] for row in rows]
            if all(_FIGURE.fullmatch(cell.get_text()) for cell in column):
                for cell in (head, *column):
                    cell["class"] = "num"
    return str(soup)


def _to_pages(text: str) -> str:
    """Lead links to notebooks to their pages: what a cell gave is passed on as it is."""
    text = re.sub(rf"(href='|\]\(){FRONT}\.ipynb", r"\1index.ipynb", text)
    return re.sub(r"(href='|\]\()(\w+)\.(?:ipynb|md)(#[\w-]+)?(?=['\)])", r"\1\2.html\3", text)

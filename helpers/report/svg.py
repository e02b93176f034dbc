"""From the SVG of matplotlib to one that a page can hold: no ids that clash, colours as variables, short numbers."""

import re
import xml.etree.ElementTree as ElementTree

from helpers.report.colours import PALETTE

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_VARIABLE = {
    light: f"var(--c-{name.replace('_', '-')},{light})" for name, (light, _) in reversed(list(PALETTE.items()))
}
_GREYS = {"#4c4c4c": "ink", "#666666": "faint", "#808080": "null", "#999999": "null"}
"""What the pictures of `helpers.stats` draw in plain grey, which stands for itself where no page is around it."""
_VARIABLE |= {grey: f"var(--c-{name},{grey})" for grey, name in _GREYS.items()}
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_NEEDLESS = ("stroke-linejoin: miter", "font-family", "font:", "stroke-linecap: butt")


def tidy_svg(raw: str, *, prefix: str, label: str) -> str:
    """Make an SVG of matplotlib fit for standing inside a page beside others.

    Parameters
    ----------
    raw : str
        As written by `Figure.savefig` with `svg.fonttype` "none".
    prefix : str
        Put before every id, so that two pictures on a page share none.
    label : str
        Read out in place of the picture.
    """
    root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", raw))  # noqa: S314 - our own output
    used = set(re.findall(r"#([\w.-]+)", raw))
    _drop_needless(root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _rename_ids(element, used, prefix)
        for name in ("d", "transform", "points", "x", "y", "width", "height", "x1", "x2", "y1", "y2"):
            if name in element.attrib:
                element.set(name, _NUMBER.sub(_shorten, element.get(name, "")).strip())
        if "style" in element.attrib:
            element.set("style", _style(element.get("style", "")))
    width, height = (float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height"))
    root.attrib.clear()
    root.attrib |= {"viewBox": f"0 0 {width:g} {height:g}", "role": "img", "aria-label": label}
    root.attrib |= {"stroke-linejoin": "round"}
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))


def _drop_needless(root: ElementTree.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)


def _rename_ids(element: ElementTree.Element, used: set[str], prefix: str) -> None:
    name = element.get("id")
    if name in used:
        element.set("id", f"{prefix}-{name}")
    else:
        element.attrib.pop("id", None)
    if (link := element.attrib.pop(_LINK, None)) is not None:
        element.set("href", f"#{prefix}-{link[1:]}" if link.startswith("#") else link)
    if "clip-path" in element.attrib:
        element.set("clip-path", element.get("clip-path", "").replace("url(#", f"url(#{prefix}-"))


def _shorten(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".replace("-0.0", "0.0").removesuffix(".0")


def _style(text: str) -> str:
    size = re.search(r"font(?:-size)?:\s*(?:[\w ]*?)([\d.]+)px", text)
    weight = re.search(r"font(?:-weight)?:[^;]*\b(bold|[67]00)\b", text)
    kept = [part.strip() for part in text.split(";") if part.strip()]
    kept = [part for part in kept if not part.startswith(_NEEDLESS)]
    kept = [re.sub(r"#[0-9a-f]{6}", lambda match: _VARIABLE.get(match[0], match[0]), part) for part in kept]
    if size and not any(part.startswith("font-size") for part in kept):
        kept.append(f"font-size:{size[1]}px")
    if weight and not any(part.startswith("font-weight") for part in kept):
        kept.append("font-weight:600")
    return ";".join(re.sub(r":\s+", ":", part) for part in kept)

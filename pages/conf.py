"""How the pages are built from executed notebooks."""

project = "Silver and Bitcoin"
author = "The silver-and-bitcoin project"
language = "en"
extensions = ["myst_nb", "sphinxcontrib.bibtex", "helpers.report.site"]
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "dollarmath", "attrs_inline", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
bibtex_cite_id = "{key}"
html_theme = "furo"
html_title = "Silver and Bitcoin"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_extra_path = ["_extra"]
templates_path = ["_templates"]
html_favicon = "_static/favicon.svg"
html_css_files = ["palette.css", "report.css"]
html_js_files = [("report.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_show_copyright = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_theme_options = {"navigation_with_keys": False}
exclude_patterns = ["_build", "contents.md"]


def setup(app):  # noqa: ANN001, ANN201
    """Name the picture that is shown where a page is shared."""
    app.add_config_value("report_card", "_static/card.png", "html")

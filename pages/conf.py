"""How the pages are built from executed notebooks."""

project = "Silver and Bitcoin"
author = "The silver-and-bitcoin project"
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["colon_fence"]
html_theme = "sphinx_book_theme"
html_title = "Silver and Bitcoin"
html_static_path = ["_static"]
html_css_files = ["report.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "show_toc_level": 2,
    "navbar_persistent": [],
    "home_page_in_toc": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
}
exclude_patterns = ["_build"]

"""What a page wears: the head with our scripts and styles, the colours and the font; and which files are for everybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chat.office import ROUTE

if TYPE_CHECKING:
    from assistant.chat.strings import Strings

STATIC = Path(__file__).parent / "static"


def page_head(strings: Strings) -> str:
    """Return what stands in the head of a page beside Gradio's own."""
    # "</" would end the element early
    toasts = json.dumps({"language": strings.language, **strings.section("toast")}, ensure_ascii=False).replace(
        "</", "<\\/"
    )
    own = sorted(STATIC.glob("*.*"), key=lambda file: (file.stem != "chat", file.name))  # what all tabs use comes first
    scripts = "".join(f'<script src="{ROUTE}/{file.name}"></script>' for file in own if file.suffix == ".js")
    styles = "".join(f'<link rel="stylesheet" href="{ROUTE}/{file.name}">' for file in own if file.suffix == ".css")
    return (
        f'<script type="application/json" id="hvb-toasts">{toasts}</script>{scripts}{styles}'
        f"<noscript>{strings('page.noscript')}</noscript>"
    )


def page_theme(gradio: Any) -> Any:
    """Return colours with enough contrast, and the two weights of the one font that is shipped."""
    font = ["Be Vietnam Pro", "Segoe UI", "Noto Sans", "Arial", "sans-serif"]
    return gradio.themes.Base(
        primary_hue=gradio.themes.colors.blue, neutral_hue=gradio.themes.colors.slate, font=font, font_mono=font
    ).set(
        button_large_text_weight="700",
        button_primary_background_fill="#0b5cad",
        button_primary_background_fill_hover="#084a8c",
        button_primary_background_fill_dark="#0b5cad",
        button_primary_text_color="#ffffff",
        input_placeholder_color="#5b6472",
        input_placeholder_color_dark="#a9b3c1",
    )


def open_files() -> frozenset[str]:
    """Return the paths of what is served to everybody: styles, scripts, fonts."""
    return frozenset(f"{ROUTE}/{file.relative_to(STATIC).as_posix()}" for file in STATIC.rglob("*.*"))

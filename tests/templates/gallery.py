"""Writes every sample as a static page, to be looked at: `python -m tests.templates.gallery OUT`, then serve OUT."""

import shutil
import sys
from pathlib import Path

from portal.templating import asset_root, render, render_letter, static_hash
from tests.templates.base import LOCALE
from tests.templates.paper_samples import LETTERS
from tests.templates.samples import SAMPLES


def write_gallery(folder: Path) -> list[str]:
    """One file per template and variant, beside the static files at their hashed address; the names written."""
    shutil.copytree(asset_root("static"), folder / "static" / static_hash(), dirs_exist_ok=True)
    written = []
    for template, variants in SAMPLES.items():
        for variant, context in variants.items():
            name = f"{template.replace('/', '-').removesuffix('.html')}-{variant}.html"
            (folder / name).write_text(render(template, context, LOCALE), encoding="utf-8")
            written.append(name)
    for kind, variants in LETTERS.items():
        for variant, context in variants.items():
            letter = render_letter(kind, context, LOCALE)
            name = f"letter-{kind}-{variant}.html"
            (folder / name).write_text(letter.html, encoding="utf-8")
            (folder / f"letter-{kind}-{variant}.txt").write_text(f"{letter.subject}\n\n{letter.text}", encoding="utf-8")
            written.append(name)
    links = "".join(f'<li><a href="{name}">{name}</a>' for name in written)
    (folder / "index.html").write_text(f"<!doctype html><title>Gallery</title><ul>{links}</ul>", encoding="utf-8")
    return written


if __name__ == "__main__":
    write_gallery(Path(sys.argv[1]))

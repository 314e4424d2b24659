"""Make the maps in this folder from the example study: ``python maps/make_maps.py``."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


STUDY = HERE.parent / "data" / "study.toml"


def main() -> None:
    """Make the web map and the plan maps."""
    make_web_map()
    make_plan_maps()


def make_web_map() -> None:
    """Run the example study, keep its map, and take its picture."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result"
        command = [sys.executable, "-m", "lifecircle", "demo", "--out", str(result)]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
        shutil.copyfile(result / "map.html", HERE / "example.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto((HERE / "example.html").as_uri())
        page.wait_for_selector(".legend")
        page.wait_for_timeout(1000)
        page.screenshot(path=HERE / "example.png")
        browser.close()


def make_plan_maps() -> None:
    """Draw every theme and one atlas on A4, small enough for a repository."""
    for options in ([], ["--theme", "verdicts", "--atlas", "street"]):
        command = [sys.executable, "-m", "lifecircle", "map", str(STUDY), "--page", "A4"]
        command += ["--dpi", "130", "--out", str(HERE / "plan"), *options]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
    for path in sorted((HERE / "plan").glob("*.png")):
        with Image.open(path) as picture:
            few_colours = picture.convert("RGB").quantize(96, dither=Image.Dither.NONE)
        few_colours.save(path, optimize=True)


if __name__ == "__main__":
    main()

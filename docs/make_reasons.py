"""Write ``reasons.md`` from the label table: ``python docs/make_reasons.py``."""

from pathlib import Path

from lifecircle.read.quality import reasons

HEAD = """# Reason codes 原因代码

Every row of `quality.csv`, `quarantine.csv` and of `lifecircle check` has one of
these codes. They are stable. This page is written by `docs/make_reasons.py`.

| code | 含义 | meaning | 处理办法 | what to do |
|---|---|---|---|---|
"""


def reasons_page() -> str:
    """Lay out the codes as a page."""
    rows = [
        f"| `{code}` | {text['zh']} | {text['en']} | {text['remedy_zh']} | {text['remedy_en']} |"
        for code, text in sorted(reasons().items())
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("reasons.md").write_text(reasons_page(), encoding="utf-8")

"""Writers: an assessment becomes maps, tables and a result folder."""

from lifecircle.write.results import write_results
from lifecircle.write.terminal import summary_tables
from lifecircle.write.web_map import draw_web_map, write_web_map

__all__ = ["draw_web_map", "summary_tables", "write_results", "write_web_map"]

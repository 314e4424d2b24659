"""Writers: an assessment becomes maps, tables and a result folder."""

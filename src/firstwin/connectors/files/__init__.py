"""Files of rows, in every format that is read. `open_table` is the one way in."""

from firstwin.connectors.files.opening import found_format, open_table
from firstwin.connectors.files.table import FORMATS, At, Format, Place, Row, Table

__all__ = ["FORMATS", "At", "Format", "Place", "Row", "Table", "found_format", "open_table"]

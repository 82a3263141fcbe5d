"""Reading other people's invoice files: bytes to text to a table to invoices, every problem named by its line."""

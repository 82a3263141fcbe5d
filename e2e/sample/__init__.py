"""Harbor Supply Co., a company that does not exist: its customers and invoices, and how they get into the house."""

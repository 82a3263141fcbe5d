"""The clock's visits: work that is desired minus actual, so that any of it may run twice, late or in two places."""

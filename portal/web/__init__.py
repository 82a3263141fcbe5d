"""What every page needs: the visit, its access, forms, errors, headers and limits."""

"""Figures in words: the contexts that pages, papers and letters are filled with, from the same facts."""

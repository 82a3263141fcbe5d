"""Stripe, mail and PDF: foreign shapes stop here."""

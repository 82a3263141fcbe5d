"""The money machine: seeded steps on the real application, with everything that goes wrong, and what must hold then.

`python -m e2e.machine --seed 7` for one run; `make soak` for many, with mutants and kills.
"""

"""What a soak has done so far, in one line."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Figures:
    """`found` are mutants and the seeds that found them; `breaches` are sentences."""

    seeds: int = 0
    steps: int = 0
    faults: int = 0
    kills: int = 0
    found: dict[str, int] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seeds={self.seeds} steps={self.steps} faults={self.faults} kills={self.kills} "
            f"breaches={len(self.breaches)}"
        )

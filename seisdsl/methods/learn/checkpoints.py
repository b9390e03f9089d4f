"""What a training has reached, in a file that is there whole or not at all."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

if TYPE_CHECKING:
    from seisdsl.methods.learn.training import State


def kept(place: Path, state: State) -> None:
    tensors = {f"network/{name}": tensor for name, tensor in state.network.items()}
    tensors |= {f"best/{name}": tensor for name, tensor in state.best.items()}
    for number, moments in enumerate(state.moments):
        tensors |= {f"moments/{number}/{name}": tensor for name, tensor in moments.items()}
    said = {"least": state.least.hex(), "history": state.history, "moments": len(state.moments)}
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.{os.getpid()}.part")
        beside.write_bytes(
            save({n: t.contiguous().clone() for n, t in tensors.items()}, {"state": json.dumps(said)})
        )
        beside.replace(place)


def taken_up(place: Path) -> State | None:
    """What an earlier training reached; None where there is nothing whole."""
    from seisdsl.methods.learn.training import State

    try:
        with safe_open(place, framework="pt") as file:
            said = json.loads(file.metadata()["state"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None

    def part(of: str) -> dict[str, object]:
        return {name.removeprefix(of): value for name, value in tensors.items() if name.startswith(of)}

    moments = [part(f"moments/{number}/") for number in range(said["moments"])]
    return State(part("network/"), moments, part("best/"), float.fromhex(said["least"]), said["history"])  # type: ignore[arg-type]


def let_go(place: Path) -> None:
    with suppress(OSError):
        place.unlink(missing_ok=True)

"""Mathematics of tremor: networks, groups, energy."""

"""Travel times, and where a source lies: by the shape of envelopes and by their size."""

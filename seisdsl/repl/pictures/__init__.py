"""Values as a terminal shows them: tables, traces, spectrograms and maps made of characters."""

"""Everyday processing of waveforms: trends, filters, resampling, envelopes and spectra."""

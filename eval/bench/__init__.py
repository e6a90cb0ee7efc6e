"""Benchmarks of speed, memory and robustness. Figures of one run on one machine compare; those of different machines do not."""

"""How good and how fast: gold sets, measures, benchmarks. Sits on top of the other three packages."""

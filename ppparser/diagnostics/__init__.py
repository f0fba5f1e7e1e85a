"""Values of diagnostic logs: signatures, frames, merged call trees, flame graphs, what changed."""

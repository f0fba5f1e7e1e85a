"""Values of the gate: what makes a job fail."""

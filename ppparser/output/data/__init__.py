"""Reports for other programs: JSON, CSV and folded stacks."""

"""Values of metrics: measurements, insights, filters, changes, history, scorecard, findings, overview, charts."""

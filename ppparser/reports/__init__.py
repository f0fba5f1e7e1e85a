"""What each report contains, as values that every format renders."""

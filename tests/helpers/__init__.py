"""What the tests share: test data, and ways to run a program and to read what it prints."""

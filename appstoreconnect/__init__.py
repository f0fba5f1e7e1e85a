"""Access to the App Store Connect API for the scripts; the only package that imports jwt, cryptography or requests."""

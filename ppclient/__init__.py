"""Access to the App Store Connect API for the scripts; the only package that imports jwt, cryptography or requests."""

from __future__ import annotations

import warnings

# Xcode's Python links LibreSSL, which urllib3 warns about when it is imported. Users can do nothing about it.
warnings.filterwarnings("ignore", message="urllib3 v2 only supports OpenSSL")

"""Apple's JSON: load a document, check its kind and read its fields; versions, platforms, apps and builds."""

"""Reports as HTML pages, with charts and flame graphs as SVG."""

"""The report: one HTML file that holds its figures and needs no network."""

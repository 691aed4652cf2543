"""The product's version, and the version of what the pipeline computes."""

VERSION = "0.1.0"

#: Part of every cache key: raise it when the same input may give another output.
PIPELINE_VERSION = "10"

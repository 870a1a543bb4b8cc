#!/bin/sh
# The demo: until fsam segment lands there is nothing to show, and this says so.
echo "demo: fsam segment is not written yet, so there is no picture to show; 'make check' proves what works" >&2
exit 1

#!/bin/sh
# The demo: until the command line lands there is nothing to show, and this says so.
echo "demo: the command line (fsam segment) is not built yet; 'make check' shows what works" >&2
exit 1

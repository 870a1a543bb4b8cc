#!/bin/sh
# Installs what tools/packages.txt lists and this machine lacks. Silent when nothing is missing. Without the rights to
# install, prints the line to run and exits 1. Optional packages never make it fail.
set -u
list=$(dirname "$0")/packages.txt

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "install_packages: no dpkg here; install your system's equivalents of tools/packages.txt" >&2
    exit 0 # CMake names whatever is missing
fi

installed() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# missing required|optional: the packages of that kind that are not installed, on one line.
missing() {
    while read -r package kind rest; do
        case $package in '' | '#'*) continue ;; esac
        [ "${kind:-required}" = "$1" ] || continue
        installed "$package" || printf ' %s' "$package"
    done <"$list"
}

required=$(missing required)
optional=$(missing optional)
# Optional ones alone are no reason to reach for the network: they come along on a fresh machine, or with --all.
[ -n "$required" ] || { [ "${1-}" = --all ] && [ -n "$optional" ]; } || exit 0

root=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        root="sudo -n"
    else
        [ -n "$required" ] || exit 0
        echo "Packages are missing and installing them needs root. Run this line, then try again:" >&2
        echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends$required"
        exit 1
    fi
fi

apt_install() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

$root apt-get update
if [ -n "$required" ]; then
    # shellcheck disable=SC2086
    if ! apt_install $required; then
        echo "The installation failed. Once the package archive can be reached, run this line:" >&2
        echo "apt-get update && apt-get install -y --no-install-recommends$required"
        exit 1
    fi
fi
for package in $optional; do
    apt-cache show "$package" >/dev/null 2>&1 || continue
    apt_install "$package" || echo "install_packages: going on without $package" >&2
done
exit 0

#!/bin/sh
# install.sh CMAKE BUILD CC TOOLS SOURCE SANITIZE - installs the build into a folder, and builds the example from what is
# there as a user would: through pkg-config, with the shared library and with the static one. With DESTDIR the same files
# must lie below it.
cmake=$1 build=$2 cc=$3 tools=$4 source=$5 sanitize=${6:+-fsanitize=$6}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
fail() {
    echo "FAIL: $*"
    exit 1
}

prefix=$folder/usr
"$cmake" --install "$build" --prefix "$prefix" >"$folder/log" 2>&1 || fail "$(cat "$folder/log")"
DESTDIR=$folder/stage "$cmake" --install "$build" --prefix /opt/fsam >"$folder/log" 2>&1 ||
    fail "$(cat "$folder/log")"
(cd "$prefix" && find . -type f | sort) >"$folder/first"
(cd "$folder/stage/opt/fsam" && find . -type f | sort) >"$folder/second"
cmp "$folder/first" "$folder/second" || fail "DESTDIR changes what is installed"
for file in bin/fsam include/fsam.h share/doc/fsam/LICENSE share/doc/fsam/NOTICE share/doc/fsam/README.md \
    share/doc/fsam/examples/segment.c share/man/man1/fsam.1 share/man/man1/fsam-segment.1 \
    share/bash-completion/completions/fsam share/zsh/site-functions/_fsam; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done

# everything the shared library shows is in fsam.h
library=$(find "$prefix" -name 'libfsam.so' | head -n 1)
libdir=$(dirname "$library")
[ -e "$libdir/libfsam.so.0" ] || fail "no libfsam.so.0 beside $library"
for name in $(nm -D --defined-only "$library" | awk '{ print $3 }' | grep -v '^__\(asan\|odr_asan\|ubsan\)'); do
    grep -q "\<$name(" "$prefix/include/fsam.h" || fail "libfsam.so shows $name, which is not in fsam.h"
done
for name in $(sed -n 's/^FSAM_PUBLIC .*\<\(fsam_[a-z_]*\)(.*/\1/p' "$prefix/include/fsam.h"); do
    nm -D --defined-only "$library" | grep -q " $name\$" || fail "libfsam.so lacks $name"
done

PKG_CONFIG_PATH=$libdir/pkgconfig
export PKG_CONFIG_PATH
[ "$(pkg-config --modversion fsam)" = "$("$prefix/bin/fsam" --version | sed 's/fsam //')" ] || fail "the version"
cd "$folder" || exit 1
example=$prefix/share/doc/fsam/examples/segment.c
"$cc" $sanitize "$example" $(pkg-config --cflags --libs fsam) -o shared || fail "linking the shared library"
"$cc" $sanitize "$example" $(pkg-config --cflags fsam) "$libdir/libfsam.a" \
    $(pkg-config --static --libs fsam | sed 's/-lfsam//') -o static || fail "linking the static library"
"$tools/make_model" micro "$source/tools/demo_merges.txt" model || fail "no model"
"$tools/draw_radiograph" picture.png 150 100 || fail "no picture"
for form in shared static; do
    LD_LIBRARY_PATH=$libdir ./$form model picture.png "left lung" $form.pgm
    status=$?
    [ $status -eq 0 ] || [ $status -eq 3 ] || fail "the $form example ends with $status"
done
cmp shared.pgm static.pgm || fail "the libraries disagree"

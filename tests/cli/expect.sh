# expect.sh - sourced by the tests of the command line, which are called with the program and the folder of the tools:
# sets $fsam, $tools, $folder (removed at the end) and $wrong, and defines expect, expect_files and finish.
fsam=$1
tools=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
wrong=0

fail() {
    echo "FAIL: $*"
    wrong=1
}

# expect STATUS TEXT WORD ...: runs fsam; its status and a part of what it prints must be these.
expect() {
    status=$1 text=$2
    shift 2
    said=$("$fsam" "$@" 2>&1)
    got=$?
    case $said in *"$text"*) found=1 ;; *) found=0 ;; esac
    if [ $got -ne "$status" ] || [ $found -eq 0 ]; then
        fail "fsam $*: status $got (expected $status), said: $said (expected: $text)"
    fi
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || expect_lines 1 "$*"
}

# expect_lines N COMMAND: a failure is one line, and N files fail in N lines.
expect_lines() {
    [ "$(printf '%s\n' "$said" | grep -c '^fsam')" -eq "$1" ] || fail "fsam $2: not $1 line of failure: $said"
}

# expect_files FOLDER NAME ...: exactly these are in it, in the order of ls.
expect_files() {
    where=$1
    shift
    have=$(LC_ALL=C ls "$where" | tr '\n' ' ')
    [ "${have% }" = "$*" ] || fail "$where holds: $have(expected: $*)"
}

finish() {
    exit $wrong
}

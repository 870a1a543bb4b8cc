#!/bin/sh
# completion.sh FSAM - the completion scripts, in the shells that they are for: a line with tabs in it is typed into an
# interactive bash, in which fsam only says what it was called with.
. "$(dirname "$0")/expect.sh"

expect 0 "complete -F _fsam fsam" completion bash
expect 0 "#compdef fsam" completion zsh
expect 2 "fsam completion: 'fish' is none of bash|zsh" completion fish
expect 2 "bash|zsh is missing" completion

mkdir "$folder/here" "$folder/here/lower folder"
: >"$folder/here/a chest.png"
: >"$folder/here/lung.png"

# zsh completes only on a terminal, so zsh/zpty makes one.
"$fsam" completion zsh >"$folder/_fsam"
cat >"$folder/drive.zsh" <<'END'
zmodload zsh/zpty && zpty z "cd $1/here; zsh -f -i" || exit
zpty -w z 'fpath=(.. $fpath); autoload -U compinit; compinit -u -D; fsam() { echo "said"": ${(j:|:)@}" }'
zpty -w z "$(print -rn -- "$2" | tr @ '\t')"
zpty -r z seen $'*said: *\n' && print -r -- "${${seen##*said: }%%$'\r'*}"
END
zsh_completed() {
    said=$(timeout 20 zsh -f "$folder/drive.zsh" "$folder" "$1")
    [ "$said" = "$2" ] || fail "zsh completes '$1' to '$said' (expected: '$2')"
}
if ! command -v zsh >/dev/null 2>&1; then
    echo "skipped: no zsh"
elif zsh -n "$folder/_fsam" && zsh -fc 'zmodload zsh/zpty' 2>/dev/null; then
    zsh_completed 'fsam seg@' 'segment'
    zsh_completed 'fsam segment --prec@b@' 'segment|--precision=bf16'
    zsh_completed 'fsam segment --no-o@' 'segment|--no-overlay'
    zsh_completed 'fsam info lun@' 'info|lung.png'
    zsh_completed 'fsam segment -o l@' 'segment|-o|lower folder'
    zsh_completed 'fsam help imp@' 'help|import'
    zsh_completed 'fsam vol@ res@ --spa@2' 'volume|resample|--spacing=2'
else
    fail "zsh finds fault with the script, or lacks zsh/zpty"
fi

if ! command -v bash >/dev/null 2>&1; then
    echo "skipped: no bash"
    finish
fi

"$fsam" completion bash >"$folder/fsam.bash"

# completed LINE WORDS: in LINE @ is the tab key; WORDS are what fsam gets, with | between.
completed() {
    said=$(cd "$folder/here" &&
        printf 'fsam() { local IFS="|"; echo "said: $*"; }\n. ../fsam.bash\n%s\n' "$(printf '%s' "$1" | tr @ '\t')" |
        HISTFILE= INPUTRC=/dev/null TERM=dumb bash --norc --noprofile -i 2>/dev/null | sed -n 's/^said: //p')
    [ "$said" = "$2" ] || fail "bash completes '$1' to '$said' (expected: '$2')"
}
if ! bash -c 'type compopt >/dev/null 2>&1'; then
    echo "skipped: this bash is built without readline"
    finish
fi
completed 'fsam seg@' 'segment'
completed 'fsam --ver@' '--version'
completed 'fsam help imp@' 'help|import'
completed 'fsam completion z@' 'completion|zsh'
completed 'fsam segment --prec@ b@' 'segment|--precision|bf16'
completed 'fsam segment --precision=i@' 'segment|--precision=int8'
completed 'fsam segment --no-o@' 'segment|--no-overlay'
completed 'fsam import --dtype b@ --forc@' 'import|--dtype|bf16|--force'
completed 'fsam segment lun@' 'segment|lung.png'
completed 'fsam segment a@' 'segment|a chest.png'
completed 'fsam segment -m "a c@' 'segment|-m|a chest.png'
completed 'fsam segment --mask=lun@' 'segment|--mask=lung.png'
# a folder and no file, and neither where the value is a text or nothing is wanted
completed 'fsam segment -o l@' 'segment|-o|lower folder/'
completed 'fsam segment --text lun@' 'segment|--text|lun'
completed 'fsam bench lun@' 'bench|lun'
completed 'fsam vol@ res@ --spa@ 2' 'volume|resample|--spacing|2'
completed 'fsam volume info lun@' 'volume|info|lung.png'
completed 'fsam bench --config=mi@' 'bench|--config=micro'
finish

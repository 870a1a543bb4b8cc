# several.sh - sourced after expect.sh by tests that get mpirun as their third word: sets what Open MPI needs to run more
# ranks than there are processors, as root too, and defines several.
mpirun=$3
OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_plm_rsh_agent=sh
ASAN_OPTIONS=detect_leaks=0 # MPI keeps memory to its end
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM OMPI_MCA_rmaps_base_oversubscribe OMPI_MCA_plm_rsh_agent ASAN_OPTIONS

# several N STATUS TEXT WORD ...: like expect, by N ranks; of failures exactly one line is the program's own. Launchers
# add theirs.
several() {
    ranks=$1 status=$2 text=$3
    shift 3
    said=$("$mpirun" -n "$ranks" "$fsam" "$@" 2>&1)
    got=$?
    case $said in *"$text"*) found=1 ;; *) found=0 ;; esac
    if [ $got -ne "$status" ] || [ $found -eq 0 ]; then
        fail "$ranks ranks: fsam $*: status $got (expected $status), said: $said (expected: $text)"
    fi
    [ "$status" -eq 0 ] || expect_lines 1 "$*"
}

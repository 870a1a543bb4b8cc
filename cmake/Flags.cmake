# Compiler flags of every target, and the functions that make targets.

add_library(fsam_flags INTERFACE)
target_include_directories(fsam_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(fsam_flags INTERFACE _GNU_SOURCE FSAM_VERSION="${PROJECT_VERSION}")
# No contraction across statements decided by the compiler, so that kernels say where they fuse; no errno and no
# traps from mathematics, so that loops vectorise. Not -ffast-math: NaN and infinity keep their meaning.
target_compile_options(fsam_flags INTERFACE -Wall -Wextra -Wshadow -Wvla -Wno-psabi -fno-math-errno
    -fno-trapping-math $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>)
# Two warnings GCC only guesses at: it does not see that a failing status leaves before an out-parameter is read
# (clang-tidy and the sanitizers watch that), and takes every cut-off snprintf for a fault where cutting is meant.
target_compile_options(fsam_flags INTERFACE $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-format-truncation>
    # an `omp simd` loop that clang leaves as it is below -O2 is no fault
    $<$<C_COMPILER_ID:Clang>:-Wno-pass-failed>)
if(FSAM_WERROR)
    target_compile_options(fsam_flags INTERFACE -Werror)
endif()
if(FSAM_SANITIZE)
    target_compile_options(fsam_flags INTERFACE -fsanitize=${FSAM_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(fsam_flags INTERFACE -fsanitize=${FSAM_SANITIZE})
endif()

# fsam_floor(NAME SOURCES... [LIBRARIES...]): one floor of the house as a static library fsam_NAME.
function(fsam_floor name)
    cmake_parse_arguments(FLOOR "" "" "SOURCES;LIBRARIES" ${ARGN})
    add_library(fsam_${name} STATIC ${FLOOR_SOURCES})
    target_link_libraries(fsam_${name} PUBLIC fsam_flags ${FLOOR_LIBRARIES})
endfunction()

# fsam_test(NAME LIBRARIES...): the unit test NAME.c of this folder, a cmocka program run by ctest from the
# project's root (so that ../shared is found).
function(fsam_test name)
    add_executable(test_${name} ${name}.c)
    target_link_libraries(test_${name} PRIVATE ${ARGN} PkgConfig::cmocka)
    add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# fsam_mpi_test(NAME COUNT COMMAND...): a test run by COUNT ranks of Open MPI, which may be more than there are
# processors, on this machine alone. Left out where there is no MPI.
function(fsam_mpi_test name count)
    if(NOT TARGET fsam_mpi)
        return()
    endif()
    add_test(NAME ${name} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${count} ${ARGN}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    # as root: in containers; MPI keeps memory to its end, which is no leak of ours
    set_tests_properties(${name} PROPERTIES PROCESSORS ${count} ENVIRONMENT
        "${FSAM_MPI_ENVIRONMENT};FSAM_MPI_MODULE=$<TARGET_FILE:fsam_mpi>")
endfunction()
set(FSAM_MPI_ENVIRONMENT OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
    OMPI_MCA_plm_rsh_agent=sh ASAN_OPTIONS=detect_leaks=0)

# The CPU kernels: FSAM_CPU_SOURCES. A file is compiled for the instruction set that its name ends with, and for the
# baseline without one, since the machine is asked at run time. Included by src/tensor/CMakeLists.txt.
file(GLOB FSAM_CPU_SOURCES CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} cpu/*.c)
# Contraction is wanted in the vector files: the kernels' a * b + c are fused operations.
set(fsam_flags_avx2 -O3 -ffp-contract=fast -mavx2 -mfma)
set(fsam_flags_avx512 ${fsam_flags_avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq)
set(fsam_flags_bf16_avx512 ${fsam_flags_avx512} -mavx512bf16)
set(fsam_flags_i8_avx512 ${fsam_flags_avx512} -mavx512vnni)
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(FILTER FSAM_CPU_SOURCES EXCLUDE REGEX "_avx(2|512)\\.c$")
endif()
set_source_files_properties(${FSAM_CPU_SOURCES} PROPERTIES COMPILE_OPTIONS "-O3")
foreach(set avx2 avx512 bf16_avx512 i8_avx512) # later, longer endings replace earlier ones
    foreach(source ${FSAM_CPU_SOURCES})
        if(source MATCHES "_${set}\\.c$")
            set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${fsam_flags_${set}}")
        endif()
    endforeach()
endforeach()

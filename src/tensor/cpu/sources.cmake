# The CPU kernels: FSAM_CPU_SOURCES, and the instruction set of each file. Nothing outside a file named for a set may
# be compiled for it, since the machine is asked at run time. Included by src/tensor/CMakeLists.txt.
set(FSAM_CPU_SOURCES cpu/gemm.c cpu/gemm_pack.c cpu/gemm_plain.c cpu/products.c cpu/rows.c cpu/rows_base.c)
set_source_files_properties(cpu/gemm_pack.c cpu/gemm_plain.c cpu/products.c cpu/rows_base.c PROPERTIES COMPILE_OPTIONS "-O3")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    # Contraction is wanted here: the kernels' a * b + c are fused operations.
    set(fsam_avx2 -O3 -ffp-contract=fast -mavx2 -mfma)
    set(fsam_avx512 ${fsam_avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq)
    list(APPEND FSAM_CPU_SOURCES cpu/gemm_f32_avx2.c cpu/gemm_f32_avx512.c cpu/gemm_bf16_avx512.c
        cpu/gemm_i8_avx512.c cpu/rows_avx2.c cpu/rows_avx512.c)
    set_source_files_properties(cpu/gemm_f32_avx2.c cpu/rows_avx2.c PROPERTIES COMPILE_OPTIONS "${fsam_avx2}")
    set_source_files_properties(cpu/gemm_f32_avx512.c cpu/rows_avx512.c PROPERTIES COMPILE_OPTIONS "${fsam_avx512}")
    set_source_files_properties(cpu/gemm_bf16_avx512.c PROPERTIES COMPILE_OPTIONS "${fsam_avx512};-mavx512bf16")
    set_source_files_properties(cpu/gemm_i8_avx512.c PROPERTIES COMPILE_OPTIONS "${fsam_avx512};-mavx512vnni")
endif()

# The CPU kernels: FSAM_CPU_SOURCES, and the instruction set of each file. Nothing outside a file named for a set may
# be compiled for it, since the machine is asked at run time. Included by src/tensor/CMakeLists.txt.
set(fsam_portable
    cpu/gemm.c
    cpu/gemm_pack.c
    cpu/gemm_plain.c
    cpu/products.c
    cpu/rows.c
    cpu/rows_base.c
    cpu/window_attention.c)
set(fsam_avx2
    cpu/gemm_f32_avx2.c
    cpu/rows_avx2.c
    cpu/window_attention_avx2.c)
set(fsam_avx512
    cpu/gemm_f32_avx512.c
    cpu/rows_avx512.c
    cpu/window_attention_avx512.c)
set_source_files_properties(${fsam_portable} PROPERTIES COMPILE_OPTIONS "-O3")
set(FSAM_CPU_SOURCES ${fsam_portable})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    # Contraction is wanted here: the kernels' a * b + c are fused operations.
    set(fsam_avx2_flags -O3 -ffp-contract=fast -mavx2 -mfma)
    set(fsam_avx512_flags ${fsam_avx2_flags} -mavx512f -mavx512bw -mavx512vl -mavx512dq)
    list(APPEND FSAM_CPU_SOURCES ${fsam_avx2} ${fsam_avx512} cpu/gemm_bf16_avx512.c cpu/gemm_i8_avx512.c)
    set_source_files_properties(${fsam_avx2} PROPERTIES COMPILE_OPTIONS "${fsam_avx2_flags}")
    set_source_files_properties(${fsam_avx512} PROPERTIES COMPILE_OPTIONS "${fsam_avx512_flags}")
    set_source_files_properties(cpu/gemm_bf16_avx512.c PROPERTIES COMPILE_OPTIONS "${fsam_avx512_flags};-mavx512bf16")
    set_source_files_properties(cpu/gemm_i8_avx512.c PROPERTIES COMPILE_OPTIONS "${fsam_avx512_flags};-mavx512vnni")
endif()

#include "image/font.h"

/* The assembler copies the file in: a C array of its 750 KB would take the compiler longer than all of this floor. */
__asm__(".section .rodata\n"
        ".balign 16\n"
        ".hidden fi_font_begin\n"
        ".hidden fi_font_end\n"
        ".global fi_font_begin\n"
        ".global fi_font_end\n"
        "fi_font_begin: .incbin \"" FI_FONT_FILE "\"\n"
        "fi_font_end: .byte 0\n"
        ".previous\n");

extern const unsigned char fi_font_begin[], fi_font_end[];

const unsigned char *fi_font(size_t *size)
{
    *size = (size_t)(fi_font_end - fi_font_begin);
    return fi_font_begin;
}

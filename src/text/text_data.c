#include "text/text_data.h"

/* The assembler copies the files in, as it does the font of the overlays. */
#define EMBED(symbol, file)                                                                                            \
    __asm__(".section .rodata\n"                                                                                       \
            ".hidden fw_" symbol "_begin\n"                                                                            \
            ".hidden fw_" symbol "_end\n"                                                                              \
            ".global fw_" symbol "_begin\n"                                                                            \
            ".global fw_" symbol "_end\n"                                                                              \
            "fw_" symbol "_begin: .incbin \"" FW_TEXT_FOLDER "/" file "\"\n"                                           \
            "fw_" symbol "_end: .byte 0\n"                                                                             \
            ".previous\n")

EMBED("structures", "structures.txt");
EMBED("groups", "groups.txt");
EMBED("tools", "tools.txt");
EMBED("frames", "frames.txt");

extern const char fw_structures_begin[], fw_structures_end[], fw_groups_begin[], fw_groups_end[], fw_tools_begin[],
    fw_tools_end[], fw_frames_begin[], fw_frames_end[];

fw_text_data fw_text_data_of(fw_text_file file)
{
    static const struct {
        const char *name, *begin, *end;
    } files[FW_TEXT_FILES] = {
        [FW_STRUCTURES] = {"structures.txt", fw_structures_begin, fw_structures_end},
        [FW_GROUPS_AND_MEMBERS] = {"groups.txt", fw_groups_begin, fw_groups_end},
        [FW_TOOLS] = {"tools.txt", fw_tools_begin, fw_tools_end},
        [FW_FRAMES] = {"frames.txt", fw_frames_begin, fw_frames_end},
    };
    return (fw_text_data){files[file].name, files[file].begin, (size_t)(files[file].end - files[file].begin)};
}

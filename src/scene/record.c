#include "scene/record.h"

#include <stdlib.h>

void fs_annotation_free(fs_annotation *annotation)
{
    for (int i = 0; annotation->text != NULL && i < annotation->texts; i++) free(annotation->text[i]);
    free(annotation->text);
    free(annotation->category);
    fi_rle_free(&annotation->mask);
    *annotation = (fs_annotation){0};
}

void fs_record_free(fs_record *record)
{
    for (int i = 0; record->annotation != NULL && i < record->count; i++) fs_annotation_free(&record->annotation[i]);
    free(record->annotation);
    for (int i = 0; record->unmasked_name != NULL && i < record->unmasked; i++) free(record->unmasked_name[i]);
    free(record->unmasked_name);
    free(record->camera.view);
    free(record->image);
    *record = (fs_record){0};
}

bool fs_record_shows_organ(const fs_record *record)
{
    for (int i = 0; i < record->count; i++)
        if (record->annotation[i].kind == FS_KIND_ORGAN) return true;
    return false;
}

const char *fs_kind_name(fs_kind kind)
{
    static const char *const names[FS_KINDS] = {"organ", "group", "tool"};
    return names[kind];
}

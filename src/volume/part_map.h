/*
 * part_map.h - what the parts of meshes are: the structure that each belongs to, and its tissue.
 *
 * Text, a line a part, columns between tabs: PART, STRUCTURE, and if wanted TISSUE and a remark, which is not read.
 * PART is the name of a node of the file, or the file's own name without its end; "*" is any part without a line of its
 * own. STRUCTURE "-" gives no label. TISSUE is a number of HU, or one of the words of fv_tissue_named; "-" or nothing
 * is what the structure usually has. A part with neither is left out. Parts are painted in the order of the lines, so
 * that where two overlap the later line has the voxel. Empty lines and those that begin with '#' are passed over.
 */
#ifndef VOLUME_PART_MAP_H
#define VOLUME_PART_MAP_H

#include "volume/synthesize.h"

typedef struct fv_part_rule {
    char *part;
    char *structure; /* NULL: no label */
    bool has_tissue; /* else the structure's */
    fv_tissue tissue;
    int order; /* of painting: its line */
} fv_part_rule;

/* Owned: fv_part_map_free. */
typedef struct fv_part_map {
    int count;
    fv_part_rule *rules; /* by `part`, each once */
} fv_part_map;

fsam_status fv_part_map_read(const char *path, fv_part_map *map);
/* The same from a text in memory, which is changed; `where` stands for the path in messages. */
fsam_status fv_part_map_parse(char *text, const char *where, fv_part_map *map);
void fv_part_map_free(fv_part_map *map);
/* The rule of a part by the node's name, else by the file's, else "*"; NULL: none of them has one. Borrowed. */
const fv_part_rule *fv_part_map_find(const fv_part_map *map, const char *node, const char *file);

/* air, lung, fat, water, soft, muscle, blood, cartilage, spongy, bone (spongy with a dense shell), compact, tooth;
 * false when it is none of them. */
bool fv_tissue_named(const char *name, fv_tissue *tissue);

#endif

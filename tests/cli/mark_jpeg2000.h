/* mark_jpeg2000.h - the mark, each level times 16, as a JPEG 2000 code stream. */
#ifndef TESTS_CLI_MARK_JPEG2000_H
#define TESTS_CLI_MARK_JPEG2000_H

#include <stddef.h>

/* Bytes of the code stream put into data[size]; 0: it could not be made. */
size_t mark_jpeg2000(unsigned char *data, size_t size);

#endif

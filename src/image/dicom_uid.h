/* dicom_uid.h - new unique identifiers. */
#ifndef IMAGE_DICOM_UID_H
#define IMAGE_DICOM_UID_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FI_DICOM_UID = 65 }; /* bytes of a UID with its NUL */

/* A random UUID (RFC 4122, version 4) below the arc 2.25, which anyone may use so (PS3.5, B.2). False when the system
 * gives no random bytes. */
bool fi_dicom_uid(char uid[FI_DICOM_UID]);

#ifdef __cplusplus
}
#endif

#endif

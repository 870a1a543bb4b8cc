#include "image/dicom_uid.h"

#include <stdio.h>
#include <sys/random.h>

bool fi_dicom_uid(char uid[FI_DICOM_UID])
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) return false;
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* the variant of RFC 4122 */
    unsigned __int128 number = 0;
    for (size_t i = 0; i < sizeof bytes; i++) number = number << 8 | bytes[i];
    char digits[40]; /* 2^128 has 39 */
    size_t at = sizeof digits;
    digits[--at] = '\0';
    for (; number > 0; number /= 10) digits[--at] = (char)('0' + (int)(number % 10));
    snprintf(uid, FI_DICOM_UID, "2.25.%s", digits + at);
    return true;
}

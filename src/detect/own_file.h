/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_OWN_FILE_H
#define DETECT_OWN_FILE_H
/*
 * Inside detect/: a file that we wrote ourselves and believe. It and its folder must
 * belong to who runs, and nobody else may write there: who could would make rules mean
 * something else.
 */
#include "base/buf.h"

/* The folder of path: there we read, and there we shall write. A descriptor, -errno, or ERR_DENIED. */
int own_folder_open(const char *path);

/* The file of that name in the folder; where there is none, *ret_bytes stays as it is. 0, -errno, ERR_DENIED,
   or ERR_LIMIT where it is larger than max. */
int own_file_read(int folder, const char *path, size_t max, struct buf *ret_bytes);

#endif

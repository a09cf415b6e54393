/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ARCHIVE_STATUS_H
#define BIN_ARCHIVE_STATUS_H
/* How the archive is doing, from its files alone: for 'wanglou status'. */
#include "bin/config.h"
#include "bin/disk.h"
#include "custody/holdings.h"

struct archive_status {
	struct holdings holdings;
	bool encrypted;
	struct disk_space disk;
	double days_left; /* until the disk is critical, at the pace of the last week; below 0: not known */
};

void archive_status_read(const struct config *config, struct arena *arena, struct archive_status *ret_status);
void archive_status_print(const struct archive_status *status);
void archive_status_print_json(const struct archive_status *status); /* an object */

#endif

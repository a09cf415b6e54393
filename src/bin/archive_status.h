/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ARCHIVE_STATUS_H
#define BIN_ARCHIVE_STATUS_H
/* How the archive is doing, from its files alone: for 'wanglou status'. */
#include "bin/config.h"
#include "bin/disk.h"
#include "tlog/head.h"

struct archive_status {
	uint64_t segments, sealed_segments, sealed_bytes;
	uint64_t sealed_seq; /* the last record that is sealed; 0: none */
	int64_t oldest;      /* when the oldest record that is kept came; 0: none is sealed */
	struct tlog_head head;
	bool has_head, encrypted;
	struct disk_space disk;
	double days_left; /* until the disk is critical, at the pace of the last week; below 0: not known */
};

void archive_status_read(const struct config *config, struct arena *arena, struct archive_status *ret_status);
void archive_status_print(const struct archive_status *status);
void archive_status_print_json(const struct archive_status *status); /* an object */

#endif

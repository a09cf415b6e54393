/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_DISK_H
#define BIN_DISK_H
/* How full the disk of the journal is, and the notices disk.high, disk.critical and disk.normal about it. */
#include "bin/config.h"
#include "custody/retention.h"
#include "bin/sayer.h"

/* As df counts them: what only root may use is not ours. */
struct disk_space {
	uint64_t total, used;
};

int disk_read(const char *path, struct disk_space *ret_space);
unsigned disk_percent(const struct disk_space *space); /* rounded up */

struct disk_watch {
	const char *folder;
	const char *state; /* file: the alarm that was raised last, so that a start does not raise it again */
	unsigned high, critical;
	enum retention_alarm alarm;
};

void disk_watch_init(struct disk_watch *watch, const struct config *config, const char *folder,
		     const char *state);
void disk_watch_look(struct disk_watch *watch, struct sayer *sayer);

#endif

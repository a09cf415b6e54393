/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_DISK_H
#define BIN_DISK_H
/* The notices disk.high, disk.critical and disk.normal about the disk of the journal. */
#include "bin/config.h"
#include "custody/disk.h"
#include "custody/retention.h"
#include "bin/sayer.h"

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

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_REGISTER_SNAPSHOT_H
#define BIN_REGISTER_SNAPSHOT_H
/*
 * The register's assets as the file that events are enriched from (doc/formats/assets.md), for analyze reads
 * no database: core writes DATA/register/assets.csv whenever the register has changed, and once a day, for
 * what was said about days to come. Where enrich.assets names a file, that one is used instead.
 */
#include <stdint.h>

#include "db/db.h"

#define REGISTER_FOLDER "register" /* below the data folder */
#define REGISTER_EXPORT REGISTER_FOLDER "/assets.csv"
#define REGISTER_STAMP REGISTER_FOLDER "/assets.stamp" /* which statement, of which day, it was made from */

/* since: states that were over before it are left out. Does nothing where nothing changed. */
void register_snapshot(struct db *db, const char *data, int64_t since, int64_t now);

/* Whether analyze will take such a file: with too many overlapping ranges it would refuse all of it. */
int register_snapshot_check(struct str text, struct err *ret_err);

#endif

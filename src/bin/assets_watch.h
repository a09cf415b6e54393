/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ASSETS_WATCH_H
#define BIN_ASSETS_WATCH_H
/*
 * The register of assets of the setting enrich.assets, else the copy of the console's register
 * (register_snapshot.h), and what becomes of it when its file changes while the
 * platform runs: it is read again once it has been left alone for a look, and workers take it up with their
 * next batch. A file that cannot be used leaves the old register in force; the log says file, line and
 * reason.
 *
 * One thread looks; any thread may take.
 */
#include <stdint.h>

#include "enrich/assets.h"

struct assets_watch;

/* NULL where path is empty. optional: there may be no such file yet. What cannot be used is said in the log;
 * tell: and what is used. zone: µs east of UTC. */
struct assets_watch *assets_watch_start(const char *path, bool optional, int64_t zone, bool tell);
void assets_watch_free(struct assets_watch *watch); /* NULL is fine */

/* Once in a while. */
void assets_watch_look(struct assets_watch *watch);

/* True where the register changed since *generation, which it updates: *ret_assets is a reference, the
   caller's to release; NULL where there is none. Costs next to nothing where nothing changed. */
bool assets_watch_take(struct assets_watch *watch, uint64_t *generation, struct assets **ret_assets);

#endif

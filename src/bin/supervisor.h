/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SUPERVISOR_H
#define BIN_SUPERVISOR_H
/*
 * 'wanglou run' itself: opens the sockets, starts the processes of process.h,
 * starts again with a growing pause those that end, stops them in reverse order.
 * It reads nothing from outside and serves nobody. Its view of the processes is in
 * DATA/run/processes.json, replaced whole at every change.
 */
#include "bin/config.h"

struct supervisor;

/* Makes the folders, takes the data folder's lock, opens the sockets. ERR_BUSY where another one runs on it.
 */
int supervisor_open(const struct config *config, struct arena *arena, bool drill,
		    struct supervisor **ret_supervisor, struct err *ret_err);

/* Starts everything and watches over it until SIGINT or SIGTERM; SIGHUP restarts analyze, which then reads
   content again. on_ready is called once, when every process serves for the first time. Returns an EXIT_…
   code. */
int supervisor_run(struct supervisor *supervisor, void (*on_ready)(void *context), void *context);

void supervisor_close(struct supervisor *supervisor);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SOCKETS_H
#define BIN_SOCKETS_H
/* The sockets of process.h, opened by the supervisor while it may still use low ports. */
#include "bin/process.h"

/* Fills sockets (all -1 before); what is configured empty stays -1. On failure the caller closes those
 * already open. */
int sockets_open(const struct config *config, struct arena *arena, int sockets[SOCKET_COUNT],
		 struct err *ret_err);

#endif

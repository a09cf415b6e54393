/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SERVER_H
#define STORE_SERVER_H
/*
 * The store process's body: the embedded engine behind ClickHouse's HTTP
 * interface (doc/formats/store.md), on a Unix socket for our own processes and,
 * where wanted, on a TCP address for people's tools. On the socket whoever may
 * open it may do everything; over TCP a name and a password are asked for and
 * everything is read-only.
 *
 * Requests wait for worker threads, queries apart from inserts, so that a long
 * query never holds up the events. Large row-wise answers are streamed, one
 * piece in memory at a time.
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

#define STORE_BODY_MAX (256u * 1024 * 1024)
/* On the Unix socket: a block of 64 MiB of records, each of whose parts may stand in several columns. */
#define STORE_BLOCK_MAX (512u * 1024 * 1024)
#define STORE_QUERY_THREADS 4
#define STORE_TEND_EVERY CLOCK_SECOND
#define STORE_PASSWORD_MAX 128

struct store_server;

struct store_server_options {
	const char *folder;          /* of the engine */
	uint64_t memory_max;         /* bytes for all queries together; 0: the engine's own choice */
	int listen_fd;               /* of the Unix socket; taken over also on failure */
	int public_fd;               /* of the read-only TCP listener, taken over; -1: none */
	const char *user, *password; /* for the latter; both or it does not start */
};

/* ERR_BUSY where another process holds the folder. */
int store_server_start(const struct store_server_options *options, struct store_server **ret_server,
		       struct err *ret_err);

/* What is due now and then; to be called every STORE_TEND_EVERY. */
void store_server_tend(struct store_server *server);

/* Cancels what runs, answers it, closes every connection and the engine. NULL is fine. */
void store_server_stop(struct store_server *server);

#endif

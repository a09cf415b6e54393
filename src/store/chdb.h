/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CHDB_H
#define STORE_CHDB_H
/*
 * libchdb.so, loaded when the store process starts: half a gigabyte that no other
 * command has to map. Its package comes without a header, so the functions that
 * engine.c calls are declared here, in one table: X(name, result, parameters).
 *
 * It stays loaded until the process ends: the engine's threads and thread-local
 * destructors live in it. Its 39 KiB of thread-local storage are of the dynamic
 * model and need no room in the static block.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct chdb_result;
typedef struct chdb_connection_ *chdb_connection; /* the library's own name */

/* result_rows_read counts the rows of the result, result_storage_rows_read those it came from;
   result_error gives NULL where all went well. */
#define CHDB_FUNCTIONS(X)                                                                               \
	X(connect, chdb_connection *, (int argc, char **argv))                                          \
	X(close_conn, void, (chdb_connection * connection))                                             \
	X(set_signal_handlers_enabled, void, (int enabled))                                             \
	X(query_with_params, struct chdb_result *,                                                      \
	  (chdb_connection connection, const char *query, const char *format, const char *const *names, \
	   const char *const *values, size_t count))                                                    \
	X(stream_query_with_params, struct chdb_result *,                                               \
	  (chdb_connection connection, const char *query, const char *format, const char *const *names, \
	   const char *const *values, size_t count))                                                    \
	X(stream_fetch_result, struct chdb_result *,                                                    \
	  (chdb_connection connection, struct chdb_result * stream))                                    \
	X(stream_cancel_query, void, (chdb_connection connection, struct chdb_result * stream))         \
	X(result_buffer, char *, (struct chdb_result * result))                                         \
	X(result_length, size_t, (struct chdb_result * result))                                         \
	X(result_rows_read, uint64_t, (struct chdb_result * result))                                    \
	X(result_rows_written, uint64_t, (struct chdb_result * result))                                 \
	X(result_storage_rows_read, uint64_t, (struct chdb_result * result))                            \
	X(result_storage_bytes_read, uint64_t, (struct chdb_result * result))                           \
	X(result_error, const char *, (struct chdb_result * result))                                    \
	X(destroy_query_result, void, (struct chdb_result * result))

struct chdb {
#define X(name, result, parameters) result(*name) parameters;
	CHDB_FUNCTIONS(X)
#undef X
};

/* Loads folder/libchdb.so. ERR_UNKNOWN where folder is empty, -ENOENT where the library or one of its
   functions is missing, with *ret_err saying which and what to do. */
int chdb_load(const char *folder, struct chdb *ret_chdb, struct err *ret_err);

#endif

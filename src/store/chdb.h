/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CHDB_H
#define STORE_CHDB_H
/* The functions of libchdb.so that engine.c calls; the library's package comes without a header. */
#include <stddef.h>
#include <stdint.h>

struct chdb_result;
typedef struct chdb_connection_ *chdb_connection; /* the library's own name */

chdb_connection *chdb_connect(int argc, char **argv);
void chdb_close_conn(chdb_connection *connection);
void chdb_set_signal_handlers_enabled(int enabled);

struct chdb_result *chdb_query_with_params(chdb_connection connection, const char *query, const char *format,
					   const char *const *names, const char *const *values, size_t count);
struct chdb_result *chdb_stream_query_with_params(chdb_connection connection, const char *query,
						  const char *format, const char *const *names,
						  const char *const *values, size_t count);
struct chdb_result *chdb_stream_fetch_result(chdb_connection connection, struct chdb_result *stream);
void chdb_stream_cancel_query(chdb_connection connection, struct chdb_result *stream);

char *chdb_result_buffer(struct chdb_result *result);
size_t chdb_result_length(struct chdb_result *result);
uint64_t chdb_result_rows_read(struct chdb_result *result); /* rows of the result */
uint64_t chdb_result_rows_written(struct chdb_result *result);
uint64_t chdb_result_storage_rows_read(struct chdb_result *result);
uint64_t chdb_result_storage_bytes_read(struct chdb_result *result);
const char *chdb_result_error(struct chdb_result *result); /* NULL where it went well */
void chdb_destroy_query_result(struct chdb_result *result);

#endif

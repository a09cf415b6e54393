/* SPDX-License-Identifier: Apache-2.0 */
#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "store/chdb.h"

#define PATH_MAX_BYTES 1024
#define ARGUMENTS 8

struct engine {
	struct chdb chdb;
	chdb_connection *keeper; /* while it is open the engine stays loaded */
	char folder[PATH_MAX_BYTES];
	char arguments[ARGUMENTS][PATH_MAX_BYTES + 32];
	char *argv[ARGUMENTS];
	int argc;
	int lock_fd;
};

/*
 * The engine's own configuration, as a file because its command line does not reach these. New parts are
 * compressed with LZ4, which is the default, and what merging makes of them with ZSTD: a row is compressed
 * well once, at the lowest priority, and not also while it is inserted. Columns that name a codec keep it
 * (schema.c). Statistics of every column would be made at each insert and merge, to pass over parts by any
 * column; ours are passed over by their times, numbers and addresses.
 */
#define CONFIG_NAME "engine.xml"
static const char config_text[] =
	"<clickhouse>\n"
	"  <compression><case>\n"
	"    <min_part_size>1</min_part_size><min_part_size_ratio>0</min_part_size_ratio>\n"
	"    <method>zstd</method><level>3</level>\n"
	"  </case></compression>\n"
	"  <merge_tree><auto_statistics_types></auto_statistics_types></merge_tree>\n"
	"</clickhouse>\n";

/* What the engine answers after the last piece of a stream where that held names but no rows. */
#define STREAM_OVER STR("No active streaming query")

struct engine_session {
	const struct chdb *chdb;
	chdb_connection *connection;
	struct chdb_result *result, *stream;
	struct buf sql;   /* terminated */
	struct buf error; /* of the last call */
};

const char *engine_library_folder(void)
{
	const char *folder = getenv("WANGLOU_ENGINE");

	return folder ? folder : ENGINE_FOLDER;
}

__attribute__((format(printf, 2, 3))) static void add_argument(struct engine *engine, const char *fmt, ...)
{
	va_list args;

	must(engine->argc < ARGUMENTS);
	va_start(args, fmt);
	vsnprintf(engine->arguments[engine->argc], sizeof(engine->arguments[0]), fmt, args);
	va_end(args);
	engine->argv[engine->argc] = engine->arguments[engine->argc];
	engine->argc++;
}

static void make_arguments(struct engine *engine, const struct engine_options *options)
{
	add_argument(engine, "chdb");
	add_argument(engine, "--path");
	add_argument(engine, "%s", engine->folder);
	add_argument(engine, "--config-file=%s/" CONFIG_NAME, engine->folder);
	if (options->memory_max)
		add_argument(engine, "--max_server_memory_usage=%llu",
			     (unsigned long long)options->memory_max);
}

/* The engine has a lock of its own but reports it in an essay on standard error; ours speaks first. The path
   must be absolute: parts are synced by a path that the engine puts together wrongly from a relative one. */
static int lock_folder(struct engine *engine, struct err *ret_err)
{
	char path[PATH_MAX + 8];
	int r = io_make_folder(engine->folder, 0750);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot make %s: %s", engine->folder, err_text(r));
	if (!realpath(engine->folder, path))
		return err_set(ret_err, -errno, 0, 0, "%s: %s", engine->folder, err_text(-errno));
	if (strlen(path) >= PATH_MAX_BYTES)
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: the path is too long", path);
	strcpy(engine->folder, path);
	strcat(path, "/lock");
	engine->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (engine->lock_fd < 0)
		return err_set(ret_err, -errno, 0, 0, "cannot open %s: %s", path, err_text(-errno));
	if (flock(engine->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	r = errno == EWOULDBLOCK ? ERR_BUSY : -errno;
	return err_set(ret_err, r, 0, 0, "another process holds the store in %s; end it first",
		       engine->folder);
}

static int write_config(const struct engine *engine, struct err *ret_err)
{
	char path[PATH_MAX_BYTES + sizeof(CONFIG_NAME)];
	int r;

	snprintf(path, sizeof(path), "%s/" CONFIG_NAME, engine->folder);
	r = io_replace_file(path, config_text, strlen(config_text), 0640);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot write %s: %s", path, err_text(r)) : 0;
}

int engine_open(const struct engine_options *options, struct engine **ret_engine, struct err *ret_err)
{
	struct engine *engine;
	int r;

	if (strlen(options->folder) >= PATH_MAX_BYTES)
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: the path is too long", options->folder);
	engine = calloc(1, sizeof(*engine));
	must(engine);
	engine->lock_fd = -1;
	strcpy(engine->folder, options->folder);
	r = lock_folder(engine, ret_err);
	if (r == 0)
		r = chdb_load(engine_library_folder(), &engine->chdb, ret_err);
	if (r == 0)
		r = write_config(engine, ret_err);
	if (r == 0) {
		make_arguments(engine, options);
		engine->chdb.set_signal_handlers_enabled(0);
		engine->keeper = engine->chdb.connect(engine->argc, engine->argv);
		if (!engine->keeper)
			r = err_set(ret_err, ERR_CORRUPT, 0, 0,
				    "the engine does not start on %s; its reason is on standard error",
				    engine->folder);
	}
	if (r < 0)
		engine_close(engine);
	else
		*ret_engine = engine;
	return r;
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	if (engine->keeper)
		engine->chdb.close_conn(engine->keeper);
	if (engine->lock_fd >= 0)
		close(engine->lock_fd);
	free(engine);
}

int engine_session_open(struct engine *engine, struct engine_session **ret_session, struct err *ret_err)
{
	chdb_connection *connection = engine->chdb.connect(engine->argc, engine->argv);
	struct engine_session *session = NULL;

	if (!connection) {
		err_set(ret_err, ERR_BUSY, 0, 0, "the engine gives no connection");
		return ERR_BUSY;
	}
	session = calloc(1, sizeof(*session));
	must(session);
	session->chdb = &engine->chdb;
	session->connection = connection;
	*ret_session = session;
	return 0;
}

static void drop_result(struct engine_session *session)
{
	if (session->result)
		session->chdb->destroy_query_result(session->result);
	session->result = NULL;
}

static void drop_stream(struct engine_session *session, bool cancel)
{
	if (!session->stream)
		return;
	if (cancel)
		session->chdb->stream_cancel_query(*session->connection, session->stream);
	session->chdb->destroy_query_result(session->stream);
	session->stream = NULL;
}

void engine_session_close(struct engine_session *session)
{
	if (!session)
		return;
	drop_result(session);
	drop_stream(session, true);
	session->chdb->close_conn(session->connection);
	buf_done(&session->sql);
	buf_done(&session->error);
	free(session);
}

static int check(struct engine_session *session, struct chdb_result *result, struct err *ret_err)
{
	const char *error = result ? session->chdb->result_error(result) : "the engine is out of memory";

	buf_clear(&session->error);
	if (!error || !error[0])
		return 0;
	buf_add_str(&session->error, str_from(error));
	return err_set(ret_err, ERR_REFUSED, 0, 0, "%s", error);
}

static void read_result(const struct engine_session *session, struct engine_result *ret_result)
{
	const struct chdb *chdb = session->chdb;
	struct chdb_result *result = session->result;

	*ret_result = (struct engine_result){
		.data = str_of(chdb->result_buffer(result), chdb->result_length(result)),
		.result_rows = chdb->result_rows_read(result),
		.read_rows = chdb->result_storage_rows_read(result),
		.read_bytes = chdb->result_storage_bytes_read(result),
		.written_rows = chdb->result_rows_written(result),
	};
}

struct str engine_error(const struct engine_session *session)
{
	return buf_str(&session->error);
}

static const char *terminated(struct engine_session *session, struct str sql)
{
	buf_clear(&session->sql);
	buf_add_str(&session->sql, sql);
	return buf_cstr(&session->sql);
}

int engine_query(struct engine_session *session, struct str sql, const char *format,
		 const struct engine_params *params, struct engine_result *ret_result, struct err *ret_err)
{
	static const struct engine_params none;
	int r;

	if (!params)
		params = &none;
	drop_result(session);
	session->result =
		session->chdb->query_with_params(*session->connection, terminated(session, sql), format,
						 params->names, params->values, params->count);
	r = check(session, session->result, ret_err);
	if (r == 0)
		read_result(session, ret_result);
	return r;
}

int engine_stream(struct engine_session *session, struct str sql, const char *format,
		  const struct engine_params *params, struct err *ret_err)
{
	int r;

	drop_result(session);
	drop_stream(session, true);
	session->stream =
		session->chdb->stream_query_with_params(*session->connection, terminated(session, sql),
							format, params->names, params->values, params->count);
	r = check(session, session->stream, ret_err);
	if (r < 0)
		drop_stream(session, false);
	return r;
}

int engine_stream_next(struct engine_session *session, struct engine_result *ret_result, struct err *ret_err)
{
	int r;

	if (!session->stream)
		return ERR_END;
	drop_result(session);
	session->result = session->chdb->stream_fetch_result(*session->connection, session->stream);
	r = check(session, session->result, ret_err);
	if (r == 0)
		read_result(session, ret_result);
	if (r == 0 ? !ret_result->data.len : str_starts(engine_error(session), STREAM_OVER))
		r = ERR_END;
	if (r < 0)
		drop_stream(session, false);
	return r;
}

void engine_cancel_all(struct engine *engine)
{
	struct engine_session *session = NULL;
	struct engine_result result;

	if (engine_session_open(engine, &session, NULL) < 0)
		return;
	engine_query(session, STR("KILL QUERY WHERE query NOT LIKE 'KILL%' ASYNC"), "Null", NULL, &result,
		     NULL);
	engine_session_close(session);
}

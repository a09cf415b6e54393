/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of the engine, so that the server runs under the sanitizers. What it answers:
 *	SELECT pieces N   N pieces of 100,000 bytes, each with a line of names before it
 *	SELECT break      one piece, then an error
 *	SELECT wait       waits for engine_cancel_all()
 *	SELECT fail       an error
 *	anything else     its own text, the format, the parameters, and what was set before
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/engine.h"

#define PIECE 100000

struct engine {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool cancelled;
	unsigned sessions;
};

struct engine_session {
	struct engine *engine;
	struct buf out, error, set;
	long pieces;
	bool breaks;
};

int engine_open(const struct engine_options *options, struct engine **ret_engine, struct err *ret_err)
{
	struct engine *engine;

	if (strcmp(options->folder, "busy") == 0)
		return err_set(ret_err, ERR_BUSY, 0, 0, "busy");
	engine = calloc(1, sizeof(*engine));
	must(engine);
	pthread_mutex_init(&engine->lock, NULL);
	pthread_cond_init(&engine->wake, NULL);
	*ret_engine = engine;
	return 0;
}

void engine_close(struct engine *engine)
{
	if (engine)
		must(engine->sessions == 0);
	free(engine);
}

static void count_sessions(struct engine *engine, int change)
{
	pthread_mutex_lock(&engine->lock);
	engine->sessions += (unsigned)change;
	pthread_mutex_unlock(&engine->lock);
}

void engine_cancel_all(struct engine *engine)
{
	pthread_mutex_lock(&engine->lock);
	engine->cancelled = true;
	pthread_cond_broadcast(&engine->wake);
	pthread_mutex_unlock(&engine->lock);
}

int engine_session_open(struct engine *engine, struct engine_session **ret_session, struct err *ret_err)
{
	(void)ret_err;
	*ret_session = calloc(1, sizeof(**ret_session));
	must(*ret_session);
	(*ret_session)->engine = engine;
	count_sessions(engine, 1);
	return 0;
}

void engine_session_close(struct engine_session *session)
{
	if (!session)
		return;
	count_sessions(session->engine, -1);
	buf_done(&session->out);
	buf_done(&session->error);
	buf_done(&session->set);
	free(session);
}

struct str engine_error(const struct engine_session *session)
{
	return buf_str(&session->error);
}

static int refuse(struct engine_session *session, const char *text, struct err *ret_err)
{
	buf_clear(&session->error);
	buf_add_str(&session->error, str_from(text));
	return err_set(ret_err, ERR_REFUSED, 0, 0, "%s", text);
}

static int wait_for_cancel(struct engine_session *session, struct err *ret_err)
{
	pthread_mutex_lock(&session->engine->lock);
	while (!session->engine->cancelled)
		pthread_cond_wait(&session->engine->wake, &session->engine->lock);
	pthread_mutex_unlock(&session->engine->lock);
	return refuse(session, "Code: 394. DB::Exception: Query was cancelled (QUERY_WAS_CANCELLED)",
		      ret_err);
}

static void answer(struct engine_session *session, struct engine_result *ret_result)
{
	*ret_result =
		(struct engine_result){.data = buf_str(&session->out), .read_rows = 1, .result_rows = 1};
}

static void echo(struct engine_session *session, struct str sql, const char *format,
		 const struct engine_params *params)
{
	buf_clear(&session->out);
	buf_printf(&session->out, "%.*s|%s", STR_FMT(sql), format);
	for (size_t i = 0; params && i < params->count; i++)
		buf_printf(&session->out, "|%s=%s", params->names[i], params->values[i]);
	buf_printf(&session->out, "|%.*s", STR_FMT(buf_str(&session->set)));
}

int engine_query(struct engine_session *session, struct str sql, const char *format,
		 const struct engine_params *params, struct engine_result *ret_result, struct err *ret_err)
{
	*ret_result = (struct engine_result){0};
	if (str_starts(sql, STR("SET "))) {
		buf_add_str(&session->set, sql);
		return 0;
	}
	if (str_starts(sql, STR("SELECT fail")))
		return refuse(session, "Code: 60. DB::Exception: no such table (UNKNOWN_TABLE)", ret_err);
	if (str_starts(sql, STR("SELECT wait")))
		return wait_for_cancel(session, ret_err);
	echo(session, sql, format, params);
	answer(session, ret_result);
	return 0;
}

int engine_stream(struct engine_session *session, struct str sql, const char *format,
		  const struct engine_params *params, struct err *ret_err)
{
	struct engine_result unused;

	session->breaks = str_starts(sql, STR("SELECT break"));
	session->pieces =
		str_starts(sql, STR("SELECT pieces ")) ? strtol(sql.ptr + 14, NULL, 10) : session->breaks;
	if (session->pieces)
		return 0;
	session->pieces = -1;
	return engine_query(session, sql, format, params, &unused, ret_err);
}

int engine_stream_next(struct engine_session *session, struct engine_result *ret_result, struct err *ret_err)
{
	if (session->pieces == 0)
		return session->breaks
			       ? refuse(session, "Code: 241. DB::Exception: memory (MEMORY_LIMIT_EXCEEDED)",
					ret_err)
			       : ERR_END;
	if (session->pieces < 0) {
		session->pieces = 0;
	} else {
		session->pieces--;
		buf_clear(&session->out);
		buf_add_str(&session->out, STR("\"a\nb\"\n"));
		memset(buf_reserve(&session->out, PIECE), 'x', PIECE);
		session->out.len += PIECE;
	}
	answer(session, ret_result);
	return 0;
}

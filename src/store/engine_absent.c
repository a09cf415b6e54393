/* SPDX-License-Identifier: Apache-2.0 */
/* In place of engine.c where meson's option engine is empty. */
#include "store/engine.h"

int engine_open(const struct engine_options *options, struct engine **ret_engine, struct err *ret_err)
{
	(void)options, (void)ret_engine;
	return err_set(ret_err, ERR_UNKNOWN, 0, 0,
		       "this program was built without the embedded engine (meson option engine); "
		       "set store.url to a ClickHouse server");
}

void engine_close(struct engine *engine)
{
	must(!engine);
}

void engine_cancel_all(struct engine *engine)
{
	must(!engine);
}

int engine_session_open(struct engine *engine, struct engine_session **ret_session, struct err *ret_err)
{
	(void)engine, (void)ret_session, (void)ret_err;
	return ERR_UNKNOWN;
}

void engine_session_close(struct engine_session *session)
{
	must(!session);
}

int engine_query(struct engine_session *session, struct str sql, const char *format,
		 const struct engine_params *params, struct engine_result *ret_result, struct err *ret_err)
{
	(void)session, (void)sql, (void)format, (void)params, (void)ret_result, (void)ret_err;
	return ERR_UNKNOWN;
}

int engine_stream(struct engine_session *session, struct str sql, const char *format,
		  const struct engine_params *params, struct err *ret_err)
{
	(void)session, (void)sql, (void)format, (void)params, (void)ret_err;
	return ERR_UNKNOWN;
}

int engine_stream_next(struct engine_session *session, struct engine_result *ret_result, struct err *ret_err)
{
	(void)session, (void)ret_result, (void)ret_err;
	return ERR_UNKNOWN;
}

struct str engine_error(const struct engine_session *session)
{
	(void)session;
	return (struct str){0};
}

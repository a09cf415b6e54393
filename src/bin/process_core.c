/* SPDX-License-Identifier: Apache-2.0 */
/* The core process: the business database, the alerts that analyze sends, the console and its API. */
#include "base/clock.h"
#include "bin/alert_link.h"
#include "bin/pipeline_state.h"
#include "bin/process.h"
#include "bin/store_options.h"
#include "ipc/server.h"
#include "people/user.h"
#include "web/web.h"

/* The first administrator's password is said once, to the person who started us, and kept nowhere. */
static int make_first_user(struct process *process, struct db *db, struct err *ret_err)
{
	char password[PASSWORD_GENERATED_SIZE];
	int r = user_add_first(db, clock_now(), password, ret_err);

	if (r == 1)
		process_note(
			process,
			"  First sign-in: user admin, password %s (shown once; you will choose a new one)",
			password);
	return r < 0 ? r : 0;
}

static int start_web(struct process *process, struct db *db, struct pipeline_state *state,
		     struct web **ret_web, struct err *ret_err)
{
	struct store_options store = {0};
	struct web_options options = {
		.listen_fds = &process->sockets[SOCKET_CONSOLE],
		.listen_count = 1,
		.data = config_path(&process->config, process->arena, "core"),
		.tls_certificate = process->config.certificate[0] ? process->config.certificate : NULL,
		.tls_key = process->config.private_key[0] ? process->config.private_key : NULL,
		.ui = process->config.ui,
		.journal = config_path(&process->config, process->arena, "journal"),
		.journal_key = process->journal_key,
		.version = WANGLOU_VERSION,
		.db = db,
		.pipeline = pipeline_state_read,
		.pipeline_context = state,
	};
	int r = store_options_make(&process->config, process->arena, &store, ret_err);

	options.store_url = store.url;
	options.store_user = store.user;
	options.store_password = store.password;
	options.store_database = store.database;
	return r < 0 ? r : web_start(&options, ret_web, ret_err);
}

static int run(struct process *process)
{
	struct pipeline_state *state =
		pipeline_state_new(config_path(&process->config, process->arena, "run/processes.json"),
				   config_path(&process->config, process->arena, "cursor/analyze"));
	struct ipc_server *alerts = NULL;
	struct web *web = NULL;
	struct db *db = NULL;
	struct err err = {0};
	int r = web_open_database(config_path(&process->config, process->arena, "core"), &db, &err);

	if (r == 0)
		r = make_first_user(process, db, &err);
	if (r == 0)
		r = start_web(process, db, state, &web, &err);
	if (r == 0 &&
	    (r = ipc_server_start(process->sockets[SOCKET_CORE], alert_link_receive, db, &alerts)) < 0)
		err_set(&err, r, 0, 0, "the alert socket: %s", err_text(r));
	if (r == 0) {
		process_ready(process);
		process_wait_stop(-1);
		ipc_server_stop(alerts);
	}
	if (web)
		web_stop(web);
	db_close(db);
	pipeline_state_free(state);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_core = {
	.name = "core",
	.folders = {{"core", 0750}},
	.sockets = 1u << SOCKET_CONSOLE | 1u << SOCKET_CORE | 1u << SOCKET_JOURNAL_KEY,
	.uses_store = true,
	.reads = {"run", "journal", "cursor"},
	.run = run,
};

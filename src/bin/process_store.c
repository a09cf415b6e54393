/* SPDX-License-Identifier: Apache-2.0 */
/* The store process: the embedded engine behind ClickHouse's HTTP interface, in its own folder and nothing
 * else. */
#include "base/io.h"
#include "bin/process.h"
#include "store/server.h"

#define MIB (1024u * 1024)

/* The reader's password for the public listener; empty where there is no such listener. */
static int read_password(struct process *process, const char **ret_password, struct err *ret_err)
{
	const char *file = process->config.store_reader_password_file;
	struct buf text = {0};
	int r = 0;

	*ret_password = NULL;
	if (process->sockets[SOCKET_STORE_HTTP] < 0)
		return 0;
	if (!file[0])
		return err_set(
			ret_err, ERR_DENIED, 0, 0,
			"listen.store needs store.reader_password_file: a file with the password to ask for");
	r = io_read_file(file, STORE_PASSWORD_MAX, &text);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot read %s: %s", file, err_text(r));
	else
		*ret_password = arena_copy(process->arena, str_trim(buf_str(&text))).ptr;
	buf_done(&text);
	return r;
}

static int run(struct process *process)
{
	struct store_server_options options = {
		.folder = config_path(&process->config, process->arena, "store"),
		.memory_max = (uint64_t)process->config.store_memory * MIB,
		.listen_fd = process->sockets[SOCKET_STORE],
		.public_fd = process->sockets[SOCKET_STORE_HTTP],
		.user = process->config.store_reader,
	};
	struct store_server *server;
	struct err err = {0};

	if (read_password(process, &options.password, &err) < 0 ||
	    store_server_start(&options, &server, &err) < 0)
		return process_failed(&err);
	process_ready(process);
	while (!process_wait_stop(STORE_TEND_EVERY))
		store_server_tend(server);
	store_server_stop(server);
	return EXIT_OK;
}

/* Not where events go to somebody else's ClickHouse. */
static bool is_wanted(const struct config *config)
{
	return !config->store_url[0];
}

const struct process_def process_store = {
	.name = "store",
	.folders = {{"store", 0750}},
	.sockets = 1u << SOCKET_STORE | 1u << SOCKET_STORE_HTTP,
	.loads_engine = true,
	.reads = {"run"},
	.wanted = is_wanted,
	.run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_STORE_SERVE_H
#define TEST_STORE_SERVE_H
/* For tests that need the engine: the store server as a child process, on a folder of its own. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "store/client.h"

#define SERVE_SKIP 77

struct served {
	char folder[64], url[128];
	pid_t pid;
};

/* Starts it and waits until it serves; the program is named in the environment by meson. */
static inline void serve_start(struct served *served)
{
	const char *program = getenv("STORE_SERVE");
	char word[16] = {0};
	int ready[2];

	must(program && pipe(ready) == 0);
	snprintf(served->url, sizeof(served->url), "unix:%s/socket", served->folder);
	served->pid = fork();
	must(served->pid >= 0);
	if (served->pid == 0) {
		char data[80];

		snprintf(data, sizeof(data), "%s/data", served->folder);
		dup2(ready[1], STDOUT_FILENO);
		execl(program, program, data, served->url, (char *)NULL);
		_exit(127);
	}
	close(ready[1]);
	must(read(ready[0], word, sizeof(word) - 1) > 0 && strcmp(word, "ready\n") == 0);
	close(ready[0]);
}

static inline void serve_end(struct served *served, int signal)
{
	int status;

	kill(served->pid, signal);
	must(waitpid(served->pid, &status, 0) == served->pid);
	if (signal == SIGTERM)
		must(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static inline void serve_make_folder(struct served *served)
{
	strcpy(served->folder, "/tmp/store-test-XXXXXX");
	must(mkdtemp(served->folder));
}

static inline void serve_remove_folder(struct served *served)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", served->folder);
	must(system(command) == 0);
}

static inline struct store_client *serve_client(const struct served *served)
{
	struct store_options options = {.url = served->url};
	struct store_client *client;

	must(store_client_open(&options, &client, NULL) == 0);
	return client;
}

/* A server of its own (with_clickhouse), or the embedded one on a folder of its own. */
static inline struct store_client *serve_open(struct served *served)
{
	if (getenv("STORE_URL")) {
		snprintf(served->url, sizeof(served->url), "%s", getenv("STORE_URL"));
	} else {
		serve_make_folder(served);
		serve_start(served);
	}
	return serve_client(served);
}

/* The answer as text, until the next question. */
static inline char *serve_ask(struct store_client *client, const char *sql)
{
	static char answer[4096];
	struct sql_query query = {0};
	struct buf out = {0};
	struct err err = {0};

	buf_add_str(&query.sql, str_from(sql));
	if (store_query(client, &query, "TabSeparated", &out, NULL, &err) < 0) {
		fprintf(stderr, "%s: %s\n", sql, err.message);
		must(!"the question is answered");
	}
	snprintf(answer, sizeof(answer), "%s", buf_cstr(&out));
	buf_done(&out);
	sql_query_done(&query);
	return answer;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The store server alone, for tests: serve FOLDER ADDRESS [PUBLIC-ADDRESS USER PASSWORD]; ends on SIGTERM. */
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "http/server.h"
#include "store/server.h"

static int fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->message);
	return 1;
}

int main(int argc, char **argv)
{
	struct store_server_options options = {.public_fd = -1};
	struct store_server *server;
	struct err err = {0};
	sigset_t set;
	const struct timespec tend_every = {STORE_TEND_EVERY / CLOCK_SECOND, 0};

	if (argc != 3 && argc != 6)
		return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	options.folder = argv[1];
	options.listen_fd = http_listen(argv[2], &err);
	if (options.listen_fd < 0)
		return fail(&err);
	if (argc == 6) {
		options.public_fd = http_listen(argv[3], &err);
		options.user = argv[4];
		options.password = argv[5];
		if (options.public_fd < 0)
			return fail(&err);
	}
	if (store_server_start(&options, &server, &err) < 0)
		return fail(&err);
	puts("ready");
	fflush(stdout);
	while (sigtimedwait(&set, NULL, &tend_every) < 0)
		store_server_tend(server);
	store_server_stop(server);
	return 0;
}

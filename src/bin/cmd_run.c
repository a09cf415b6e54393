/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "bin/supervisor.h"

static void say_address(void *context)
{
	const struct config *config = context;
	const char *colon = strrchr(config->console, ':');
	bool everywhere = colon == config->console;

	printf("\n  望楼 Wanglou is up: https://%s%s\n"
	       "  (its certificate is self-signed unless you set tls.certificate; Ctrl-C stops "
	       "everything)\n\n",
	       everywhere ? "localhost" : "", config->console);
	fflush(stdout);
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct arena *arena = arena_new(0);
	struct supervisor *supervisor;
	struct config config;
	struct err err = {0};
	int status;

	log_init("run", LOG_INFO);
	signal(SIGPIPE, SIG_IGN);
	if (config_load(arguments, arena, &config, &err) < 0 ||
	    supervisor_open(&config, arena, argument_flag(arguments, "drill"), &supervisor, &err) < 0) {
		status = command_failed_err(command, &err);
	} else {
		status = supervisor_run(supervisor, say_address, &config);
		supervisor_close(supervisor);
	}
	arena_free(arena);
	return status;
}

const struct command cmd_run = {
	.name = "run",
	.summary = "start everything: collect, analyze, store, console",
	.usage = "[--data DIR] [--content DIR] [--ui DIR] [--drill]",
	.details = "Makes the data folder at the first start, with a wanglou.yaml that explains every "
		   "setting, and\n"
		   "prints the console's address and the first administrator's password. SIGTERM or Ctrl-C "
		   "stops\n"
		   "cleanly; SIGHUP reads sources and rules again.",
	.options = (const struct option_def[]){CONFIG_OPTIONS,
					       {"drill", NULL,
						"play the drill of content/drill, marked as such"},
					       {0}},
	.run = run,
};

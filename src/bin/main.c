/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/log.h"
#include "bin/private.h"

#define COMMAND(name) extern const struct command cmd_##name;
#include "bin/commands.def"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "bin/commands.def"
#undef COMMAND
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int program_help(FILE *out, int status)
{
	fprintf(out, "望楼 Wanglou: security operations for a campus\n\nUsage: wanglou COMMAND …\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(out, "\n'wanglou COMMAND --help' says more.\n");
	return status;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static struct arguments arguments; /* large */
	const struct command *command;
	int status;

	if (argc < 2)
		return program_help(stderr, EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return program_help(stdout, EXIT_OK);
	command = find_command(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	if (!command) {
		fprintf(stderr, "wanglou: there is no command '%s'\n", argv[1]);
		return program_help(stderr, EXIT_USAGE);
	}
	log_init(command->name, LOG_INFO);
	if (asks_for_help(argc - 2, argv + 2)) {
		command_help(command, stdout);
		return EXIT_OK;
	}
	status = arguments_read(command, argc - 2, argv + 2, &arguments);
	return status == EXIT_OK ? command->run(command, &arguments) : status;
}

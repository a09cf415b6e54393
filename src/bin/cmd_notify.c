/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "bin/command_audit.h"
#include "bin/outbox_link.h"
#include "notify/deliver.h"

struct job {
	const struct command *command;
	const struct config *config;
	struct arguments *arguments;
	struct arena *arena;
};

static int list(const struct job *job, const char *name)
{
	const char *path = config_path(job->config, job->arena, CHANNELS_FILE);
	struct buf text = {0};
	int r;

	if (name)
		return usage_error(job->command, "too many words behind channels");
	r = io_read_file(path, CHANNELS_FILE_MAX, &text);
	if (r == 0)
		fwrite(text.ptr, 1, text.len, stdout);
	buf_done(&text);
	return r < 0 ? command_failed(job->command,
				      "%s cannot be read (%s); set mail.server or notify.channels and start "
				      "'wanglou run'",
				      path, err_text(r))
		     : EXIT_OK;
}

/* Each test is a message of its own: robots and mail programs drop what they have seen. */
static struct outbox_message make_test(const struct job *job, const char *name, int64_t now)
{
	char person[COMMAND_PERSON_SIZE];

	command_person(person);
	return (struct outbox_message){
		.key = arena_printf(job->arena, "test/%s/%lld", name, (long long)now),
		.channel = str_from(name),
		.kind = STR("test"),
		.to = str_from(argument_value(job->arguments, "to", "")),
		.subject = STR("望楼：通道测试 Test of a channel"),
		.text = arena_printf(
			job->arena,
			"这是由 %s 发出的测试消息，收到即表示该通道可用。\n"
			"This is a test sent by %s. Having received it, you know that the channel "
			"works.",
			person, person),
	};
}

static int test(const struct job *job, const char *name)
{
	const char *socket = config_path(job->config, job->arena, "run/notify.sock");
	int64_t now = clock_now();
	struct ipc_channel *channel;
	struct outbox_message message;
	struct err err = {0};
	unsigned rest = 0;
	int r;

	if (!name)
		return usage_error(job->command, "which channel? 'wanglou notify channels' lists them");
	r = command_audit(job->command, job->config, AUDIT_MUST, "channel.test", str_from(name),
			  (struct str){0});
	if (r != EXIT_OK)
		return r;
	message = make_test(job, name, now);
	r = ipc_connect(socket, DELIVER_TIMEOUT + 15 * CLOCK_SECOND, &channel);
	if (r < 0)
		return command_failed(job->command,
				      "the notify process does not answer at %s: %s; is 'wanglou run' "
				      "running, with mail.server or notify.channels set?",
				      socket, err_text(r));
	r = outbox_call(channel, &message, now, &rest, &err);
	ipc_channel_free(channel);
	if (r < 0)
		return command_failed(job->command, "%s: %s", name, err.message);
	if (r > 0)
		return command_failed(job->command, "%s: too many messages; try again in %u s", name, rest);
	printf("%s took the message\n", name);
	return EXIT_OK;
}

static const struct {
	const char *name;
	int (*run)(const struct job *job, const char *name);
} actions[] = {{"test", test}, {"channels", list}};

static int run(const struct command *command, struct arguments *arguments)
{
	struct job job = {.command = command, .arguments = arguments, .arena = arena_new(0)};
	struct config *config = arena_struct(job.arena, struct config);
	size_t cursor = 0, action = 0;
	const char *word = argument_next(arguments, NULL, &cursor), *name;
	struct err err = {0};
	int status;

	job.config = config;
	name = argument_next(arguments, NULL, &cursor);
	while (action < 2 && !(word && strcmp(actions[action].name, word) == 0))
		action++;
	if (action == 2)
		status = usage_error(command, "say test CHANNEL or channels");
	else if (argument_next(arguments, NULL, &cursor))
		status = usage_error(command, "too many words behind %s", word);
	else if (config_load(arguments, job.arena, config, &err) < 0)
		status = command_failed_err(command, &err);
	else
		status = actions[action].run(&job, name);
	arena_free(job.arena);
	return status;
}

const struct command cmd_notify = {
	.name = "notify",
	.summary = "try the channels that messages to people go through",
	.usage = "test CHANNEL [--to ADDRESS] | channels",
	.details = "The channels are mail, where mail.server is set, and those of the file notify.channels.\n"
		   "A test goes at once, past the outbox, and says what the other side answered.",
	.options = (const struct option_def[]){CONFIG_OPTIONS,
					       {"to", "ADDRESS", "the receiver of a test by mail"},
					       {0}},
	.run = run,
};

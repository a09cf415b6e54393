/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "bin/command_audit.h"
#include "access/user.h"

struct job {
	const struct command *command;
	const struct config *config;
	struct arguments *arguments;
	struct db *db;
	const char *name;
};

static int fail(const struct job *job, const struct err *err)
{
	return command_failed_err(job->command, err);
}

/* Never from the command line, where every user of the machine could read it: generated and printed, or the
   first line of standard input. */
static int read_password(const struct job *job, char *out, size_t size, bool *ret_generated)
{
	*ret_generated = !argument_flag(job->arguments, "password-stdin");
	if (*ret_generated) {
		password_generate(out);
		return EXIT_OK;
	}
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "Password (it will be seen): ");
	if (!fgets(out, (int)size, stdin))
		return command_failed(job->command, "standard input holds no password");
	out[strcspn(out, "\r\n")] = 0;
	return EXIT_OK;
}

static void print_password(const struct job *job, const char *password, bool generated)
{
	if (generated)
		printf("The password of %s is %s\nIt must be changed at the first login.\n", job->name,
		       password);
}

/* Into the audit trail, before it is done. role: of a new account; NULL: the account's own. */
static int record(const struct job *job, const char *action, const char *role)
{
	struct buf detail = {0};
	int status;

	buf_add_str(&detail, STR("{\"account\":"));
	buf_add_json_string(&detail, str_from(job->name));
	if (role)
		buf_printf(&detail, ",\"role\":\"%s\"", role);
	buf_add_char(&detail, '}');
	status = command_audit(job->command, job->config, AUDIT_MUST, action, str_from(job->name),
			       buf_str(&detail));
	buf_done(&detail);
	return status;
}

static int add(const struct job *job)
{
	const char *role_text = argument_value(job->arguments, "role", "analyst");
	char password[PASSWORD_BYTES_MAX + 2];
	struct err err = {0};
	enum role role;
	bool generated;
	int r;

	if (role_parse(str_from(role_text), &role) < 0)
		return usage_error(job->command,
				   "--role is administrator, analyst, auditor or viewer, not '%s'",
				   role_text);
	r = read_password(job, password, sizeof(password), &generated);
	if (r == EXIT_OK)
		r = record(job, "user.add", role_text);
	if (r != EXIT_OK)
		return r;
	if (user_add(job->db, str_from(job->name), role, str_from(password), generated, clock_now(), &err) <
	    0)
		return fail(job, &err);
	print_password(job, password, generated);
	return EXIT_OK;
}

static int set_password(const struct job *job)
{
	char password[PASSWORD_BYTES_MAX + 2];
	struct err err = {0};
	bool generated;
	int r = read_password(job, password, sizeof(password), &generated);

	if (r == EXIT_OK)
		r = record(job, "user.passwd", NULL);
	if (r != EXIT_OK)
		return r;
	if (user_set_password(job->db, str_from(job->name), str_from(password), generated, (struct str){0},
			      clock_now(), &err) < 0)
		return fail(job, &err);
	print_password(job, password, generated);
	return EXIT_OK;
}

static int set_disabled(const struct job *job, const char *action, bool disabled)
{
	struct err err = {0};
	int status = record(job, action, NULL);

	if (status != EXIT_OK)
		return status;
	return user_set_disabled(job->db, str_from(job->name), disabled, &err) < 0 ? fail(job, &err)
										   : EXIT_OK;
}

static int disable(const struct job *job)
{
	return set_disabled(job, "user.disable", true);
}

static int enable(const struct job *job)
{
	return set_disabled(job, "user.enable", false);
}

static void format_day(int64_t time, char out[CLOCK_TEXT_SIZE])
{
	clock_format(time, out);
	out[16] = 0; /* to the minute */
	out[10] = ' ';
}

static int print_user(void *context, const struct user *user)
{
	const char *state = user->disabled               ? "disabled"
			    : user->must_change_password ? "must change password"
							 : "";
	char login[CLOCK_TEXT_SIZE] = "never";

	if (user->last_login)
		format_day(user->last_login, login);
	if (*(const bool *)context)
		printf("{\"name\":\"%s\",\"role\":\"%s\",\"disabled\":%s,\"must_change_password\":%s}\n",
		       user->name, role_name(user->role), user->disabled ? "true" : "false",
		       user->must_change_password ? "true" : "false");
	else
		printf("%-24s %-14s %-17s %s\n", user->name, role_name(user->role), login, state);
	return 0;
}

static int list(const struct job *job)
{
	bool json = argument_flag(job->arguments, "json");
	int r = command_audit(job->command, job->config, AUDIT_READING, "user.list", (struct str){0},
			      (struct str){0});

	if (r != EXIT_OK)
		return r;
	if (!json)
		printf("%-24s %-14s %-17s\n", "NAME", "ROLE", "LAST LOGIN (UTC)");
	r = user_list(job->db, print_user, &json);
	return r < 0 ? command_failed(job->command, "the accounts cannot be read: %s", err_text(r)) : EXIT_OK;
}

static const struct {
	const char *name;
	bool takes_name;
	int (*run)(const struct job *job);
} actions[] = {
	{"add", true, add},         {"list", false, list},    {"passwd", true, set_password},
	{"disable", true, disable}, {"enable", true, enable},
};

static int open_and_run(struct job *job, size_t action, struct arena *arena)
{
	const struct db_schema *schemas[] = {&access_schema};
	const struct config *config = job->config;
	struct err err = {0};
	int status;

	if (access(config_path(config, arena, "core"), F_OK) < 0)
		return command_failed(job->command, "%s has no accounts yet; start 'wanglou run' on it once",
				      config->data);
	if (db_open(config_path(config, arena, "core/" DB_FILE), schemas, 1, &job->db, &err) < 0)
		return fail(job, &err);
	status = actions[action].run(job);
	db_close(job->db);
	return status;
}

static int run_action(struct job *job, size_t action)
{
	struct arena *arena = arena_new(0);
	struct config *config = arena_struct(arena, struct config);
	struct err err = {0};
	int status;

	job->config = config;
	if (config_load(job->arguments, arena, config, &err) < 0)
		status = fail(job, &err);
	else
		status = open_and_run(job, action, arena);
	arena_free(arena);
	return status;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct job job = {.command = command, .arguments = arguments};
	size_t cursor = 0, action = 0;
	const char *word = argument_next(arguments, NULL, &cursor);

	if (!word)
		return usage_error(command, "what is to be done?");
	while (action < sizeof(actions) / sizeof(actions[0]) && strcmp(actions[action].name, word) != 0)
		action++;
	if (action == sizeof(actions) / sizeof(actions[0]))
		return usage_error(command, "there is no '%s'", word);
	job.name = argument_next(arguments, NULL, &cursor);
	if (actions[action].takes_name && !job.name)
		return usage_error(command, "%s needs a user name", word);
	if ((!actions[action].takes_name && job.name) || argument_next(arguments, NULL, &cursor))
		return usage_error(command, "too many words behind %s", word);
	return run_action(&job, action);
}

static const struct option_def options[] = {
	CONFIG_OPTIONS,
	{"role", "ROLE", "of a new account: administrator, analyst, auditor, viewer (default: analyst)"},
	{"password-stdin", NULL, "take the password from standard input instead of generating one"},
	{"json", NULL, "list as JSON, one account a line"},
	{0},
};

const struct command cmd_user = {
	.name = "user",
	.summary = "manage the accounts of the console",
	.usage = "add|list|passwd|disable|enable [NAME] [--data DIR] …",
	.details =
		"A generated password is printed once and must be changed at the first login. Disabling an\n"
		"account or changing its password ends its sessions at once, also while wanglou runs.",
	.options = options,
	.run = run,
};

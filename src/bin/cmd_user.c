/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "bin/command_audit.h"
#include "access/second_factor.h"

struct job {
	const struct command *command;
	const struct config *config;
	struct arguments *arguments;
	struct db *db;
	const char *name, *value; /* value: the role or unit of set_role(), set_unit() */
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

/* Into the audit trail, before it is done. value: what member "role" or "unit" becomes; NULL: neither. */
static int record(const struct job *job, const char *action, const char *member, const char *value)
{
	struct buf detail = {0};
	int status;

	buf_add_str(&detail, STR("{\"account\":"));
	buf_add_json_string(&detail, str_from(job->name));
	if (value)
		buf_printf(&detail, ",\"%s\":\"%s\"", member, value);
	buf_add_char(&detail, '}');
	status = command_audit(job->command, job->config, AUDIT_MUST, action, str_from(job->name),
			       buf_str(&detail));
	buf_done(&detail);
	return status;
}

static int unknown_role(const struct job *job, const char *role)
{
	struct buf names = {0};
	int status;

#define X(id, bit, name) buf_printf(&names, "%s" name, names.len ? ", " : "");
	ROLE_TABLE(X)
#undef X
	status = usage_error(job->command, "there is no role '%s'; roles are %s", role, buf_cstr(&names));
	buf_done(&names);
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
		return unknown_role(job, role_text);
	r = read_password(job, password, sizeof(password), &generated);
	if (r == EXIT_OK)
		r = record(job, "user.add", "role", role_text);
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
		r = record(job, "user.passwd", NULL, NULL);
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
	int status = record(job, action, NULL, NULL);

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

static int change(const struct job *job, const char *member, const struct user_change *change)
{
	struct err err = {0};
	int status = record(job, "user.update", member, job->value);

	if (status != EXIT_OK)
		return status;
	return user_change(job->db, str_from(job->name), change, &err) < 0 ? fail(job, &err) : EXIT_OK;
}

static int set_role(const struct job *job)
{
	enum role role;

	if (role_parse(str_from(job->value), &role) < 0)
		return unknown_role(job, job->value);
	return change(job, "role", &(struct user_change){.role = &role});
}

static int set_unit(const struct job *job)
{
	int64_t unit = 0;

	if (strcmp(job->value, "none") != 0 && (str_to_i64(str_from(job->value), &unit) < 0 || unit < 1))
		return usage_error(job->command, "a unit is a number of the register, or none, not '%s'",
				   job->value);
	return change(job, "unit", &(struct user_change){.unit = &unit});
}

static int reset_second_factor(const struct job *job)
{
	int r = record(job, "user.reset_second_factor", NULL, NULL);

	if (r != EXIT_OK)
		return r;
	r = second_factor_remove(job->db, str_from(job->name), clock_now(), (struct str){0});
	return r < 0 ? command_failed(job->command, "the second factor of %s was not reset: %s", job->name,
				      r == ERR_UNKNOWN ? "there is no such account" : err_text(r))
		     : EXIT_OK;
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
			    : user->factor_since         ? "second factor"
							 : "";
	char login[CLOCK_TEXT_SIZE] = "never";

	if (user->last_login)
		format_day(user->last_login, login);
	if (*(const bool *)context)
		printf("{\"name\":\"%s\",\"role\":\"%s\",\"unit\":%" PRId64
		       ",\"disabled\":%s,\"must_change_password\":%s,\"second_factor\":%s}\n",
		       user->name, role_name(user->role), user->unit, user->disabled ? "true" : "false",
		       user->must_change_password ? "true" : "false", user->factor_since ? "true" : "false");
	else
		printf("%-24s %-22s %-17s %s\n", user->name, role_name(user->role), login, state);
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
		printf("%-24s %-22s %-17s\n", "NAME", "ROLE", "LAST LOGIN (UTC)");
	r = user_list(job->db, print_user, &json);
	return r < 0 ? command_failed(job->command, "the accounts cannot be read: %s", err_text(r)) : EXIT_OK;
}

static const struct {
	const char *name;
	int words; /* that it takes */
	int (*run)(const struct job *job);
} actions[] = {
	{"add", 1, add},
	{"list", 0, list},
	{"passwd", 1, set_password},
	{"disable", 1, disable},
	{"enable", 1, enable},
	{"role", 2, set_role},
	{"unit", 2, set_unit},
	{"reset-second-factor", 1, reset_second_factor},
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
	if (actions[action].words > 0 && !job.name)
		return usage_error(command, "%s needs a user name", word);
	job.value = actions[action].words > 1 ? argument_next(arguments, NULL, &cursor) : NULL;
	if (actions[action].words > 1 && !job.value)
		return usage_error(command, "%s needs a user name and a %s", word, word);
	if ((actions[action].words == 0 && job.name) || argument_next(arguments, NULL, &cursor))
		return usage_error(command, "too many words behind %s", word);
	return run_action(&job, action);
}

static const struct option_def options[] = {
	CONFIG_OPTIONS,
	{"role", "ROLE",
	 "of a new account: system_administrator, security_administrator, audit_administrator, analyst, "
	 "duty_officer, unit_responsible, reader (default: analyst)"},
	{"password-stdin", NULL, "take the password from standard input instead of generating one"},
	{"json", NULL, "list as JSON, one account a line"},
	{0},
};

const struct command cmd_user = {
	.name = "user",
	.summary = "manage the accounts of the console",
	.usage = "add|list|passwd|disable|enable|role|unit|reset-second-factor [NAME] [ROLE|UNIT] [--data "
		 "DIR] …",
	.details =
		"A generated password is printed once and must be changed at the first login. Disabling an\n"
		"account or changing its password, role or unit ends its sessions at once, also while "
		"wanglou runs.\n"
		"Three administrators watch one another: system_administrator keeps accounts and channels,\n"
		"security_administrator the security work, audit_administrator alone reads the audit trail. "
		"No account\n"
		"changes from or to audit_administrator. reset-second-factor helps who lost telephone and "
		"recovery\n"
		"codes: a new one is set up at the next login. 'unit NAME ID|none' binds a unit_responsible "
		"to a unit.",
	.options = options,
	.run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/command.h"

#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "bin/private.h"

const char *argument_value(const struct arguments *arguments, const char *name, const char *fallback)
{
	for (size_t i = arguments->count; i-- > 0;)
		if (arguments->items[i].option && strcmp(arguments->items[i].option->name, name) == 0)
			return arguments->items[i].value;
	return fallback;
}

bool argument_flag(const struct arguments *arguments, const char *name)
{
	return argument_value(arguments, name, NULL) != NULL;
}

const char *argument_next(const struct arguments *arguments, const char *name, size_t *cursor)
{
	while (*cursor < arguments->count) {
		const struct option_def *option = arguments->items[*cursor].option;
		const char *value = arguments->items[(*cursor)++].value;

		if (name ? option && strcmp(option->name, name) == 0 : !option)
			return value;
	}
	return NULL;
}

int argument_integer(const struct arguments *arguments, const char *name, long fallback, long min, long max,
		     long *ret_value)
{
	const char *text = argument_value(arguments, name, NULL);
	int64_t value = fallback;

	if (text && (str_to_i64(str_from(text), &value) < 0 || value < min || value > max)) {
		fprintf(stderr, "wanglou: --%s takes a whole number from %ld to %ld, not '%s'\n", name, min,
			max, text);
		return ERR_RANGE;
	}
	*ret_value = (long)value;
	return 0;
}

static void complain(const struct command *command, const char *fmt, va_list args)
{
	fprintf(stderr, "wanglou %s: ", command->name);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

int usage_error(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(command, fmt, args);
	va_end(args);
	fprintf(stderr, "Try 'wanglou %s --help'.\n", command->name);
	return EXIT_USAGE;
}

int command_failed(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(command, fmt, args);
	va_end(args);
	return EXIT_FAILED;
}

int command_failed_err(const struct command *command, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	err_format(err, text, sizeof(text));
	return command_failed(command, "%s", text);
}

static const struct option_def *find_option(const struct command *command, struct str name)
{
	for (const struct option_def *option = command->options; option && option->name; option++)
		if (str_eq(str_from(option->name), name))
			return option;
	return NULL;
}

static int add_argument(const struct command *command, struct arguments *arguments,
			const struct option_def *option, const char *value)
{
	if (arguments->count == ARGUMENTS_MAX)
		return usage_error(command, "more than %d arguments", ARGUMENTS_MAX);
	arguments->items[arguments->count].option = option;
	arguments->items[arguments->count++].value = value;
	return EXIT_OK;
}

/* One "--name", "--name=value" or "--name value"; *at is the index of the word and moves over a value. */
static int read_option(const struct command *command, int argc, char **argv, int *at,
		       struct arguments *arguments)
{
	const char *word = argv[*at] + 2, *equals = strchr(word, '=');
	struct str name = str_of(word, equals ? (size_t)(equals - word) : strlen(word));
	const struct option_def *option = find_option(command, name);

	if (!option)
		return usage_error(command, "there is no option --%.*s", STR_FMT(name));
	if (!option->value && equals)
		return usage_error(command, "--%s takes no value", option->name);
	if (!option->value)
		return add_argument(command, arguments, option, "");
	if (equals)
		return add_argument(command, arguments, option, equals + 1);
	if (*at + 1 == argc)
		return usage_error(command, "--%s needs %s", option->name, option->value);
	return add_argument(command, arguments, option, argv[++*at]);
}

int arguments_read(const struct command *command, int argc, char **argv, struct arguments *arguments)
{
	bool only_operands = false;

	arguments->count = 0;
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];
		int r;

		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
			continue;
		}
		if (!only_operands && strncmp(word, "--", 2) == 0)
			r = read_option(command, argc, argv, &i, arguments);
		else if (!only_operands && word[0] == '-' && word[1])
			r = usage_error(command, "there is no option %s", word);
		else
			r = add_argument(command, arguments, NULL, word);
		if (r != EXIT_OK)
			return r;
	}
	return EXIT_OK;
}

void command_help(const struct command *command, FILE *out)
{
	fprintf(out, "Usage: wanglou %s %s\n\n%s\n", command->name, command->usage, command->summary);
	if (command->details)
		fprintf(out, "\n%s\n", command->details);
	if (!command->options || !command->options->name)
		return;
	fprintf(out, "\nOptions:\n");
	for (const struct option_def *option = command->options; option->name; option++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", option->name, option->value ? " " : "",
			 option->value ? option->value : "");
		fprintf(out, "  %-26s %s\n", left, option->help);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory process: asks an LDAP directory for all its people now and then, and hands the answer to
 * core, which merges it with the register. It holds the directory's password, can connect out, and writes no
 * file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/directory_link.h"
#include "bin/ldap_search.h"
#include "bin/process.h"
#include "ipc/channel.h"

#define PASSWORD_MAX 512
#define CORE_TIMEOUT (10 * CLOCK_MINUTE) /* a first merge of a hundred thousand people */
#define RETRY (5 * CLOCK_MINUTE)
#define RETRY_FIRST (5 * CLOCK_SECOND) /* core may not be up yet */

struct asking {
	struct buf message;
	size_t count;
};

static int take(void *context, const struct directory_person *person)
{
	struct asking *asking = context;

	if (asking->count == DIRECTORY_PEOPLE_MAX)
		return ERR_LIMIT;
	asking->count++;
	directory_link_add(&asking->message, person);
	return 0;
}

static int send_people(const struct process *process, struct asking *asking, struct err *ret_err)
{
	const char *socket = config_path(&process->config, process->arena, "run/core.sock");
	struct ipc_channel *channel;
	int r;

	directory_link_end(&asking->message, asking->count);
	r = ipc_connect(socket, CORE_TIMEOUT, &channel);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "core: %s", err_text(r));
	r = ipc_call(channel, IPC_PEOPLE, buf_str(&asking->message), NULL, ret_err);
	ipc_channel_free(channel);
	return r < 0 && !ret_err->message[0] ? err_set(ret_err, r, 0, 0, "core: %s", err_text(r)) : r;
}

static int synchronise(const struct process *process, const struct ldap_options *options, struct err *ret_err)
{
	const struct directory_options merge = {.missing = (unsigned)process->config.ldap_missing,
						.add_units = process->config.ldap_units != 0};
	struct asking asking = {0};
	int r;

	directory_link_begin(&asking.message, &merge);
	r = ldap_search_people(options, take, &asking, ret_err);
	if (r == ERR_LIMIT && !ret_err->message[0])
		err_set(ret_err, r, 0, 0, "the directory has more than %d people: narrow ldap.filter",
			DIRECTORY_PEOPLE_MAX);
	if (r == 0 && asking.count == 0)
		r = err_set(ret_err, ERR_END, 0, 0,
			    "nobody fits ldap.base and ldap.filter, or the account that searches may not see "
			    "them");
	if (r == 0)
		r = send_people(process, &asking, ret_err);
	buf_done(&asking.message);
	return r;
}

static int read_options(struct process *process, struct buf *password, struct ldap_options *options,
			struct err *ret_err)
{
	const struct config *config = &process->config;
	int r = 0;

	if (config->ldap_password_file[0])
		r = config_read_secret(config->ldap_password_file, PASSWORD_MAX, password, ret_err);
	if (r < 0) {
		err_set_file(ret_err, config->ldap_password_file);
		return r;
	}
	password->len = strcspn(buf_cstr(password), "\r\n");
	*options = (struct ldap_options){.url = config->ldap_url,
					 .starttls = config->ldap_starttls != 0,
					 .unchecked = !config->ldap_check_certificate,
					 .ca = config->ldap_ca,
					 .bind_dn = config->ldap_bind_dn,
					 .password = buf_cstr(password),
					 .base = config->ldap_base,
					 .filter = config->ldap_filter,
					 .attributes = config->ldap_attributes,
					 .timeout = (unsigned)config->ldap_timeout};
	return ldap_check(options, ret_err);
}

/* Until told to stop. What is wrong is said once, and again when it is another thing. */
static void serve(struct process *process, const struct ldap_options *options)
{
	char said[ERR_MESSAGE_MAX] = "";
	int64_t pause = 0;

	while (!process_wait_stop(pause)) {
		struct err err = {0};
		int r = synchronise(process, options, &err);

		if (r < 0 && strcmp(said, err.message) != 0)
			log_warning("the directory: %s; it is tried again", err.message);
		else if (r == 0 && said[0])
			log_info("the directory answers again");
		if (r < 0)
			pause = pause == 0 ? RETRY_FIRST : RETRY;
		else
			pause = process->config.ldap_every * CLOCK_MINUTE;
		memcpy(said, err.message, sizeof(said));
	}
}

static int run(struct process *process)
{
	struct ldap_options options;
	struct buf password = {0};
	struct err err = {0};
	int r;

	setenv("LDAPNOINIT", "1",
	       1); /* what other programs of this machine want of LDAP says nothing to us */
	r = read_options(process, &password, &options, &err);
	if (r == 0) {
		process_ready(process);
		serve(process, &options);
	} else {
		process_failed(&err);
	}
	if (password.ptr)
		explicit_bzero(password.ptr, password.capacity);
	buf_done(&password);
	return r == 0 ? EXIT_OK : EXIT_USAGE;
}

static bool is_wanted(const struct config *config)
{
	return config->ldap_url[0];
}

const struct process_def process_directory = {
	.name = "directory",
	.calls_out = true,
	.reads = {"run"},
	.wanted = is_wanted,
	.run = run,
};
